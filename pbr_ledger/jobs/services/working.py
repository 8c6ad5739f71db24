"""Doing a job: claimed under a lease, done outside any transaction, stored by whoever holds the lease."""

import logging
import traceback
import uuid
from datetime import timedelta
from random import SystemRandom
from time import monotonic
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from pbr_ledger.errors import LedgerError
from pbr_ledger.jobs.heartbeat import lease_kept
from pbr_ledger.jobs.models import JOB, MOST_ATTEMPTS, RUNNING, WAITING, Job
from pbr_ledger.jobs.queries import due_jobs, held_jobs, lost_jobs
from pbr_ledger.jobs.registry import UnknownJobKind, kind_named
from pbr_ledger.observability.context import on_behalf_of
from pbr_ledger.observability.logs import TIDINGS

logger = logging.getLogger(__name__)

DEFAULT_LEASE_SECONDS = 60
FIRST_RETRY_SECONDS = 10
LONGEST_ERROR = 4000
LOST_EACH_TIME = "The worker was lost in each attempt."


class LeaseLost(LedgerError):
    """Another worker has taken the job over, or it was given up: this result was thrown away."""


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
    with on_behalf_of(job_id=job.pk):
        _attempt(job)
    return Job.objects.get(pk=job_id)


def _attempt(job: Job) -> None:
    began = monotonic()
    try:
        _work_and_complete(job)
        told = {"kind": job.kind, "attempt": job.attempts, "seconds": round(monotonic() - began, 3)}
        logger.info("job done", extra={TIDINGS: told})
    except LeaseLost as lost:
        logger.warning(
            "%s: another worker has taken job %s over; this result was thrown away.", type(lost).__name__, job.pk
        )
    except Exception as error:  # noqa: BLE001  Whatever a kind of job raises belongs in its row.
        record_failure(job=job, error=error)


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
            give_up(held_jobs(job=job), error=_account_of(error))
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


def give_up_lost_jobs() -> int:
    """How many jobs were marked failed because their lease ran out in the last attempt."""
    with transaction.atomic():
        return give_up(lost_jobs(), error=LOST_EACH_TIME)


def give_up(jobs: QuerySet[Job], *, error: str) -> int:
    """How many of the jobs were marked failed, for the reason given."""
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
