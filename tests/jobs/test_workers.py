"""Real workers, over the folder and over Redis: from the commit to the stored result, and what a kill leaves."""

import signal
import subprocess
from pathlib import Path

import pytest
from django.db import transaction

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.services import dispatch_once, enqueue
from tests.jobs.conftest import send_to
from tests.jobs.kinds import ECHO, GATED, stored
from tests.jobs.processes import dispatcher, redis_server, wait_until, worker

pytestmark = pytest.mark.django_db(transaction=True)


def asked(key: str, *, kind: str = ECHO, subject: str = "x") -> Job:
    with transaction.atomic():
        return enqueue(kind=kind, key=key, subject=subject)


def state_of(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def test_worker_takes_what_waits_and_when_told_to_stop_finishes_what_it_has_begun(tmp_path: Path) -> None:
    before = asked("before", subject="March")
    with worker(var=tmp_path) as process:
        wait_until(lambda: state_of(before) == "done")
        begun = asked("begun", kind=GATED, subject=str(tmp_path))
        wait_until((tmp_path / "begun-1").exists)
        process.send_signal(signal.SIGTERM)
        (tmp_path / "go").touch()
        assert process.wait(timeout=60) == 0
    assert state_of(begun) == "done"
    assert stored() == [("before, attempt 1", "March"), ("begun, attempt 1", "through")]
    assert list((tmp_path / "broker").iterdir()) == []
    assert "Traceback" not in (tmp_path / "worker.log").read_text()


def test_job_of_a_killed_worker_is_done_once_by_the_next(tmp_path: Path) -> None:
    """The folder's message is gone with the worker; the row brings the job back when the lease has run out."""
    with worker(var=tmp_path) as process:
        job = asked("killed", kind=GATED, subject=str(tmp_path))
        wait_until((tmp_path / "begun-1").exists)
        process.kill()
        process.wait()
    assert state_of(job) == "running"
    assert stored() == []
    (tmp_path / "go").touch()
    with dispatcher(var=tmp_path) as dispatching, worker(var=tmp_path):
        wait_until(lambda: state_of(job) == "done")
        dispatching.terminate()
        said, complaints = dispatching.communicate(timeout=60)
    assert (dispatching.returncode, complaints) == (0, "")
    assert said.startswith(f"sent    {job.pk}  tests.gated killed\n")
    assert job.attempts == 2
    assert stored() == [("killed, attempt 2", "through")]


def test_worker_over_redis_replaces_a_killed_child_whose_job_is_done_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message comes back at once, while the lease still runs, and is put aside; the row brings the job back."""
    with redis_server(folder=tmp_path) as url, worker(var=tmp_path, broker_url=url) as process:
        send_to(monkeypatch, url=url)
        plain = asked("plain", subject="March")
        wait_until(lambda: state_of(plain) == "done")
        killed = asked("killed", kind=GATED, subject=str(tmp_path))
        wait_until((tmp_path / "begun-1").exists)
        children = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
        subprocess.run(["kill", "-9", *children.stdout.split()], check=True)
        (tmp_path / "go").touch()
        wait_until(lambda: dispatch_once(inline=False) == [killed])
        wait_until(lambda: state_of(killed) == "done")
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert killed.attempts == 2
    assert stored() == [("plain, attempt 1", "March"), ("killed, attempt 2", "through")]
