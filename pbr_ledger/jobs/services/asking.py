"""Asking for jobs, once for each kind and key, and setting failed ones going again."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.audit.services import record
from pbr_ledger.clock import DATABASE_CLOCK, Clock
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.jobs import broker
from pbr_ledger.jobs.daily import due_dailies
from pbr_ledger.jobs.models import JOB, WAITING, Job, JobReport
from pbr_ledger.jobs.registry import QUEUES, UnknownJobKind, kind_named
from pbr_ledger.jobs.rules import may_rerun

AUDIT_STREAM = "jobs"
MOST_FINDINGS_KEPT = 500
MOST_SENT_SOON = 50


class NoOpenTransaction(LedgerError):
    """A job was asked for outside a transaction: it could be lost, or done for a change that never happened."""


def enqueue(
    *,
    kind: str,
    key: str,
    subject: str,
    organisation_id: int | None = None,
    input_digest: str = "",
    run_after: datetime | None = None,
) -> Job:
    """The job row of that kind and key, written with the change that asks for it; the existing one if there is one.

    `key` names the work (one report of one statement), `subject` says what it is about, and `organisation_id` whose
    business that is; without one it concerns the whole installation. Once the outermost transaction commits, the
    job's number goes to the broker at best effort. With `run_after` the job waits until then; otherwise it is due at
    once. Raises `NoOpenTransaction`, and `UnknownJobKind` for a kind nobody registered.
    """
    if not connection.in_atomic_block:
        raise NoOpenTransaction(f"The job {kind} {key} has to be asked for in the transaction of its change.")
    queue = kind_named(kind).queue
    asked: dict[str, object] = {"subject": subject, "organisation_id": organisation_id, "input_digest": input_digest}
    asked |= {"run_after": run_after} if run_after else {}
    job, created = Job.objects.get_or_create(kind=kind, key=key, defaults=asked)
    if created and run_after is None:
        _send_on_commit(job=job, queue=queue)
    return job


def send_soon(*, kind: str) -> None:
    """Once the outermost transaction commits, what is due of that kind goes to the broker, at best effort.

    For jobs that a trigger of the database asks for. Without this the dispatcher sends them, within half a minute.
    """
    transaction.on_commit(lambda: _send_due(kind), robust=True)


def catch_up(*, clock: Clock) -> list[Job]:
    """The jobs just asked for because today's had not been: daily work whose time has come.

    Asking again asks for nothing: two schedulers, or one that starts over and over, make one job of a day's work.
    """
    asked = []
    for daily, day in due_dailies(at=clock.read(after=None)):
        known = set(Job.objects.filter(kind=daily.kind, key__startswith=f"{day} ").values_list("key", flat=True))
        for part in daily.parts():
            key = f"{day} {part.key}"
            if key not in known:
                with transaction.atomic():
                    asked.append(
                        enqueue(kind=daily.kind, key=key, subject=part.subject, organisation_id=part.organisation_id)
                    )
    return asked


def keep_report(*, job: Job, organisation: Organisation | None, lines: Sequence[str]) -> JobReport:
    """What the job found, kept: how many things, and the first 500. For `store` of a kind, in its transaction."""
    kept = [line.replace("\n", " ").replace("\x00", "") for line in lines[:MOST_FINDINGS_KEPT]]
    return JobReport.objects.create(job=job, organisation=organisation, findings=len(lines), lines="\n".join(kept))


def rerun(*, job: Job, by: Person) -> Job:
    """The failed job, waiting once more with all its attempts before it. Who ordered it is in the activity log.

    Raises `NotPermitted` unless an administrator of the council whose business it is asks, `ActionNotPossible` for a
    job that has not failed.
    """
    if not may_rerun(by, job):
        raise NotPermitted("Only an administrator of the council sets failed work going again.")
    with transaction.atomic():
        again = Job.objects.select_for_update().get(pk=job.pk)
        again.state = JOB.after(again.state, "run again")
        again.attempts, again.finished_at, again.started_at = 0, None, None
        again.run_after = at = DATABASE_CLOCK.read(after=None)
        again.save(update_fields=["state", "attempts", "finished_at", "started_at", "run_after"])
        record(stream=AUDIT_STREAM, by=by, action="job run again", subject=str(again), detail={"job": job.pk}, at=at)
        _send_on_commit(job=again, queue=queue_of(again))
    return again


def queue_of(job: Job) -> str:
    """The queue of the job's kind; the first one for a kind that nobody knows any more."""
    try:
        return kind_named(job.kind).queue
    except UnknownJobKind:
        return QUEUES[0]


def _send_due(kind: str) -> None:
    due = Job.objects.filter(kind=kind, state=WAITING, attempts=0, run_after__lte=Now()).order_by("run_after", "pk")
    for pk in due.values_list("pk", flat=True)[:MOST_SENT_SOON]:
        if not broker.send(job_id=pk, queue=kind_named(kind).queue):
            break


def _send_on_commit(*, job: Job, queue: str) -> None:
    transaction.on_commit(lambda: broker.send(job_id=job.pk, queue=queue), robust=True)
