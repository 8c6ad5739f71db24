"""Invoices and credit notes, what was done to them, and the terms on which they are made out."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from cohort.models import Contract
from invoicing.core.charges import CHARGES, VAT_TREATMENTS
from invoicing.lifecycles import DRAFT, INVOICE
from pbr_ledger.accounts.models import Person
from savings.models import ClosedStatement

INVOICE_KIND = "invoice"
CREDIT_NOTE = "credit_note"
KINDS = (INVOICE_KIND, CREDIT_NOTE)


class InvoicingTerms(models.Model):
    """How a contract's invoices are made out: VAT by kind of charge, days to pay, references, the agent's margin.

    Versions: the latest recorded one applies to what is drafted and issued from then on; none is ever changed.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="invoicing_terms")
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    vat_treatments = models.JSONField(default=dict)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4, default="0.2000")
    payment_days = models.PositiveSmallIntegerField(default=30)
    agent_margin_rate = models.DecimalField(max_digits=5, decimal_places=4, default=0)
    bank_reference = models.CharField(max_length=100, blank=True, default="")
    order_reference = models.CharField(max_length=100, blank=True, default="")

    objects: ClassVar[models.Manager["InvoicingTerms"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(vat_rate__gte=0, vat_rate__lte=1, agent_margin_rate__gte=0, agent_margin_rate__lte=1),
                name="invoicing_terms_rates_are_shares",
            ),
        ]

    def __str__(self) -> str:
        return f"Invoicing terms of {self.contract.reference}, {self.recorded_at:%Y-%m-%d}"


class Invoice(models.Model):
    """An invoice, or a credit note when the statement's total is negative; its amounts are above zero in either.

    `number` comes with issuing, without gaps within the contract. `particulars` are the parties, addresses, terms and
    references by which it was issued: a frozen copy, which later changes do not touch.
    """

    contract = models.ForeignKey(Contract, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=15)
    statement = models.OneToOneField(ClosedStatement, on_delete=models.PROTECT, related_name="invoice")
    status = models.CharField(max_length=20, default=DRAFT)
    number = models.PositiveIntegerField(null=True, blank=True)
    provider_reference = models.CharField(max_length=50, blank=True, default="")
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)
    gross = models.DecimalField(max_digits=14, decimal_places=2)
    settled = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    drafted_at = models.DateTimeField()
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    issued_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    approved_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    proposed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    particulars = models.JSONField(default=dict)
    corrects = models.ManyToManyField("self", symmetrical=False, related_name="corrected_by", blank=True)

    objects: ClassVar[models.Manager["Invoice"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contract", "number"], name="invoice_number_unique"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="invoice_kind_known"),
            models.CheckConstraint(condition=Q(status__in=INVOICE.statuses), name="invoice_status_known"),
            models.CheckConstraint(condition=Q(gross=F("net") + F("vat"), gross__gt=0), name="invoice_gross_adds_up"),
            models.CheckConstraint(
                condition=Q(settled__gte=0, settled__lte=F("gross")), name="invoice_settled_within_gross"
            ),
            models.CheckConstraint(
                condition=Q(status=DRAFT, number=None, issued_on=None, due_on=None, issued_by=None)
                | (
                    ~Q(status=DRAFT)
                    & Q(number__isnull=False, issued_on__isnull=False, due_on__isnull=False, issued_by__isnull=False)
                ),
                name="invoice_numbered_when_issued",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | (~Q(approved_by=F("proposed_by")) & ~Q(approved_by=F("issued_by"))),
                name="invoice_approved_by_another",
            ),
            models.CheckConstraint(
                condition=Q(status__in=("draft", "issued", "held"), approved_by=None)
                | Q(status__in=("approved", "part_paid", "paid"), approved_by__isnull=False),
                name="invoice_approved_by_someone",
            ),
        ]

    def __str__(self) -> str:
        word = "credit note" if self.kind == CREDIT_NOTE else "invoice"
        return f"{self.contract.reference} {word} {self.number or '(draft)'}"


class InvoiceLine(models.Model):
    """One line: a kind of charge. `net` and `vat` are signed in the invoice's own direction; the lines add up to it."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    charge = models.CharField(max_length=20)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat_treatment = models.CharField(max_length=10)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=4)
    vat = models.DecimalField(max_digits=14, decimal_places=2)

    objects: ClassVar[models.Manager["InvoiceLine"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "charge"], name="invoice_line_one_a_charge"),
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_position_unique"),
            models.CheckConstraint(condition=Q(charge__in=CHARGES), name="invoice_line_charge_known"),
            models.CheckConstraint(condition=Q(vat_treatment__in=VAT_TREATMENTS), name="invoice_line_vat_known"),
            models.CheckConstraint(condition=~Q(net=0), name="invoice_line_not_nothing"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.charge} {self.net}"


class InvoiceAction(models.Model):
    """What was done to an invoice, by whom, and why: its history, which is only added to."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="actions")
    action = models.CharField(max_length=30)
    status_after = models.CharField(max_length=20)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    at = models.DateTimeField()
    reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["InvoiceAction"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(action="hold") | ~Q(reason=""), name="invoice_action_hold_says_why"),
            models.CheckConstraint(condition=Q(status_after__in=INVOICE.statuses), name="invoice_action_status_known"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.action}"


class ParkedStatement(models.Model):
    """A closed statement whose result is outside its bounds: nothing is drafted until a person says why it may be."""

    statement = models.OneToOneField(ClosedStatement, on_delete=models.PROTECT, related_name="parked")
    findings = models.TextField()
    parked_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.TextField(blank=True, default="")

    objects: ClassVar[models.Manager["ParkedStatement"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(released_at=None, released_by=None, reason="")
                | (Q(released_at__isnull=False, released_by__isnull=False) & ~Q(reason="")),
                name="parked_statement_released_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.statement}, parked"
