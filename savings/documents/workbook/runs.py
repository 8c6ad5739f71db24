"""The claimed placements cut into months and prices: one run of nights is one row of the sheet *Nights*."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from cohort.core.facts import Child, ExtraCost, Placement, Rate
from cohort.core.terms import Terms
from pbr_ledger.periods import Month
from savings.core.nights import Journey, journeys
from savings.documents.workbook.content import WorkbookContent


@dataclass(frozen=True, slots=True)
class Edge:
    """The day on which an extra cost begins or ends (`side` is `from` or `until`) within a placement."""

    extra: str
    side: str
    day: date


@dataclass(frozen=True, slots=True)
class NightRun:
    """Nights of one placement in one month at one price, whether they count or not.

    `baseline` and `cost` are the places of the rates in force. `begins` and `ends` are given where an extra cost makes
    the cut. Dates are `[start, until)`, amounts pence a week.
    """

    child: Child
    placement: Placement
    claim: str
    month: Month
    terms: Terms
    baseline: int
    cost: int
    begins: Edge | None
    ends: Edge | None
    start: date
    until: date
    extra_pence: int

    @property
    def is_family(self) -> bool:
        """Whether the setting is a family setting in the month's terms (2.1)."""
        return self.placement.setting in self.terms.family_settings

    @property
    def nights(self) -> int:
        """How many of its nights count (2.1)."""
        return max(0, (self.until - self.start).days) if self.is_family else 0

    @property
    def saving_pence(self) -> int:
        """The weekly saving of each night, before a negative one is read (2.2)."""
        return (
            self.child.baseline[self.baseline].net_pence - self.placement.costs[self.cost].net_pence - self.extra_pence
        )

    @property
    def counted_pence(self) -> int:
        """The weekly saving as the terms read a negative one (2.5)."""
        return max(0, self.saving_pence) if self.terms.negative_savings == "zero" else self.saving_pence

    @property
    def weighted_pence(self) -> int:
        """Nights × weekly saving, before it is divided by seven (2.6)."""
        return self.nights * self.counted_pence

    def nights_within(self, first: date, last: date) -> int:
        """How many of the counted nights lie from `first` to `last`, both included."""
        if not self.nights:
            return 0
        return max(0, (min(self.until, last + timedelta(days=1)) - max(self.start, first)).days)


def night_runs(content: WorkbookContent) -> tuple[NightRun, ...]:
    """Every placement with an agreed claim over the programme's months so far, by child and then in order of time."""
    return tuple(
        run
        for journey in journeys(content.known).values()
        for placement, claim in journey.placements
        for month in content.months
        for run in _runs(journey, placement, claim, month, content.terms_of(month))
    )


def _runs(journey: Journey, placement: Placement, claim: str, month: Month, terms: Terms) -> Iterator[NightRun]:
    first = max(month.first_day, placement.start)
    last = min(month.plus(1).first_day, placement.until or date.max)
    edges = _edges(journey.extra_costs, first, last)
    for begins, ends in _pieces(journey.child, placement, edges, first, last):
        baseline, cost = _in_force(journey.child.baseline, begins), _in_force(placement.costs, begins)
        if baseline is None or cost is None:
            continue  # before the child's first price: the cohort had not begun for it
        start, until = _clipped(journey.child, terms, begins, ends)
        yield NightRun(
            child=journey.child,
            placement=placement,
            claim=claim,
            month=month,
            terms=terms,
            baseline=baseline,
            cost=cost,
            begins=edges.get(begins),
            ends=edges.get(ends),
            start=start,
            until=until,
            extra_pence=_extras_on(start, journey.extra_costs),
        )


def _clipped(child: Child, terms: Terms, begins: date, ends: date) -> tuple[date, date]:
    """The nights for which the child is in the cohort and the programme runs (2.1); they may run backwards."""
    start = max(begins, child.joined, terms.phase2.start)
    return start, min(ends, child.left or date.max, terms.phase3.until)


def _edges(extras: Iterable[ExtraCost], first: date, last: date) -> dict[date, Edge]:
    """The days strictly between `first` and `last` on which an extra cost begins or ends."""
    found: dict[date, Edge] = {}
    for extra in extras:
        for side, day in (("from", extra.start), ("until", extra.until)):
            if first < day < last:
                found.setdefault(day, Edge(extra.id, side, day))
    return found


def _pieces(
    child: Child, placement: Placement, edges: Iterable[date], first: date, last: date
) -> list[tuple[date, date]]:
    if first >= last:
        return []
    changes = (rate.start for rate in (*child.baseline, *placement.costs) if first < rate.start < last)
    cuts = [first, *sorted({*edges, *changes}), last]
    return list(pairwise(cuts))


def _in_force(rates: Sequence[Rate], day: date) -> int | None:
    """The place of the rate in force (2.3)."""
    begun = [place for place, rate in enumerate(rates) if rate.start <= day]
    return begun[-1] if begun else None


def _extras_on(night: date, extras: Iterable[ExtraCost]) -> int:
    return sum(extra.weekly_pence for extra in extras if extra.start <= night < extra.until)
