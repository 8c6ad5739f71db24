"""Adding a contract, and what it is called, between whom it is and by which decision."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.forms.contracts import ContractForm, ParticularsForm
from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from cohort.pages.particulars import corrections_shown
from cohort.queries import corrections_of, terms_history
from cohort.rules import may_correct_contract, may_create_contract
from cohort.services import Particulars, correct_contract, create_contract
from pbr_ledger.accounts.models import Person
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
    contract = contract_for(request, contract_id, erased_too=True)
    context = {
        "parties": (
            ("Council", contract.council, "Keeps the facts, decides claims, closes the months and pays."),
            ("Provider", contract.provider, "Works with the children, claims moves, agrees the months, invoices."),
            ("Paying agent", contract.agent, "Pays the provider for the council, and never sees a child."),
        ),
        "has_terms": bool(terms_history(contract)),
        "may_correct": may_correct_contract(person_of(request), contract),
        "corrections": corrections_shown(corrections_of(contract)),
    }
    return render_contract(request, "cohort/particulars.html", contract=contract, section="terms", context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The Lead Accountant's form for a title or a decision that was recorded wrongly."""
    contract, person = contract_for(request, contract_id, erased_too=True), person_of(request)
    if not may_correct_contract(person, contract):
        raise PermissionDenied("Only the council’s Lead Accountant corrects a contract.")
    recorded = {**asdict(Particulars.of(contract)), "seen": len(corrections_of(contract))}
    form = ParticularsForm(request.POST or None, initial=recorded)
    back = reverse("particulars", args=[contract.pk])
    if request.method == "POST" and form.is_valid() and form.attempt(lambda: _correct(contract, form, person)):
        messages.success(request, "The contract is corrected")
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "heading": "Correct the contract",
        "lead": "Statements that are closed and invoices that are issued keep what they say.",
        "button": "Record the correction",
        "back": back,
    }
    return render_contract(request, "contract_form.html", contract=contract, section="terms", context=context)


def _correct(contract: Contract, form: ParticularsForm, by: Person) -> None:
    correct_contract(
        contract=contract,
        particulars=Particulars(*form.particulars()),
        reason=form.cleaned_data["reason"],
        corrections_seen=form.cleaned_data["seen"],
        by=by,
        clock=DATABASE_CLOCK,
    )
