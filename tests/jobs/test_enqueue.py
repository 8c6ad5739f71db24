"""Asking for a job: in the transaction of the change, once, and sent when that commits."""

from datetime import UTC, datetime
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import UnknownJobKind
from pbr_ledger.jobs.services import NoOpenTransaction, enqueue, send_soon
from tests.jobs.kinds import ECHO
from tests.jobs.processes import blocked_connections, wait_until


def messages(folder: Path) -> int:
    return len(list(folder.glob("*.documents.msg")))


@pytest.mark.django_db(transaction=True)
def test_job_is_sent_when_its_transaction_commits_and_not_before(broker_folder: Path) -> None:
    with transaction.atomic():
        job = enqueue(kind=ECHO, key="L04 2026-03", subject="statement 7", input_digest="ab")
        assert messages(broker_folder) == 0
    assert messages(broker_folder) == 1
    job.refresh_from_db()
    assert (job.kind, job.key, job.subject, job.input_digest) == (ECHO, "L04 2026-03", "statement 7", "ab")
    assert (job.state, job.attempts, job.error) == ("waiting", 0, "")
    assert job.run_after == job.created_at


@pytest.mark.django_db(transaction=True)
def test_job_of_an_inner_transaction_is_sent_when_the_outer_one_commits(broker_folder: Path) -> None:
    with transaction.atomic():
        with transaction.atomic():
            enqueue(kind=ECHO, key="inner", subject="x")
        assert messages(broker_folder) == 0
    assert messages(broker_folder) == 1


@pytest.mark.django_db(transaction=True)
def test_rolled_back_change_leaves_no_job_and_sends_nothing(broker_folder: Path) -> None:
    with transaction.atomic():
        enqueue(kind=ECHO, key="never", subject="x")
        transaction.set_rollback(True)
    assert Job.objects.count() == 0
    assert messages(broker_folder) == 0


@pytest.mark.django_db(transaction=True)
def test_jobs_that_the_database_asked_for_are_sent_when_due_and_not_tried_before(broker_folder: Path) -> None:
    later = datetime(2099, 1, 1, tzinfo=UTC)
    with transaction.atomic():
        for key, more in (("due", {}), ("later", {"run_after": later}), ("tried", {"attempts": 1})):
            Job.objects.create(kind=ECHO, key=key, subject="x", **more)
        send_soon(kind=ECHO)
        assert messages(broker_folder) == 0
    assert messages(broker_folder) == 1


@pytest.mark.django_db(transaction=True)
def test_job_outside_a_transaction_is_refused(broker_folder: Path) -> None:
    with pytest.raises(NoOpenTransaction):
        enqueue(kind=ECHO, key="bare", subject="x")
    assert Job.objects.count() == 0
    assert messages(broker_folder) == 0


@pytest.mark.django_db(transaction=True)
def test_same_kind_and_key_is_one_job_sent_once(broker_folder: Path) -> None:
    with transaction.atomic():
        first = enqueue(kind=ECHO, key="once", subject="first")
    with transaction.atomic():
        second = enqueue(kind=ECHO, key="once", subject="second")
    assert second.pk == first.pk
    assert second.subject == "first"
    assert Job.objects.count() == 1
    assert messages(broker_folder) == 1


@pytest.mark.django_db(transaction=True)
def test_two_changes_at_once_ask_for_one_job(broker_folder: Path) -> None:
    """The second waits for the first to commit, and then finds its row."""
    jobs: list[Job] = []

    def ask() -> None:
        try:
            with transaction.atomic():
                jobs.append(enqueue(kind=ECHO, key="once", subject="second"))
        finally:
            connection.close()

    second = Thread(target=ask)
    with transaction.atomic():
        first = enqueue(kind=ECHO, key="once", subject="first")
        second.start()
        wait_until(lambda: blocked_connections() == 1)
        assert jobs == []
    second.join()
    assert jobs == [first]
    assert jobs[0].subject == "first"
    assert messages(broker_folder) == 1


@pytest.mark.django_db(transaction=True)
def test_job_for_later_is_not_sent_now(broker_folder: Path) -> None:
    with transaction.atomic():
        job = enqueue(kind=ECHO, key="later", subject="x", run_after=datetime(2199, 1, 1, tzinfo=UTC))
    job.refresh_from_db()
    assert job.run_after == datetime(2199, 1, 1, tzinfo=UTC)
    assert messages(broker_folder) == 0


@pytest.mark.django_db
def test_kind_that_nobody_registered_is_refused() -> None:
    with pytest.raises(UnknownJobKind, match=r"There is no kind of job named “reports\.typo”\."):
        enqueue(kind="reports.typo", key="1", subject="x")
    assert Job.objects.count() == 0
