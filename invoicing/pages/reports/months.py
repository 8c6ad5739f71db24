"""The month, the quarter and the financial year to date: savings and charges, invoices and payments, the books."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal

from invoicing.core.calendar import Period
from invoicing.core.charges import CARER_FEES, EXPENSES, FIXED_FEE, PRIOR_PERIODS, SUCCESS_FEE
from invoicing.documents.reports.model import MONEY, Column, Report, Row, Sum, Table, Value, row_of, sum_row
from invoicing.pages.reports.ground import Ground, not_closed_words, period_words
from invoicing.queries.books import YearOfAccount, year_of_accounts
from invoicing.queries.reports import (
    CREDITED,
    INVOICED,
    PAID,
    REPAID,
    Movement,
    StatementFigures,
    movements_of_debt,
)
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, month_shown

KEY, TITLE = "month", "Month, quarter and year to date"
MONTH, QUARTER, YEAR, START = "month", "quarter", "year", "start"
CHARGE_ROWS = (
    (FIXED_FEE, "Fixed fee of the months themselves"),
    (PRIOR_PERIODS, "Fixed fee of earlier months"),
    (CARER_FEES, "Carer fees"),
    (SUCCESS_FEE, "Success fee"),
    (EXPENSES, "Expenses"),
)
MOVEMENT_ROWS = (
    (INVOICED, "Invoiced"),
    (CREDITED, "Credited"),
    (PAID, "Paid"),
    (REPAID, "Credit paid back"),
)
BY_PERIOD = (
    Column("stated", "Savings stated", MONEY),
    Column("fixed_fee", "Fixed fee", MONEY),
    Column("carer_fees", "Carer fees", MONEY),
    Column("success_fee", "Success fee", MONEY),
    Column("expenses", "Expenses", MONEY),
    Column("charged", "Charged", MONEY, Sum(("fixed_fee", "carer_fees", "success_fee", "expenses"))),
    Column("net", "Net benefit", MONEY, Sum(("stated",), ("charged",))),
)
OF_STATEMENTS = (
    "A month’s savings and charges are those of its closed statement, which never changes. What was learned later "
    "stands in the statement of the month in which it was closed: as an adjustment of earlier months, and as fixed "
    "fee of earlier months, which is below zero where it was given back. A period without figures has no statement."
)
OF_SCHEDULE_AND_BENEFIT = (
    "Schedule of the fixed fee: by how much the schedule of the statements grew. Net benefit: savings stated less "
    "everything charged, without VAT."
)
OF_MOVEMENTS = (
    "Invoices and credit notes count on the day of their issue, payments on the day on which money moved; all with "
    "VAT. Credit that was set off moved no money."
)
OF_THE_BOOKS = (
    "The books: debits less credits, by the period in which each entry counts; together they come to nothing. An "
    "invoice is posted once it is approved, in the period of its statement’s month while that is open. Accounts from "
    "9100 on are memorandum accounts: 9100 holds the savings stated."
)


def month_report(ground: Ground) -> Report:
    """The report; six queries, however many months are closed."""
    columns = _columns(ground)
    tables = [
        Table("charges", "Savings and charges", "Without VAT", columns, _charge_rows(ground, columns)),
        Table("invoices", "Invoices and payments", "With VAT", columns, _movement_rows(ground, columns)),
        Table("periods", "By period", "Period", BY_PERIOD, _period_rows(ground)),
    ]
    if ground.with_books:
        tables.append(Table("books", "As posted in the books", "Account", columns, _account_rows(ground, columns)))
    notes = (
        not_closed_words(ground, ground.first_month_of_year),
        _without_an_invoice(ground),
        OF_STATEMENTS,
        OF_SCHEDULE_AND_BENEFIT,
        OF_MOVEMENTS,
        OF_THE_BOOKS if ground.with_books else "",
    )
    return ground.report(KEY, TITLE, period=period_words(ground.period), tables=tables, notes=notes)


def _without_an_invoice(ground: Ground) -> str:
    waiting = [each for each in ground.closed() if each.total and not each.is_drafted]
    if not waiting:
        return ""
    return f"VAT is known once an invoice is drafted: {count_shown(len(waiting), 'statement')} had none by then."


def _columns(ground: Ground) -> tuple[Column, ...]:
    year, _, number = str(ground.period).partition(" ")
    return (
        Column(MONTH, f"{number}, {month_shown(ground.month)}", MONEY),
        Column(QUARTER, f"Quarter {ground.period.quarter} to date", MONEY),
        Column(YEAR, f"{year} to date", MONEY),
        Column(START, "Since the start", MONEY),
    )


def _spans(ground: Ground) -> dict[str, Month | None]:
    """The first month of each column; all end with the period's month."""
    return {
        MONTH: ground.month,
        QUARTER: ground.first_month_of_quarter,
        YEAR: ground.first_month_of_year,
        START: None,
    }


def _charge_rows(ground: Ground, columns: Sequence[Column]) -> tuple[Row, ...]:
    spans = {key: ground.closed(first) for key, first in _spans(ground).items()}

    def row(key: str, name: str, figure: Callable[[StatementFigures], int]) -> Row:
        return row_of(key, name, {span: sum(map(figure, closed)) for span, closed in spans.items()}, columns)

    rows = [
        row("savings", "Savings of the months", lambda each: each.savings),
        row("adjustments", "Adjustments of earlier months", lambda each: each.adjustments),
    ]
    stated = sum_row("stated", "Savings stated", rows, columns, look="sum")
    schedule = row_of("schedule", "Schedule of the fixed fee", _schedule(ground), columns)
    charges = [row(kind, name, _charge(kind)) for kind, name in CHARGE_ROWS]
    charged = sum_row("charged", "Charged", charges, columns, look="sum")
    vat = row("vat", "VAT on it", lambda each: each.vat)
    net = sum_row("net", "Net benefit", [stated, charged], columns, plus=["stated"], minus=["charged"])
    return (*rows, stated, schedule, *charges, charged, vat, net)


def _charge(kind: str) -> Callable[[StatementFigures], int]:
    return lambda each: each.charged.get(kind, 0)


def _schedule(ground: Ground) -> Mapping[str, Value]:
    """By how much the schedule grew in each span: to its last statement, from the last one before it."""
    closed = ground.closed()
    end = closed[-1].schedule_to_date if closed else 0

    def before(first: Month | None) -> int:
        earlier = [each for each in closed if first is not None and each.month < first]
        return earlier[-1].schedule_to_date if earlier else 0

    return {key: end - before(first) for key, first in _spans(ground).items()}


def _movement_rows(ground: Ground, columns: Sequence[Column]) -> tuple[Row, ...]:
    """From what was outstanding before to what is at the end of the period."""
    movements = [each for each in movements_of_debt(ground.contract) if each.on <= ground.month.last_day]
    spans = _spans(ground)
    before = {
        key: _moved(each for each in movements if first is not None and each.on < first.first_day)
        for key, first in spans.items()
    }
    rows = [row_of("before", "Outstanding before", before, columns)]
    for kind, name in MOVEMENT_ROWS:
        figures = {
            key: _moved(
                each for each in movements if each.kind == kind and (first is None or first.first_day <= each.on)
            )
            for key, first in spans.items()
        }
        rows.append(row_of(kind, name, figures, columns))
    return (*rows, sum_row("outstanding", "Outstanding at the end", rows, columns))


def _moved(movements: Iterable[Movement]) -> int:
    return sum(each.amount for each in movements)


def _period_rows(ground: Ground) -> tuple[Row, ...]:
    """Each period of the financial year to the report's own, and their sum."""
    closed = {each.month: each for each in ground.closed(ground.first_month_of_year)}
    rows = [_period_row(Period(ground.period.year, number), closed) for number in range(1, ground.period.number + 1)]
    return (*rows, sum_row("total", "To date", rows, BY_PERIOD))


def _period_row(period: Period, closed: Mapping[Month, StatementFigures]) -> Row:
    name = f"P{period.number} {month_shown(period.month)}"
    found = closed.get(period.month)
    if found is None:
        return Row(str(period.number), name, (None,) * len(BY_PERIOD))
    charged = found.charged
    figures: dict[str, Value] = {
        "stated": found.stated,
        "fixed_fee": charged.get(FIXED_FEE, 0) + charged.get(PRIOR_PERIODS, 0),
        **{kind: charged.get(kind, 0) for kind in (CARER_FEES, SUCCESS_FEE, EXPENSES)},
    }
    return row_of(str(period.number), name, figures, BY_PERIOD)


def _account_rows(ground: Ground, columns: Sequence[Column]) -> tuple[Row, ...]:
    accounts = year_of_accounts(of=ground.contract, year=ground.period.year, as_known_at=ground.at)
    rows = [row_of(each.code, f"{each.code} {each.name}", _posted(ground, each), columns) for each in accounts]
    return (*rows, sum_row("total", "Together", rows, columns)) if rows else ()


def _posted(ground: Ground, account: YearOfAccount) -> dict[str, Value]:
    to_date = account.periods[: ground.period.number]
    return {
        MONTH: pence_of(to_date[-1]),
        QUARTER: pence_of(sum(to_date[-ground.period.place_in_quarter :], Decimal("0.00"))),
        YEAR: pence_of(sum(to_date, Decimal("0.00"))),
        START: pence_of(account.opening + sum(to_date, Decimal("0.00"))),
    }
