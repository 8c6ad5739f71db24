"""A lease lengthened while the work goes on, so that it can be short without long work losing it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.queries import held_jobs

logger = logging.getLogger(__name__)

# Celery ends a child after 300 s. Where nothing ends the work (one process, one job), the lease stops being
# lengthened then, and another worker may take the job over.
LONGEST_WORK_SECONDS = 300


@contextmanager
def lease_kept(*, job: Job, lease_seconds: int) -> Iterator[None]:
    """Lengthens the job's lease three times in each of its spans, from a thread with its own connection."""
    over = Event()
    thread = Thread(target=_lengthen, args=(job, lease_seconds, over), name=f"lease of job {job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _lengthen(job: Job, lease_seconds: int, over: Event) -> None:
    pause = lease_seconds / 3
    try:
        for _ in range(int(LONGEST_WORK_SECONDS / pause)):
            if over.wait(pause) or not _lengthened(job, lease_seconds):
                return
    finally:
        connection.close()


def _lengthened(job: Job, lease_seconds: int) -> bool:
    """Whether to go on: no longer when another worker has taken the job over."""
    try:
        return bool(held_jobs(job=job).update(leased_until=Now() + timedelta(seconds=lease_seconds)))
    except DatabaseError as error:
        # The database may be back before the lease runs out; if not, completion is refused.
        logger.warning("The lease of job %s could not be lengthened (%s).", job.pk, type(error).__name__)
        connection.close()
        return True
