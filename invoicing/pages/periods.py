"""The accounting periods of a council as a page, and the accruals at the ends of a contract's years."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse

from cohort.models import Contract
from cohort.queries.erasures import erasure_of
from invoicing import rules
from invoicing.core.calendar import PERIODS, Period
from invoicing.models import ClosedPeriod, JournalEntry
from invoicing.pages.practice import years_of
from invoicing.pages.words import amount_shown, year_shown
from invoicing.queries.books import accruals_of, chart, closed_periods, periods_to_close
from invoicing.queries.year_end import OwedCharge, digest_of, owed_charges_if_any
from pbr_ledger.accounts.models import Person
from pbr_ledger.money import pounds_shown
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
    may_accrue = rules.may_accrue(person, contract) and erasure_of(contract) is None
    return [_end(year, accruals.get(year), closed, may_accrue=may_accrue) for year in years]


def _end(
    year: int, accrual: JournalEntry | None, closed: dict[tuple[int, int], ClosedPeriod], *, may_accrue: bool
) -> YearRow:
    reversal = getattr(accrual, "reversal", None)
    is_closed = _takes_nothing(year, closed)
    return YearRow(
        year=year,
        name=year_shown(year),
        total=amount_shown(accrual.total) if accrual else "",
        entry=accrual.number if accrual else None,
        reversal=reversal.number if reversal else None,
        may_accrue=may_accrue and accrual is None and not is_closed,
        is_closed=is_closed,
    )


def _takes_nothing(year: int, closed: Collection[tuple[int, int]]) -> bool:
    """Whether P12 of the year is closed, or a later period is."""
    return bool(closed) and (year, PERIODS) <= max(closed)


def why_not_accrued(contract: Contract, year: int) -> str:
    """Why the year's end cannot be accrued any more, in a sentence; empty where it can."""
    if accruals_of(contract).filter(effective_on=Period(year, PERIODS).month.last_day).exists():
        return f"The end of {year_shown(year)} is accrued already."
    if _takes_nothing(year, [(row.financial_year, row.number) for row in closed_periods(contract.council)]):
        return f"P12 of {year_shown(year)} is closed: nothing more is accrued."
    return ""


@dataclass(frozen=True, slots=True)
class AccruedRow:
    """What would be accrued of one kind of charge, and from what; amounts as pages write them."""

    account: str
    waiting: str
    not_closed: str
    total: str


def accrual_page(contract: Contract, year: int, *, at: datetime) -> dict[str, Any]:
    """What the accrual of the year's end would post, worked out as known at the instant; no rows where nothing.

    Shown beside the question, before the service works it out once more under lock.
    """
    charges = owed_charges_if_any(contract=contract, period=Period(year, PERIODS), at=at)
    owing = [each for each in charges if each.to_accrue]
    names = dict(chart().values_list("code", "name"))
    return {
        "rows": [_accrued(each, names) for each in owing],
        "total": pounds_shown(sum(each.to_accrue for each in owing)),
        "digest": digest_of(charges),
        "report": f"{reverse('report', args=[contract.pk, 'year-end'])}?period={year_shown(year)}-P{PERIODS}",
    }


def _accrued(charge: OwedCharge, names: Mapping[str, str]) -> AccruedRow:
    return AccruedRow(
        f"{charge.account} {names[charge.account]}",
        pounds_shown(charge.waiting),
        pounds_shown(charge.not_closed),
        pounds_shown(charge.to_accrue),
    )
