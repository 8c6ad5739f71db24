"""One worker at a time: the claim, the lease, and what becomes of a result that comes too late."""

from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.queries import due_jobs
from pbr_ledger.jobs.services import (
    LeaseLost,
    claim,
    complete,
    dispatch_once,
    enqueue,
    note_progress,
    record_failure,
    run,
)
from tests.jobs.kinds import CUT_OFF, ECHO, GATED, NEVER, stored
from tests.jobs.processes import blocked_connections, wait_until


def asked(key: str, *, kind: str = ECHO, subject: str = "x") -> Job:
    with transaction.atomic():
        return enqueue(kind=kind, key=key, subject=subject)


def let_lease_run_out(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(leased_until=Now() - timedelta(seconds=1))


@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_at_once_and_one_wins() -> None:
    """Both UPDATEs wait for the same row, then go on together.

    With the condition taken out of `claim` (filtering by the number alone) both win: tried, and this fails.
    """
    job = asked("race")
    claims: list[Job | None] = []

    def work() -> None:
        try:
            claims.append(claim(job_id=job.pk, lease_seconds=60))
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    with transaction.atomic():
        Job.objects.select_for_update().get(pk=job.pk)
        for worker in workers:
            worker.start()
        wait_until(lambda: blocked_connections() == 2)
    for worker in workers:
        worker.join()
    (winner,) = [claimed for claimed in claims if claimed]
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("running", 1)
    assert job.lease_token == winner.lease_token


@pytest.mark.django_db
def test_claimed_job_is_not_claimed_again_until_its_lease_runs_out() -> None:
    job = asked("lease")
    first = claim(job_id=job.pk, lease_seconds=60)
    assert first is not None
    assert first.leased_until is not None
    assert first.started_at is not None
    assert first.leased_until - first.started_at == timedelta(seconds=60)
    assert claim(job_id=job.pk, lease_seconds=60) is None
    let_lease_run_out(job)
    second = claim(job_id=job.pk, lease_seconds=60)
    assert second is not None
    assert second.attempts == 2
    assert second.lease_token != first.lease_token


@pytest.mark.django_db
def test_job_for_later_is_not_claimed() -> None:
    job = enqueue(kind=ECHO, key="later", subject="x", run_after=NEVER)
    assert claim(job_id=job.pk, lease_seconds=60) is None
    assert run(job_id=job.pk) is None


@pytest.mark.django_db
def test_number_of_no_job_is_nothing_to_do() -> None:
    assert run(job_id=404) is None


@pytest.mark.django_db
def test_job_is_done_once_and_its_result_is_stored_with_it() -> None:
    job = asked("done", subject="fifteen months")
    done = run(job_id=job.pk)
    assert done is not None
    assert (done.state, done.attempts, done.error) == ("done", 1, "")
    assert done.output_digest == "12e7181bd4be9adfe2f96ac7638cfc6c5e950ca82ed5f0398c8e500d122d928e"
    assert (done.lease_token, done.leased_until) == (None, None)
    assert done.finished_at is not None
    assert run(job_id=job.pk) is None
    assert stored() == [("done, attempt 1", "fifteen months")]


@pytest.mark.django_db
def test_result_of_a_worker_that_was_taken_over_is_thrown_away() -> None:
    job = asked("fence")
    stale = claim(job_id=job.pk, lease_seconds=60)
    assert stale is not None
    let_lease_run_out(job)
    holder = claim(job_id=job.pk, lease_seconds=60)
    assert holder is not None
    with pytest.raises(LeaseLost):
        complete(job=stale, output="stale")
    assert stored() == []
    complete(job=holder, output="good")
    assert stored() == [("fence, attempt 2", "good")]
    with pytest.raises(LeaseLost):
        complete(job=holder, output="twice")
    assert stored() == [("fence, attempt 2", "good")]


@pytest.mark.django_db
def test_failure_and_progress_of_a_worker_that_was_taken_over_are_ignored() -> None:
    job = asked("fence")
    stale = claim(job_id=job.pk, lease_seconds=60)
    assert stale is not None
    let_lease_run_out(job)
    holder = claim(job_id=job.pk, lease_seconds=60)
    assert holder is not None
    note_progress(job=holder, text="page 2 of 9")
    note_progress(job=stale, text="page 8 of 9")
    record_failure(job=stale, error=ValueError("stale"))
    job.refresh_from_db()
    assert (job.state, job.progress, job.error) == ("running", "page 2 of 9", "")


@pytest.mark.django_db
def test_late_result_counts_while_nobody_else_has_begun() -> None:
    job = asked("late")
    late = claim(job_id=job.pk, lease_seconds=60)
    assert late is not None
    let_lease_run_out(job)
    complete(job=late, output="late")
    assert stored() == [("late, attempt 1", "late")]


@pytest.mark.django_db(transaction=True)
def test_claim_and_work_are_refused_inside_a_transaction() -> None:
    job = asked("inside")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        run(job_id=job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("waiting", 0)


@pytest.mark.django_db(transaction=True)
def test_long_work_keeps_its_lease(tmp_path: Path) -> None:
    """The lease is three seconds, lengthened each second; nobody may take the work over meanwhile."""
    job = asked("long", kind=GATED, subject=str(tmp_path))

    def work() -> None:
        try:
            run(job_id=job.pk)
        finally:
            connection.close()

    worker = Thread(target=work)
    worker.start()
    wait_until((tmp_path / "begun-1").exists)
    job.refresh_from_db()
    first_lease = job.leased_until
    assert first_lease is not None
    wait_until(lambda: Job.objects.filter(pk=job.pk, leased_until__gt=first_lease + timedelta(seconds=0.9)).exists())
    assert due_jobs().count() == 0
    (tmp_path / "go").touch()
    worker.join()
    assert stored() == [("long, attempt 1", "through")]


@pytest.mark.django_db(transaction=True)
def test_result_is_stored_although_the_database_went_away_during_the_work() -> None:
    job = asked("cut off", kind=CUT_OFF, subject="March")
    done = run(job_id=job.pk)
    assert done is not None
    assert (done.state, done.attempts, done.error) == ("done", 1, "")
    assert stored() == [("cut off, attempt 1", "March")]


@pytest.mark.django_db(transaction=True)
def test_two_dispatchers_at_work_do_each_job_once() -> None:
    jobs = [asked(f"job {number}") for number in range(12)]
    done: list[Job] = []

    def dispatch() -> None:
        try:
            done.extend(dispatch_once(inline=True))
        finally:
            connection.close()

    dispatchers = [Thread(target=dispatch) for _ in range(2)]
    for dispatcher in dispatchers:
        dispatcher.start()
    for dispatcher in dispatchers:
        dispatcher.join()
    assert sorted(job.pk for job in done) == [job.pk for job in jobs]
    assert sorted(stored()) == sorted((f"job {number}, attempt 1", "x") for number in range(12))
