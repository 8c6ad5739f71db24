"""Savings by the place that a child left and the place where it lives now (docs/contract.md 1.1, 2.6, 2.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cohort.core.facts import RESIDENTIAL_SETTINGS, KnownFacts, Placement
from cohort.core.moves import placements_of_child
from cohort.core.terms import Terms
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK, Journey, journeys, priced_nights
from savings.core.statement import terms_by_month


@dataclass(frozen=True, slots=True)
class PlacementSaving:
    """What a claimed placement's counted nights of one month saved (docs/contract.md 2.6); in pence.

    `left` is the residential or unregistered placement that the child lived in last before it, None where none is
    known: its bed is the one that the saving is about.
    """

    month: Month
    placement: Placement
    left: Placement | None
    nights: int
    saving_pence: int


def savings_by_placement(known: KnownFacts, *, last: Month) -> tuple[PlacementSaving, ...]:
    """Every placement's savings of every month from the programme's first to the last one given (docs/contract.md 2.7).

    A child's month is rounded once and shared among its placements so that they add up to it: together they come to
    the savings to date of the statement made from the same facts. Raises as `terms_by_month` does.
    """
    terms = terms_by_month(known.terms, last)
    return tuple(
        saving for journey in journeys(known).values() for saving in _of_child(journey, known=known, terms=terms)
    )


def _of_child(journey: Journey, *, known: KnownFacts, terms: Mapping[Month, Terms]) -> Iterator[PlacementSaving]:
    left = {placement.id: left_for(placement, known) for placement, _ in journey.placements}
    for month, version in terms.items():
        runs = priced_nights(journey, month=month, terms=version)
        weekly, placed, nights = 0, 0, 0
        for number, run in enumerate(runs):
            weekly += run.nights * run.saving_pence
            nights += run.nights
            if number + 1 < len(runs) and runs[number + 1].placement == run.placement:
                continue
            to_date = divide_rounding(weekly, DAYS_A_WEEK)
            yield PlacementSaving(month, known.placements[run.placement], left[run.placement], nights, to_date - placed)
            placed, nights = to_date, 0


def left_for(placement: Placement, known: KnownFacts) -> Placement | None:
    """The residential or unregistered placement that the child lived in last before this one (docs/contract.md 1.1)."""
    earlier = [each for each in placements_of_child(known, placement.child) if each.start < placement.start]
    return next((each for each in reversed(earlier) if each.setting in RESIDENTIAL_SETTINGS), None)
