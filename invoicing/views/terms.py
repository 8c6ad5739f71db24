"""How a contract's invoices are made out, in versions, and the variations of what it may come to."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from invoicing import rules
from invoicing.forms.terms import InvoicingTermsForm, VariationForm, terms_in_form
from invoicing.pages.terms import (
    COLUMNS,
    OWN_ORDER,
    SORTS,
    all_exempt,
    invoicing_versions,
    maximum_shown,
    variations_shown,
)
from invoicing.queries.invoices import invoicing_terms_at
from invoicing.queries.terms import invoicing_terms_of, variations_of
from invoicing.services.terms import record_invoicing_terms, record_variation
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def invoicing_terms(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The terms on which invoices are made out now, and every version before."""
    contract = contract_for(request, contract_id, erased_too=True)
    rows = list(invoicing_terms_of(contract))
    page = page_of_rows(request, list(invoicing_versions(rows)))
    context = {
        "page": page,
        "is_reading": all_exempt(rows[-1]) if rows else True,
        "may_record": rules.may_record_invoicing_terms(person_of(request), contract),
    }
    return _page(request, "invoicing/invoicing_terms.html", contract, context)


@get_or_post
def record_terms(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form of a new version, which starts from the terms that hold now."""
    contract = contract_for(request, contract_id, erased_too=True)
    person = person_of(request)
    if not rules.may_record_invoicing_terms(person, contract):
        raise PermissionDenied("Only the Lead Accountant keeps the invoicing terms.")
    now = DATABASE_CLOCK.read(after=contract.last_stamped_at)
    form = InvoicingTermsForm(
        request.POST if request.method == "POST" else None,
        initial=terms_in_form(invoicing_terms_at(contract=contract, at=now)),
    )

    def record() -> None:
        record_invoicing_terms(contract=contract, by=person, clock=DATABASE_CLOCK, **form.recorded())

    back = reverse("invoicing-terms", args=[contract.pk])
    if request.method == "POST" and form.is_valid() and form.attempt(record):
        messages.success(request, "Invoicing terms recorded")
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "heading": "Record invoicing terms",
        "lead": "They hold for what is drafted and issued from now on. No invoice before is changed.",
        "button": "Record these invoicing terms",
        "back": back,
    }
    return _page(request, "contract_form.html", contract, context)


@require_safe
def variations(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The variations recorded, and how much of the maximum contract value is used."""
    contract = contract_for(request, contract_id, erased_too=True)
    sorting = sorting_of(request, SORTS, own=OWN_ORDER)
    found = sorting.in_database(variations_of(contract))
    name = f"{contract.reference} variations"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: variations_shown(list(found))):
        return file
    page = page_of_rows(request, found)
    context = {
        "page": page,
        "sorting": sorting,
        "rows": variations_shown(list(page)),
        "maximum": maximum_shown(contract),
        "may_record": rules.may_record_variation(person_of(request), contract),
    }
    return _page(request, "invoicing/variations.html", contract, context)


@get_or_post
def record_a_variation(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form of a variation."""
    contract = contract_for(request, contract_id, erased_too=True)
    person = person_of(request)
    if not rules.may_record_variation(person, contract):
        raise PermissionDenied("Only the Lead Accountant records a variation.")
    form = VariationForm(request.POST if request.method == "POST" else None)

    def record() -> None:
        record_variation(contract=contract, by=person, clock=DATABASE_CLOCK, **form.cleaned_data)

    back = reverse("variations", args=[contract.pk])
    if request.method == "POST" and form.is_valid() and form.attempt(record):
        messages.success(request, f"Variation {form.cleaned_data['reference']} recorded")
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "heading": "Record a variation",
        "lead": "A signed variation raises what the contract may come to. Other terms change on the Terms page.",
        "button": "Record this variation",
        "warning": "A variation stays: it cannot be changed or taken back.",
        "back": back,
    }
    return _page(request, "contract_form.html", contract, context)


def _page(request: HttpRequest, template: str, contract: Contract, context: Mapping[str, object]) -> HttpResponse:
    return render_contract(request, template, contract=contract, section="terms", context=context)
