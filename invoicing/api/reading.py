"""What the API says of contracts, invoices, payments and events."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from invoicing.core.charges import VAT_TREATMENTS
from invoicing.lifecycles import DRAFT, INVOICE
from invoicing.models import DOCUMENT_NAMES, AgentInvoice
from invoicing.models.invoices import KINDS
from invoicing.models.payments import PAYMENT_KINDS
from pbr_ledger.clients.api.serializers import IdField, MoneyField, PageQuery

STATUSES = [each for each in sorted(INVOICE.statuses) if each != DRAFT]
SHOWN_AS = {name: f"document.{name.rpartition('.')[2]}" for name in DOCUMENT_NAMES}


class PartySerializer(serializers.Serializer[Any]):
    """A party of a contract."""

    reference = serializers.CharField()
    name = serializers.CharField()


class ContractSerializer(serializers.Serializer[Any]):
    """A contract: its reference and its parties."""

    id = IdField("con")
    reference = serializers.CharField()
    council = serializers.SerializerMethodField()
    provider = serializers.SerializerMethodField()
    agent = serializers.SerializerMethodField()

    @extend_schema_field(PartySerializer)
    def get_council(self, row: Any) -> dict[str, str]:
        """Who owes."""
        return {"reference": row.council_reference, "name": row.council_name}

    @extend_schema_field(PartySerializer)
    def get_provider(self, row: Any) -> dict[str, str]:
        """Who is owed."""
        return {"reference": row.provider_reference, "name": row.provider_name}

    @extend_schema_field(PartySerializer)
    def get_agent(self, row: Any) -> dict[str, str]:
        """Who pays."""
        return {"reference": row.agent_reference, "name": row.agent_name}


class VatShareSerializer(serializers.Serializer[Any]):
    """What of an invoice is under one treatment of VAT."""

    treatment = serializers.ChoiceField(VAT_TREATMENTS)
    rate = serializers.DecimalField(5, 4, help_text="A share: 0.2000 is 20%.")
    net = MoneyField()
    vat = MoneyField()


class PayeeSerializer(serializers.Serializer[Any]):
    """Who is paid, as frozen on the day of issue."""

    name = serializers.CharField(source="payee_name")
    address = serializers.CharField(source="payee_address")
    vat_number = serializers.CharField(source="payee_vat_number")


class InvoiceDocumentSerializer(serializers.Serializer[Any]):
    """A stored document."""

    name = serializers.SerializerMethodField()
    media_type = serializers.CharField()
    sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")
    address = serializers.SerializerMethodField()

    def get_name(self, row: Any) -> str:
        """As in its address."""
        return SHOWN_AS[row.name]

    def get_address(self, row: Any) -> str:
        """Where it is."""
        return f"/api/v1/invoices/inv_{row.invoice_id}/{SHOWN_AS[row.name]}"


class InvoiceSerializer(serializers.Serializer[Any]):
    """An issued invoice or credit note in totals; a credit note's amounts are above zero too."""

    id = IdField("inv")
    contract = IdField("con", source="contract_id")
    reference = serializers.SerializerMethodField(help_text="As on the document.")
    kind = serializers.ChoiceField(KINDS)
    status = serializers.ChoiceField(STATUSES)
    number = serializers.IntegerField()
    provider_reference = serializers.CharField(source="provider_number", help_text="The provider's own; may be empty.")
    month = serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    issued_on = serializers.DateField()
    due_on = serializers.DateField()
    net = MoneyField()
    vat = MoneyField()
    gross = MoneyField()
    settled = MoneyField()
    outstanding = MoneyField(help_text="What is left to pay, or of a credit note to use.")
    payable = serializers.SerializerMethodField(help_text="Whether a payment or set-off would be taken now.")
    vat_breakdown = VatShareSerializer(many=True, source="vat_lines.all")
    corrects = serializers.SerializerMethodField(help_text="The invoices that a credit note corrects.")
    payee = PayeeSerializer(source="*")
    buyer = serializers.CharField(source="buyer_name")
    order_reference = serializers.CharField()
    bank_reference = serializers.CharField()
    documents = InvoiceDocumentSerializer(many=True, source="documents.all", help_text="Empty until they are made.")
    changed_at = serializers.DateTimeField()

    def get_reference(self, row: AgentInvoice) -> str:
        """The contract's reference and the number within it."""
        return f"{row.contract_reference} {row.number}"

    def get_payable(self, row: AgentInvoice) -> bool:
        """Approved, and something is left."""
        return row.status in ("approved", "part_paid")

    def get_corrects(self, row: AgentInvoice) -> list[str]:
        """Their ids."""
        return sorted(f"inv_{each.corrects_id}" for each in row.corrections.all())


class AllocationSerializer(serializers.Serializer[Any]):
    """What of a payment goes to which invoice."""

    invoice = IdField("inv", source="invoice_id")
    amount = MoneyField()


class PaymentSerializer(serializers.Serializer[Any]):
    """A payment, a repayment of credit, or the reversal of either (then `reverses` names it)."""

    id = IdField("pay")
    contract = IdField("con", source="contract_id")
    kind = serializers.ChoiceField(PAYMENT_KINDS)
    amount = MoneyField()
    paid_on = serializers.DateField()
    remittance_reference = serializers.CharField()
    allocations = AllocationSerializer(many=True, source="allocations.all")
    recorded_at = serializers.DateTimeField()
    reverses = IdField("pay", source="reverses_id", allow_null=True)
    reversed_by = IdField("pay", source="reversed_by_id", allow_null=True)
    reason = serializers.CharField(help_text="Why it was reversed; empty for others.")


class SetOffSerializer(serializers.Serializer[Any]):
    """Credit used against an invoice, or the reversal of that."""

    id = IdField("set")
    contract = IdField("con", source="contract_id")
    credit_note = IdField("inv", source="credit_note_id")
    invoice = IdField("inv", source="invoice_id")
    amount = MoneyField()
    recorded_at = serializers.DateTimeField()
    reverses = IdField("set", source="reverses_id", allow_null=True)
    reversed_by = IdField("set", source="reversed_by_id", allow_null=True)
    reason = serializers.CharField(help_text="Why it was reversed; empty for others.")


class EventSerializer(serializers.Serializer[Any]):
    """Something that happened. It tells what to read again, and nothing of its content."""

    id = IdField("evt")
    type = serializers.CharField(source="kind")
    at = serializers.DateTimeField()
    contract = IdField("con", source="contract_id")
    invoice = IdField("inv", source="invoice_id", allow_null=True)
    payment = IdField("pay", source="payment_id", allow_null=True)
    statement = serializers.SerializerMethodField(help_text="The month, of an event about a statement.")

    @extend_schema_field(serializers.RegexField(r"^[0-9]{4}-[0-9]{2}$", allow_null=True))
    def get_statement(self, row: Any) -> str | None:
        """The month that was closed."""
        statement = getattr(row, "statement", None)
        return str(statement.month) if statement else None


class InvoicesQuery(PageQuery):
    """Which invoices."""

    contract = IdField("con", required=False, help_text="Of this contract.")
    kind = serializers.ChoiceField(KINDS, required=False)
    status = serializers.ChoiceField(STATUSES, required=False)
    payable = serializers.BooleanField(required=False, help_text="Those of which something can be settled now.")
    due_before = serializers.DateField(required=False)
    changed_since = serializers.DateTimeField(required=False)


class PaymentsQuery(PageQuery):
    """Which payments."""

    contract = IdField("con", required=False, help_text="Of this contract.")
    kind = serializers.ChoiceField(PAYMENT_KINDS, required=False)
    invoice = IdField("inv", required=False, help_text="Of which something went to this one.")
    remittance_reference = serializers.CharField(required=False, max_length=100)


class SetOffsQuery(PageQuery):
    """Which set-offs."""

    contract = IdField("con", required=False, help_text="Of this contract.")
