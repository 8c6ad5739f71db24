"""The memory of one worker that makes one report after the other, and whether it stays flat.

`BENCH_REPORTS=1000 make bench PART=memory`; 60 without it. Once with children that begin afresh as the settings have
it, once with a single child that makes all of them. Each report is one of the sample's, made as ever and thrown away.
"""

import os
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from statistics import mean

from django.conf import settings
from django.db import connections, transaction

from pbr_ledger.celery_settings import worker_max_memory_per_child, worker_max_tasks_per_child
from pbr_ledger.jobs.models import DONE, Job
from pbr_ledger.jobs.services import enqueue
from savings.models import ClosedStatement
from tests.benchmarks.ground import Ground
from tests.benchmarks.memory_worker import REPORT, register
from tests.benchmarks.served import dispatching, redis, working

REPORTS = int(os.environ.get("BENCH_REPORTS", "60"))
NEVER = ("--max-tasks-per-child", "1000000", "--max-memory-per-child", "100000000")
AFRESH = f"afresh after {worker_max_tasks_per_child} jobs or {worker_max_memory_per_child // 1000} MB, as set"
WAYS: dict[str, Sequence[str]] = {f"children begin {AFRESH}": (), "one child makes them all": NEVER}
LONGEST_SECONDS = 2 * 3600


def report() -> Iterator[str]:
    """A line for each way."""
    register()
    Ground().grow_to(1)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM jobs_job")
    for way, more in WAYS.items():
        began = time.perf_counter()
        held = _made(more)
        yield _line(way, held, time.perf_counter() - began)


def _line(way: str, held: Sequence[tuple[int, int]], seconds: float) -> str:
    """The first tenth against the last, and how many processes there were."""
    tenth = max(1, len(held) // 10)
    mib = [kib / 1024 for _, kib in held]
    first, last = mean(mib[:tenth]), mean(mib[-tenth:])
    return (
        f"memory over {len(held)} reports, {way}: the first {tenth} {first:.0f} MiB, the last {tenth} {last:.0f} MiB "
        f"({(last / first - 1) * 100:+.1f}%), at most {max(mib):.0f} MiB, {len({pid for pid, _ in held})} children; "
        f"{seconds / len(held):.2f} s a report"
    )


def _made(more: Sequence[str]) -> list[tuple[int, int]]:
    """Which process made each report in turn, and how many KiB it held then."""
    notes = settings.VAR_DIR / "memory.txt"
    notes.write_text("")
    os.environ["BENCH_MEMORY"] = str(notes)
    _ask_for(REPORTS)
    with redis() as broker, working(broker, name="memory", app="tests.benchmarks.memory_worker", more=more):
        end = time.monotonic() + LONGEST_SECONDS
        with dispatching(broker):
            while Job.objects.exclude(state=DONE).exists():
                time.sleep(0.5)
                if time.monotonic() > end:
                    raise RuntimeError("The reports are not made.")
    lines = (line.split() for line in notes.read_text(encoding="ascii").splitlines())
    return [(int(pid), int(kib)) for pid, kib in lines]


def _ask_for(count: int) -> None:
    statements = ClosedStatement.objects.order_by("pk").values_list("pk", flat=True)
    made_before = Job.objects.count()
    with transaction.atomic():
        for number, statement in enumerate(islice(cycle(statements), count), start=made_before):
            enqueue(kind=REPORT, key=f"{statement} {number}", subject="a report")
