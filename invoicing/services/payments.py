"""Money that moves: payments by the agent, their reversal, and credit paid back."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

from cohort.models import Contract
from cohort.services import checked_at_once, locked
from invoicing import rules
from invoicing.core.entries import REVERSAL, mirrored, payment_legs, repayment_legs
from invoicing.models import (
    CREDIT_NOTE,
    INVOICE_KIND,
    PAYMENT,
    REPAYMENT,
    Invoice,
    JournalEntry,
    Payment,
    PaymentAllocation,
)
from invoicing.queries.ledger import posting_day
from invoicing.services.announcements import tell_of_payment
from invoicing.services.ground import (
    locked_invoices,
    note,
    require,
    require_amount,
    require_length,
    require_party,
    require_reason,
    stamp,
)
from invoicing.services.ledger import legs_of, narrative_of, post
from invoicing.services.set_offs import SetOffAlreadyReversed, reverse_set_off, set_off
from invoicing.services.settling import CLERK, NotPayable, reopen, require_open, settle, shown
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, Problem, Refused
from pbr_ledger.jobs.services import send_soon
from pbr_ledger.periods import day_of
from pbr_ledger.webhooks.events import WEBHOOK
from pbr_ledger.words import day_shown

__all__ = [
    "NotPayable",
    "PaymentAlreadyReversed",
    "SetOffAlreadyReversed",
    "record_payment",
    "repay_credit",
    "reverse_payment",
    "reverse_set_off",
    "set_off",
]

LONGEST_REFERENCE = 100

Allocations = Sequence[tuple[Invoice, Decimal]]
"""What of a payment goes to which invoice, in pounds."""


class PaymentAlreadyReversed(LedgerError):
    """The payment was reversed before, or is itself a reversal."""


def record_payment(
    *,
    contract: Contract,
    amount: Decimal,
    paid_on: date,
    remittance_reference: str,
    allocations: Allocations,
    by: Person,
    clock: Clock,
) -> Payment:
    """What the agent has paid, allocated whole to one or more approved invoices, in full or in part, and posted.

    Raises `MoreThanOwed`, `NotPayable`, `Refused` for a day after the clock's or before an invoice's issue and for
    amounts that do not add up, `NotPermitted`, and `NotFound` to those outside the contract.
    """
    return _paid(PAYMENT, contract, amount, paid_on, remittance_reference, allocations, by, clock)


def repay_credit(
    *,
    credit_note: Invoice,
    amount: Decimal,
    paid_on: date,
    remittance_reference: str,
    by: Person,
    clock: Clock,
) -> Payment:
    """Credit that the provider has paid back in cash, where there is no invoice to set it off against.

    Raises as `record_payment` does.
    """
    allocations = [(credit_note, amount)]
    return _paid(REPAYMENT, credit_note.contract, amount, paid_on, remittance_reference, allocations, by, clock)


def reverse_payment(*, payment: Payment, reason: str, by: Person, clock: Clock) -> Payment:
    """The reversal of a payment or repayment recorded in error, with the same allocations: what it settled is open.

    Raises `PaymentAlreadyReversed`, `ReasonMissing`, `NotPermitted`, and `NotFound` to those outside the contract.
    """
    with checked_at_once():
        require_party(by, payment.contract)
        contract = locked(payment.contract, erased_too=True)
        require(rules.may_record_payment(by, contract), CLERK)
        require_reason(reason, "Say why the payment is reversed.")
        if payment.reverses_id is not None or Payment.objects.filter(reverses=payment).exists():
            raise PaymentAlreadyReversed(f"{payment} was reversed before, or is a reversal.")
        shares = dict(payment.allocations.values_list("invoice", "amount"))
        invoices = locked_invoices(contract, shares)
        at = stamp(contract, clock)
        reversal = _stored(
            contract=contract,
            kind=payment.kind,
            paid_on=day_of(at),
            amount=payment.amount,
            remittance_reference=payment.remittance_reference,
            recorded_by=by,
            recorded_at=at,
            reverses=payment,
            reason=reason,
        )
        allocated = {invoices[key]: amount for key, amount in shares.items()}
        _allocate(reversal, allocated)
        for invoice, amount in allocated.items():
            reopen(invoice, amount, by, at, reason)
        _post_reversal(contract, payment, reversal)
        note(contract, by, f"{payment.kind}.reversed", payment, _detail(reversal, allocated) | {"reason": reason}, at)
        tell_of_payment(contract, f"A {payment.kind} is taken back", by=by, at=at)
        send_soon(kind=WEBHOOK)
    return reversal


def _paid(
    kind: str,
    contract: Contract,
    amount: Decimal,
    paid_on: date,
    remittance_reference: str,
    allocations: Allocations,
    by: Person,
    clock: Clock,
) -> Payment:
    with checked_at_once():
        require_party(by, contract)
        contract = locked(contract, erased_too=True)
        require(rules.may_record_payment(by, contract), CLERK)
        _require_reference(remittance_reference)
        shares = _shares(amount, allocations)
        rows = locked_invoices(contract, [invoice.pk for invoice in shares])
        shares = {rows[invoice.pk]: share for invoice, share in shares.items()}
        settles = INVOICE_KIND if kind == PAYMENT else CREDIT_NOTE
        for invoice, share in shares.items():
            require_open(invoice, settles, share)
        at = stamp(contract, clock)
        _require_possible_day(paid_on, shares, at)
        payment = _stored(
            contract=contract,
            kind=kind,
            paid_on=paid_on,
            amount=amount,
            remittance_reference=remittance_reference,
            recorded_by=by,
            recorded_at=at,
        )
        _allocate(payment, shares)
        for invoice, share in shares.items():
            settle(invoice, share, by, at)
        _post(contract, payment, shares)
        note(contract, by, f"{kind}.recorded", payment, _detail(payment, shares), at)
        tell_of_payment(contract, f"A {kind} is recorded", by=by, at=at)
        send_soon(kind=WEBHOOK)
    return payment


# What is refused


def _require_reference(remittance_reference: str) -> None:
    require_length("remittance_reference", remittance_reference, LONGEST_REFERENCE)
    if not remittance_reference.strip():
        raise Refused([Problem("remittance_reference", "must not be empty")])


def _shares(amount: Decimal, allocations: Allocations) -> dict[Invoice, Decimal]:
    """The allocations by invoice. Raises `Refused` unless they are amounts, of one invoice each, that add up."""
    require_amount("amount", amount)
    for place, (_, share) in enumerate(allocations):
        require_amount(f"allocations[{place}].amount", share)
    shares = dict(allocations)
    if len(shares) != len(allocations):
        raise Refused([Problem("allocations", "name an invoice more than once")])
    if (total := sum(shares.values(), Decimal("0.00"))) != amount:
        raise Refused([Problem("allocations", f"come to {shown(total)}, and the payment to {shown(amount)}")])
    return shares


def _require_possible_day(paid_on: date, shares: Mapping[Invoice, Decimal], at: datetime) -> None:
    if paid_on > day_of(at):
        raise Refused([Problem("paid_on", f"{day_shown(paid_on)} has not come yet")])
    for invoice in shares:
        if invoice.issued_on is not None and paid_on < invoice.issued_on:
            raise Refused([Problem("paid_on", f"{invoice} was issued on {day_shown(invoice.issued_on)} only")])


# What is written


def _stored(**columns: object) -> Payment:
    return Payment.objects.create(**columns)


def _allocate(payment: Payment, shares: Mapping[Invoice, Decimal]) -> None:
    PaymentAllocation.objects.bulk_create(
        PaymentAllocation(payment=payment, invoice=invoice, amount=share) for invoice, share in shares.items()
    )


def _post(contract: Contract, payment: Payment, shares: Mapping[Invoice, Decimal]) -> None:
    numbers = ", ".join(str(invoice.number) for invoice in sorted(shares, key=lambda each: each.number or 0))
    word, of = ("Repayment", "credit note") if payment.kind == REPAYMENT else ("Payment", "invoice")
    legs = repayment_legs(payment.amount) if payment.kind == REPAYMENT else payment_legs(payment.amount)
    effective_on = posting_day(contract, payment.paid_on)
    what = f"{word} {payment.remittance_reference} of {of} {numbers}"
    post(
        contract=contract,
        key=_key(payment),
        kind=payment.kind,
        narrative=narrative_of(what, payment.paid_on, effective_on),
        effective_on=effective_on,
        legs=legs,
        by=payment.recorded_by,
        at=payment.recorded_at,
    )


def _post_reversal(contract: Contract, payment: Payment, reversal: Payment) -> None:
    entry = JournalEntry.objects.get(contract=contract, key=_key(payment))
    effective_on = posting_day(contract, reversal.paid_on)
    post(
        contract=contract,
        key=f"{REVERSAL} of {entry.key}",
        kind=REVERSAL,
        narrative=narrative_of(f"{entry.narrative}, reversed: {reversal.reason}", reversal.paid_on, effective_on),
        effective_on=effective_on,
        legs=mirrored(legs_of(entry)),
        by=reversal.recorded_by,
        at=reversal.recorded_at,
        reverses=entry,
    )


def _key(payment: Payment) -> str:
    return f"{payment.kind} {payment.pk}"


def _detail(payment: Payment, shares: Mapping[Invoice, Decimal]) -> dict[str, object]:
    allocated = {str(invoice): str(amount) for invoice, amount in shares.items()}
    return {"amount": str(payment.amount), "paid_on": payment.paid_on.isoformat(), "allocations": allocated}
