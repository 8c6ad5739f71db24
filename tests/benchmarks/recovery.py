"""A backup of many contracts with their documents and evidence, into an empty database and folder and back in use.

`BENCH_RECOVERY=150 make bench PART=recovery`; 2 contracts without it. Workers make the documents of every closed month
first. What is timed is what an operator waits for: `manage.py backup`, and `manage.py restore`, which ends with
`check_ledger` over everything; once plain, once enciphered.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pyrage
from django.conf import settings
from django.db import connections

from cohort.models import Claim, Contract
from cohort.services import Upload, attach_evidence
from invoicing.models import InvoiceDocument
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import DONE, FAILED, Job
from pbr_ledger.provision.postgres import ROLES
from pbr_ledger.provision.processes import PROJECT
from savings.models import StatementReport
from savings.services import Parties
from tests.benchmarks.ground import Ground
from tests.benchmarks.served import dispatching, redis, working

CONTRACTS = int(os.environ.get("BENCH_RECOVERY", "2"))
FILES_EACH = 10
FILE_BYTES = 200_000
RESTORED = "bench_restored"


def report() -> Iterator[str]:
    """What there was to keep, and how long it took to keep it and to have it back."""
    prepare()
    yield from measured()


def prepare() -> None:
    """So many contracts, each with a year's documents and some evidence."""
    ground = Ground()
    ground.grow_to(CONTRACTS)
    for contract in ground.contracts:
        _attach(contract, ground.parties)
    with redis() as broker, ExitStack() as stack:
        for number in range(os.cpu_count() or 1):
            stack.enter_context(working(broker, name=f"bench-{number}"))
        stack.enter_context(dispatching(broker))
        while Job.objects.exclude(state=DONE).exists():
            time.sleep(0.5)
            if failed := Job.objects.filter(state=FAILED).first():
                raise RuntimeError(f"{failed} failed: {failed.error}")


def measured() -> Iterator[str]:
    """A line for what there is, and one for each way."""
    contracts, documents = Contract.objects.count(), StatementReport.objects.count() + InvoiceDocument.objects.count()
    yield f"recovery: {contracts} contracts, {documents} documents, {_mib(_bytes_of_database())} of database"
    key = pyrage.x25519.Identity.generate()
    with tempfile.TemporaryDirectory(prefix="pbr-bench-") as name:
        identity = Path(name) / "key.txt"
        identity.write_text(f"{key}\n", encoding="ascii")
        yield _there_and_back("plain", Path(name), {}, ())
        recipients = {"BACKUP_RECIPIENTS": str(key.to_public())}
        yield _there_and_back("enciphered", Path(name), recipients, ("--identity", str(identity)))


def _there_and_back(way: str, folder: Path, environ: dict[str, str], more: Sequence[str]) -> str:
    backups = folder / way
    kept = _seconds("backup", str(backups), environ=environ)
    (backup,) = backups.iterdir()
    evidence = folder / f"{way} evidence"
    with _empty_database() as urls:
        back = _seconds("restore", str(backup), *more, environ={**urls, "EVIDENCE_DIR": str(evidence)})
    files = sum(1 for each in evidence.rglob("*") if each.is_file())
    size = backup.stat().st_size
    shutil.rmtree(evidence)
    return (
        f"recovery, {way}: backup {kept:.0f} s ({_mib(size)}, {files} files of evidence), restored, checked and in use "
        f"{back:.0f} s ({(kept + back) / 60:.1f} min together)"
    )


def _attach(contract: Contract, parties: Parties) -> None:
    """Files that cannot be compressed, as scans are."""
    claim = Claim.objects.filter(contract=contract).order_by("pk")[0]
    for number in range(FILES_EACH):
        content = b"%PDF-1.7\n%" + os.urandom(FILE_BYTES).replace(b"\n", b" ") + b"\n%%EOF\n"
        attach_evidence(
            contract=contract,
            kind="claim",
            fact=claim,
            files=[Upload(f"plan {number}.pdf", content)],
            by=parties.provider_staff,
            clock=DATABASE_CLOCK,
        )


@contextmanager
def _empty_database() -> Iterator[dict[str, str]]:
    """The addresses of an empty database on the benchmarks' server, which goes afterwards."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {RESTORED} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {RESTORED}")
    host = quote(str(settings.DATABASES["owner"]["HOST"]), safe="/")
    try:
        yield {key: f"postgresql://{role}@/{RESTORED}?host={host}" for key, role in ROLES.items()}
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f"DROP DATABASE {RESTORED} WITH (FORCE)")


def _seconds(*words: str, environ: dict[str, str]) -> float:
    """How long the command took. Raises `RuntimeError` with what it said when it ended badly."""
    began = time.perf_counter()
    command = [sys.executable, "manage.py", *words]
    ended = subprocess.run(command, cwd=PROJECT, env=os.environ | environ, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(f"{' '.join(words)}: {ended.stdout}{ended.stderr}")
    return time.perf_counter() - began


def _bytes_of_database() -> int:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _mib(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"
