"""Every change of a job's state: asked for, claimed, done, failed, run again, sent again.

All moments are read from the database's clock, so workers on hosts whose clocks differ agree on what is due.
"""

import logging
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from random import SystemRandom
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from pbr_ledger.audit.services import Actor, record
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError
from pbr_ledger.jobs import broker
from pbr_ledger.jobs.heartbeat import lease_kept
from pbr_ledger.jobs.models import JOB, MOST_ATTEMPTS, RUNNING, WAITING, Job
from pbr_ledger.jobs.queries import due_jobs, held_jobs, lost_jobs
from pbr_ledger.jobs.registry import UnknownJobKind, kind_named

logger = logging.getLogger(__name__)

AUDIT_STREAM = "jobs"
DEFAULT_LEASE_SECONDS = 60
FIRST_RETRY_SECONDS = 10
LONGEST_ERROR = 4000
MOST_SENT_AT_ONCE = 1000


class NoOpenTransaction(LedgerError):
    """A job was asked for outside a transaction: it could be lost, or done for a change that never happened."""


class LeaseLost(LedgerError):
    """Another worker has taken the job over, or it was given up: this result was thrown away."""


def enqueue(*, kind: str, key: str, subject: str, input_digest: str = "", run_after: datetime | None = None) -> Job:
    """The job row of that kind and key, written with the change that asks for it; the existing one if there is one.

    `key` names the work (one report of one statement), `subject` says what it is about. Once the outermost
    transaction commits, the job's number goes to the broker at best effort. With `run_after` the job waits until
    then; otherwise it is due at once. Raises `NoOpenTransaction`, and `UnknownJobKind` for a kind nobody registered.
    """
    if not connection.in_atomic_block:
        raise NoOpenTransaction(f"The job {kind} {key} has to be asked for in the transaction of its change.")
    queue = kind_named(kind).queue
    asked = {"subject": subject, "input_digest": input_digest} | ({"run_after": run_after} if run_after else {})
    job, created = Job.objects.get_or_create(kind=kind, key=key, defaults=asked)
    if created and run_after is None:
        _send_on_commit(job=job, queue=queue)
    return job


def claim(*, job_id: int, lease_seconds: int) -> Job | None:
    """The job with this worker's lease on it, or nothing when it is not due or another worker has it.

    One conditional UPDATE decides, so of two workers one wins; it counts as an attempt from then on. The returned
    row's `lease_token` is the lease. Refused inside a transaction, which would hide the claim from the others.
    """
    token = uuid.uuid4()
    with transaction.atomic(durable=True):
        claimed = (
            due_jobs()
            .filter(pk=job_id)
            .update(
                state=JOB.after(WAITING, "claim"),
                lease_token=token,
                leased_until=Now() + timedelta(seconds=lease_seconds),
                attempts=F("attempts") + 1,
                started_at=Now(),
                progress="",
            )
        )
        return Job.objects.get(pk=job_id, lease_token=token) if claimed else None


def run(*, job_id: int) -> Job | None:
    """Does the job if it is due and free, and returns its row as it stands afterwards; nothing when it was not.

    An error of the work or of its storing is recorded in the row, which then waits to be tried again or has failed.
    """
    job = claim(job_id=job_id, lease_seconds=_lease_seconds(job_id))
    if job is None:
        return None
    try:
        _work_and_complete(job)
    except LeaseLost as lost:
        logger.warning("%s", lost)
    except Exception as error:  # noqa: BLE001  Whatever a kind of job raises belongs in its row.
        record_failure(job=job, error=error)
    return Job.objects.get(pk=job_id)


def complete(*, job: Job, output: Any) -> None:
    """Stores the output and marks the job done, in one transaction that only the holder of the lease can finish.

    The token alone is asked, not the time: a result that comes late, but before anybody else began, is a good one.
    Raises `LeaseLost` when the job was taken over; then nothing is stored.
    """
    _leave_dead_connection()
    with transaction.atomic(durable=True):
        if not held_jobs(job=job).select_for_update().exists():
            raise LeaseLost(f"Job {job.pk} is no longer held by this worker: its result was thrown away.")
        output_digest = kind_named(job.kind).store(job, output)
        held_jobs(job=job).update(
            state=JOB.after(RUNNING, "complete"),
            lease_token=None,
            leased_until=None,
            finished_at=Now(),
            output_digest=output_digest,
            error="",
            progress="",
        )


def record_failure(*, job: Job, error: Exception) -> None:
    """Notes why an attempt failed. The job waits longer after each attempt; after the fifth it has failed for good.

    Does nothing when the job was taken over: its fate is the other worker's now.
    """
    logger.warning("Job %s (%s), attempt %s: %s.", job.pk, job.kind, job.attempts, type(error).__name__)
    _leave_dead_connection()
    with transaction.atomic(durable=True):
        if job.attempts >= MOST_ATTEMPTS:
            _give_up(held_jobs(job=job), error=_account_of(error))
        else:
            held_jobs(job=job).update(
                state=JOB.after(RUNNING, "try again"),
                lease_token=None,
                leased_until=None,
                run_after=Now() + retry_delay(attempts=job.attempts),
                error=_account_of(error),
            )


def note_progress(*, job: Job, text: str) -> None:
    """Shows how far a running job has come, in a few words; `work` may call it. Ignored once the lease is lost."""
    held_jobs(job=job).update(progress=text[:200])


def retry_delay(*, attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: 10 s, doubled each time, and half of it more or less at random.

    The chance keeps jobs that failed together, as when the database restarted, from coming back together.
    """
    seconds = FIRST_RETRY_SECONDS * 2 ** (attempts - 1)
    return timedelta(seconds=seconds * SystemRandom().uniform(0.5, 1.5))


def rerun(*, job: Job, by: Actor) -> Job:
    """The failed job, waiting once more with all its attempts before it. Who ordered it is in the activity log.

    Raises `ActionNotPossible` for a job that has not failed.
    """
    with transaction.atomic():
        again = Job.objects.select_for_update().get(pk=job.pk)
        again.state = JOB.after(again.state, "run again")
        again.attempts, again.finished_at, again.started_at = 0, None, None
        again.run_after = at = DATABASE_CLOCK.read(after=None)
        again.save(update_fields=["state", "attempts", "finished_at", "started_at", "run_after"])
        record(stream=AUDIT_STREAM, by=by, action="job run again", subject=str(again), detail={"job": job.pk}, at=at)
        _send_on_commit(job=again, queue=_queue_of(again))
    return again


def dispatch_once(*, inline: bool, tell: Callable[[Job], None] = lambda _: None) -> list[Job]:
    """The jobs that were sent to the broker again or, inline, done here one after another until none is due.

    Due is what waits and whose time has come, and what a lost worker left behind. Sending stops at the first job
    that the broker does not take. Inline, jobs that wait after a failure are tried again at once, since somebody is
    waiting for them here. `tell` gets each job in turn. A job whose fifth worker was lost is marked failed.
    """
    give_up_lost_jobs()
    return _do_what_is_due(tell) if inline else _send_what_is_due(tell)


def give_up_lost_jobs() -> int:
    """How many jobs were marked failed because their lease ran out in the last attempt."""
    with transaction.atomic():
        return _give_up(lost_jobs(), error="The worker was lost in each attempt.")


def _give_up(jobs: QuerySet[Job], *, error: str) -> int:
    return jobs.update(
        state=JOB.after(RUNNING, "give up"), lease_token=None, leased_until=None, finished_at=Now(), error=error
    )


def _work_and_complete(job: Job) -> None:
    kind = kind_named(job.kind)
    with lease_kept(job=job, lease_seconds=kind.lease_seconds):
        output = kind.work(job)
    complete(job=job, output=output)


def _leave_dead_connection() -> None:
    """Connects anew if the database restarted during long work."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _lease_seconds(job_id: int) -> int:
    try:
        return kind_named(Job.objects.values_list("kind", flat=True).get(pk=job_id)).lease_seconds
    except (Job.DoesNotExist, UnknownJobKind):
        # An unknown kind is claimed all the same, so that its row comes to say what is wrong.
        return DEFAULT_LEASE_SECONDS


def _account_of(error: Exception) -> str:
    """What happened in one line, then the traceback; without what PostgreSQL's text cannot hold."""
    summary = traceback.format_exception_only(error)[-1].strip()
    steps = "".join(traceback.format_tb(error.__traceback__))
    account = f"{summary}\n\n{steps}"[:LONGEST_ERROR]
    return account.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def _send_on_commit(*, job: Job, queue: str) -> None:
    transaction.on_commit(lambda: broker.send(job_id=job.pk, queue=queue), robust=True)


def _queue_of(job: Job) -> str:
    try:
        return kind_named(job.kind).queue
    except UnknownJobKind:
        return str(broker.app.conf.task_default_queue)


def _send_what_is_due(tell: Callable[[Job], None]) -> list[Job]:
    sent = []
    for job in due_jobs().order_by("run_after", "pk")[:MOST_SENT_AT_ONCE]:
        if not broker.send(job_id=job.pk, queue=_queue_of(job)):
            break
        sent.append(job)
        tell(job)
    return sent


def _do_what_is_due(tell: Callable[[Job], None]) -> list[Job]:
    done = []
    while job_id := _next_due():
        job = run(job_id=job_id)
        if job is not None:
            done.append(job)
            tell(job)
    return done


def _next_due() -> int | None:
    Job.objects.filter(state=WAITING, attempts__gt=0, run_after__gt=Now()).update(run_after=Now())
    return due_jobs().order_by("run_after", "pk").values_list("pk", flat=True).first()
