"""What is still open between council and provider on a day, invoice by invoice, and how old it is."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cohort.models import Contract
from invoicing.models import CREDIT_NOTE, Invoice, PaymentAllocation, SetOff
from invoicing.queries.invoices import days_late, invoices_of
from pbr_ledger.money import pence_of
from pbr_ledger.periods import day_of


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An issued invoice or credit note of which something is open on a day, in pence with VAT.

    `left` is below zero for a credit note. `late` is how many days the due day lies behind.
    """

    invoice: Invoice
    left: int
    late: int


def open_items(contract: Contract, *, on: date) -> tuple[OpenItem, ...]:
    """What is open at the end of the day, as known now, by number; three queries, however much there is.

    An invoice counts from the day of its issue, money on the day on which it moved, a set-off on the day on which it
    was recorded. Approved or not makes no difference.
    """
    settled = _settled(contract, on)
    found = []
    for invoice in invoices_of(contract).filter(issued_on__lte=on).order_by("number"):
        left = pence_of(invoice.gross) - settled.get(invoice.pk, 0)
        sign = -1 if invoice.kind == CREDIT_NOTE else 1
        if left:
            found.append(OpenItem(invoice, sign * left, days_late(invoice, on=on)))
    return tuple(found)


def _settled(contract: Contract, on: date) -> Mapping[int, int]:
    """By invoice, what payments, repayments and set-offs had settled of it by the end of the day."""
    settled: dict[int, int] = defaultdict(int)
    parts = PaymentAllocation.objects.filter(payment__contract=contract, payment__paid_on__lte=on)
    for invoice, amount, reverses in parts.values_list("invoice", "amount", "payment__reverses"):
        settled[invoice] += pence_of(amount) * (1 if reverses is None else -1)
    rows = SetOff.objects.filter(contract=contract)
    for credit_note, invoice, amount, reverses, at in rows.values_list(
        "credit_note", "invoice", "amount", "reverses", "recorded_at"
    ):
        if day_of(at) <= on:
            for each in (credit_note, invoice):
                settled[each] += pence_of(amount) * (1 if reverses is None else -1)
    return settled
