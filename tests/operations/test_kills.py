"""kill -9 at six points of a job, of the worker's child and of all of it: the job is done once, and stored once.

FAULT_ROUNDS=20 does each so often; the suite does each once for the child and once for the parent.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import transaction
from django.db.models.functions import Now

from pbr_ledger.jobs.models import RUNNING, WAITING, Job
from pbr_ledger.jobs.services import dispatch_once, enqueue
from tests.jobs.conftest import send_to
from tests.jobs.kinds import ECHO, POISON, stored
from tests.jobs.processes import OPTIONS, PROJECT, environment, redis_server, wait_until
from tests.operations.faulty_worker import POINTS
from tests.operations.running import descendants

ROUNDS = range(int(os.environ.get("FAULT_ROUNDS") or 1))
BEGUN = {"taken": 0, "claimed": 1, "working": 1, "worked": 1, "stored": 1, "committed": 1}
"""How many attempts the killed worker had begun."""

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@contextmanager
def faulty_worker(folder: Path, url: str, point: str) -> Iterator[subprocess.Popen[str]]:
    """A worker that waits at the point."""
    environ = environment(var=folder, broker_url=url) | {"FAULT_POINT": point, "FAULT_FOLDER": str(folder)}
    command = [sys.executable, "-m", "celery", "-A", "tests.operations.faulty_worker", "worker", *OPTIONS]
    with (folder / "worker.log").open("a") as log:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environ, stdout=log, stderr=subprocess.STDOUT, text=True, start_new_session=True
        )
    try:
        yield process
    finally:
        _kill_all(process)


def _kill_all(process: "subprocess.Popen[str]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def asked(kind: str, key: str) -> Job:
    with transaction.atomic():
        return enqueue(kind=kind, key=key, subject="March")


def sent_again_until(state: str, job: Job) -> None:
    """The dispatcher at work, with leases and pauses cut short."""

    def is_there() -> bool:
        Job.objects.filter(state=RUNNING).update(leased_until=Now())
        Job.objects.filter(state=WAITING, key=job.key).update(run_after=Now())
        dispatch_once(inline=False)
        job.refresh_from_db()
        return job.state == state

    wait_until(is_there, patience=90)


@pytest.mark.parametrize("number", ROUNDS)
@pytest.mark.parametrize("whom", ["child", "parent"])
@pytest.mark.parametrize("point", POINTS)
def test_job_whose_worker_is_killed_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, whom: str, number: int
) -> None:
    with redis_server(folder=tmp_path) as url:
        send_to(monkeypatch, url=url)
        job = asked(ECHO, "killed")
        with faulty_worker(tmp_path, url, point) as worker:
            wait_until(lambda: list(tmp_path.glob("reached-*")))
            (reached,) = tmp_path.glob("reached-*")
            child = int(reached.name.removeprefix("reached-"))
            assert child in descendants(worker.pid)
            job.refresh_from_db()
            assert (job.attempts, job.state == "done") == (BEGUN[point], point == "committed")
            if whom == "parent":
                _kill_all(worker)
            else:
                os.kill(child, signal.SIGKILL)
            (tmp_path / "go").touch()
            if whom == "child":
                sent_again_until("done", job)
        if whom == "parent":
            with faulty_worker(tmp_path, url, point):
                sent_again_until("done", job)
    attempt = job.attempts
    assert stored() == [(f"killed, attempt {attempt}", "March")]
    assert (attempt == 1) == (point in {"taken", "committed"})


def test_poison_among_good_work_fails_alone_and_keeps_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "go").touch()
    with redis_server(folder=tmp_path) as url, faulty_worker(tmp_path, url, "nowhere"):
        send_to(monkeypatch, url=url)
        poison = asked(POISON, "poison")
        good = [asked(ECHO, f"good {number}") for number in range(10)]
        wait_until(lambda: Job.objects.filter(kind=ECHO, state="done").count() == len(good))
        sent_again_until("failed", poison)
    assert (poison.attempts, poison.error.partition("\n")[0]) == (5, "ValueError: no report for March")
    assert len(stored()) == len(good)
