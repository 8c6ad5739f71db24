"""Reading the versions of a contract's invoicing terms, and its variations."""

from decimal import Decimal

from django.db.models import QuerySet, Sum

from cohort.models import Contract
from invoicing.models import CREDIT_NOTE, ContractVariation, Invoice, InvoicingTerms


def invoicing_terms_of(contract: Contract) -> QuerySet[InvoicingTerms]:
    """Every version recorded, in the order of recording, with who recorded it."""
    return InvoicingTerms.objects.filter(contract=contract).select_related("recorded_by").order_by("recorded_at", "pk")


def variations_of(contract: Contract) -> QuerySet[ContractVariation]:
    """Every variation, the latest recorded first, with who recorded it."""
    found = ContractVariation.objects.filter(contract=contract).select_related("recorded_by")
    return found.order_by("-recorded_at", "-pk")


def vat_issued(contract: Contract) -> Decimal:
    """The VAT of all invoices issued, less that of credit notes."""
    issued = Invoice.objects.filter(contract=contract, number__isnull=False)
    sums = dict(issued.values("kind").annotate(vat_of_kind=Sum("vat")).values_list("kind", "vat_of_kind"))
    return sum((-vat if kind == CREDIT_NOTE else vat for kind, vat in sums.items()), Decimal("0.00"))
