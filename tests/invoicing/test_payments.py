"""Payments, set-off, repayment and reversal: what is settled is what was paid, and never more than is owed."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cohort.services import stream_of
from invoicing.models import Invoice, JournalEntry, Payment, SetOff
from invoicing.queries.checks import check_everything
from invoicing.services import payments
from invoicing.services.ground import MoreThanOwed, ReasonMissing
from invoicing.services.payments import NotPayable, PaymentAlreadyReversed, SetOffAlreadyReversed
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Refused
from tests.invoicing.settling import World, at, pounds, status
from tests.savings import ledger

DAY = date(2026, 6, 20)


@pytest.fixture
def made(world: World) -> list[Invoice]:
    """Invoices 1 to 3 of 15,200.00, 24,800.00 and 24,000.00, and credit note 4 of 33,600.00: approved."""
    return world.all_approved()


def settled(*invoices: Invoice) -> list[tuple[str, Decimal]]:
    """Status and what is settled, as the database has it now."""
    rows = {row.pk: row for row in Invoice.objects.filter(pk__in=[each.pk for each in invoices])}
    return [(rows[each.pk].status, rows[each.pk].settled) for each in invoices]


def legs(key: str) -> dict[str, tuple[str, Decimal]]:
    """The legs of the entry of that key, by account."""
    postings = JournalEntry.objects.get(key=key).postings.select_related("account")
    return {leg.account.code: (leg.side, leg.amount) for leg in postings}


def reverse_set_off(world: World, made: SetOff, when: str = "2026-06-25 10:00", **options: Any) -> SetOff:
    by, reason = options.get("by", world.clerk), options.get("reason", "Wrong invoice")
    return payments.reverse_set_off(made=made, reason=reason, by=by, clock=at(when))


def set_off(world: World, credit: Invoice, invoice: Invoice, amount: str, when: str = "2026-06-21 10:00") -> SetOff:
    return payments.set_off(credit_note=credit, invoice=invoice, amount=pounds(amount), by=world.clerk, clock=at(when))


def repay(world: World, credit: Invoice, amount: str, when: str = "2026-06-22 10:00", paid_on: date = DAY) -> Payment:
    return payments.repay_credit(
        credit_note=credit,
        amount=pounds(amount),
        paid_on=paid_on,
        remittance_reference="REFUND 1",
        by=world.clerk,
        clock=at(when),
    )


def reverse(world: World, payment: Payment, reason: str = "Wrong invoice", when: str = "2026-06-25 10:00") -> Payment:
    return payments.reverse_payment(payment=payment, reason=reason, by=world.clerk, clock=at(when))


# Paying


def test_an_invoice_is_paid_in_parts(world: World, made: list[Invoice]) -> None:
    first = made[0]
    world.pay([(first, "200.00")])
    assert settled(first) == [("part_paid", pounds("200.00"))]
    world.pay([(first, "5000.00")], when="2026-06-21 14:00", reference="BACS 2")
    assert settled(first) == [("part_paid", pounds("5200.00"))]
    world.pay([(first, "10000.00")], when="2026-06-22 14:00", reference="BACS 3")
    assert settled(first) == [("paid", pounds("15200.00"))]

    assert [action.action for action in first.actions.order_by("pk")] == [
        "issue",
        "approve",
        "settle in part",
        "settle in part",
        "settle",
    ]
    payment = Payment.objects.get(remittance_reference="BACS 2")
    assert legs(f"payment {payment.pk}") == {
        "2100": ("debit", pounds("5000.00")),
        "2200": ("credit", pounds("5000.00")),
    }
    assert JournalEntry.objects.get(key=f"payment {payment.pk}").effective_on == DAY


def test_one_payment_settles_several_invoices(world: World, made: list[Invoice]) -> None:
    first, second, *_ = made
    payment = world.pay([(second, "24800.00"), (first, "200.00")])

    assert (payment.amount, payment.recorded_by) == (pounds("25000.00"), world.clerk)
    assert settled(first, second) == [("part_paid", pounds("200.00")), ("paid", pounds("24800.00"))]
    entry = JournalEntry.objects.get(key=f"payment {payment.pk}")
    assert (entry.narrative, entry.total) == ("Payment BACS 1 of invoice 1, 2", pounds("25000.00"))


def test_more_than_is_owed_is_refused(world: World, made: list[Invoice]) -> None:
    first = made[0]
    with pytest.raises(MoreThanOwed, match=r"£15,200\.00 is left, and not £15,200\.01"):
        world.pay([(first, "15200.01")])
    world.pay([(first, "15199.99")])
    with pytest.raises(MoreThanOwed, match=r"£0\.01 is left"):
        world.pay([(first, "0.02")], when="2026-06-21 10:00")
    world.pay([(first, "0.01")], when="2026-06-21 11:00")
    with pytest.raises(NotPayable, match="invoice 1 is paid"):
        world.pay([(first, "0.01")], when="2026-06-21 12:00")
    assert Payment.objects.count() == 2


def test_what_is_not_approved_or_held_is_not_paid(world: World) -> None:
    draft = world.draft("2026-02")
    assert draft is not None
    with pytest.raises(NotPayable, match="is draft"):
        world.pay([(draft, "1.00")])
    issued = world.issue(draft)
    with pytest.raises(NotPayable, match="is issued"):
        world.pay([(issued, "1.00")])
    world.hold(issued)
    with pytest.raises(NotPayable, match="is held"):
        world.pay([(issued, "1.00")])
    assert Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"amount": "999.00"}, "allocations: come to £1,000.00, and the payment to £999.00"),
        ({"paid_on": date(2026, 6, 21)}, "paid_on: 21 June 2026 has not come yet"),
        ({"paid_on": date(2026, 6, 7)}, "paid_on: EXAMPLE invoice 1 was issued on 8 June 2026 only"),
        ({"reference": "  "}, "remittance_reference: must not be empty"),
        ({"reference": "x" * 101}, "remittance_reference: has to be at most 100"),
    ],
)
def test_a_payment_that_cannot_be_is_refused(
    world: World, made: list[Invoice], options: dict[str, object], message: str
) -> None:
    with pytest.raises(Refused, match=message.replace("(", r"\(")):
        world.pay([(made[0], "1000.00")], **options)
    assert Payment.objects.count() == 0
    world.pay([(made[0], "1000.00")])


@pytest.mark.parametrize("share", ["0.00", "-1.00", "0.001", "NaN", "Infinity", "1e20"])
def test_amounts_that_are_none_are_refused(world: World, made: list[Invoice], share: str) -> None:
    with pytest.raises(Refused, match="amount above zero"):
        world.pay([(made[0], share)])


def test_an_invoice_is_named_once_and_of_its_own_contract(world: World, made: list[Invoice]) -> None:
    with pytest.raises(Refused, match="name an invoice more than once"):
        world.pay([(made[0], "1.00"), (made[0], "2.00")])
    other = World(
        ledger.load(ledger.scenario("mid-month-move"), world.parties, reference="Other"), world.parties, world.clerk
    )
    with pytest.raises(NotFound, match="Other has no such invoice"):
        other.pay([(made[0], "1.00")])


def test_only_the_agents_clerk_records_what_is_paid(world: World, made: list[Invoice]) -> None:
    first, *_, credit = made
    payment = world.pay([(first, "1.00")])
    for by in (world.parties.officer, world.parties.accountant, world.parties.provider_staff):
        with pytest.raises(NotPermitted, match="recorded by the paying agent"):
            world.pay([(first, "1.00")], when="2026-06-21 10:00", by=by)
        with pytest.raises(NotPermitted):
            payments.reverse_payment(payment=payment, reason="Mine", by=by, clock=at("2026-06-21 10:00"))
        with pytest.raises(NotPermitted):
            payments.set_off(
                credit_note=credit, invoice=first, amount=pounds("1.00"), by=by, clock=at("2026-06-21 10:00")
            )
    stranger = ledger.person(ledger.organisation("Other Agent", "agent"), "Olly Other", "payments_clerk")
    with pytest.raises(NotFound, match="There is no contract EXAMPLE"):
        world.pay([(first, "1.00")], by=stranger)


# Reversing


def test_a_payment_in_error_is_reversed_and_everything_is_owed_again(world: World, made: list[Invoice]) -> None:
    first, second, *_ = made
    kept = world.pay([(first, "200.00")])
    wrong = world.pay([(first, "15000.00"), (second, "100.00")], when="2026-06-21 14:00", reference="BACS 2")
    reversal = reverse(world, wrong)

    assert settled(first, second) == [("part_paid", pounds("200.00")), ("approved", pounds("0.00"))]
    assert (reversal.reverses, reversal.amount, reversal.paid_on) == (wrong, pounds("15100.00"), date(2026, 6, 25))
    entry = JournalEntry.objects.get(key=f"reversal of payment {wrong.pk}")
    assert (entry.reverses.key, entry.effective_on) == (f"payment {wrong.pk}", date(2026, 6, 25))
    assert legs(entry.key) == {"2100": ("credit", pounds("15100.00")), "2200": ("debit", pounds("15100.00"))}
    reverse(world, kept, when="2026-06-26 10:00")
    assert settled(first) == [("approved", pounds("0.00"))]
    assert list(check_everything(world.contract)) == []


def test_a_payment_is_reversed_once_with_a_reason(world: World, made: list[Invoice]) -> None:
    payment = world.pay([(made[0], "200.00")])
    with pytest.raises(ReasonMissing):
        reverse(world, payment, reason=" ")
    reversal = reverse(world, payment)
    for again in (payment, reversal):
        with pytest.raises(PaymentAlreadyReversed):
            reverse(world, again, when="2026-06-26 10:00")
    assert Payment.objects.count() == 2


# Credit


def test_credit_is_set_off_and_nothing_is_posted(world: World, made: list[Invoice]) -> None:
    first, second, _, credit = made
    entries = JournalEntry.objects.count()
    set_off(world, credit, first, "15200.00")
    set_off(world, credit, second, "18400.00", "2026-06-21 11:00")

    assert settled(first, second, credit) == [
        ("paid", pounds("15200.00")),
        ("part_paid", pounds("18400.00")),
        ("paid", pounds("33600.00")),
    ]
    assert JournalEntry.objects.count() == entries
    assert list(check_everything(world.contract)) == []


def test_a_set_off_in_error_is_reversed_and_the_credit_is_free_again(world: World, made: list[Invoice]) -> None:
    first, _, third, credit = made
    whole = set_off(world, credit, first, "15200.00")
    part = set_off(world, credit, third, "400.00", "2026-06-21 11:00")
    entries = JournalEntry.objects.count()

    reversal = reverse_set_off(world, whole, when="2026-06-22 10:00")

    assert settled(first, third, credit) == [
        ("approved", pounds("0.00")),
        ("part_paid", pounds("400.00")),
        ("part_paid", pounds("400.00")),
    ]
    assert (reversal.reverses, reversal.amount, reversal.reason) == (whole, pounds("15200.00"), "Wrong invoice")
    assert list(first.actions.values_list("action", "reason").order_by("pk"))[-1] == ("reopen", "Wrong invoice")
    assert JournalEntry.objects.count() == entries
    event = AuditEvent.objects.filter(stream=stream_of(world.contract)).latest("sequence")
    assert (event.action, event.subject) == ("credit_note.set_off_reversed", str(credit))
    reverse_set_off(world, part, when="2026-06-22 11:00")
    set_off(world, credit, first, "15200.00", "2026-06-22 12:00")
    assert settled(first, credit) == [("paid", pounds("15200.00")), ("part_paid", pounds("15200.00"))]
    assert list(check_everything(world.contract)) == []


def test_a_set_off_is_reversed_once_with_a_reason_and_by_the_agent(world: World, made: list[Invoice]) -> None:
    whole = set_off(world, made[3], made[0], "15200.00")
    outsider = ledger.person(ledger.organisation("Elsewhere Agent", "agent"), "Ola Other", "payments_clerk")

    with pytest.raises(ReasonMissing):
        reverse_set_off(world, whole, reason=" ")
    for by in (world.parties.accountant, world.parties.provider_staff):
        with pytest.raises(NotPermitted, match="recorded by the paying agent"):
            reverse_set_off(world, whole, by=by)
    with pytest.raises(NotFound):
        reverse_set_off(world, whole, by=outsider)
    assert SetOff.objects.count() == 1

    reversal = reverse_set_off(world, whole)
    for again in (whole, reversal):
        with pytest.raises(SetOffAlreadyReversed):
            reverse_set_off(world, again, when="2026-06-26 10:00")
    assert SetOff.objects.count() == 2


@pytest.mark.parametrize(
    ("credit", "invoice", "amount", "error"),
    [
        (3, 0, "15200.01", MoreThanOwed),
        (0, 1, "1.00", NotPayable),
        (3, 3, "1.00", NotPayable),
        (1, 3, "1.00", NotPayable),
        (3, 0, "0.00", Refused),
    ],
)
def test_set_off_that_cannot_be_is_refused(
    world: World, made: list[Invoice], credit: int, invoice: int, amount: str, error: type[LedgerError]
) -> None:
    with pytest.raises(error):
        set_off(world, made[credit], made[invoice], amount)
    assert SetOff.objects.count() == 0


def test_no_more_credit_is_used_than_there_is(world: World, made: list[Invoice]) -> None:
    first, second, third, credit = made
    set_off(world, credit, second, "24800.00")
    set_off(world, credit, third, "8000.00", "2026-06-21 11:00")
    with pytest.raises(MoreThanOwed, match=r"£800\.00 is left, and not £800\.01"):
        set_off(world, credit, first, "800.01", "2026-06-21 12:00")


def test_credit_is_repaid_in_cash(world: World, made: list[Invoice]) -> None:
    credit = made[3]
    payment = repay(world, credit, "600.00")
    assert settled(credit) == [("part_paid", pounds("600.00"))]
    assert legs(f"repayment {payment.pk}") == {
        "2200": ("debit", pounds("600.00")),
        "2100": ("credit", pounds("600.00")),
    }
    repay(world, credit, "33000.00", "2026-06-23 10:00")
    assert settled(credit) == [("paid", pounds("33600.00"))]
    with pytest.raises(NotPayable):
        repay(world, credit, "0.01", "2026-06-24 10:00")
    reverse(world, payment)
    assert settled(credit) == [("part_paid", pounds("33000.00"))]
    assert list(check_everything(world.contract)) == []


def test_an_invoice_is_not_repaid_nor_a_credit_note_paid(world: World, made: list[Invoice]) -> None:
    with pytest.raises(NotPayable, match="payments are of invoices"):
        repay(world, made[0], "1.00")
    with pytest.raises(NotPayable, match="payments are of invoices"):
        world.pay([(made[3], "1.00")])
    assert [status(each) for each in made] == ["approved"] * 4
