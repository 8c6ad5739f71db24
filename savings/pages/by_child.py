"""Savings by child and month, with sums both ways: as statements have stated them, or as known now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort.core.facts import KnownFacts
from cohort.core.terms import programme_start
from cohort.models import Contract
from cohort.queries import facts_known_at
from pbr_ledger.listing import Column
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from pbr_ledger.sorting import NUMBER, Sort
from pbr_ledger.words import financial_year, month_short
from savings.core.nights import journeys, monthly_savings
from savings.core.statement import terms_by_month
from savings.core.what_if.outlook import programme_end
from savings.queries import last_closed_month, position_now

STATED, NOW = "stated", "now"
BASES = {STATED: "As stated by closed statements", NOW: "As known now"}
ALL_YEARS = "all"
Savings = Mapping[Month, Mapping[str, int]]
"""By month and child, in pence; whoever saved nothing is left out."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """What a child saved in each month shown, and together; a month without a counted night is empty.

    `key` is that of the child's page, 0 of the sums.
    """

    child: str
    key: int
    months: tuple[str, ...]
    total: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Everything worked out on one basis, of which a year, or all of it, is shown."""

    children: tuple[str, ...]
    savings: Savings
    months: tuple[Month, ...]

    @property
    def years(self) -> list[str]:
        """The financial years that the months lie in, the latest first: `2025/26`."""
        return list(dict.fromkeys(financial_year(month) for month in reversed(self.months)))

    def months_of(self, year: str) -> list[Month]:
        """The months of the year, all of them for any other word."""
        found = [month for month in self.months if financial_year(month) == year]
        return found or list(self.months)

    def rows(self, months: Sequence[Month], keys: Mapping[str, int]) -> list[GridRow]:
        """A row for each child of the cohort, by reference; `keys` are those of the children's pages."""
        by_month = [self.savings.get(month, {}) for month in months]
        return [_shown(child, keys.get(child, 0), [of.get(child) for of in by_month]) for child in self.children]

    def together(self, months: Sequence[Month]) -> GridRow:
        """The sums of the columns."""
        sums = [sum(self.savings.get(month, {}).values()) for month in months]
        return _shown("Together", 0, sums)


def _shown(name: str, key: int, pence: Sequence[int | None]) -> GridRow:
    cells = tuple("" if amount is None else pounds_shown(amount) for amount in pence)
    return GridRow(name, key, cells, pounds_shown(sum(amount or 0 for amount in pence)))


def savings_grid(contract: Contract, basis: str, *, at: datetime) -> Grid:
    """The savings of every month to the one closed last, or as known now to the programme's last that is over.

    As stated, a later adjustment stands in the month to which it belongs, so that all of it together is the savings
    to date of the last statement (docs/contract.md 5.1). A fixed number of queries.
    """
    known = facts_known_at(contract=contract, at=at)
    last = last_closed_month(contract) if basis == STATED else _last_month_over(known, at)
    if last is None or not known.terms or last < programme_start(known.terms):
        return Grid(_children(known, {}), {}, ())
    months = tuple(programme_start(known.terms).through(last))
    savings = _stated(contract) if basis == STATED else _as_known(known, last)
    return Grid(_children(known, savings), savings, months)


def _last_month_over(known: KnownFacts, at: datetime) -> Month | None:
    """The last month that is over, the programme's last where that is over; None before the first terms."""
    over = Month.of(day_of(at)).plus(-1)
    return min(over, programme_end(known.terms)) if known.terms else None


def _stated(contract: Contract) -> Savings:
    return position_now(contract=contract).stated


def _as_known(known: KnownFacts, last: Month) -> Savings:
    return monthly_savings(journeys(known), terms_by_month(known.terms, last)).by_month


def _children(known: KnownFacts, savings: Savings) -> tuple[str, ...]:
    """The cohort as known, and whoever was stated and is known no more."""
    return tuple(sorted({*known.children, *(child for of_month in savings.values() for child in of_month)}))


def grid_columns(months: Iterable[Month]) -> tuple[Column, ...]:
    """The grid as a file."""
    cells = (_column(place, month) for place, month in enumerate(months))
    return (("Child", lambda row: row.child), *cells, ("Together", lambda row: row.total))


def _column(place: int, month: Month) -> Column:
    return month_short(month), lambda row: row.months[place]


SORTS = (
    Sort("child", "Child", lambda row: row.child),
    Sort("total", "Together", lambda row: row.total, NUMBER),
)


def choices_of(grid: Grid) -> list[tuple[str, str]]:
    """The financial years that can be chosen, the latest first, and all of them together."""
    return [*((year, year) for year in grid.years), (ALL_YEARS, "Since the start")]
