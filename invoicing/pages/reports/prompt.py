"""How promptly invoices are paid: the share within thirty days, and each invoice with its days."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from invoicing.documents.reports.model import (
    COUNT,
    DAY,
    MONEY,
    SHARE,
    TEXT,
    Column,
    Report,
    Row,
    Table,
    row_of,
    sum_row,
)
from invoicing.lifecycles import PAID
from invoicing.models import INVOICE_KIND, Invoice
from invoicing.pages.reports.ground import Ground, period_words
from invoicing.pages.words import status_shown, title_of
from invoicing.queries.invoices import days_late, invoices_of
from invoicing.queries.payments import PROMPT_DAYS, Paid, PaymentPractice, days_of_payment, payment_practice
from pbr_ledger.money import pence_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import count_shown

KEY, TITLE = "prompt-payment", "Prompt payment"
EMPTY: Final = "No invoice was issued in this time."
BY_TIME = (
    Column("payments", "Payments", COUNT),
    Column("amount", "Amount", MONEY),
    Column("share", "Share of payments", SHARE),
)
BY_INVOICE = (
    Column("status", "Status", TEXT),
    Column("issued", "Issued", DAY),
    Column("due", "Due", DAY),
    Column("paid", "Paid", DAY),
    Column("days", "Days", COUNT),
    Column("late", "Days late", COUNT),
    Column("amount", "Amount", MONEY),
)
OF_PAYMENTS = (
    "Each part of an invoice that a payment settled counts by itself, by the days from the invoice’s issue to the "
    "payment. Payments that were taken back do not count, nor does credit that was set off."
)
OF_INVOICES = (
    "The invoices issued in the financial year to the end of the period, with VAT. Paid: the last payment of one that "
    "is settled; one that credit alone settled has none. Days: from issue to that day. Days late: from the due day to "
    "it, and for one that is not settled to the day on which this report was made."
)
OF_INTEREST = "Interest: none. The ledger records no interest on late payment, and none is charged through it."


def prompt_report(ground: Ground) -> Report:
    """The report of the financial year to the period's end; a fixed number of queries, however many invoices."""
    since, until = ground.first_month_of_year.first_day, ground.month.plus(1).first_day
    practice = payment_practice(of=ground.contract, since=since, until=until)
    tables = (
        Table("share", f"Within {PROMPT_DAYS} days", "Paid", BY_TIME, _time_rows(practice), intro=_average(practice)),
        Table("invoices", "Invoice by invoice", "Invoice", BY_INVOICE, _rows(ground, since, until), empty=EMPTY),
    )
    notes = (OF_PAYMENTS, OF_INVOICES, OF_INTEREST)
    period = f"Financial year to {period_words(ground.period)}"
    return ground.report(KEY, TITLE, period=period, tables=tables, notes=notes)


def _average(practice: PaymentPractice) -> str:
    if practice.average_days is None:
        return "Nothing was paid in this time."
    return f"On average invoices were paid {count_shown(practice.average_days, 'day')} after issue."


def _time_rows(practice: PaymentPractice) -> tuple[Row, ...]:
    whole = practice.within.count + practice.after.count
    rows = [
        _time_row("within", f"Within {PROMPT_DAYS} days of issue", practice.within, whole),
        _time_row("after", "Later", practice.after, whole),
    ]
    return (*rows, sum_row("total", "Together", rows, BY_TIME))


def _time_row(key: str, name: str, paid: Paid, whole: int) -> Row:
    share = paid.count * 1000 // whole if whole else None
    return row_of(key, name, {"payments": paid.count, "amount": pence_of(paid.amount), "share": share}, BY_TIME)


def _rows(ground: Ground, since: date, until: date) -> tuple[Row, ...]:
    issued = invoices_of(ground.contract).filter(kind=INVOICE_KIND, issued_on__gte=since, issued_on__lt=until)
    paid = days_of_payment(ground.contract)
    rows = [_row(invoice, paid, today=day_of(ground.at)) for invoice in issued.order_by("number")]
    if not rows:
        return ()
    total = sum_row("total", "Together", rows, BY_INVOICE)
    return (*rows, Row(total.key, total.name, (*(None,) * 6, total.cells[-1]), total.look, total.of))


def _row(invoice: Invoice, paid: Mapping[int, date], *, today: date) -> Row:
    settled = invoice.status == PAID
    paid_on = paid.get(invoice.pk) if settled else None
    late_on = paid_on or (invoice.due_on if settled else today)
    figures = {
        "status": status_shown(invoice)[0],
        "issued": invoice.issued_on,
        "due": invoice.due_on,
        "paid": paid_on,
        "days": (paid_on - invoice.issued_on).days if paid_on and invoice.issued_on else None,
        "late": days_late(invoice, on=late_on) if late_on else 0,
        "amount": pence_of(invoice.gross),
    }
    return row_of(str(invoice.number), title_of(invoice), figures, BY_INVOICE)
