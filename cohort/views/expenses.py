"""Expenses: added, corrected, retracted. In which statement each is charged is worked out in the next room."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import count

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort import services
from cohort.core.facts import Expense, Retraction
from cohort.forms.baselines import AnswerForm
from cohort.forms.expenses import CorrectExpenseForm, ExpenseForm
from cohort.models import Contract
from cohort.models import Expense as ExpenseIdentity
from cohort.pages.access import contract_for, render_contract
from cohort.queries import current_facts
from cohort.rules import may_add_facts
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.effects import effect_words
from pbr_ledger.forms import LedgerForm
from pbr_ledger.money import pounds_of, pounds_shown
from pbr_ledger.pages import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form for a new expense."""
    contract = _writable(request, contract_id)
    form = ExpenseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        expense = form.expense(_new_reference(contract))
        if _recorded(
            request, contract, form, expense, f"Expense {expense.id} added: {pounds_shown(expense.amount_pence)}"
        ):
            return _to_list(contract)
    context = {
        "heading": "Add an expense",
        "lead": "Travel of family support workers. It is charged beside the fees.",
        "button": "Add the expense",
    }
    return _page(request, contract, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, contract_id: int, expense_id: int) -> HttpResponse:
    """The form for what was recorded wrongly of an expense."""
    contract = _writable(request, contract_id)
    current = _expense(contract, expense_id)
    initial = {"day": current.day, "amount": pounds_of(current.amount_pence), "description": current.description}
    form = CorrectExpenseForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        pence = int(said["amount"] * 100)
        changed = replace(current, day=said["day"], amount_pence=pence, description=said["description"])
        if _recorded(request, contract, form, changed, f"Expense {current.id} corrected"):
            return _to_list(contract)
    context = {
        "heading": f"Correct expense {current.id}",
        "lead": "What was recorded before stays readable. What was charged already changes in the next statement.",
        "button": "Record the correction",
    }
    return _page(request, contract, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def retract(request: HttpRequest, contract_id: int, expense_id: int) -> HttpResponse:
    """The word that an expense was recorded wrongly altogether."""
    contract = _writable(request, contract_id)
    current = _expense(contract, expense_id)
    form = AnswerForm(request.POST or None)
    retraction = Retraction("expense", current.id)
    if (
        request.method == "POST"
        and form.is_valid()
        and _recorded(request, contract, form, retraction, f"Expense {current.id} retracted")
    ):
        return _to_list(contract)
    context = {
        "heading": f"Retract expense {current.id}",
        "lead": f"{pounds_shown(current.amount_pence)}, {current.description}. A statement that follows credits it.",
        "warning": effect_words(contract, [retraction]),
        "button": "Retract the expense",
    }
    return _page(request, contract, form, context)


def _writable(request: HttpRequest, contract_id: int) -> Contract:
    contract = contract_for(request, contract_id)
    if not may_add_facts(person_of(request), contract):
        raise PermissionDenied
    return contract


def _expense(contract: Contract, expense_id: int) -> Expense:
    identity = get_object_or_404(ExpenseIdentity, contract=contract, pk=expense_id)
    current = current_facts(contract).expenses.get(identity.reference)
    if current is None:
        raise Http404("The expense was retracted.")
    return current


def _new_reference(contract: Contract) -> str:
    """A reference that no expense of the contract ever had: `E014`."""
    taken = set(ExpenseIdentity.objects.filter(contract=contract).values_list("reference", flat=True))
    return next(found for number in count(len(taken) + 1) if (found := f"E{number:03d}") not in taken)


def _recorded(
    request: HttpRequest, contract: Contract, form: LedgerForm, fact: Expense | Retraction, done: str
) -> bool:
    """Whether the fact was recorded; then it is said."""
    by = person_of(request)
    recorded = form.attempt(lambda: services.record(contract=contract, facts=[fact], by=by, clock=DATABASE_CLOCK))
    if recorded:
        messages.success(request, done)
    return recorded


def _to_list(contract: Contract) -> HttpResponse:
    return HttpResponseRedirect(reverse("expenses", args=[contract.pk]))


def _page(request: HttpRequest, contract: Contract, form: LedgerForm, context: Mapping[str, object]) -> HttpResponse:
    shown = {"form": form, "back": reverse("expenses", args=[contract.pk]), **context}
    return render_contract(request, "contract_form.html", contract=contract, section="expenses", context=shown)
