"""Savings by the place that a child left and the place where it lives now (docs/contract.md 1.1, 2.6, 2.7)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from cohort.core.facts import RESIDENTIAL_SETTINGS, KnownFacts, Placement
from cohort.core.moves import placements_of_child
from cohort.core.terms import Terms
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK, Journey, journeys, priced_nights
from savings.core.promise import paid
from savings.core.results import PricedNights
from savings.core.statement import terms_by_month


@dataclass(frozen=True, slots=True)
class PlacementSaving:
    """What a claimed placement's counted nights of one month saved (docs/contract.md 2.6); in pence.

    `left` is the residential or unregistered placement that the child lived in last before it, None where none is
    known: its bed is the one that the saving is about. `baseline_pence` is what these nights would have cost,
    `cost_pence` what the place and all extra costs beside it did cost: the baseline less the saving, so that no
    rounding of its own comes between, but summed by itself where negative savings count as zero (2.5, 5.4).
    """

    month: Month
    placement: Placement
    left: Placement | None
    nights: int
    saving_pence: int
    baseline_pence: int
    cost_pence: int


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
        before = _Shares()
        for placement, runs in groupby(priced_nights(journey, month=month, terms=version), lambda run: run.placement):
            to_date = before.plus(tuple(runs))
            saving = _rounded(to_date.saving) - _rounded(before.saving)
            baseline = _rounded(to_date.baseline) - _rounded(before.baseline)
            cost = _rounded(to_date.cost) - _rounded(before.cost)
            yield PlacementSaving(
                month,
                known.placements[placement],
                left[placement],
                nights=to_date.nights - before.nights,
                saving_pence=saving,
                baseline_pence=baseline,
                cost_pence=cost if version.negative_savings == "zero" else baseline - saving,
            )
            before = to_date


class _Shares(NamedTuple):
    """Nights, and nights x weekly amounts in pence, of a child's month so far: not yet divided by 7."""

    nights: int = 0
    saving: int = 0
    baseline: int = 0
    cost: int = 0

    def plus(self, runs: Sequence[PricedNights]) -> "_Shares":
        return _Shares(
            self.nights + sum(run.nights for run in runs),
            self.saving + sum(run.nights * run.saving_pence for run in runs),
            self.baseline + sum(run.nights * run.baseline_pence for run in runs),
            self.cost + sum(run.nights * paid(run) for run in runs),
        )


def _rounded(weekly: int) -> int:
    return divide_rounding(weekly, DAYS_A_WEEK)


def left_for(placement: Placement, known: KnownFacts) -> Placement | None:
    """The residential or unregistered placement that the child lived in last before this one (docs/contract.md 1.1)."""
    earlier = [each for each in placements_of_child(known, placement.child) if each.start < placement.start]
    return next((each for each in reversed(earlier) if each.setting in RESIDENTIAL_SETTINGS), None)
