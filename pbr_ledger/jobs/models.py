"""Job rows: the one truth about background work. Redis and Celery only carry hints."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.lifecycle import Lifecycle

WAITING = "waiting"
RUNNING = "running"
DONE = "done"
FAILED = "failed"

MOST_ATTEMPTS = 5

JOB = Lifecycle(
    "job",
    {
        (WAITING, "claim"): RUNNING,
        (RUNNING, "take over"): RUNNING,
        (RUNNING, "complete"): DONE,
        (RUNNING, "try again"): WAITING,
        (RUNNING, "give up"): FAILED,
        (FAILED, "run again"): WAITING,
    },
)


class Job(models.Model):
    """One piece of work that a committed change asked for, once for each kind and key.

    A running job carries a lease: whoever holds `lease_token` may store its result, until another worker has
    taken the job over. All moments are the database's own clock, never a worker's. `organisation` is the one whose
    business it is, as with its report: another council's people are not told what the job is about.
    """

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    subject = models.CharField(max_length=200)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, default=WAITING)
    run_after = models.DateTimeField(db_default=Now())
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    progress = models.CharField(max_length=200, default="", blank=True)
    error = models.TextField(default="", blank=True)
    input_digest = models.CharField(max_length=64, default="", blank=True)
    output_digest = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = models.Manager["Job"]()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["kind", "key"], name="job_once_for_each_kind_and_key"),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(key="") & ~Q(subject=""), name="job_says_what_it_is_about"
            ),
            models.CheckConstraint(condition=Q(state__in=JOB.statuses), name="job_state_is_known"),
            models.CheckConstraint(
                condition=Q(state=RUNNING, lease_token__isnull=False, leased_until__isnull=False)
                | ~Q(state=RUNNING) & Q(lease_token__isnull=True, leased_until__isnull=True),
                name="job_has_a_lease_exactly_while_running",
            ),
            models.CheckConstraint(
                condition=~Q(state=RUNNING) | Q(attempts__gte=1, started_at__isnull=False),
                name="job_running_has_begun_an_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(DONE, FAILED), finished_at__isnull=False)
                | ~Q(state__in=(DONE, FAILED)) & Q(finished_at__isnull=True),
                name="job_is_finished_exactly_when_done_or_failed",
            ),
            models.CheckConstraint(condition=~Q(state=FAILED) | ~Q(error=""), name="job_failed_says_why"),
            models.CheckConstraint(condition=Q(output_digest="") | Q(state=DONE), name="job_output_only_when_done"),
        )
        indexes = (
            models.Index(fields=["run_after"], condition=Q(state=WAITING), name="job_waiting_by_run_after"),
            models.Index(fields=["leased_until"], condition=Q(state=RUNNING), name="job_running_by_leased_until"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class JobReport(models.Model):
    """What a job found, kept as it was found: how many things, and each on a line. Nothing found is a report too.

    `organisation` is the council whose business it is; without one it concerns the whole installation.
    """

    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="report")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    findings = models.PositiveIntegerField()
    lines = models.TextField(default="", blank=True)
    made_at = models.DateTimeField(db_default=Now())

    objects = models.Manager["JobReport"]()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(findings=0, lines="") | Q(findings__gt=0) & ~Q(lines=""),
                name="job_report_has_lines_exactly_when_it_found_something",
            ),
        )

    def __str__(self) -> str:
        return f"{self.job}: {self.findings}"
