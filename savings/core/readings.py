"""Terms read otherwise, and what closed months would have charged by them (docs/contract.md 3 to 8, 11.2)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta

from cohort.core.terms import CarerFeeRefund, Phase, ScheduleRow, Terms
from pbr_ledger.money import RATE_SCALE, divide_rounding
from pbr_ledger.periods import Month
from savings.core.model import KnownMonth, VaryTerms, close_in_turn
from savings.core.results import Charges

HOWEVER_MANY_NIGHTS = 1_000_000
"""The largest count that a scenario file can hold: with it, a share comes back after any breakdown before the end."""
ALL_BACK = (CarerFeeRefund(HOWEVER_MANY_NIGHTS, RATE_SCALE),)
HALF_BACK = (CarerFeeRefund(HOWEVER_MANY_NIGHTS, RATE_SCALE // 2),)
LESS_BACK_IN_TIME = (CarerFeeRefund(28, RATE_SCALE), CarerFeeRefund(84, RATE_SCALE // 2))
WEEKS_OF_A_YEAR = 52 * 7
DAYS_OF_A_LEAP_YEAR = 366


@dataclass(frozen=True, slots=True)
class Charged:
    """What months closed one after the other have charged: to date after each of them, by kind, in pence.

    To date is the sum of what each of the statements so far charged (docs/contract.md 4.5).
    """

    to_date: tuple[tuple[Month, Charges], ...]

    @property
    def in_all(self) -> Charges:
        """What all of them together have charged; nothing without a month."""
        return self.to_date[-1][1] if self.to_date else Charges()

    @property
    def totals(self) -> tuple[tuple[Month, int], ...]:
        """All kinds together, to date after each of the months (docs/contract.md 4.5)."""
        return tuple((month, charges.total) for month, charges in self.to_date)

    def furthest_from(self, other: "Charged") -> tuple[Month, int]:
        """After which of the months the two totals were furthest apart, the first of equals, and this one's excess.

        Both are of the same months, of which there is at least one (docs/contract.md 4.5).
        """
        apart = [(month, ours - theirs) for (month, ours), (_, theirs) in zip(self.totals, other.totals, strict=True)]
        return max(apart, key=lambda pair: abs(pair[1]))


def charged(months: Iterable[KnownMonth], vary: VaryTerms | None = None) -> Charged:
    """What the months would have charged with each version of the terms varied so, in every month (11.2).

    The facts and the cut-offs are those that were; nothing is written (docs/contract.md 4.5, 11.2).
    """
    return Charged(tuple((each.month, each.to_date) for each in close_in_turn(months, vary=vary)))


def is_read_so(terms: Terms, vary: VaryTerms) -> bool:
    """Whether a version of the terms has this reading already, so that nothing would vary (docs/contract.md 11.1)."""
    return vary(terms) == terms


def with_schedule(rows: Callable[[Terms], tuple[ScheduleRow, ...] | None]) -> VaryTerms:
    """The terms with these rows of the schedule, in whichever order they have them (docs/contract.md 3.1, 3.2)."""

    def vary(terms: Terms) -> Terms:
        wanted = rows(terms)
        if wanted is not None and terms.schedule is not None and frozenset(wanted) == frozenset(terms.schedule):
            return terms
        return replace(terms, schedule=wanted)

    return vary


def equal_months(terms: Terms) -> tuple[ScheduleRow, ...]:
    """The fee of Phase 2 in its last month, that of Phase 3 in equal parts over the months that begin in it (3.2).

    A month brings the rounded sum to its end less that to the end of the month before, so that the parts add up to
    the fee. Where no month begins in Phase 3, its last month brings all of it (docs/contract.md 3.2).
    """
    amounts = {_last_month(terms.phase2): terms.phase2.fee_pence}
    touched = Month.of(terms.phase3.start).through(_last_month(terms.phase3))
    months = [month for month in touched if month.first_day >= terms.phase3.start] or [_last_month(terms.phase3)]
    placed = 0
    for number, month in enumerate(months, start=1):
        to_date = divide_rounding(terms.phase3.fee_pence * number, len(months))
        amounts[month] = amounts.get(month, 0) + to_date - placed
        placed = to_date
    return tuple(ScheduleRow(month, amounts[month]) for month in sorted(amounts))


def _last_month(phase: Phase) -> Month:
    return Month.of(phase.until - timedelta(days=1))


def with_family_settings(*settings: str) -> VaryTerms:
    """The terms with these family settings and no others, in whichever order (docs/contract.md 1.1)."""

    def vary(terms: Terms) -> Terms:
        is_so = frozenset(terms.family_settings) == frozenset(settings)
        return terms if is_so else replace(terms, family_settings=settings)

    return vary


def with_annual_days(days: int) -> VaryTerms:
    """The terms with so many days of a year (docs/contract.md 6.1)."""
    return lambda terms: replace(terms, annual_days=days)


def with_refund(rows: tuple[CarerFeeRefund, ...]) -> VaryTerms:
    """The terms with these shares of a carer fee given back, and no others (docs/contract.md 7.3)."""
    return lambda terms: replace(terms, carer_fee_refund=rows)
