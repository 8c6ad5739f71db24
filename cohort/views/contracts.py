"""Adding a contract, and what it is called, between whom it is and by which decision."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.forms.contracts import ContractForm
from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from cohort.queries import terms_history
from cohort.rules import may_create_contract
from cohort.services import create_contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """The form of a new contract of the person's council; its terms come next."""
    person = person_of(request)
    if not may_create_contract(person):
        raise PermissionDenied("Only the council’s Lead Accountant makes a contract.")
    form = ContractForm(request.POST if request.method == "POST" else None)
    made: list[Contract] = []

    def create() -> None:
        particulars: dict[str, Any] = form.cleaned_data
        made.append(create_contract(**particulars, council=person.organisation, by=person, clock=DATABASE_CLOCK))

    if request.method == "POST" and form.is_valid() and form.attempt(create):
        return HttpResponseRedirect(reverse("terms-record", args=[made[0].pk]))
    return render(request, "cohort/contract_add.html", {"form": form, "council": person.organisation})


@require_safe
def particulars(request: HttpRequest, contract_id: int) -> HttpResponse:
    """What the contract is called, its parties with their addresses, and its decision."""
    contract = contract_for(request, contract_id)
    context = {
        "parties": (
            ("Council", contract.council, "Keeps the facts, decides claims, closes the months and pays."),
            ("Provider", contract.provider, "Works with the children, claims moves, agrees the months, invoices."),
            ("Paying agent", contract.agent, "Pays the provider for the council, and never sees a child."),
        ),
        "has_terms": bool(terms_history(contract)),
    }
    return render_contract(request, "cohort/particulars.html", contract=contract, section="terms", context=context)
