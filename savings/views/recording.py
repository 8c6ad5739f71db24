"""How facts are recorded in the browser: filled in, shown with what that does to closed months, and then recorded.

The views about facts stand in this room, not in that of the facts, because nobody records one without having been
shown what it does to money.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse

from cohort.core.facts import Fact, KnownFacts, Retraction
from cohort.forms.ground import FactForm, Ground
from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from cohort.pages.facts import summary_of
from cohort.queries import current_facts, identity_of, keys_of
from cohort.rules import may_record_facts, may_report_breakdowns
from cohort.services import record, require_recordable
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of
from savings.pages.effects import effect_shown

NOT_IN_THE_FORM = ("csrfmiddlewaretoken", "step")
ONLY_OFFICERS = "Only the council’s officers keep the facts of the cohort."
ONLY_PARTIES = "Only the council’s officers and the provider’s staff report breakdowns."


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages of one kind of recording say; `done` is said once it is recorded, `back` is where it leads."""

    heading: str
    done: str
    back: str
    lead: str = ""
    button: str = "Record"


def contract_to_record(request: HttpRequest, contract_id: int) -> Contract:
    """The contract, for an officer of its council; forbidden to others who see it."""
    contract = contract_for(request, contract_id)
    if not may_record_facts(person_of(request), contract):
        raise PermissionDenied(ONLY_OFFICERS)
    return contract


def contract_to_report(request: HttpRequest, contract_id: int) -> Contract:
    """The contract, for somebody of either side who reports breakdowns; forbidden to others who see it."""
    contract = contract_for(request, contract_id)
    if not may_report_breakdowns(person_of(request), contract):
        raise PermissionDenied(ONLY_PARTIES)
    return contract


def ground_of(contract: Contract, *kinds: str) -> Ground:
    """What a form stands on: what is known, and the references in use of these kinds."""
    taken = {kind: keys_of(contract=contract, kind=kind).keys() for kind in kinds}
    return Ground(current_facts(contract), contract.last_stamped_at, taken)


def live_reference(contract: Contract, known: KnownFacts, kind: str, key: int) -> str:
    """The reference of the fact with this key, which has to be known now: else there is no such page."""
    found = identity_of(contract=contract, kind=kind, key=key)
    if found is None or found.reference not in known.of_kind(kind):
        raise Http404("There is no such fact.")
    return str(found.reference)


def child_address(contract: Contract, reference: str) -> str:
    """The address of the child's page."""
    return reverse("child", args=[contract.pk, keys_of(contract=contract, kind="child")[reference]])


def answer(request: HttpRequest, contract: Contract, form: FactForm, words: Words) -> HttpResponse:
    """The form; what recording it would do, once it is filled in; or on, once that is confirmed.

    A form with nothing to fill in comes bound from the start, and is shown with what it does at once.
    """
    step = request.POST.get("step", "")
    if not form.is_bound or step == "change" or not form.is_valid():
        return _form_page(request, contract, form, words)
    facts, by = form.facts(), person_of(request)
    if step == "record":
        if form.attempt(lambda: _record(contract, facts, by, form)):
            messages.success(request, words.done)
            return HttpResponseRedirect(words.back)
        return _form_page(request, contract, form, words)
    seen = form.cleaned_data["seen"]
    if form.attempt(lambda: require_recordable(contract=contract, facts=facts, by=by, as_seen_at=seen)):
        return _check_page(request, contract, form, facts, words)
    return _form_page(request, contract, form, words)


def _record(contract: Contract, facts: Sequence[Fact | Retraction], by: Person, form: FactForm) -> None:
    record(contract=contract, facts=facts, by=by, clock=DATABASE_CLOCK, as_seen_at=form.cleaned_data["seen"])


def _form_page(request: HttpRequest, contract: Contract, form: FactForm, words: Words) -> HttpResponse:
    context = {
        "form": form,
        "heading": words.heading,
        "lead": words.lead,
        "button": "Continue" if form.visible_fields() else "Check again",
        "back": words.back,
    }
    return render_contract(request, "contract_form.html", contract=contract, section="cohort", context=context)


def _check_page(
    request: HttpRequest, contract: Contract, form: FactForm, facts: Sequence[Fact | Retraction], words: Words
) -> HttpResponse:
    """What is about to be recorded, and what it does to closed months; everything filled in goes along, hidden."""
    known = form.ground.known
    data = form.data if isinstance(form.data, QueryDict) else QueryDict()
    context = {
        "heading": words.heading,
        "lead": "" if form.visible_fields() else words.lead,
        "summaries": [summary_of(known.of_kind(fact.kind).get(fact.id), fact) for fact in facts],
        "effect": effect_shown(contract=contract, facts=facts),
        "filled_in": [
            (name, value) for name, values in data.lists() if name not in NOT_IN_THE_FORM for value in values
        ],
        "button": words.button,
        "back": words.back,
        "may_change": bool(form.visible_fields()),
    }
    return render_contract(
        request, "savings/recording_check.html", contract=contract, section="cohort", context=context
    )
