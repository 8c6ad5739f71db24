"""What the cohort needs of the council's officers: children whose placement has ended and who live nowhere recorded."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.urls import reverse

from cohort.models import ChildVersion, Contract, PlacementVersion
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import Need
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown


def cohort_needs(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """For the council's officers: each child in the cohort of whom it is not recorded where it lives today."""
    if "record_facts" not in permissions_now(person):
        return
    own = Contract.objects.filter(pk__in=contracts, council=person.organisation_id)
    today = day_of(DATABASE_CLOCK.read(after=None))
    for child in children_without_placement(own, today):
        yield Need(
            contract=child.contract,
            text=f"Record where child {child.reference} lives",
            address=reverse("child-move", args=[child.contract, child.key]),
            since=child.last_ended or child.joined,
            when=f"since {day_shown(child.last_ended)}" if child.last_ended else "",
            mailed="Record where a child lives",
        )


class Unplaced(NamedTuple):
    """A child that lives nowhere recorded; `last_ended` is when its last placement ended."""

    contract: int
    key: int
    reference: str
    joined: date
    last_ended: date | None


def children_without_placement(contracts: QuerySet[Contract], on: date) -> list[Unplaced]:
    """The children in the cohort on the day that have no placement then, by contract and reference."""
    live = PlacementVersion.objects.filter(child=OuterRef("fact"), superseded_at=None, retracted=False)
    running = live.filter(Q(until=None) | Q(until__gt=on), start__lte=on)
    ended = live.filter(until__lte=on).order_by().values("child").annotate(last=Max("until")).values("last")
    rows = ChildVersion.objects.filter(
        Q(left=None) | Q(left__gt=on),
        ~Exists(running),
        fact__contract__in=contracts,
        superseded_at=None,
        retracted=False,
        joined__lte=on,
    ).annotate(last_ended=ended)
    columns = ("fact__contract", "fact", "fact__reference", "joined", "last_ended")
    return [Unplaced(*row) for row in rows.order_by("fact__contract", "fact__reference").values_list(*columns)]
