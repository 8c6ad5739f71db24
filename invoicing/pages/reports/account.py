"""The statement of account: what moved between council and provider in a year, and what is open, by age."""

from collections.abc import Iterator
from typing import Final

from invoicing.documents.reports.model import DAY, MONEY, Column, Report, Row, Sum, Table, Value, row_of, sum_row
from invoicing.models import CREDIT_NOTE
from invoicing.pages.reports.ground import Ground, period_words
from invoicing.pages.words import title_of
from invoicing.queries.open_items import OpenItem, open_items
from invoicing.queries.reports import CREDITED, INVOICED, PAID, Movement, movements_of_debt
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import day_shown

KEY, TITLE = "account", "Statement of account"
MOVEMENTS = (
    Column("day", "Day", DAY),
    Column("owed", "Invoiced, less credited", MONEY),
    Column("paid", "Paid, less paid back", MONEY),
    Column("balance", "Outstanding after", MONEY),
)
AGES: Final = (
    ("current", "Not due yet", 0),
    ("month", "1 to 30 days late", 30),
    ("second", "31 to 60", 60),
    ("third", "61 to 90", 90),
    ("older", "Over 90", None),
)
"""How old what is open is: the key, the words, and the most days late; None for whatever is older."""
BY_AGE = (
    Column("due", "Due", DAY),
    *(Column(key, name, MONEY) for key, name, _ in AGES),
    Column("left", "Open", MONEY, Sum(tuple(key for key, _, _ in AGES))),
)
OF_MOVEMENTS = (
    "Invoices and credit notes count on the day of their issue, money on the day on which it moved; all with VAT. "
    "While the period goes on, everything is told to the end of today. "
    "A payment that was taken back counts, and its taking back on its own day. Credit that was set off against an "
    "invoice moved no money, and stands in no row."
)
OF_AGES = (
    "Open: what is left of each invoice, and of each credit note below zero, after what was paid, paid back and set "
    "off by then. Days late count from the due day. Whether the council has approved an invoice makes no difference "
    "here. Together it is what is outstanding at the end."
)


def account_report(ground: Ground) -> Report:
    """The report of the financial year to the period's end; a fixed number of queries, however many invoices."""
    last = ground.until
    moved = [each for each in movements_of_debt(ground.contract) if each.on <= last]
    items = open_items(ground.contract, on=last)
    standing = sum(each.amount for each in moved)
    said = f"Outstanding at the end of {day_shown(last)}: {pounds_shown(standing)}."
    tables = (
        Table("movements", "What moved", "With VAT", MOVEMENTS, _movement_rows(ground, moved), intro=said),
        Table("open", "What is open, by age", "With VAT", BY_AGE, age_rows(items), empty="Nothing is open."),
    )
    period = f"Financial year to {period_words(ground.period)}"
    return ground.report(KEY, TITLE, period=period, tables=tables, notes=(OF_MOVEMENTS, OF_AGES))


def _movement_rows(ground: Ground, moved: list[Movement]) -> tuple[Row, ...]:
    first = ground.first_month_of_year.first_day
    before = sum(each.amount for each in moved if each.on < first)
    of_year = [each for each in moved if each.on >= first]
    opening = Row("before", "Outstanding before", (None, None, None, before))
    rows = list(_rows(of_year, before))
    total = sum_row("total", "Together", rows, MOVEMENTS)
    return (opening, *rows, Row(total.key, total.name, (*total.cells[:-1], None), total.look, total.of))


def _rows(moved: list[Movement], balance: int) -> Iterator[Row]:
    for place, each in enumerate(moved):
        balance += each.amount
        is_document = each.kind in (INVOICED, CREDITED)
        figures: dict[str, Value] = {"day": each.on, "owed" if is_document else "paid": each.amount, "balance": balance}
        yield row_of(f"moved-{place}", _name(each), figures, MOVEMENTS)


def _name(movement: Movement) -> str:
    """`Invoice 3`, with the provider's own reference if it has one; `Payment BACS 1`, or that it was taken back."""
    if movement.kind in (INVOICED, CREDITED):
        word = "Invoice" if movement.kind == INVOICED else "Credit note"
        own = f" ({movement.reference})" if movement.reference else ""
        return f"{word} {movement.number}{own}"
    word = "Payment" if movement.kind == PAID else "Credit paid back"
    return f"{word} {movement.reference}{', taken back' if movement.is_reversal else ''}"


def age_rows(items: tuple[OpenItem, ...]) -> tuple[Row, ...]:
    """A row for each open invoice and credit note, in the column of its age, and their sum."""
    rows = [_age_row(each) for each in items]
    return (*rows, sum_row("total", "Together", rows, BY_AGE)) if rows else ()


def _age_row(item: OpenItem) -> Row:
    invoice, age = item.invoice, age_of(item)
    figures = {key: item.left if key == age else None for key, _, _ in AGES}
    due = None if invoice.kind == CREDIT_NOTE else invoice.due_on
    return row_of(str(invoice.number), title_of(invoice), {"due": due, **figures}, BY_AGE)


def age_of(item: OpenItem) -> str:
    """The key of the age in which the item stands; a credit note is never late."""
    late = 0 if item.invoice.kind == CREDIT_NOTE else item.late
    return next(key for key, _, most in AGES if most is None or late <= most)
