"""The report of prompt payment: by which days an invoice was paid, and how late it was or is."""

from datetime import date

from invoicing.core.calendar import Period
from invoicing.documents.reports.model import Report, Table
from invoicing.pages.reports.ground import Ground
from invoicing.pages.reports.prompt import prompt_report
from invoicing.services.payments import reverse_payment
from tests.invoicing.settling import World, at
from tests.savings.ledger import instant

DUE = date(2026, 7, 8)
"""Thirty days after 8 June 2026, when all are issued."""


def report_of(world: World, *, on: str, period: Period) -> Report:
    return prompt_report(Ground.of(world.contract, period, at=instant(on), with_books=False))


def rows_of(table: Table) -> list[tuple[str, ...]]:
    return [(row.name, *(cell.text for cell in row.cells)) for row in table.shown]


def test_each_invoice_says_when_it_was_paid_and_how_late_it_was_or_is(world: World) -> None:
    """February is paid in two parts by its due day, March fifteen days after; April is open; May is a credit note."""
    february, march, april, may = world.all_issued()
    for day, invoice in enumerate((february, march, may), start=9):
        world.approve(invoice, f"2026-06-{day:02d} 10:00")
    world.pay([(february, "5000.00")])
    world.pay([(february, "10200.00")], paid_on=DUE, when="2026-07-08 14:00", reference="BACS 2")
    world.pay([(march, "24800.00")], paid_on=date(2026, 7, 23), when="2026-07-23 14:00", reference="BACS 3")
    assert april.due_on == DUE

    share, invoices = report_of(world, on="2026-08-01 09:00", period=Period(2026, 5)).tables
    assert share.intro == "On average invoices were paid 29 days after issue."
    assert rows_of(share) == [
        ("Within 30 days of issue", "2", "£15,200.00", "66.6%"),
        ("Later", "1", "£24,800.00", "33.3%"),
        ("Together", "3", "£40,000.00", ""),
    ]
    assert rows_of(invoices) == [
        ("Invoice 1", "Paid", "8 June 2026", "8 July 2026", "8 July 2026", "30", "0", "£15,200.00"),
        ("Invoice 2", "Paid", "8 June 2026", "8 July 2026", "23 July 2026", "45", "15", "£24,800.00"),
        ("Invoice 3", "Issued", "8 June 2026", "8 July 2026", "", "", "24", "£24,000.00"),
        ("Together", "", "", "", "", "", "", "£64,000.00"),
    ]


def test_what_was_paid_and_taken_back_is_not_paid_and_another_year_has_nothing(world: World) -> None:
    february = world.approved("2026-02")
    payment = world.pay([(february, "15200.00")])
    reverse_payment(payment=payment, reason="Another contract’s", by=world.clerk, clock=at("2026-06-21 10:00"))

    share, invoices = report_of(world, on="2026-07-08 09:00", period=Period(2026, 4)).tables
    assert share.intro == "Nothing was paid in this time."
    assert rows_of(invoices)[0][1:7] == ("Approved", "8 June 2026", "8 July 2026", "", "", "0")

    before = report_of(world, on="2026-07-08 09:00", period=Period(2025, 12)).tables[1]
    assert (before.rows, before.empty) == ((), "No invoice was issued in this time.")
