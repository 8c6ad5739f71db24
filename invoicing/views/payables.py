"""What the paying agent's clerk reads: payable invoices and unused credit, one of them, and what was recorded."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from invoicing import rules
from invoicing.models import Invoice
from invoicing.pages.documents import OF_THE_AGENT, documents_shown
from invoicing.pages.movements import COLUMNS as MOVEMENT_COLUMNS
from invoicing.pages.movements import SORTS as MOVEMENT_SORTS
from invoicing.pages.movements import movement_rows, movements
from invoicing.pages.payables import COLUMNS, SORTS, payable_page, payable_rows
from invoicing.pages.words import amount_shown
from invoicing.queries.payables import approved_for, contracts_paid_by, credit_to_use, left_of, settled, to_pay
from invoicing.views.ground import document_of, documents_again, today
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of

LISTS = {"": to_pay, "credit": credit_to_use, "settled": settled}
FILE_NAMES = {"": "to pay", "credit": "credit to use", "settled": "settled"}
OWN_ORDERS = {"": "due", "credit": "", "settled": ""}


def clerk_of(request: HttpRequest) -> Person:
    """Whoever records payments for a paying agent; for all others these pages do not exist: 404."""
    person = person_of(request)
    if not rules.pays_for(person):
        raise Http404
    return person


def payable_for(request: HttpRequest, payable_id: int) -> Invoice:
    """The approved invoice or credit note of one of the agent's contracts; for all others there is none: 404."""
    return get_object_or_404(approved_for(clerk_of(request)), pk=payable_id)


@require_safe
def payables(request: HttpRequest) -> HttpResponse:
    """What is to be paid, or with `?show=` the credit to use, or what is settled."""
    clerk = clerk_of(request)
    show = request.GET.get("show", "")
    shown = show if show in LISTS else ""
    sorting = sorting_of(request, SORTS, own=OWN_ORDERS[shown])
    found, day = sorting.in_database(LISTS[shown](clerk)), today()
    if file := listed(request, name=FILE_NAMES[shown], columns=COLUMNS, rows=lambda: payable_rows(found, today=day)):
        return file
    page = page_of_rows(request, found)
    context = {
        "show": shown,
        "page": page,
        "rows": payable_rows(page.object_list, today=day),
        "sorting": sorting,
        "to_pay": amount_shown(left_of(to_pay(clerk))),
        "credit": amount_shown(left_of(credit_to_use(clerk))),
    }
    return render(request, "invoicing/payables.html", context)


@require_safe
def payable(request: HttpRequest, payable_id: int) -> HttpResponse:
    """An approved invoice or credit note, as its document has it, and what settled it."""
    return render(request, "invoicing/payable.html", payable_page(payable_for(request, payable_id), today=today()))


@require_safe
def documents(request: HttpRequest, payable_id: int) -> HttpResponse:
    """The part of the page that says whether the documents are made, for the page to ask for again."""
    invoice = payable_for(request, payable_id)
    shown = documents_shown(invoice, parts=(payable_id,), routes=OF_THE_AGENT)
    return documents_again(request, invoice, shown)


@require_safe
def document(request: HttpRequest, payable_id: int, name: str) -> HttpResponseBase:
    """The PDF or XML of an approved invoice."""
    return document_of(request, payable_for(request, payable_id), name)


@require_safe
def recorded(request: HttpRequest) -> HttpResponse:
    """Payments, repayments, reversals and set-offs under all of the agent's contracts, the latest first."""
    sorting = sorting_of(request, MOVEMENT_SORTS)
    found = sorting.in_database(movements(contracts_paid_by(clerk_of(request))))
    if file := listed(request, name="recorded", columns=MOVEMENT_COLUMNS, rows=lambda: movement_rows(found)):
        return file
    page = page_of_rows(request, found)
    context = {"page": page, "rows": movement_rows(page.object_list), "sorting": sorting}
    return render(request, "invoicing/recorded.html", context)
