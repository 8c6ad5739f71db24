"""The invoices and credit notes of a contract, one of them, and its documents."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from invoicing.forms.invoices import StatusForm
from invoicing.pages.documents import OF_THE_CONTRACT, documents_shown
from invoicing.pages.invoice import council_and_provider_page
from invoicing.pages.invoices import COLUMNS, OWN_ORDER, SORTS, invoice_rows, listed_invoices, parked_rows
from invoicing.views.ground import document_of, documents_again, invoice_for, today
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of

SECTION = "invoices"


@require_safe
def invoices(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The list, of one status if the address says so, and the statements that wait for a person."""
    contract = contract_for(request, contract_id, erased_too=True)
    form = StatusForm(request.GET)
    status = form.cleaned_data["status"] if form.is_valid() else ""
    sorting = sorting_of(request, SORTS, own=OWN_ORDER)
    found = sorting.in_database(listed_invoices(contract, status))
    if file := listed(
        request,
        name=f"{contract.reference} invoices",
        columns=COLUMNS,
        rows=lambda: invoice_rows(found, today=today()),
    ):
        return file
    page = page_of_rows(request, found)
    context: dict[str, object] = {
        "form": form,
        "page": page,
        "rows": invoice_rows(page.object_list, today=today()),
        "parked": parked_rows(contract, person_of(request)),
        "filtered": bool(status),
        "sorting": sorting,
    }
    return render_contract(request, "invoicing/invoices.html", contract=contract, section=SECTION, context=context)


@require_safe
def invoice(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """An invoice or credit note: its lines, parties, documents, payments and history, and what can be done now."""
    found = invoice_for(request, contract_id, invoice_id)
    context = council_and_provider_page(found, person_of(request), today=today())
    return render_contract(request, "invoicing/invoice.html", contract=found.contract, section=SECTION, context=context)


@require_safe
def documents(request: HttpRequest, contract_id: int, invoice_id: int) -> HttpResponse:
    """The part of the page that says whether the documents are made, for the page to ask for again."""
    found = invoice_for(request, contract_id, invoice_id)
    shown = documents_shown(found, parts=(contract_id, invoice_id), routes=OF_THE_CONTRACT)
    return documents_again(request, found, shown)


@require_safe
def document(request: HttpRequest, contract_id: int, invoice_id: int, name: str) -> HttpResponseBase:
    """The invoice's PDF or XML."""
    return document_of(request, invoice_for(request, contract_id, invoice_id), name)
