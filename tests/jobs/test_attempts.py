"""What becomes of a job whose work fails: tried again, later each time, then left to a person."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db.models.functions import Now

from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.errors import NotPermitted
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.queries import failed_jobs, job_for, jobs_by_state
from pbr_ledger.jobs.services import claim, dispatch_once, enqueue, rerun, retry_delay, run
from pbr_ledger.lifecycle import ActionNotPossible
from tests.jobs.kinds import CLUMSY, ECHO, POISON, STORED, stored


def due_now(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(run_after=Now())


def attempted(job: Job) -> Job:
    due_now(job)
    after = run(job_id=job.pk)
    assert after is not None
    return after


def failed_for_good() -> Job:
    job = enqueue(kind=POISON, key="poison", subject="March")
    for _ in range(5):
        attempted(job)
    return Job.objects.get(pk=job.pk)


def administrator() -> Person:
    council = Organisation.objects.create(reference="council", name="A council", kind="council")
    ada = Person.objects.create(organisation=council, email="ada@example.org", full_name="Ada Officer")
    RoleGrant.objects.create(person=ada, role="administrator", granted_at=datetime(2025, 7, 1, tzinfo=UTC))
    return ada


@pytest.mark.django_db
def test_failed_attempt_says_why_and_waits() -> None:
    job = enqueue(kind=POISON, key="poison", subject="March")
    after = run(job_id=job.pk)
    assert after is not None
    assert (after.state, after.attempts, after.lease_token, after.finished_at) == ("waiting", 1, None, None)
    assert after.error.startswith("ValueError: no report for March\n")
    assert "in _poison" in after.error
    assert after.started_at is not None
    assert timedelta(seconds=5) <= after.run_after - after.started_at <= timedelta(seconds=16)
    assert run(job_id=job.pk) is None


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 10), (2, 20), (3, 40), (4, 80)])
def test_wait_doubles_give_or_take_a_half(attempts: int, seconds: int) -> None:
    delays = [retry_delay(attempts=attempts) for _ in range(50)]
    assert all(timedelta(seconds=seconds / 2) <= delay <= timedelta(seconds=seconds * 1.5) for delay in delays)
    assert len(set(delays)) > 1


@pytest.mark.django_db
def test_fifth_failed_attempt_is_the_last() -> None:
    job = enqueue(kind=POISON, key="poison", subject="March")
    assert [attempted(job).state for _ in range(5)] == ["waiting"] * 4 + ["failed"]
    due_now(job)
    assert run(job_id=job.pk) is None
    job.refresh_from_db()
    assert (job.state, job.attempts) == ("failed", 5)
    assert job.finished_at is not None
    assert list(failed_jobs()) == [job]
    assert jobs_by_state() == {"failed": 1}


@pytest.mark.django_db
def test_job_that_fails_while_storing_stores_nothing() -> None:
    job = enqueue(kind=CLUMSY, key="half", subject="x")
    after = run(job_id=job.pk)
    assert after is not None
    assert after.state == "waiting"
    assert after.error.startswith("ValueError: stored half\n")
    assert stored() == []


@pytest.mark.django_db
def test_job_whose_worker_is_lost_five_times_has_failed() -> None:
    job = enqueue(kind=ECHO, key="killer", subject="x")
    for _ in range(5):
        assert claim(job_id=job.pk, lease_seconds=0) is not None
    assert claim(job_id=job.pk, lease_seconds=0) is None
    assert dispatch_once(inline=True) == []
    job.refresh_from_db()
    assert (job.state, job.attempts, job.error) == ("failed", 5, "The worker was lost in each attempt.")


@pytest.mark.django_db
def test_job_of_an_unknown_kind_says_so_in_its_row() -> None:
    job = Job.objects.create(kind="reports.gone", key="1", subject="x")
    after = run(job_id=job.pk)
    assert after is not None
    assert after.error.startswith(
        "pbr_ledger.jobs.registry.UnknownJobKind: There is no kind of job named “reports.gone”."
    )


@pytest.mark.django_db
def test_person_runs_a_failed_job_again_with_all_its_attempts() -> None:
    job = failed_for_good()
    again = rerun(job=job, by=administrator())
    assert (again.state, again.attempts, again.finished_at) == ("waiting", 0, None)
    event = AuditEvent.objects.get()
    assert (event.stream_id, event.actor_name, event.action) == ("jobs", "Ada Officer", "job run again")
    assert event.subject == "tests.poison poison"
    after = run(job_id=job.pk)
    assert after is not None
    assert (after.state, after.attempts) == ("waiting", 1)


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "role"), [("council", "auditor"), ("provider", "administrator"), ("council", None)])
def test_nobody_but_a_councils_administrator_runs_a_job_again(kind: str, role: str | None) -> None:
    job, ada = failed_for_good(), administrator()
    organisation = Organisation.objects.create(reference="theirs", name="Theirs", kind=kind)
    other = Person.objects.create(organisation=organisation, email="bo@example.org", full_name="Bo Other")
    if role:
        RoleGrant.objects.create(person=other, role=role, granted_at=datetime(2025, 7, 1, tzinfo=UTC), granted_by=ada)
    with pytest.raises(NotPermitted, match=r"Only an administrator of the council sets failed work going again\."):
        rerun(job=job, by=other)
    job.refresh_from_db()
    assert job.state == "failed"
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_job_that_has_not_failed_is_not_run_again() -> None:
    job = enqueue(kind=ECHO, key="done", subject="x")
    ada = administrator()
    with pytest.raises(ActionNotPossible, match=r"A job that is waiting cannot be changed by “run again”\."):
        rerun(job=job, by=ada)
    run(job_id=job.pk)
    with pytest.raises(ActionNotPossible, match=r"A job that is done cannot be changed by “run again”\."):
        rerun(job=job, by=ada)
    assert AuditEvent.objects.count() == 0


@pytest.mark.django_db
def test_inline_dispatch_does_all_that_is_due(capsys: pytest.CaptureFixture[str]) -> None:
    first = enqueue(kind=ECHO, key="first", subject="1")
    second = enqueue(kind=ECHO, key="second", subject="2")
    call_command("dispatch", "--inline")
    assert capsys.readouterr().out.splitlines() == [
        f"done    {first.pk}  tests.echo first",
        f"done    {second.pk}  tests.echo second",
    ]
    assert stored() == [("first, attempt 1", "1"), ("second, attempt 1", "2")]
    assert jobs_by_state() == {"done": 2, "waiting": 2}  # what was stored waits for the year 2200


@pytest.mark.django_db
def test_inline_dispatch_tries_again_at_once_and_ends_with_status_1(capsys: pytest.CaptureFixture[str]) -> None:
    job = enqueue(kind=POISON, key="poison", subject="March")
    good = enqueue(kind=ECHO, key="good", subject="x")
    with pytest.raises(CommandError) as refusal:
        call_command("dispatch", "--inline")
    assert refusal.value.returncode == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines.count(f"waiting {job.pk}  tests.poison poison  ValueError: no report for March") == 4
    assert lines.count(f"failed  {job.pk}  tests.poison poison  ValueError: no report for March") == 1
    assert lines.count(f"done    {good.pk}  tests.echo good") == 1
    assert job_for(kind=STORED, key="good, attempt 1") is not None
