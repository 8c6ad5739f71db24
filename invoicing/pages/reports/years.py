"""A year's months as stated and as known now, the year beside the one before, and its VAT."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Final

from cohort.core.terms import NoTermsKnown
from invoicing.core.calendar import Period
from invoicing.core.charges import CARER_FEES, EXPENSES, FIXED_FEE, PRIOR_PERIODS, SUCCESS_FEE
from invoicing.documents.reports.model import MONEY, Column, Row, Sum, Table, Value, row_of, sum_row
from invoicing.documents.words import vat_told
from invoicing.models import CREDIT_NOTE, InvoiceLine
from invoicing.pages.reports.ground import Ground, not_closed_words
from invoicing.queries.reports import (
    CREDITED,
    INVOICED,
    PAID,
    REPAID,
    Movement,
    StatementFigures,
    movements_of_debt,
)
from pbr_ledger.money import RATE_SCALE, pence_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown, signed_shown
from savings.core.statement import MonthBeforeProgramme
from savings.queries import position_before, position_now, worked_statement

LEARNED = (
    Column("stated", "Savings stated", MONEY),
    Column("now", "Savings as known now", MONEY),
    Column("more", "Still to state", MONEY, Sum(("now",), ("stated",))),
    Column("fee", "Fixed fee charged", MONEY),
    Column("fee_now", "Fee as known now", MONEY),
    Column("fee_more", "Still to charge", MONEY, Sum(("fee_now",), ("fee",))),
)
VAT = (
    Column("net", "Net", MONEY),
    Column("vat", "VAT", MONEY),
    Column("gross", "Gross", MONEY, Sum(("net", "vat"))),
)
CHARGE_ROWS = (
    ((FIXED_FEE, PRIOR_PERIODS), "Fixed fee"),
    ((CARER_FEES,), "Carer fees"),
    ((SUCCESS_FEE,), "Success fee"),
    ((EXPENSES,), "Expenses"),
)
MOVED_ROWS = (((INVOICED, CREDITED), "Invoiced, less credited"), ((PAID, REPAID), "Paid, less paid back"))
NOT_YET: Final = "The programme has not begun by then."
NO_VAT: Final = "Nothing was issued in this time."
OF_LEARNED = (
    "Months as stated and as known now: savings stated for each month by all closed statements, adjustments included, "
    "beside what the month would say from everything recorded by now; the fixed fee likewise. Still to state, and to "
    "charge: what the next statement will add or take back, in whichever year it falls. A month without a statement "
    "yet has nothing stated."
)
OF_YEARS = (
    "The year beside the one before: each from its P1 to the period chosen. A statement counts in its own month’s "
    "year; invoices and payments, with VAT, on their own days."
)
OF_VAT = "VAT: the lines of invoices, less those of credit notes, by the day of issue."


def learned_table(ground: Ground) -> Table:
    """Each month of the year with what statements have stated of it and what is known of it now; fixed queries."""
    rows = _learned_rows(ground)
    total = (sum_row("total", "Together", rows, LEARNED),) if rows else ()
    title = "Months as stated and as known now"
    return Table("learned", title, "Period", LEARNED, (*rows, *total), intro=_since(ground, rows), empty=NOT_YET)


def _since(ground: Ground, rows: tuple[Row, ...]) -> str:
    """By how much statements closed for later months changed what these had stated of the year, in a sentence."""
    stated = position_before(contract=ground.contract, month=ground.month.plus(1)).stated
    of_year = (of_month for month, of_month in stated.items() if month >= ground.first_month_of_year)
    then = sum(sum(of_month.values()) for of_month in of_year)
    since = sum(figure for row in rows if isinstance(figure := row.cells[0], int)) - then
    if not since:
        return ""
    said = f"{pounds_shown(then)} by the statements to {month_shown(ground.month)}"
    return f"Savings of these months: {said}, and {signed_shown(since)} by those of later months."


def _learned_rows(ground: Ground) -> tuple[Row, ...]:
    try:
        now = worked_statement(contract=ground.contract, month=ground.month, known_at=ground.at).result
    except (NoTermsKnown, MonthBeforeProgramme):
        return ()
    stated = position_now(contract=ground.contract).stated
    charged = ground.statements[-1].fixed_fee_by_month if ground.statements else {}
    last = ground.statements[-1].month if ground.statements else ground.first_month_of_year.plus(-1)
    of_year = [fee for fee in now.months if fee.month >= ground.first_month_of_year]
    return tuple(
        row_of(
            str(fee.month),
            f"P{Period.of(fee.month.first_day).number} {month_shown(fee.month)}",
            {
                "stated": sum(stated.get(fee.month, {}).values()) if fee.month <= last else None,
                "now": fee.savings_pence,
                "fee": charged.get(fee.month, 0) if fee.month <= last else None,
                "fee_now": fee.fee_pence,
            },
            LEARNED,
        )
        for fee in of_year
    )


def years_table(ground: Ground) -> Table:
    """Savings, charges, invoices and payments of the year to date, of the same time a year before, and in all."""
    columns = _year_columns(ground)
    closed = {key: _closed_in(ground, first, last) for key, (first, last) in _spans(ground).items()}
    moved = movements_of_debt(ground.contract)

    def of_statements(key: str, name: str, figure: Callable[[StatementFigures], int]) -> Row:
        return row_of(key, name, {span: sum(map(figure, found)) for span, found in closed.items()}, columns)

    stated = of_statements("stated", "Savings stated", lambda each: each.stated)
    charges = [of_statements(kinds[0], name, _charged(kinds)) for kinds, name in CHARGE_ROWS]
    charged = sum_row("charged", "Charged", charges, columns, look="sum")
    net = sum_row("net", "Net benefit", [stated, charged], columns, plus=["stated"], minus=["charged"], look="sum")
    money = [row_of(kinds[0], name, _moved(ground, moved, kinds), columns) for kinds, name in MOVED_ROWS]
    rows = (stated, *charges, charged, net, *money)
    title, said = "The year beside the one before", not_closed_words(ground, ground.first_month_of_year)
    return Table("years", title, "Without VAT, where not said", columns, rows, intro=said)


def _year_columns(ground: Ground) -> tuple[Column, ...]:
    year, before = (str(Period(each, 1)).partition(" ")[0] for each in (ground.period.year, ground.period.year - 1))
    return (
        Column("year", f"{year} to P{ground.period.number}", MONEY),
        Column("before", f"{before} to P{ground.period.number}", MONEY),
        Column("start", "Since the start", MONEY),
    )


def _spans(ground: Ground) -> Mapping[str, tuple[Month | None, Month]]:
    """The first month, None from the start, and the last month of each column."""
    first, last = ground.first_month_of_year, ground.month
    return {"year": (first, last), "before": (first.plus(-12), last.plus(-12)), "start": (None, last)}


def _closed_in(ground: Ground, first: Month | None, last: Month) -> list[StatementFigures]:
    return [each for each in ground.closed(first) if each.month <= last]


def _charged(kinds: Iterable[str]) -> Callable[[StatementFigures], int]:
    return lambda each: sum(each.charged.get(kind, 0) for kind in kinds)


def _moved(ground: Ground, moved: Iterable[Movement], kinds: Iterable[str]) -> Mapping[str, Value]:
    def within(on: date, first: Month | None, last: Month) -> bool:
        return on <= last.last_day and (first is None or first.first_day <= on)

    found = [each for each in moved if each.kind in kinds]
    return {key: sum(each.amount for each in found if within(each.on, *span)) for key, span in _spans(ground).items()}


def vat_table(ground: Ground) -> Table:
    """What was issued in the year by how VAT reads it; one query."""
    lines = InvoiceLine.objects.filter(
        invoice__contract=ground.contract,
        invoice__issued_on__range=(ground.first_month_of_year.first_day, ground.month.last_day),
    )
    sums: dict[str, dict[str, int]] = defaultdict(lambda: {"net": 0, "vat": 0})
    for kind, treatment, rate, net, vat in lines.values_list(
        "invoice__kind", "vat_treatment", "vat_rate", "net", "vat"
    ):
        sign = -1 if kind == CREDIT_NOTE else 1
        found = sums[vat_told(treatment, int(rate * RATE_SCALE))]
        found["net"] += sign * pence_of(net)
        found["vat"] += sign * pence_of(vat)
    rows = [row_of(name, name, sums[name], VAT) for name in sorted(sums)]
    total = (sum_row("total", "Together", rows, VAT),) if rows else ()
    return Table("vat", "VAT of the year", "As issued", VAT, (*rows, *total), empty=NO_VAT)
