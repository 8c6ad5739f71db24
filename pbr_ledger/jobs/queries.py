"""What is known about jobs: what is due, what waits, what failed."""

from collections import Counter

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Extract, Now

from pbr_ledger.jobs.models import FAILED, MOST_ATTEMPTS, RUNNING, WAITING, Job, JobReport
from pbr_ledger.jobs.registry import UnknownJobKind, kind_named


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


def jobs_by_queue_and_state() -> dict[tuple[str, str], int]:
    """How many jobs of each queue are in each state; what has none is left out."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, state, count in Job.objects.values_list("kind", "state").annotate(count=Count("pk")):
        counts[_queue_of(kind), state] += count
    return dict(counts)


def seconds_waited() -> dict[str, int]:
    """For how long the longest waiting due job of each queue has been due; queues without one are left out."""
    waited: dict[str, int] = {}
    since = Extract(Now() - Min("run_after"), "epoch")
    due = Job.objects.filter(state=WAITING, run_after__lte=Now())
    for kind, seconds in due.values("kind").annotate(seconds=since).values_list("kind", "seconds"):
        queue = _queue_of(kind)
        waited[queue] = max(waited.get(queue, 0), int(seconds))
    return waited


def latest_reports() -> QuerySet[JobReport]:
    """The latest report of each kind of job about each subject."""
    same = JobReport.objects.filter(job__kind=OuterRef("job__kind"), job__subject=OuterRef("job__subject"))
    latest = Subquery(same.order_by("-made_at", "-pk").values("pk")[:1])
    return JobReport.objects.filter(pk=latest).select_related("job", "organisation").order_by("job__subject", "pk")


def watched_jobs(*, state: str) -> QuerySet[Job]:
    """The jobs of a state as people read them: what is to be done in its order, what ended the latest first."""
    order = ("run_after", "pk") if state in {WAITING, RUNNING} else ("-finished_at", "-pk")
    return Job.objects.filter(state=state).select_related("organisation").order_by(*order)


def _queue_of(kind: str) -> str:
    try:
        return kind_named(kind).queue
    except UnknownJobKind:
        return "unknown"
