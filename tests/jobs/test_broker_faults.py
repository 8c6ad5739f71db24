"""A broker that is away, hangs, or was handed rubbish: the request goes on, and the job is not lost."""

import importlib
import logging
import socket
import time
from pathlib import Path

import pytest
from django.db import transaction

from pbr_ledger.jobs import broker
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.services import dispatch_once, enqueue
from tests.jobs.conftest import send_to
from tests.jobs.kinds import ECHO
from tests.jobs.processes import hanging_broker

pytestmark = pytest.mark.django_db(transaction=True)


def seconds_to_commit(key: str, *, jobs: int = 1) -> float:
    began = time.monotonic()
    with transaction.atomic():
        for number in range(jobs):
            enqueue(kind=ECHO, key=f"{key} {number}", subject="x")
    return time.monotonic() - began


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_commit_returns_within_3_seconds_while_the_broker_hangs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty jobs in one change cost no more than one: after the first the broker is left alone."""
    importlib.import_module("kombu.transport.redis")  # loaded once in a process's life; not what is measured here
    with hanging_broker() as url:
        send_to(monkeypatch, url=url)
        assert 0.9 < seconds_to_commit("twenty", jobs=20) < 3
        assert seconds_to_commit("the next request") < 0.5
    assert Job.objects.filter(state="waiting").count() == 21
    (line,) = [record for record in caplog.records if record.name == broker.__name__]
    assert line.levelno == logging.WARNING


def test_commit_returns_at_once_where_no_broker_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    send_to(monkeypatch, url=f"redis://127.0.0.1:{closed_port()}/0")
    assert seconds_to_commit("nobody there") < 2
    assert Job.objects.get().state == "waiting"


def test_jobs_of_a_broker_that_was_away_are_sent_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch, broker_folder: Path
) -> None:
    with monkeypatch.context() as away:
        send_to(away, url=f"redis://127.0.0.1:{closed_port()}/0")
        seconds_to_commit("while away", jobs=3)
        assert dispatch_once(inline=False) == []
    jobs = list(Job.objects.order_by("pk"))
    assert dispatch_once(inline=False) == jobs
    assert len(list(broker_folder.glob("*.documents.msg"))) == 3


def test_job_is_sent_again_each_time_until_somebody_takes_it(broker_folder: Path) -> None:
    """A message that comes twice does no harm, so nothing is remembered about what was sent."""
    seconds_to_commit("unclaimed")
    assert len(dispatch_once(inline=False)) == 1
    assert len(list(broker_folder.glob("*.documents.msg"))) == 2
