"""Expenses: added, corrected, retracted. In which statement each is charged is worked out in the next room."""

from collections.abc import Mapping
from itertools import count

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort import services
from cohort.core.facts import Expense, KnownFacts, Retraction
from cohort.forms.expenses import CorrectExpenseForm, ExpenseForm
from cohort.forms.ground import FactForm, Ground, RetractionForm
from cohort.models import Contract
from cohort.models import Expense as ExpenseIdentity
from cohort.pages.access import contract_for, render_contract
from cohort.queries import current_facts
from cohort.rules import may_add_facts
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.effects import effect_words
from pbr_ledger.money import pounds_shown
from pbr_ledger.pages import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form for a new expense."""
    contract = _writable(request, contract_id)
    form = ExpenseForm(
        request.POST or None,
        ground=Ground(KnownFacts(), contract.last_stamped_at),
        reference=_new_reference(contract),
    )
    if _recorded(request, contract, form, "added"):
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
    current, ground = _expense(contract, expense_id)
    form = CorrectExpenseForm(request.POST or None, ground=ground, expense=current)
    if _recorded(request, contract, form, "corrected"):
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
    current, ground = _expense(contract, expense_id)
    form = RetractionForm(request.POST or None, ground=ground, kind="expense", reference=current.id)
    if _recorded(request, contract, form, "retracted"):
        return _to_list(contract)
    context = {
        "heading": f"Retract expense {current.id}",
        "lead": f"{pounds_shown(current.amount_pence)}, {current.description}. "
        "If it was charged already, the next statement credits it.",
        "warning": effect_words(contract, [Retraction("expense", current.id)]),
        "button": "Retract the expense",
        "is_final": True,
    }
    return _page(request, contract, form, context)


def _writable(request: HttpRequest, contract_id: int) -> Contract:
    contract = contract_for(request, contract_id)
    if not may_add_facts(person_of(request), contract):
        raise PermissionDenied
    return contract


def _expense(contract: Contract, expense_id: int) -> tuple[Expense, Ground]:
    """The expense as known now, and what a form about it stands on."""
    identity = get_object_or_404(ExpenseIdentity, contract=contract, pk=expense_id)
    known = current_facts(contract)
    current = known.expenses.get(identity.reference)
    if current is None:
        raise Http404("The expense was retracted.")
    return current, Ground(known, contract.last_stamped_at)


def _new_reference(contract: Contract) -> str:
    """A reference that no expense of the contract ever had: `E014`."""
    taken = set(ExpenseIdentity.objects.filter(contract=contract).values_list("reference", flat=True))
    return next(found for number in count(len(taken) + 1) if (found := f"E{number:03d}") not in taken)


def _recorded(request: HttpRequest, contract: Contract, form: FactForm, done: str) -> bool:
    """Whether the form was sent and what it stands for is recorded; then it is said, with the amount worked out."""
    if request.method != "POST" or not form.is_valid():
        return False
    by, (fact,), seen = person_of(request), form.facts(), form.cleaned_data["seen"]
    recorded = form.attempt(
        lambda: services.record(contract=contract, facts=[fact], by=by, clock=DATABASE_CLOCK, as_seen_at=seen)
    )
    if recorded:
        amount = f": {pounds_shown(fact.amount_pence)}" if isinstance(fact, Expense) else ""
        messages.success(request, f"Expense {fact.id} {done}{amount}")
    return recorded


def _to_list(contract: Contract) -> HttpResponse:
    return HttpResponseRedirect(reverse("expenses", args=[contract.pk]))


def _page(request: HttpRequest, contract: Contract, form: FactForm, context: Mapping[str, object]) -> HttpResponse:
    shown = {"form": form, "back": reverse("expenses", args=[contract.pk]), **context}
    return render_contract(request, "contract_form.html", contract=contract, section="expenses", context=shown)
