"""Reading the versions of a contract's invoicing terms, and its variations."""

from django.db.models import QuerySet

from cohort.models import Contract
from invoicing.models import ContractVariation, InvoicingTerms


def invoicing_terms_of(contract: Contract) -> QuerySet[InvoicingTerms]:
    """Every version recorded, in the order of recording, with who recorded it."""
    return InvoicingTerms.objects.filter(contract=contract).select_related("recorded_by").order_by("recorded_at", "pk")


def variations_of(contract: Contract) -> QuerySet[ContractVariation]:
    """Every variation, the latest recorded first, with who recorded it."""
    found = ContractVariation.objects.filter(contract=contract).select_related("recorded_by")
    return found.order_by("-recorded_at", "-pk")
