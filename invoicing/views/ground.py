"""What the views of this room stand on: today, an invoice for whoever may see it, and its documents as files."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404

from cohort.models import Contract
from cohort.pages.access import contract_for
from invoicing import rules
from invoicing.models import CREDIT_NOTE, Invoice
from invoicing.pages.documents import DocumentsShown
from invoicing.pages.words import title_of
from invoicing.queries.documents import invoice_document
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, looked_again, person_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import file_stem

PARTIES = ("contract__council", "contract__provider", "contract__agent")


def today() -> date:
    """The day in London by the database's clock."""
    return day_of(DATABASE_CLOCK.read(after=None))


def invoice_for(request: HttpRequest, contract_id: int, invoice_id: int) -> Invoice:
    """The contract's invoice, for whoever may see the contract; for all others there is none: 404."""
    contract = contract_for(request, contract_id, erased_too=True)
    found = Invoice.objects.select_related("statement", *PARTIES)
    return get_object_or_404(found, contract=contract, pk=invoice_id)


def invoice_to(request: HttpRequest, contract_id: int, invoice_id: int, action: str) -> Invoice:
    """The invoice for whoever may act on it so; those who only see it are forbidden."""
    invoice = invoice_for(request, contract_id, invoice_id)
    if not rules.may_act(person_of(request), invoice, action):
        raise PermissionDenied
    return invoice


def books_for(request: HttpRequest, contract_id: int) -> Contract:
    """The contract for whoever may read its books; for all others there are none: 404."""
    contract = contract_for(request, contract_id, erased_too=True)
    if not rules.may_read_books(person_of(request), contract):
        raise Http404
    return contract


def document_of(request: HttpRequest, invoice: Invoice, name: str) -> HttpResponseBase:
    """The stored document, the very bytes that are kept."""
    kept = invoice_document(invoice=invoice, name=name)
    if kept is None:
        raise Http404("The document is not made yet.")
    file = file_name(invoice.contract, f"{_kind(invoice)}-{invoice.number}", name.rpartition(".")[2])
    return download(request, bytes(kept.content), name=file, media_type=kept.media_type, sha256=kept.sha256)


def documents_again(request: HttpRequest, invoice: Invoice, documents: DocumentsShown | None) -> HttpResponse:
    """What a page gets that looks whether the invoice's documents are made."""
    context = {"title": title_of(invoice), "documents": documents}
    stage, goes_on = (documents.stage, documents.is_waiting) if documents else ("", False)
    part = "invoicing/parts/documents.html"
    return looked_again(request, part, context, address=request.path, stage=stage, goes_on=goes_on)


def file_name(contract: Contract, what: str, ending: str) -> str:
    """A name that every system can keep: `L04-25-26-invoice-3.pdf`."""
    reference = file_stem(contract.reference)
    return f"{reference}-{what}.{ending}"


def _kind(invoice: Invoice) -> str:
    return "credit-note" if invoice.kind == CREDIT_NOTE else "invoice"
