"""What the council pays for the care of a cohort, night by night, whether the nights count or not (2.3, 2.4)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from cohort.core.facts import Child, ExtraCost, KnownFacts, Placement, Rate
from cohort.core.moves import placements_of_child
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK


@dataclass(frozen=True, slots=True)
class CarePaid:
    """A child's nights of a month in one setting, or beside it, with what they cost; in pence (docs/contract.md 2.4).

    `what` is a setting, or the category of an extra cost where `is_beside`. `full_pence` is the whole price and
    `council_pence` what is left of it for the council once partners have paid their part; each rounded once.
    """

    child: str
    month: Month
    what: str
    is_beside: bool
    nights: int
    full_pence: int
    council_pence: int


class _Span(NamedTuple):
    """The nights `[start, until)`."""

    start: date
    until: date

    @property
    def nights(self) -> int:
        return max(0, (self.until - self.start).days)

    def within(self, start: date, until: date | None) -> "_Span":
        return _Span(max(self.start, start), self.until if until is None else min(self.until, until))


class _Sum(NamedTuple):
    """Nights, and nights x weekly amounts in pence: not yet divided by 7."""

    nights: int = 0
    full: int = 0
    council: int = 0

    def plus(self, nights: int, full: int, council: int) -> "_Sum":
        return _Sum(self.nights + nights, self.full + nights * full, self.council + nights * council)


_Sums = Mapping[tuple[str, bool], _Sum]


def care_paid(known: KnownFacts, *, first: Month, last: Month) -> Iterator[CarePaid]:
    """Each child's nights in the cohort in these months, by setting, and extra costs (docs/contract.md 2.1, 2.3, 2.4).

    A night counts here whether its placement is claimed or not, in or out of the programme. A placement without an end
    goes on.
    """
    for child in known.children.values():
        placements = placements_of_child(known, child.id)
        extra = [cost for cost in known.extra_costs.values() if cost.child == child.id]
        for month in first.through(last):
            nights = _Span(month.first_day, month.last_day + timedelta(days=1)).within(child.joined, child.left)
            if nights.nights:
                yield from _of_month(child, month, _sums(nights, placements, extra))


def _sums(nights: _Span, placements: Sequence[Placement], extra: Sequence[ExtraCost]) -> _Sums:
    sums: dict[tuple[str, bool], _Sum] = defaultdict(_Sum)
    for placement in placements:
        lived = nights.within(placement.start, placement.until)
        for rate, span in _rates(placement.costs, lived):
            if span.nights:
                key = (placement.setting, False)
                sums[key] = sums[key].plus(span.nights, rate.weekly_pence, rate.net_pence)
    for cost in extra:
        if paid := nights.within(cost.start, cost.until).nights:
            key = (cost.category, True)
            sums[key] = sums[key].plus(paid, cost.weekly_pence, cost.weekly_pence)
    return sums


def _rates(rates: Sequence[Rate], lived: _Span) -> Iterator[tuple[Rate, _Span]]:
    """Each rate with the nights for which it is in force."""
    following = [rate.start for rate in rates[1:]]
    for rate, until in zip(rates, [*following, None], strict=True):
        yield rate, lived.within(rate.start, until)


def _of_month(child: Child, month: Month, sums: _Sums) -> Iterator[CarePaid]:
    for (what, is_beside), found in sums.items():
        yield CarePaid(
            child.id,
            month,
            what,
            is_beside,
            found.nights,
            divide_rounding(found.full, DAYS_A_WEEK),
            divide_rounding(found.council, DAYS_A_WEEK),
        )
