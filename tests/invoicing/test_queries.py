"""What is read of invoices and payments: lateness, payment practice, the agent's margin, warnings at the maximum."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cohort.services import record_terms
from invoicing.models import Invoice
from invoicing.queries.invoices import (
    MaximumUsed,
    days_late,
    invoice_of,
    late_invoices,
    maximum_used,
    numbered_invoice,
    payable_invoices,
    still_to_settle,
    unused_credit,
)
from invoicing.queries.payments import Paid, PaymentPractice, agent_margin, payment_practice, payments_of, set_offs_of
from invoicing.services import payments
from invoicing.services.terms import record_invoicing_terms
from tests.invoicing.settling import World, at, pounds
from tests.savings import ledger

YEAR = {"since": date(2026, 4, 1), "until": date(2027, 4, 1)}


@pytest.fixture
def made(world: World) -> list[Invoice]:
    """Invoices 1 to 3 of 15,200.00, 24,800.00 and 24,000.00, and credit note 4 of 33,600.00: issued on 8 June."""
    return world.all_approved()


def test_what_is_payable_and_what_credit_is_left(world: World, made: list[Invoice]) -> None:
    first, second, third, credit = made
    world.pay([(first, "15200.00"), (second, "800.00")])

    assert list(payable_invoices(world.contract)) == [second, third]
    assert still_to_settle(Invoice.objects.get(pk=second.pk)) == pounds("24000.00")
    assert list(unused_credit(world.contract)) == [credit]
    assert numbered_invoice(contract=world.contract, number=3) == third
    assert numbered_invoice(contract=world.contract, number=5) is None
    assert invoice_of(world.statement("2026-05")) == credit


def test_an_invoice_is_late_from_the_day_after_it_was_due(world: World, made: list[Invoice]) -> None:
    """Issued on 8 June, due on 8 July; a credit note is never late."""
    first, second, third, _ = made
    world.pay([(first, "15200.00")])

    assert list(late_invoices(contract=world.contract, on=date(2026, 7, 8))) == []
    assert list(late_invoices(contract=world.contract, on=date(2026, 7, 18))) == [(second, 10), (third, 10)]
    assert days_late(second, on=date(2026, 7, 8)) == 0
    assert days_late(Invoice(), on=date(2026, 7, 8)) == 0


def test_payment_practice_counts_parts_by_their_days_and_leaves_reversals_out(
    world: World, made: list[Invoice]
) -> None:
    """30 days after 8 June is 8 July. 12, 30 and 31 days are 24.33 on average."""
    first, second, third, credit = made
    world.pay([(first, "200.00")])
    world.pay([(first, "15000.00")], paid_on=date(2026, 7, 8), when="2026-07-08 10:00")
    world.pay([(second, "24800.00")], paid_on=date(2026, 7, 9), when="2026-07-09 10:00")
    wrong = world.pay([(third, "1.00")], paid_on=date(2026, 7, 10), when="2026-07-10 10:00")
    payments.reverse_payment(payment=wrong, reason="In error", by=world.clerk, clock=at("2026-07-10 11:00"))
    payments.set_off(
        credit_note=credit, invoice=third, amount=pounds("5.00"), by=world.clerk, clock=at("2026-07-10 12:00")
    )

    expected = PaymentPractice(within=Paid(2, pounds("15200.00")), after=Paid(1, pounds("24800.00")), average_days=24)
    assert payment_practice(of=world.contract, **YEAR) == expected
    assert payment_practice(of=world.parties.council, **YEAR) == expected
    assert expected.percent_within == 66
    nothing = payment_practice(of=world.contract, since=date(2027, 4, 1), until=date(2028, 4, 1))
    assert (nothing.within, nothing.average_days, nothing.percent_within) == (Paid(0, pounds("0.00")), None, None)
    assert payments_of(world.contract).count() == 5
    assert set_offs_of(world.contract).count() == 1


def test_agents_margin_is_on_what_was_paid_without_vat_at_the_rate_of_its_time(world: World) -> None:
    """1.5% of 100.01 is 1.500…, of 24,800.00 without 4,960.00 of VAT 372.00; what was paid before the rate, nothing."""
    terms = {"contract": world.contract, "by": world.parties.accountant}
    first = world.approved("2026-02")
    world.pay([(first, "1000.00")])
    record_invoicing_terms(
        **terms,
        agent_margin_rate=Decimal("0.015"),
        vat_treatments={"fixed_fee": "standard"},
        clock=at("2026-06-21 10:00"),
    )
    world.pay([(first, "100.01")], when="2026-06-22 10:00", paid_on=date(2026, 6, 22))
    march = world.draft("2026-03", "2026-06-22 11:00")
    assert march is not None
    march = world.approve(world.issue(march, "2026-06-22 12:00"), "2026-06-22 13:00")
    world.pay([(march, "29760.00")], when="2026-06-23 10:00", paid_on=date(2026, 6, 23))

    assert agent_margin(contract=world.contract, **YEAR) == pounds("373.50")
    assert agent_margin(contract=world.contract, since=date(2026, 6, 23), until=date(2026, 6, 24)) == pounds("372.00")


@pytest.mark.parametrize(
    ("approved", "percent", "warn_at"),
    [
        ("799999.99", 79, None),
        ("800000.00", 80, 80),
        ("899999.99", 89, 80),
        ("900000.00", 90, 90),
        ("1000000.00", 100, 90),
    ],
)
def test_everyone_is_warned_at_80_and_90_percent(approved: str, percent: int, warn_at: int | None) -> None:
    used = MaximumUsed(pounds(approved), pounds("1000000.00"))
    assert (used.percent, used.warn_at) == (percent, warn_at)


def test_maximum_used_is_what_is_approved_against_the_terms(world: World) -> None:
    assert maximum_used(world.contract).approved == pounds("0.00")
    world.approved("2026-02")
    terms = replace(ledger.scenario("breakdown-reported-late").terms[-1], maximum_value_pence=1_900_000)
    record_terms(contract=world.contract, terms=terms, by=world.parties.accountant, clock=at("2026-06-10 10:00"))
    world.contract.refresh_from_db()

    assert maximum_used(world.contract) == MaximumUsed(pounds("15200.00"), pounds("19000.00"))
    assert maximum_used(world.contract).warn_at == 80
