"""The financial year for a council's transparency page: totals, without any that tell of fewer than five children."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from cohort.core.facts import SETTINGS, KnownFacts
from cohort.core.terms import terms_for_month
from cohort.queries import facts_known_at
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.charges import CARER_FEES, EXPENSES, FIXED_FEE, PRIOR_PERIODS, SUCCESS_FEE
from invoicing.core.withholding import FEWEST_SHOWN, PublicFigure, total_line, withheld
from invoicing.documents.reports.model import COUNT, MONEY, Column, Report, Row, Sum, Table, Value
from invoicing.pages.reports.ground import Ground
from invoicing.pages.words import year_shown
from invoicing.queries.reports import StatementFigures
from pbr_ledger.words import month_shown, setting_shown
from savings.core.by_setting import PlacementSaving, savings_by_placement
from savings.core.carer_fees import carer_fees
from savings.core.nights import journeys

KEY, TITLE = "public", "The year, for publication"
FEWER: Final = f"fewer than {FEWEST_SHOWN}"
WITHHELD: Final = "withheld"
EMPTY: Final = "No month of this year is closed yet."
SAVINGS, CHARGED, NET = "savings", "charged", "net"
CHARGES = (
    (FIXED_FEE, "Fixed fee"),
    (CARER_FEES, "Carer fees"),
    (SUCCESS_FEE, "Success fee"),
    (EXPENSES, "Expenses"),
)
COUNTS = (Column("count", "In the year", COUNT),)
AMOUNTS = (Column("amount", "In the year", MONEY),)
BY_HOME = (
    Column("placements", "Placements", COUNT),
    Column("nights", "Nights", COUNT),
    Column("savings", "Savings", MONEY),
)
OF_WITHHOLDING = (
    f"Nothing here tells of fewer than {FEWEST_SHOWN} children, or of fewer than {FEWEST_SHOWN} carer households: such "
    f"a count is “{FEWER}”, such an amount is “{WITHHELD}”. Others are withheld beside them, so that no withheld "
    "figure can be worked out by taking the others off a total. Nobody at all is fewer than five too."
)
OF_PUBLISHING = (
    "It covers all closed months of the financial year, whichever period is chosen. Publish it once the whole year is "
    "closed, and once only: two versions of one year can be taken off each other."
)
OF_FIGURES = (
    "Savings of the year’s nights as known at the cut-off of the last statement closed in it; charges as the year’s "
    "statements charged them, without VAT. Net benefit: savings less everything charged."
)


@dataclass(frozen=True, slots=True)
class Year:
    """The statements closed of a year, what their last knew, and what each placement saved in the year."""

    statements: Sequence[StatementFigures]
    known: KnownFacts
    savings: Sequence[PlacementSaving]

    @property
    def children(self) -> frozenset[str]:
        """The children with counted nights in the year."""
        return _children(self.savings)

    @property
    def households(self) -> frozenset[str]:
        """The households whose carer fee fell due in the year's closed months."""
        first, last = self.statements[0].month, self.statements[-1].month
        fees = carer_fees(known=self.known, children=journeys(self.known), month=last)
        start = Period(Period.of(first.first_day).year, 1).month.first_day
        return frozenset(fee.household for fee in fees if fee.due_on >= start)

    @property
    def settings(self) -> tuple[str, ...]:
        """Every kind of family home of the terms, and every other that saved anything, in the contract's order."""
        terms = terms_for_month(self.known.terms, self.statements[-1].month)
        found = {*terms.family_settings, *(each.placement.setting for each in self.savings)}
        return tuple(setting for setting in SETTINGS if setting in found)

    def of_setting(self, setting: str) -> list[PlacementSaving]:
        """What placements of this setting saved."""
        return [each for each in self.savings if each.placement.setting == setting]


def public_report(ground: Ground) -> Report:
    """The report of the period's whole financial year; a fixed number of queries."""
    year = _year(ground)
    figures = _figures(year) if year else {}
    hidden = withheld(figures, _lines(year)) if year else frozenset[str]()
    tables = (
        Table("counts", "The year in figures", "How many", COUNTS, _counts(year), empty=EMPTY),
        Table("homes", "Savings by kind of home", "Home", BY_HOME, _home_rows(year, hidden), empty=EMPTY),
        Table("money", "Savings and charges", "Without VAT", AMOUNTS, _money_rows(figures, hidden), empty=EMPTY),
    )
    notes = (_not_whole(ground, year), OF_WITHHOLDING, OF_PUBLISHING, OF_FIGURES)
    return ground.report(
        KEY, TITLE, period=f"Financial year {year_shown(ground.period.year)}", tables=tables, notes=notes
    )


def _year(ground: Ground) -> Year | None:
    first, last = ground.first_month_of_year, Period(ground.period.year, PERIODS).month
    closed = [each for each in ground.statements if first <= each.month <= last]
    if not closed:
        return None
    known = facts_known_at(contract=ground.contract, at=closed[-1].known_at)
    savings = savings_by_placement(known, last=closed[-1].month)
    return Year(closed, known, [each for each in savings if each.month >= first])


def _not_whole(ground: Ground, year: Year | None) -> str:
    """Up to when the year is closed, where it is not whole."""
    if year is None or year.statements[-1].month == Period(ground.period.year, PERIODS).month:
        return ""
    return f"The year is closed to {month_shown(year.statements[-1].month)} so far."


def _figures(year: Year) -> dict[str, PublicFigure]:
    """Every amount of the report, and on whom it rests; a kind of home goes by its setting."""
    charged = {kind: _charged(year, kind) for kind, _ in CHARGES}
    saved = sum(each.saving_pence for each in year.savings)
    everybody, together = year.children, sum(charged.values())
    amounts = {kind: PublicFigure(amount, everybody) for kind, amount in charged.items()}
    return {
        **{setting: _figure(year.of_setting(setting)) for setting in year.settings},
        **amounts,
        CARER_FEES: PublicFigure(charged[CARER_FEES], year.households),
        SAVINGS: PublicFigure(saved, everybody, is_total=True),
        CHARGED: PublicFigure(together, everybody, is_total=True),
        NET: PublicFigure(saved - together, everybody, is_total=True),
    }


def _lines(year: Year) -> list[Mapping[str, int]]:
    return [
        total_line(SAVINGS, year.settings),
        total_line(CHARGED, [kind for kind, _ in CHARGES]),
        total_line(NET, (SAVINGS,), (CHARGED,)),
    ]


def _figure(savings: Sequence[PlacementSaving]) -> PublicFigure:
    return PublicFigure(sum(each.saving_pence for each in savings), _children(savings))


def _children(savings: Iterable[PlacementSaving]) -> frozenset[str]:
    return frozenset(each.placement.child for each in savings)


def _charged(year: Year, kind: str) -> int:
    kinds = (FIXED_FEE, PRIOR_PERIODS) if kind == FIXED_FEE else (kind,)
    return sum(each.charged.get(name, 0) for each in year.statements for name in kinds)


def _counts(year: Year | None) -> tuple[Row, ...]:
    if year is None:
        return ()
    counted = (
        ("children", "Children who lived in families instead of residential care", len(year.children)),
        ("households", "Carer households whose fee fell due", len(year.households)),
    )
    return tuple(Row(key, name, (count if count >= FEWEST_SHOWN else FEWER,)) for key, name, count in counted)


def _home_rows(year: Year | None, hidden: frozenset[str]) -> tuple[Row, ...]:
    """The rows by kind of home, whose counts are withheld where the amount is, and their sum."""
    if year is None:
        return ()
    rows = [
        Row(setting, setting_shown(setting), _home_cells(year.of_setting(setting), is_hidden=setting in hidden))
        for setting in year.settings
    ]
    of = None if hidden & {SAVINGS, *year.settings} else Sum(tuple(year.settings))
    cells = _home_cells(year.savings, is_hidden=SAVINGS in hidden)
    return (*rows, Row("total", "Together", cells, "total", of))


def _home_cells(savings: Sequence[PlacementSaving], *, is_hidden: bool) -> tuple[Value, ...]:
    if is_hidden:
        return (WITHHELD,) * len(BY_HOME)
    placements = {each.placement.id for each in savings}
    return len(placements), sum(each.nights for each in savings), sum(each.saving_pence for each in savings)


def _money_rows(figures: Mapping[str, PublicFigure], hidden: frozenset[str]) -> tuple[Row, ...]:
    if not figures:
        return ()

    def row(key: str, name: str, look: str = "", of: Sum | None = None) -> Row:
        parts = {key, *(of.plus + of.minus if of else ())}
        return Row(
            key, name, (WITHHELD if key in hidden else figures[key].amount,), look, None if hidden & parts else of
        )

    kinds = Sum(tuple(kind for kind, _ in CHARGES))
    return (
        row(SAVINGS, "Savings"),
        *(row(kind, name) for kind, name in CHARGES),
        row(CHARGED, "Charged", "sum", kinds),
        row(NET, "Net benefit", "total", Sum((SAVINGS,), (CHARGED,))),
    )
