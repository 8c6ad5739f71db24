"""The worker's Celery app with one more kind of job: a report that is made as ever and then thrown away.

`celery -A tests.benchmarks.memory_worker worker`. Who made it, and how much memory that process held then, goes into a
file: a line for each report.
"""

import hashlib
import os
from pathlib import Path

from celery.signals import import_modules

from pbr_ledger.celery import app

__all__ = ["REPORT", "app", "register"]

REPORT = "tests.report"


def register() -> None:
    """Make the kind known to this process. Its key begins with the number of the statement."""
    from pbr_ledger.jobs import registry
    from pbr_ledger.jobs.models import Job
    from savings.documents.reconciliation import reconciliation_pdf
    from savings.models import ClosedStatement
    from savings.services import reconciliation_content

    def made(job: Job) -> bytes:
        statement = ClosedStatement.objects.select_related("contract").get(pk=int(job.key.partition(" ")[0]))
        return reconciliation_pdf(reconciliation_content(statement))

    def thrown_away(_job: Job, content: bytes) -> str:
        with Path(os.environ["BENCH_MEMORY"]).open("a", encoding="ascii") as file:
            file.write(f"{os.getpid()} {_kib_held()}\n")
        return hashlib.sha256(content).hexdigest()

    registry.register(registry.JobKind(REPORT, work=made, store=thrown_away))


def _kib_held() -> int:
    """The resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


@import_modules.connect(sender=app)
def _register(**_: object) -> None:
    # Models may be imported once Celery has set Django up, and not before.
    register()
