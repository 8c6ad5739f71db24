"""What the paying agent may know, as views of the database: totals of invoices, payments, and no child.

The agent's role may read these and nothing else, so a mistake in the code above shows no more. The council's and the
provider's programs read the same views. Each row names the parties of its contract, by which it is found.
"""

from typing import ClassVar

from django.db import models


class OfParties(models.Model):
    """A row of a view, and whose it is."""

    id = models.BigIntegerField(primary_key=True)
    council_id = models.BigIntegerField()
    provider_id = models.BigIntegerField()
    agent_id = models.BigIntegerField()

    class Meta:
        abstract = True


class AgentContract(OfParties):
    """A contract's reference and parties. Its title is left out: titles tell what a contract is about."""

    reference = models.CharField(max_length=100)
    council_reference = models.CharField(max_length=50)
    council_name = models.CharField(max_length=200)
    provider_reference = models.CharField(max_length=50)
    provider_name = models.CharField(max_length=200)
    agent_reference = models.CharField(max_length=50)
    agent_name = models.CharField(max_length=200)

    objects: ClassVar[models.Manager["AgentContract"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_contract"

    def __str__(self) -> str:
        return self.reference


class AgentInvoice(OfParties):
    """An issued invoice or credit note with its totals; parties and references as frozen on the day of issue."""

    contract_id = models.BigIntegerField()
    contract_reference = models.CharField(max_length=100)
    kind = models.CharField(max_length=15)
    status = models.CharField(max_length=20)
    number = models.PositiveIntegerField()
    provider_number = models.CharField(max_length=50)
    month = models.CharField(max_length=7)
    issued_on = models.DateField()
    due_on = models.DateField()
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)
    gross = models.DecimalField(max_digits=14, decimal_places=2)
    settled = models.DecimalField(max_digits=14, decimal_places=2)
    outstanding = models.DecimalField(max_digits=14, decimal_places=2)
    payee_name = models.TextField()
    payee_address = models.TextField()
    payee_vat_number = models.TextField()
    buyer_name = models.TextField()
    order_reference = models.TextField()
    bank_reference = models.TextField()
    changed_at = models.DateTimeField()

    objects: ClassVar[models.Manager["AgentInvoice"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_invoice"

    def __str__(self) -> str:
        return f"{self.contract_reference} {self.kind} {self.number}"


class AgentVat(OfParties):
    """What of an invoice is under one treatment of VAT; the kinds of charge, which tell of outcomes, are left out."""

    invoice = models.ForeignKey(AgentInvoice, models.DO_NOTHING, related_name="vat_lines", db_constraint=False)
    treatment = models.CharField(max_length=10)
    rate = models.DecimalField(max_digits=5, decimal_places=4)
    net = models.DecimalField(max_digits=14, decimal_places=2)
    vat = models.DecimalField(max_digits=14, decimal_places=2)

    objects: ClassVar[models.Manager["AgentVat"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_invoice_vat"

    def __str__(self) -> str:
        return f"{self.invoice}: {self.treatment} {self.net}"


class AgentCorrection(OfParties):
    """Which invoice a credit note corrects."""

    invoice = models.ForeignKey(AgentInvoice, models.DO_NOTHING, related_name="corrections", db_constraint=False)
    corrects_id = models.BigIntegerField()

    objects: ClassVar[models.Manager["AgentCorrection"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_invoice_correction"

    def __str__(self) -> str:
        return f"{self.invoice} corrects {self.corrects_id}"


class AgentDocument(OfParties):
    """A stored document of an issued invoice."""

    invoice = models.ForeignKey(AgentInvoice, models.DO_NOTHING, related_name="documents", db_constraint=False)
    name = models.CharField(max_length=50)
    media_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()

    objects: ClassVar[models.Manager["AgentDocument"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_invoice_document"

    def __str__(self) -> str:
        return f"{self.name} of {self.invoice}"


class AgentPayment(OfParties):
    """A payment by the agent, a repayment of credit, or the reversal of either."""

    contract_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    paid_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    remittance_reference = models.CharField(max_length=100)
    recorded_at = models.DateTimeField()
    reverses_id = models.BigIntegerField(null=True)
    reversed_by_id = models.BigIntegerField(null=True)
    reason = models.TextField()

    objects: ClassVar[models.Manager["AgentPayment"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_payment"

    def __str__(self) -> str:
        return f"{self.kind} {self.remittance_reference}"


class AgentAllocation(OfParties):
    """What of a payment goes to which invoice."""

    payment = models.ForeignKey(AgentPayment, models.DO_NOTHING, related_name="allocations", db_constraint=False)
    invoice_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    objects: ClassVar[models.Manager["AgentAllocation"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_allocation"

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment}"


class AgentSetOff(OfParties):
    """Credit used against an invoice, or the reversal of that."""

    contract_id = models.BigIntegerField()
    credit_note_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    recorded_at = models.DateTimeField()
    reverses_id = models.BigIntegerField(null=True)
    reversed_by_id = models.BigIntegerField(null=True)
    reason = models.TextField()

    objects: ClassVar[models.Manager["AgentSetOff"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_set_off"

    def __str__(self) -> str:
        return f"{self.amount} of credit note {self.credit_note_id}"


class AgentEvent(OfParties):
    """Something that happened to an invoice or a payment."""

    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    contract_id = models.BigIntegerField()
    invoice_id = models.BigIntegerField(null=True)
    payment_id = models.BigIntegerField(null=True)

    objects: ClassVar[models.Manager["AgentEvent"]] = models.Manager()

    class Meta:
        managed = False
        db_table = "agent_event"

    def __str__(self) -> str:
        return self.kind
