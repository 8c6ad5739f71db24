"""What no job row can be, and who may touch one, tried as the application's and the agent's role with plain SQL."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import IntegrityError, ProgrammingError, connection, connections, transaction

from pbr_ledger.jobs.models import JOB, Job, JobReport
from pbr_ledger.jobs.services import claim, enqueue, keep_report
from tests.jobs.kinds import ECHO
from tests.refusals import execute, forbidden
from tests.refusals import refused_by as refused

pytestmark = pytest.mark.django_db(databases=["default", "agent"])

LEASE = "lease_token = gen_random_uuid(), leased_until = now()"


@contextmanager
def refused_by(constraint: str) -> Iterator[None]:
    with pytest.raises(IntegrityError, match=f'constraint "{constraint}"'), transaction.atomic():
        yield


def change(what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE jobs_job SET {what}")


@pytest.mark.parametrize(
    ("what", "constraint"),
    [
        ("state = 'paused'", "job_state_is_known"),
        ("kind = ''", "job_says_what_it_is_about"),
        ("key = ''", "job_says_what_it_is_about"),
        ("subject = ''", "job_says_what_it_is_about"),
        ("lease_token = gen_random_uuid()", "job_has_a_lease_exactly_while_running"),
        ("leased_until = now()", "job_has_a_lease_exactly_while_running"),
        ("state = 'running', attempts = 1, started_at = now()", "job_has_a_lease_exactly_while_running"),
        (f"state = 'running', started_at = now(), {LEASE}", "job_running_has_begun_an_attempt"),
        (f"state = 'running', attempts = 1, {LEASE}", "job_running_has_begun_an_attempt"),
        ("state = 'done'", "job_is_finished_exactly_when_done_or_failed"),
        ("finished_at = now()", "job_is_finished_exactly_when_done_or_failed"),
        ("state = 'failed', finished_at = now()", "job_failed_says_why"),
        ("output_digest = 'ab'", "job_output_only_when_done"),
        ("attempts = -1", "jobs_job_attempts_check"),
    ],
)
def test_row_that_cannot_be_is_refused(what: str, constraint: str) -> None:
    enqueue(kind=ECHO, key="row", subject="x")
    with refused_by(constraint):
        change(what)


@pytest.mark.parametrize(
    "what",
    [
        f"state = 'running', attempts = 1, started_at = now(), {LEASE}",
        "state = 'done', attempts = 1, started_at = now(), finished_at = now(), output_digest = 'ab'",
        "state = 'failed', finished_at = now(), error = 'no paper'",
    ],
)
def test_row_of_each_state_is_accepted(what: str) -> None:
    enqueue(kind=ECHO, key="row", subject="x")
    change(what)


def test_second_row_of_a_kind_and_key_is_refused() -> None:
    Job.objects.create(kind=ECHO, key="row", subject="x")
    with refused_by("job_once_for_each_kind_and_key"):
        Job.objects.create(kind=ECHO, key="row", subject="y")


@pytest.mark.parametrize("statement", ["DELETE FROM jobs_job", "TRUNCATE jobs_job"])
def test_application_removes_no_job(statement: str) -> None:
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize("statement", ["SELECT 1 FROM jobs_job", "UPDATE jobs_job SET error = ''"])
def test_agent_sees_and_changes_no_job(statement: str) -> None:
    agent = connections["agent"]
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(using="agent"),
        agent.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_report_has_lines_exactly_when_something_was_found() -> None:
    job = enqueue(kind=ECHO, key="check", subject="x")
    for findings, lines in ((0, "entry 3"), (1, "")):
        with refused_by("job_report_has_lines_exactly_when_it_found_something"):
            JobReport.objects.create(job=job, findings=findings, lines=lines)
    assert keep_report(job=job, organisation=None, lines=["entry\n3"] * 501).findings == 501
    assert JobReport.objects.get().lines == "\n".join(["entry 3"] * 500)


@pytest.mark.parametrize("statement", ["UPDATE jobs_jobreport SET lines = ''", "DELETE FROM jobs_jobreport"])
def test_report_is_never_changed_by_the_application(statement: str) -> None:
    keep_report(job=enqueue(kind=ECHO, key="check", subject="x"), organisation=None, lines=[])
    with forbidden():
        execute(statement)
    with forbidden("agent"):
        execute("SELECT 1 FROM jobs_jobreport", alias="agent")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
@pytest.mark.parametrize(
    ("statement", "trigger"),
    [
        ("UPDATE jobs_jobreport SET lines = ''", "job_report_never_changed"),
        ("DELETE FROM jobs_jobreport", "job_report_never_changed"),
        ("TRUNCATE jobs_jobreport", "job_report_never_truncated"),
    ],
)
def test_report_is_never_changed_by_its_owner_either(statement: str, trigger: str) -> None:
    with transaction.atomic():
        keep_report(job=enqueue(kind=ECHO, key="check", subject="x"), organisation=None, lines=[])
    with refused(trigger, "owner"):
        execute(statement, alias="owner")


def test_lifecycle_says_what_can_be_done_in_each_state() -> None:
    assert {state: JOB.actions_from(state) for state in JOB.statuses} == {
        "waiting": ("claim",),
        "running": ("take over", "complete", "try again", "give up"),
        "failed": ("run again",),
        "done": (),
    }


def test_moments_of_a_job_are_the_databases_own() -> None:
    job = enqueue(kind=ECHO, key="row", subject="x")
    claimed = claim(job_id=job.pk, lease_seconds=60)
    assert claimed is not None
    assert claimed.started_at is not None
    assert claimed.leased_until is not None
    assert job.created_at == claimed.created_at == claimed.run_after < claimed.started_at < claimed.leased_until
