"""Payments by the agent, repayments of credit, set-off, and the limits that hold under concurrency."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cohort.models import Contract
from invoicing.models.invoices import Invoice
from pbr_ledger.accounts.models import Person

PAYMENT = "payment"
REPAYMENT = "repayment"
PAYMENT_KINDS = (PAYMENT, REPAYMENT)


class Payment(models.Model):
    """Money that moved: from the agent to the provider, or, as a repayment of credit, back.

    One recorded in error is reversed by another row with the same amount, never deleted.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=10, default=PAYMENT)
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    remittance_reference = models.CharField(max_length=100)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["Payment"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=PAYMENT_KINDS), name="payment_kind_known"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_amount_above_zero"),
            models.CheckConstraint(condition=~Q(remittance_reference=""), name="payment_has_a_reference"),
            models.CheckConstraint(condition=Q(reverses=None) | ~Q(reason=""), name="payment_reversal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.reference} {self.kind} {self.remittance_reference}"


class PaymentAllocation(models.Model):
    """What of a payment goes to which invoice; the allocations of a payment add up to it."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="allocations")
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    objects: ClassVar[models.Manager["PaymentAllocation"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="payment_allocation_once_an_invoice"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_allocation_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment} to {self.invoice}"


class SetOff(models.Model):
    """Credit used against an invoice: both stand in the same account, so nothing is posted.

    One recorded in error is reversed by another row with the same amount, never deleted.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="set_offs")
    credit_note = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="used_against")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="set_off_by")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    reverses = models.OneToOneField("self", on_delete=models.PROTECT, related_name="reversal", null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["SetOff"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="set_off_above_zero"),
            models.CheckConstraint(condition=~Q(credit_note=F("invoice")), name="set_off_between_two"),
            models.CheckConstraint(condition=Q(reverses=None) | ~Q(reason=""), name="set_off_reversal_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.credit_note} against {self.invoice}"


class ContractVariation(models.Model):
    """A recorded variation of the contract that raises what it may come to."""

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="variations")
    reference = models.CharField(max_length=100)
    maximum_value = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.TextField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects: ClassVar[models.Manager["ContractVariation"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(reference="") & ~Q(reason=""), name="variation_says_why"),
            models.CheckConstraint(condition=Q(maximum_value__gt=0), name="variation_above_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.contract.reference}: {self.reference}"


class ContractBalance(models.Model):
    """The running columns of a contract, CHECKed, and kept under the contract's row lock.

    `last_invoice_number` and `last_entry_number` give gapless numbers; `fixed_fee_approved` can never pass the cap;
    `approved` (invoices less credit notes) can pass `maximum` only as far as a variation has raised it.
    """

    contract = models.OneToOneField(Contract, on_delete=models.PROTECT, related_name="balance", primary_key=True)
    last_invoice_number = models.PositiveIntegerField(default=0)
    last_entry_number = models.PositiveIntegerField(default=0)
    fixed_fee_cap = models.DecimalField(max_digits=14, decimal_places=2)
    fixed_fee_approved = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    maximum = models.DecimalField(max_digits=14, decimal_places=2)
    approved = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    objects: ClassVar[models.Manager["ContractBalance"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(fixed_fee_approved__lte=F("fixed_fee_cap")), name="balance_fixed_fee_within_cap"
            ),
            models.CheckConstraint(condition=Q(approved__lte=F("maximum")), name="balance_within_maximum"),
        ]

    def __str__(self) -> str:
        return f"Balance of {self.contract.reference}"
