"""Placements with their prices, the claims made for them, and the carer households they are with."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import Deferrable, F, Q

from cohort.core.facts import ASSESSORS, CLAIM_STATUSES, ENDINGS, SETTINGS
from cohort.models.children import Child
from cohort.models.versions import (
    DatedRate,
    Identity,
    Version,
    as_range,
    dates,
    identity_constraints,
    version_constraints,
)


class Household(Identity):
    """A carer household."""

    objects: ClassVar[models.Manager["Household"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class HouseholdVersion(Version):
    """Who assessed the household, and when panel approved it."""

    fact = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="versions")
    assessed_by = models.CharField(max_length=20, null=True)  # noqa: DJ001 - a retraction has no content at all
    panel_approved = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["HouseholdVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(needed=["assessed_by"], optional=["panel_approved"]),
            models.CheckConstraint(condition=Q(assessed_by__in=ASSESSORS), name="householdversion_assessed_by_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"


class Placement(Identity):
    """A child's stay in one place."""

    objects: ClassVar[models.Manager["Placement"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class PlacementVersion(Version):
    """Where the child lives over the nights `[start, until)`, and how it ended.

    Has `rate_count` rates, reaching back to `start`. No two current placements of a child share a night; that is
    checked when the transaction ends, so that a move can end one and begin the next in either order.
    """

    fact = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="versions")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+", null=True)
    setting = models.CharField(max_length=30, null=True)  # noqa: DJ001 - a retraction has no content at all
    start = models.DateField(null=True)
    until = models.DateField(null=True, blank=True)
    ended = models.CharField(max_length=20, null=True, blank=True)  # noqa: DJ001 - null while it lasts
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    rate_count = models.PositiveSmallIntegerField(null=True)
    block_contract = models.BooleanField(default=False, db_default=False)

    objects: ClassVar[models.Manager["PlacementVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(
                needed=["child", "setting", "start", "rate_count"], optional=["until", "ended", "household"]
            ),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("start")), name="placementversion_period"),
            models.CheckConstraint(
                condition=Q(until=None, ended=None) | Q(until__isnull=False, ended__isnull=False),
                name="placementversion_ended_iff_until",
            ),
            models.CheckConstraint(condition=Q(setting__in=SETTINGS), name="placementversion_setting_known"),
            models.CheckConstraint(condition=Q(ended=None) | Q(ended__in=ENDINGS), name="placementversion_ended_known"),
            models.CheckConstraint(
                condition=Q(rate_count=None) | Q(rate_count__gte=1), name="placementversion_has_rates"
            ),
            models.CheckConstraint(
                condition=Q(retracted=False) | Q(block_contract=False),
                name="placementversion_block_contract_unless_retracted",
            ),
            ExclusionConstraint(
                name="placementversion_no_overlap",
                expressions=[(as_range("child"), "&&"), (dates("start", "until"), "&&")],
                condition=Q(superseded_at=None, retracted=False),
                deferrable=Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"


class PlacementRate(DatedRate):
    """The weekly cost of a placement."""

    version = models.ForeignKey(PlacementVersion, on_delete=models.PROTECT, related_name="rates")

    objects: ClassVar[models.Manager["PlacementRate"]] = models.Manager()

    class Meta(DatedRate.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.weekly} from {self.start}"


class Claim(Identity):
    """The provider's claim that a placement is a transition."""

    objects: ClassVar[models.Manager["Claim"]] = models.Manager()

    class Meta:
        constraints: ClassVar = identity_constraints()


class ClaimVersion(Version):
    """For which placement, and how far it has come; it earns savings only while it is agreed."""

    fact = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="versions")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="+", null=True)
    status = models.CharField(max_length=20, null=True)  # noqa: DJ001 - a retraction has no content at all

    objects: ClassVar[models.Manager["ClaimVersion"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            *version_constraints(needed=["placement", "status"], optional=[]),
            models.CheckConstraint(condition=Q(status__in=CLAIM_STATUSES), name="claimversion_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.fact} as recorded {self.recorded_at}"
