"""Carer households: added, approved by panel, corrected. Who gets a fee for them is worked out in the next room."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort import services
from cohort.core.facts import Household, KnownFacts, Retraction
from cohort.forms.ground import FactForm, Ground, RetractionForm
from cohort.forms.households import AddHouseholdForm, CorrectHouseholdForm, PanelForm
from cohort.models import Contract
from cohort.models import Household as HouseholdIdentity
from cohort.pages.access import contract_for, render_contract
from cohort.queries import current_facts
from cohort.rules import may_add_facts, may_record, records_for_council
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.effects import effect_words
from pbr_ledger.pages import person_of


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form for a new household."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    if not may_add_facts(person, contract):
        raise PermissionDenied
    taken = frozenset(HouseholdIdentity.objects.filter(contract=contract).values_list("reference", flat=True))
    for_council = records_for_council(person, contract)
    ground = Ground(KnownFacts(), contract.last_stamped_at)
    form = AddHouseholdForm(request.POST or None, ground=ground, taken=taken, provider_only=not for_council)
    if _recorded(request, contract, form, "added"):
        return _to_list(contract)
    lead = "" if for_council else "Add the households that you assessed. The council adds those it assessed itself."
    context = {"heading": "Add a household", "lead": lead, "button": "Add the household"}
    return _page(request, contract, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest, contract_id: int, household_id: int) -> HttpResponse:
    """The form for the date on which panel approved the household."""
    contract = contract_for(request, contract_id)
    current, known = _household(contract, household_id)
    if not may_record(person_of(request), contract, current, known):
        raise PermissionDenied
    form = PanelForm(request.POST or None, ground=Ground(known, contract.last_stamped_at), household=current)
    if _recorded(request, contract, form, "approved by panel"):
        return _to_list(contract)
    context = {
        "heading": f"Record panel approval of {current.id}",
        "lead": "A carer fee cannot fall due before panel has approved the household.",
        "button": "Record the approval",
    }
    return _page(request, contract, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, contract_id: int, household_id: int) -> HttpResponse:
    """The council's form for what was recorded wrongly of a household."""
    contract = contract_for(request, contract_id)
    current, known = _correctable(request, contract, household_id)
    ground = Ground(known, contract.last_stamped_at)
    form = CorrectHouseholdForm(request.POST or None, ground=ground, household=current)
    if _recorded(request, contract, form, "corrected"):
        return _to_list(contract)
    context = {
        "heading": f"Correct household {current.id}",
        "lead": "What was recorded before stays readable. The next statement charges or credits a changed fee.",
        "button": "Record the correction",
    }
    return _page(request, contract, form, context)


@require_http_methods(["GET", "HEAD", "POST"])
def retract(request: HttpRequest, contract_id: int, household_id: int) -> HttpResponse:
    """The council's word that a household was recorded wrongly altogether."""
    contract = contract_for(request, contract_id)
    current, known = _correctable(request, contract, household_id)
    ground = Ground(known, contract.last_stamped_at)
    form = RetractionForm(request.POST or None, ground=ground, kind="household", reference=current.id)
    if _recorded(request, contract, form, "retracted"):
        return _to_list(contract)
    context = {
        "heading": f"Retract household {current.id}",
        "lead": "For a household that should never have been recorded. No placement may refer to it.",
        "warning": effect_words(contract, [Retraction("household", current.id)]),
        "button": "Retract the household",
        "is_final": True,
    }
    return _page(request, contract, form, context)


def _correctable(request: HttpRequest, contract: Contract, household_id: int) -> tuple[Household, KnownFacts]:
    if not records_for_council(person_of(request), contract):
        raise PermissionDenied
    return _household(contract, household_id)


def _household(contract: Contract, household_id: int) -> tuple[Household, KnownFacts]:
    identity = get_object_or_404(HouseholdIdentity, contract=contract, pk=household_id)
    known = current_facts(contract)
    current = known.households.get(identity.reference)
    if current is None:
        raise Http404("The household was retracted.")
    return current, known


def _recorded(request: HttpRequest, contract: Contract, form: FactForm, done: str) -> bool:
    """Whether the form was sent and what it stands for is recorded; then it is said of the household."""
    if request.method != "POST" or not form.is_valid():
        return False
    by, (fact,), seen = person_of(request), form.facts(), form.cleaned_data["seen"]
    recorded = form.attempt(
        lambda: services.record(contract=contract, facts=[fact], by=by, clock=DATABASE_CLOCK, as_seen_at=seen)
    )
    if recorded:
        messages.success(request, f"Household {fact.id} {done}")
    return recorded


def _to_list(contract: Contract) -> HttpResponse:
    return HttpResponseRedirect(reverse("carers", args=[contract.pk]))


def _page(request: HttpRequest, contract: Contract, form: FactForm, context: Mapping[str, object]) -> HttpResponse:
    shown = {"form": form, "back": reverse("carers", args=[contract.pk]), **context}
    return render_contract(request, "contract_form.html", contract=contract, section="carers", context=shown)
