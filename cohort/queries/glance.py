"""The cohort at a glance: how many children are where on a day, and how far claims and carers have come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from cohort.models import ChildVersion, ClaimVersion, Contract, HouseholdVersion, PlacementVersion


@dataclass(frozen=True, slots=True)
class CohortGlance:
    """Children of the cohort on the day, by the setting in which they live; claims by status; carer households.

    `elsewhere` are children of whom no placement is known for that day; `approved` the provider's households with a
    date of approval by panel.
    """

    children: int
    by_setting: Mapping[str, int]
    claims: Mapping[str, int]
    households: int
    approved: int

    @property
    def elsewhere(self) -> int:
        """How many children of the cohort have no placement on that day."""
        return self.children - sum(self.by_setting.values())


def cohort_at_a_glance(contract: Contract, *, on: date) -> CohortGlance:
    """The cohort on the day, as known now. Takes four queries whatever its size."""
    current = {"fact__contract": contract, "superseded_at": None, "retracted": False}
    children = ChildVersion.objects.filter(Q(left=None) | Q(left__gt=on), joined__lte=on, **current)
    living = PlacementVersion.objects.filter(Q(until=None) | Q(until__gt=on), start__lte=on, **current)
    living = living.filter(child__in=children.values("fact"))
    settings = living.order_by().values_list("setting").annotate(count=Count("pk"))
    claims = ClaimVersion.objects.filter(**current).order_by().values_list("status").annotate(count=Count("pk"))
    carers = HouseholdVersion.objects.filter(assessed_by="provider", **current).aggregate(
        households=Count("pk"), approved=Count("pk", filter=Q(panel_approved__lte=on))
    )
    return CohortGlance(children.count(), dict(settings), dict(claims), carers["households"], carers["approved"])
