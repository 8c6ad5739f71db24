"""What is known about jobs: what is due, what waits, what failed."""

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now

from pbr_ledger.jobs.models import FAILED, MOST_ATTEMPTS, RUNNING, WAITING, Job


def due_jobs() -> QuerySet[Job]:
    """Jobs that somebody should do now: waiting and their time has come, or running on a lease that ran out."""
    return Job.objects.filter(
        Q(state=WAITING, run_after__lte=Now()) | Q(state=RUNNING, leased_until__lt=Now(), attempts__lt=MOST_ATTEMPTS)
    )


def lost_jobs() -> QuerySet[Job]:
    """Jobs whose lease ran out in their last attempt: each worker that took them was lost."""
    return Job.objects.filter(state=RUNNING, leased_until__lt=Now(), attempts__gte=MOST_ATTEMPTS)


def held_jobs(*, job: Job) -> QuerySet[Job]:
    """The job's row for as long as this worker's lease holds it, else no row: what every fenced change filters by."""
    return Job.objects.filter(pk=job.pk, state=RUNNING, lease_token=job.lease_token)


def failed_jobs() -> QuerySet[Job]:
    """Jobs that were given up and wait for a person, the latest first."""
    return Job.objects.filter(state=FAILED).order_by("-finished_at", "-pk")


def job_for(*, kind: str, key: str) -> Job | None:
    """The job of that kind and key, if one was ever asked for."""
    return Job.objects.filter(kind=kind, key=key).first()


def jobs_by_state() -> dict[str, int]:
    """How many jobs are in each state; states without a job are left out."""
    counted = Job.objects.values_list("state").annotate(count=Count("pk"))
    return dict(counted)
