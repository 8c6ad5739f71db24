"""Kinds of job that only the tests know. Each result that is stored becomes a row of its own, so it can be counted."""

import time
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import psycopg
from django.db import connection

from pbr_ledger.jobs import registry
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import JobKind
from pbr_ledger.jobs.services import enqueue

ECHO = "tests.echo"
GATED = "tests.gated"
POISON = "tests.poison"
CLUMSY = "tests.clumsy"
CUT_OFF = "tests.cut_off"
STORED = "tests.stored"
MAILED = "tests.mailed"

NEVER = datetime(2200, 1, 1, tzinfo=UTC)
PATIENCE_SECONDS = 60


def keep(job: Job, output: str) -> str:
    """Stores the output as a row that nobody will ever run, one for each attempt that got so far."""
    enqueue(kind=STORED, key=f"{job.key}, attempt {job.attempts}", subject=output, run_after=NEVER)
    return sha256(output.encode()).hexdigest()


def stored() -> list[tuple[str, str]]:
    """What has been stored: by which attempt of which job, and the output."""
    return list(Job.objects.filter(kind=STORED).order_by("pk").values_list("key", "subject"))


def _echo(job: Job) -> str:
    return job.subject


def _gated(job: Job) -> str:
    """Says in the folder that it has begun, and ends when the folder holds `go`."""
    folder = Path(job.subject)
    (folder / f"begun-{job.attempts}").touch()
    for _ in range(PATIENCE_SECONDS * 50):
        if (folder / "go").exists():
            return "through"
        time.sleep(0.02)
    raise TimeoutError("nobody opened the gate")


def _poison(job: Job) -> str:
    raise ValueError(f"no report for {job.subject}\x00")


def _cut_off(job: Job) -> str:
    """Ends this worker's own session with the database, as a restart of the server would, unseen by Django."""
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("dbname", "user", "password", "host", "port") if parameters.get(name)}
    with psycopg.connect(**known) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    return job.subject


def _store_then_fail(job: Job, output: str) -> str:
    keep(job, output)
    raise ValueError("stored half")


def register_all() -> None:
    """Make them known to this process."""
    registry.register(JobKind(ECHO, work=_echo, store=keep))
    registry.register(JobKind(GATED, work=_gated, store=keep, lease_seconds=3))
    registry.register(JobKind(POISON, work=_poison, store=keep))
    registry.register(JobKind(CLUMSY, work=_echo, store=_store_then_fail))
    registry.register(JobKind(CUT_OFF, work=_cut_off, store=keep))
    registry.register(JobKind(STORED, work=_echo, store=keep))
    registry.register(JobKind(MAILED, work=_echo, store=keep, queue="mail"))
