"""Reading payments: how promptly the council's side pays, and what the agent's margin comes to."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, QuerySet

from cohort.models import Contract
from invoicing.models import PAYMENT, InvoicingTerms, Payment, PaymentAllocation, SetOff
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.money import RATE_SCALE, divide_rounding, pence_of, pounds_of

PROMPT_DAYS = 30
"""Days from issue within which public bodies have to pay, and by which their notice counts."""


def payments_of(contract: Contract) -> QuerySet[Payment]:
    """Everything paid, repaid and reversed under the contract, as recorded."""
    found = Payment.objects.filter(contract=contract).select_related("recorded_by", "reverses")
    return found.prefetch_related("allocations__invoice").order_by("recorded_at")


def set_offs_of(contract: Contract) -> QuerySet[SetOff]:
    """All credit that was used against invoices of the contract, as recorded."""
    found = SetOff.objects.filter(contract=contract).select_related("credit_note", "invoice", "recorded_by")
    return found.order_by("recorded_at")


@dataclass(frozen=True, slots=True)
class Paid:
    """How many payments of an invoice, and how many pounds of them."""

    count: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class PaymentPractice:
    """The figures of a payments compliance notice: what was paid within 30 days of issue, and after.

    `average_days` is whole, halves rounded up; None where nothing was paid. `percent_within` is whole, rounded down.
    """

    within: Paid
    after: Paid
    average_days: int | None

    @property
    def percent_within(self) -> int | None:
        """The share of the payments that were made within 30 days; None where nothing was paid."""
        total = self.within.count + self.after.count
        return self.within.count * 100 // total if total else None


def payment_practice(*, of: Contract | Organisation, since: date, until: date) -> PaymentPractice:
    """How promptly invoices were paid on the days `[since, until)`, of a contract or of all of a council's.

    Each part of an invoice that a payment settled counts by itself, by the days from the invoice's issue to the
    payment. Payments that were reversed do not count; nor does credit that was set off: no money moved.
    """
    parts = [
        ((part.payment.paid_on - part.invoice.issued_on).days, part.amount)
        for part in _standing_parts(of).filter(payment__paid_on__gte=since, payment__paid_on__lt=until)
        if part.invoice.issued_on is not None
    ]
    days = [each for each, _ in parts]
    return PaymentPractice(
        within=_together([amount for each, amount in parts if each <= PROMPT_DAYS]),
        after=_together([amount for each, amount in parts if each > PROMPT_DAYS]),
        average_days=divide_rounding(sum(days), len(days)) if days else None,
    )


def days_of_payment(contract: Contract) -> dict[int, date]:
    """By invoice, the day of the last payment to it that was not taken back; those without one are left out."""
    last = _standing_parts(contract).values("invoice").annotate(last=Max("payment__paid_on"))
    return dict(last.order_by("invoice").values_list("invoice", "last"))


def agent_margin(*, contract: Contract, since: date, until: date) -> Decimal:
    """What the agent may charge on top for what it paid on the days `[since, until)`: settled apart, never posted.

    Its rate, as recorded when the payment was, on each payment without VAT, rounded by itself to the penny
    (docs/contract.md 1.5). Payments that were reversed do not count.
    """
    parts = _standing_parts(contract).filter(payment__paid_on__gte=since, payment__paid_on__lt=until)
    return pounds_of(sum(_margins(contract, parts)))


def _margins(contract: Contract, parts: QuerySet[PaymentAllocation]) -> Iterator[int]:
    terms = list(InvoicingTerms.objects.filter(contract=contract).order_by("recorded_at", "pk"))
    for part in parts:
        in_force = [each for each in terms if each.recorded_at <= part.payment.recorded_at]
        rate = int(in_force[-1].agent_margin_rate * RATE_SCALE) if in_force else 0
        net, gross = pence_of(part.invoice.net), pence_of(part.invoice.gross)
        yield divide_rounding(pence_of(part.amount) * net * rate, gross * RATE_SCALE)


def _standing_parts(of: Contract | Organisation) -> QuerySet[PaymentAllocation]:
    parts = PaymentAllocation.objects.filter(
        payment__kind=PAYMENT, payment__reverses=None, payment__reversal=None
    ).select_related("payment", "invoice")
    if isinstance(of, Contract):
        return parts.filter(payment__contract=of)
    return parts.filter(payment__contract__council=of)


def _together(amounts: Sequence[Decimal]) -> Paid:
    return Paid(len(amounts), sum(amounts, Decimal("0.00")))
