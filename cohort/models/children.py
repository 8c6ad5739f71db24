"""Children of the cohort, with their baselines, and what else the council still pays for them."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cohort.core.facts import EXTRA_COST_KINDS
from cohort.models.versions import DatedRate, Identity, Version, identity_constraints, money, version_constraints


class Child(Identity):
    """A child of a contract's cohort, known here by reference alone."""

    objects: ClassVar[models.Manager["Child"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class ChildVersion(Version):
    """When the child is in the cohort, `[joined, left)`. Has `rate_count` baseline rates, reaching back to `joined`."""

    fact = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="versions")
    joined = models.DateField(null=True)
    left = models.DateField(null=True, blank=True)
    rate_count = models.PositiveSmallIntegerField(null=True)

    objects: ClassVar[models.Manager["ChildVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(needed=["joined", "rate_count"], optional=["left"]),
            models.CheckConstraint(condition=Q(left=None) | Q(left__gt=F("joined")), name="childversion_period"),
            models.CheckConstraint(condition=Q(rate_count=None) | Q(rate_count__gte=1), name="childversion_has_rates"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"


class BaselineRate(DatedRate):
    """The weekly price of residential care that a child's savings are measured against."""

    version = models.ForeignKey(ChildVersion, on_delete=models.PROTECT, related_name="rates")

    objects: ClassVar[models.Manager["BaselineRate"]] = models.Manager()

    class Meta(DatedRate.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.weekly} from {self.start}"


class ExtraCost(Identity):
    """A weekly amount that the council still pays for a child beside the placement."""

    objects: ClassVar[models.Manager["ExtraCost"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class ExtraCostVersion(Version):
    """What the extra cost is, for whom, over `[start, until)`; `weekly` is net of contributions."""

    fact = models.ForeignKey(ExtraCost, on_delete=models.PROTECT, related_name="versions")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+", null=True)
    category = models.CharField(max_length=20, null=True)  # noqa: DJ001 - a retraction has no content at all
    start = models.DateField(null=True)
    until = models.DateField(null=True)
    weekly = money(null=True)

    objects: ClassVar[models.Manager["ExtraCostVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(needed=["child", "category", "start", "until", "weekly"], optional=[]),
            models.CheckConstraint(condition=Q(until__gt=F("start")), name="extracostversion_period"),
            models.CheckConstraint(condition=Q(weekly__gte=0), name="extracostversion_weekly_not_negative"),
            models.CheckConstraint(condition=Q(category__in=EXTRA_COST_KINDS), name="extracostversion_category_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"
