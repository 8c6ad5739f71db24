"""What settles an invoice or a credit note: payments, repayments and set-offs, and what was taken back of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from invoicing.models import Invoice, Payment, PaymentAllocation, SetOff
from invoicing.pages.words import amount_shown, payment_shown, person_shown, title_in_text
from pbr_ledger.periods import day_of
from pbr_ledger.words import day_shown


@dataclass(frozen=True, slots=True)
class Settlement:
    """Something that settled a part: the day, what it was, how much; below zero where it was taken back.

    `against` is the key of the invoice or credit note on the other side of a set-off.
    """

    on: str
    what: str
    reference: str
    amount: str
    by: str
    note: str
    against: int | None = None


def settlements_of(invoice: Invoice) -> list[Settlement]:
    """Everything that has settled the invoice, the earliest recorded first, in two queries."""
    dated = [*_payments(invoice), *_set_offs(invoice)]
    return [settlement for _, settlement in sorted(dated, key=lambda each: each[0])]


def _payments(invoice: Invoice) -> Iterator[tuple[datetime, Settlement]]:
    parts = PaymentAllocation.objects.filter(invoice=invoice).select_related(
        "payment__recorded_by__organisation", "payment__reversal"
    )
    for part in parts:
        payment = part.payment
        yield (
            payment.recorded_at,
            Settlement(
                on=day_shown(payment.paid_on),
                what=payment_shown(payment),
                reference=payment.remittance_reference,
                amount=amount_shown(-part.amount if payment.reverses_id else part.amount),
                by=person_shown(payment.recorded_by),
                note=payment.reason or reversed_words(payment),
            ),
        )


def reversed_words(row: Payment | SetOff) -> str:
    """That the payment or set-off was taken back, and when; empty where it stands."""
    reversal = getattr(row, "reversal", None)
    return f"Taken back on {day_shown(day_of(reversal.recorded_at))}." if reversal else ""


def _set_offs(invoice: Invoice) -> Iterator[tuple[datetime, Settlement]]:
    uses = SetOff.objects.filter(Q(invoice=invoice) | Q(credit_note=invoice)).select_related(
        "invoice__statement", "credit_note__statement", "recorded_by__organisation", "reversal"
    )
    for use in uses:
        if use.credit_note_id == invoice.pk:
            other, word = use.invoice, "Set off against"
        else:
            other, word = use.credit_note, "Credit set off from"
        yield (
            use.recorded_at,
            Settlement(
                on=day_shown(day_of(use.recorded_at)),
                what=f"{word} {title_in_text(other)}{', reversed' if use.reverses_id else ''}",
                reference="",
                amount=amount_shown(-use.amount if use.reverses_id else use.amount),
                by=person_shown(use.recorded_by),
                note=use.reason or reversed_words(use),
                against=other.pk,
            ),
        )
