"""Which nights count, and what each of them saves (docs/contract.md 2).

Inside this module days are ordinals (`date.toordinal()`), so that a month of nights is one subtraction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from cohort.core.facts import Child, ExtraCost, KnownFacts, Placement, Rate
from cohort.core.terms import Terms
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.results import PricedNights

DAYS_A_WEEK = 7


class Run(NamedTuple):
    """Consecutive counted nights `[start, until)` (ordinals) that save alike; weekly amounts in pence."""

    start: int
    until: int
    saving: int
    baseline: int
    cost: int
    extras: tuple[ExtraCost, ...]
    placement: Placement
    claim: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How one version of the terms reads nights: which settings are families, and what a negative saving is."""

    family_settings: tuple[str, ...]
    negative_as_zero: bool

    @classmethod
    def of(cls, terms: Terms) -> "Reading":
        """The reading that these terms set."""
        return cls(terms.family_settings, terms.negative_savings == "zero")


@dataclass(frozen=True, slots=True)
class Window:
    """Nights `[start, until)` (ordinals), already inside the programme, that are read by the same terms."""

    start: int
    until: int
    reading: Reading


@dataclass(frozen=True, slots=True)
class Journey:
    """One child of the cohort with its claimed placements (an agreed claim's id beside each) and extra costs."""

    child: Child
    placements: tuple[tuple[Placement, str], ...]
    extra_costs: tuple[ExtraCost, ...]


def journeys(known: KnownFacts) -> dict[str, Journey]:
    """Every cohort child that has a placement with an agreed claim, by id in text order."""
    agreed: dict[str, str] = {}
    for claim in known.claims.values():
        if claim.status == "agreed":
            agreed[claim.placement] = min(claim.id, agreed.get(claim.placement, claim.id))
    placements: dict[str, list[tuple[Placement, str]]] = {}
    for placement_id, claim_id in agreed.items():
        placement = known.placements.get(placement_id)
        if placement is not None and placement.child in known.children:
            placements.setdefault(placement.child, []).append((placement, claim_id))
    extra_costs: dict[str, list[ExtraCost]] = {}
    for extra in known.extra_costs.values():
        if extra.child in placements:
            extra_costs.setdefault(extra.child, []).append(extra)
    return {
        child: Journey(
            known.children[child],
            tuple(sorted(placements[child], key=lambda pair: pair[0].start)),
            tuple(extra_costs.get(child, ())),
        )
        for child in sorted(placements)
    }


def windows(terms_by_month: Mapping[Month, Terms]) -> tuple[Window, ...]:
    """The nights of these months that lie inside the programme, each month read by its own terms (11.2).

    Neighbouring months with one reading are one window. The months are given in rising order.
    """
    found: list[Window] = []
    for month, terms in terms_by_month.items():
        window = _window(month, terms)
        if window.start >= window.until:
            continue
        if found and found[-1].until == window.start and found[-1].reading == window.reading:
            found[-1] = Window(found[-1].start, window.until, window.reading)
        else:
            found.append(window)
    return tuple(found)


def _window(month: Month, terms: Terms) -> Window:
    start = max(month.first_day, terms.phase2.start).toordinal()
    until = min(month.last_day.toordinal() + 1, terms.phase3.until.toordinal())
    return Window(start, until, Reading.of(terms))


def night_window(night: date, terms: Terms) -> tuple[Window, ...]:
    """The one night as a window, when it lies inside the programme of these terms; else nothing."""
    if not terms.counts_in_programme(night):
        return ()
    return (Window(night.toordinal(), night.toordinal() + 1, Reading.of(terms)),)


def counted_runs(journey: Journey, spans: Iterable[Window]) -> Iterator[Run]:
    """The child's counted nights inside the windows, cut wherever a price changes, in order (2.1 to 2.5)."""
    child = journey.child
    joined = child.joined.toordinal()
    left = child.left.toordinal() if child.left else None
    baseline = _net_rates(child.baseline)
    for window in spans:
        first = max(window.start, joined)
        last = window.until if left is None else min(window.until, left)
        for placement, claim in journey.placements:
            if placement.setting not in window.reading.family_settings:
                continue
            start = max(first, placement.start.toordinal())
            until = last if placement.until is None else min(last, placement.until.toordinal())
            if start < until:
                yield from _priced(journey, placement, claim, start, until, baseline, window.reading)


def _priced(
    journey: Journey,
    placement: Placement,
    claim: str,
    start: int,
    until: int,
    baseline: Sequence[tuple[int, int]],
    reading: Reading,
) -> Iterator[Run]:
    """The nights `[start, until)` of one placement, cut at each change of a price or an extra cost."""
    costs = _net_rates(placement.costs)
    extras = _overlapping(journey.extra_costs, start, until)
    if not extras and len(baseline) == 1 and len(costs) == 1:  # nothing can change within: most placements by far
        base, cost = baseline[0][1], costs[0][1]
        yield Run(start, until, _read(base - cost, reading), base, cost, (), placement, claim)
        return
    cuts = [day for day, _ in baseline if start < day < until]
    cuts += [day for day, _ in costs if start < day < until]
    for begins, ends, _ in extras:
        cuts += [day for day in (begins, ends) if start < day < until]
    edges = [start, *sorted(set(cuts)), until] if cuts else [start, until]
    for begins, ends in pairwise(edges):
        paid = tuple(extra for extra_start, extra_until, extra in extras if extra_start <= begins < extra_until)
        base = _in_force(baseline, begins)
        cost = _in_force(costs, begins)
        saving = _read(base - cost - sum(extra.weekly_pence for extra in paid), reading)
        yield Run(begins, ends, saving, base, cost, paid, placement, claim)


def _read(saving: int, reading: Reading) -> int:
    """The weekly saving as the terms read a negative one (2.5)."""
    return 0 if saving < 0 and reading.negative_as_zero else saving


def _net_rates(rates: Sequence[Rate]) -> list[tuple[int, int]]:
    return [(rate.start.toordinal(), rate.weekly_pence - rate.contribution_pence) for rate in rates]


def _in_force(rates: Sequence[tuple[int, int]], day: int) -> int:
    """The rate with the latest start not after the day (2.3). The list is in rising order and reaches back to it."""
    for start, amount in reversed(rates):
        if start <= day:
            return amount
    raise ValueError("no rate reaches back to this night")


def _overlapping(extras: Sequence[ExtraCost], start: int, until: int) -> list[tuple[int, int, ExtraCost]]:
    dated = [(extra.start.toordinal(), extra.until.toordinal(), extra) for extra in extras]
    return [entry for entry in dated if entry[0] < until and start < entry[1]]


class MonthlySavings(NamedTuple):
    """By month, each child with a counted night: its saving in pence, and how many nights they were."""

    by_month: Mapping[Month, Mapping[str, int]]
    nights: Mapping[Month, Mapping[str, int]]


def monthly_savings(children: Mapping[str, Journey], terms_by_month: Mapping[Month, Terms]) -> MonthlySavings:
    """What each child's counted nights of each month saved, rounded once a child and month (2.6)."""
    months = tuple(terms_by_month)
    edges = [month.first_day.toordinal() for month in months]
    edges.append(months[-1].last_day.toordinal() + 1)
    spans = windows(terms_by_month)
    tables: list[dict[str, int]] = [{} for _ in months]
    nights: list[dict[str, int]] = [{} for _ in months]
    for reference, journey in children.items():
        for index, (count, weekly) in _by_month(counted_runs(journey, spans), edges).items():
            tables[index][reference] = divide_rounding(weekly, DAYS_A_WEEK)
            nights[index][reference] = count
    return MonthlySavings(dict(zip(months, tables, strict=True)), dict(zip(months, nights, strict=True)))


def _by_month(runs: Iterable[Run], edges: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Nights, and Σ nights x weekly saving, by index of the month; `edges` are the months' first nights."""
    sums: dict[int, tuple[int, int]] = {}
    index = 0
    for run in runs:
        start, until, saving = run[0], run[1], run[2]
        while edges[index + 1] <= start:
            index += 1
        at = index
        while start < until:
            ends = min(until, edges[at + 1])
            count, weekly = sums.get(at, (0, 0))
            sums[at] = (count + ends - start, weekly + (ends - start) * saving)
            start = ends
            at += 1
    return sums


def weekly_total(journey: Journey, spans: Iterable[Window], *, start: date, until: date) -> int:
    """Σ nights x weekly saving (pence) of the child's counted nights within `[start, until)`, not yet divided by 7."""
    first, last = start.toordinal(), until.toordinal()
    clipped = (Window(max(span.start, first), min(span.until, last), span.reading) for span in spans)
    inside = [span for span in clipped if span.start < span.until]
    return sum((run.until - run.start) * run.saving for run in counted_runs(journey, inside))


def priced_nights(journey: Journey, *, month: Month, terms: Terms) -> tuple[PricedNights, ...]:
    """Why the child's month saved what it did: its counted nights in runs of one price each (2.1 to 2.5)."""
    return tuple(
        PricedNights(
            child=journey.child.id,
            placement=run.placement.id,
            claim=run.claim,
            setting=run.placement.setting,
            start=date.fromordinal(run.start),
            until=date.fromordinal(run.until),
            baseline_pence=run.baseline,
            cost_pence=run.cost,
            extra_costs=tuple((extra.id, extra.category, extra.weekly_pence) for extra in run.extras),
            saving_pence=run.saving,
        )
        for run in counted_runs(journey, windows({month: terms}))
    )
