"""Queues that do not keep each other waiting, and daily work that is asked for once, whoever asks how often."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, time
from itertools import repeat
from pathlib import Path
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from pbr_ledger import celery_settings
from pbr_ledger.clock import StatedClock
from pbr_ledger.jobs import broker, daily
from pbr_ledger.jobs.daily import Daily, Part, register_daily
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import QUEUES, JobKind, register
from pbr_ledger.jobs.services import catch_up, dispatch_once, dispatching, enqueue
from tests.jobs.conftest import send_to
from tests.jobs.kinds import ECHO, MAILED
from tests.jobs.processes import beat, redis_server, wait_until, worker

NIGHT = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
"""Half past two in London, an hour and a half after midnight: the clocks have just gone forward."""


@pytest.fixture
def nightly(monkeypatch: pytest.MonkeyPatch) -> Daily:
    """Two jobs due at two, and nothing else."""
    monkeypatch.setattr(daily, "_dailies", {})
    made = Daily(ECHO, due_at=time(2), parts=lambda: iter([Part("whole", "all"), Part("contract 7", "L04")]))
    register_daily(made)
    return made


def asked_at(at: datetime) -> list[str]:
    return [job.key for job in catch_up(clock=StatedClock(repeat(at)))]


def messages(folder: Path, queue: str) -> int:
    return len(list(folder.glob(f"*.{queue}.msg")))


@pytest.mark.django_db
def test_daily_work_is_asked_for_once_a_day_in_london(nightly: Daily) -> None:
    assert asked_at(datetime(2026, 3, 29, 0, 59, tzinfo=UTC)) == []
    assert asked_at(datetime(2026, 3, 29, 1, 0, tzinfo=UTC)) == ["2026-03-29 whole", "2026-03-29 contract 7"]
    assert asked_at(NIGHT) == []
    assert asked_at(datetime(2026, 3, 29, 22, 59, tzinfo=UTC)) == []
    assert asked_at(datetime(2026, 3, 30, 0, 59, tzinfo=UTC)) == []
    assert asked_at(datetime(2026, 3, 30, 1, 0, tzinfo=UTC)) == ["2026-03-30 whole", "2026-03-30 contract 7"]


@pytest.mark.django_db
def test_after_days_away_todays_work_is_asked_for_and_no_more(nightly: Daily) -> None:
    asked_at(NIGHT)
    assert asked_at(datetime(2026, 4, 9, 12, tzinfo=UTC)) == ["2026-04-09 whole", "2026-04-09 contract 7"]


@pytest.mark.django_db
def test_what_is_new_among_the_days_work_is_asked_for_alone(nightly: Daily, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_at(NIGHT)
    more = Daily(ECHO, due_at=time(2), parts=lambda: iter([*nightly.parts(), Part("contract 8", "X99")]))
    monkeypatch.setitem(daily._dailies, ECHO, more)
    assert asked_at(NIGHT) == ["2026-03-29 contract 8"]


@pytest.mark.django_db(transaction=True)
def test_eight_schedulers_at_once_make_one_job_of_each_days_work(nightly: Daily) -> None:
    def ask() -> None:
        try:
            asked_at(NIGHT)
        finally:
            connection.close()

    schedulers = [Thread(target=ask) for _ in range(8)]
    for scheduler in schedulers:
        scheduler.start()
    for scheduler in schedulers:
        scheduler.join()
    assert sorted(Job.objects.values_list("key", flat=True)) == ["2026-03-29 contract 7", "2026-03-29 whole"]


@pytest.mark.django_db
def test_without_a_scheduler_a_command_asks(nightly: Daily, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatched = Daily(ECHO, due_at=time(0), parts=nightly.parts)
    daily._dailies[ECHO] = monkeypatched
    call_command("catch_up")
    said = capsys.readouterr().out.splitlines()
    assert [line.partition("tests.echo")[0].split()[0] for line in said] == ["asked", "asked"]
    call_command("catch_up")
    assert capsys.readouterr().out == ""


def test_second_daily_work_of_a_kind_is_refused(nightly: Daily) -> None:
    register_daily(nightly)
    with pytest.raises(ValueError, match=r"There is already daily work of the kind “tests\.echo”\."):
        register_daily(Daily(ECHO, due_at=time(3), parts=lambda: iter([])))


def test_kind_whose_queue_nobody_empties_is_refused() -> None:
    with pytest.raises(ValueError, match=r"tests\.lost: there is no queue “reports”, only documents, mail"):
        register(JobKind("tests.lost", work=str, store=lambda _job, _output: "", queue="reports"))


def test_workers_know_every_queue_and_no_other() -> None:
    assert tuple(queue.name for queue in celery_settings.task_queues) == QUEUES
    assert celery_settings.task_create_missing_queues is False


@pytest.mark.django_db(transaction=True)
def test_each_kind_goes_to_its_own_queue(broker_folder: Path) -> None:
    with transaction.atomic():
        enqueue(kind=ECHO, key="report", subject="x")
        enqueue(kind=MAILED, key="letter", subject="x")
    assert {queue: messages(broker_folder, queue) for queue in QUEUES} == {
        "documents": 1,
        "mail": 1,
        "webhooks": 0,
        "upkeep": 0,
    }


@pytest.mark.django_db(transaction=True)
def test_dispatcher_sends_mail_however_many_documents_wait_before_it(
    broker_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "MOST_SENT_AT_ONCE", 3)
    with transaction.atomic():
        for number in range(7):
            enqueue(kind=ECHO, key=f"report {number}", subject="x")
        Job.objects.create(kind="reports.gone", key="1", subject="x")
        enqueue(kind=MAILED, key="letter", subject="x")
    for message in broker_folder.iterdir():
        message.unlink()
    sent = dispatch_once(inline=False)
    assert [job.key for job in sent] == ["report 0", "report 1", "report 2", "letter", "1"]
    assert (messages(broker_folder, "documents"), messages(broker_folder, "mail")) == (4, 1)


@pytest.mark.parametrize("carrier", ["folder", "redis"])
@pytest.mark.django_db(transaction=True)
def test_dispatcher_adds_no_more_to_a_queue_than_it_has_room_for(
    carrier: str, tmp_path: Path, broker_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatching, "MOST_SENT_AT_ONCE", 3)
    with transaction.atomic():
        for number in range(5):
            Job.objects.create(kind=ECHO, key=f"report {number}", subject="x")
        Job.objects.create(kind=MAILED, key="letter", subject="x")
    with ExitStack() as stack:
        if carrier == "redis":
            send_to(monkeypatch, url=stack.enter_context(redis_server(folder=tmp_path)))
        assert [job.key for job in dispatch_once(inline=False)] == ["report 0", "report 1", "report 2", "letter"]
        assert [job.key for job in dispatch_once(inline=False)] == ["letter"]
        assert [broker.waiting_in(queue) for queue in QUEUES] == [3, 2, 0, 0]


@pytest.fixture
def two_beats(tmp_path: Path) -> Iterator[Path]:
    """Where two schedulers run beside each other, over the same folder."""
    with beat(var=tmp_path), beat(var=tmp_path):
        yield tmp_path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_schedulers_ask_at_once_and_the_worker_makes_each_days_work_once(two_beats: Path) -> None:
    """Each says its word when it starts; the worker that reads both makes the nightly check of nothing once."""
    wait_until(lambda: messages(two_beats / "broker", "upkeep") == 2)
    assert (two_beats / "alive" / "beat").exists()
    with worker(var=two_beats):
        wait_until(lambda: not list((two_beats / "broker").glob("*.msg")))
        wait_until(lambda: not Job.objects.filter(state__in=["waiting", "running"]).exists())
    keys = list(Job.objects.values_list("kind", "key"))
    assert len(keys) == len(set(keys)) <= 1  # none before two in the morning


def test_scheduler_does_not_wait_for_a_broker_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(broker.app.conf, "broker_url", "redis://127.0.0.1:1/0")
    assert broker.ask_to_catch_up(queue="upkeep", expires=280) is False
