"""The accounting periods of a council as a page, and the accruals at the ends of a contract's years."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cohort.models import Contract
from invoicing import rules
from invoicing.core.calendar import PERIODS, Period
from invoicing.models import ClosedPeriod, JournalEntry
from invoicing.pages.practice import years_of
from invoicing.pages.words import amount_shown, year_shown
from invoicing.queries.books import accruals_of, closed_periods, periods_to_close
from pbr_ledger.accounts.models import Person
from pbr_ledger.words import instant_shown, month_shown

OPEN, CLOSED, TAKES_NOTHING = "Open", "Closed", "Takes no more postings"


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A period: whether it takes postings, and who closed it when."""

    name: str
    month: str
    status: str
    by: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """A financial year that is over: its accrual and the entry that took it back, or whether it can be accrued now."""

    year: int
    name: str
    total: str
    entry: int | None
    reversal: int | None
    may_accrue: bool
    is_closed: bool


def periods_page(contract: Contract, person: Person, *, today: date) -> dict[str, Any]:
    """The periods from the contract's first closed month to today, the latest year first, and its accruals."""
    closed = {(row.financial_year, row.number): row for row in closed_periods(contract.council)}
    years = years_of(contract, today=today)
    return {
        "years": [(year_shown(year), [_period(Period(year, number), closed) for number in _NUMBERS]) for year in years],
        "may_close": rules.may_close_period(person, contract.council)
        and bool(periods_to_close(contract.council, today=today)),
        "ends": _ends(contract, person, closed, [year for year in years if year < Period.of(today).year]),
    }


_NUMBERS = range(1, PERIODS + 1)


def _period(period: Period, closed: dict[tuple[int, int], ClosedPeriod]) -> PeriodRow:
    row = closed.get((period.year, period.number))
    before_the_first = bool(closed) and (period.year, period.number) < min(closed)
    return PeriodRow(
        name=f"P{period.number}",
        month=month_shown(period.month),
        status=CLOSED if row else TAKES_NOTHING if before_the_first else OPEN,
        by=f"{row.closed_by.full_name}, {instant_shown(row.closed_at)}" if row else "",
    )


def _ends(
    contract: Contract, person: Person, closed: dict[tuple[int, int], ClosedPeriod], years: list[int]
) -> list[YearRow]:
    accruals = {Period.of(entry.effective_on).year: entry for entry in accruals_of(contract)}
    may_accrue = rules.may_accrue(person, contract)
    return [_end(year, accruals.get(year), closed, may_accrue=may_accrue) for year in years]


def _end(
    year: int, accrual: JournalEntry | None, closed: dict[tuple[int, int], ClosedPeriod], *, may_accrue: bool
) -> YearRow:
    reversal = getattr(accrual, "reversal", None)
    is_closed = bool(closed) and (year, PERIODS) <= max(closed)
    return YearRow(
        year=year,
        name=year_shown(year),
        total=amount_shown(accrual.total) if accrual else "",
        entry=accrual.number if accrual else None,
        reversal=reversal.number if reversal else None,
        may_accrue=may_accrue and accrual is None and not is_closed,
        is_closed=is_closed,
    )


def accrual_of(contract: Contract, year: int) -> JournalEntry | None:
    """The contract's accrual at the end of the year; None while there is none."""
    return accruals_of(contract).filter(effective_on=Period(year, PERIODS).month.last_day).first()
