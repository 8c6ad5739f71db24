"""Where the approval of an invoice would bring its contract, against its maximum value and the cap of its fixed fee."""

from dataclasses import dataclass
from decimal import Decimal

from invoicing.core.charges import OF_THE_FIXED_FEE
from invoicing.models import CREDIT_NOTE, ContractBalance, Invoice
from invoicing.queries.invoices import MaximumUsed
from invoicing.queries.ledger import limits_of
from pbr_ledger.clock import DATABASE_CLOCK


@dataclass(frozen=True, slots=True)
class ApprovalOutlook:
    """What is approved before and after the invoice, in pounds without VAT, and the fixed fee in it afterwards."""

    before: MaximumUsed
    after: MaximumUsed
    fixed_fee_after: Decimal
    fixed_fee_cap: Decimal

    @property
    def passes_maximum(self) -> bool:
        """Whether a variation is needed first (docs/contract.md 9.1)."""
        return self.after.approved > self.after.maximum

    @property
    def passes_cap(self) -> bool:
        """Whether the fixed fee would pass its cap (docs/contract.md 4.1)."""
        return self.fixed_fee_after > self.fixed_fee_cap


def approval_outlook(invoice: Invoice) -> ApprovalOutlook:
    """What approving the invoice would come to now. Raises `NoTermsKnown`.

    A limit that has fallen below what stands approved is that, as in the service: nothing more can be approved.
    """
    contract = invoice.contract
    limits = limits_of(contract, at=DATABASE_CLOCK.read(after=contract.last_stamped_at))
    balance = ContractBalance.objects.filter(pk=contract.pk).first()
    approved = balance.approved if balance else Decimal("0.00")
    fixed_fee = balance.fixed_fee_approved if balance else Decimal("0.00")
    maximum = max(limits.maximum, approved)
    direction = -1 if invoice.kind == CREDIT_NOTE else 1
    charges = invoice.lines.filter(charge__in=OF_THE_FIXED_FEE).values_list("net", flat=True)
    return ApprovalOutlook(
        before=MaximumUsed(approved, maximum),
        after=MaximumUsed(approved + direction * invoice.net, maximum),
        fixed_fee_after=fixed_fee + direction * sum(charges, Decimal("0.00")),
        fixed_fee_cap=max(limits.fixed_fee_cap, fixed_fee),
    )
