"""Planned changes: a form for each kind, and a button to take one out."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms, terms_for_month
from cohort.forms.terms import EMPTY_REFUNDS
from cohort.forms.terms_values import first_terms, terms_to_change
from cohort.pages.terms.words import TermsStated
from cohort.queries import keys_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import acted, person_of
from pbr_ledger.periods import Month, day_of
from savings.core.what_if.changes import Breakdown, Change, Joining, Leaving, Move, Price
from savings.core.what_if.written import changes_read
from savings.forms.planned import PLANS, PlanForm, PlanTermsForm
from savings.models import ScenarioVersion
from savings.pages.what_if.words import change_words
from savings.pages.what_if.worked import planned_of
from savings.services.what_if import drop_change, plan_change
from savings.views.what_if.ground import get_or_post, page, scenario_to_plan

NAMED_KINDS = ("placement", "claim", "household", "child")
WORDS = {
    Move.kind: (
        "Plan a move",
        "The running placement ends as planned. Into a family setting, the claim is taken as agreed.",
    ),
    Breakdown.kind: ("Plan a breakdown", "The placement’s savings stop on the night of this date."),
    Price.kind: ("Plan a price", "From a date on, for a placement that runs or for a child’s baseline."),
    Joining.kind: ("Plan that a child joins", "The child comes from residential care, whose price is its baseline."),
    Leaving.kind: ("Plan that a child leaves", "From this night on, nothing that the child saves counts."),
}
"""By kind: the heading of the form, and what the change does."""


def _plan(request: HttpRequest, contract_id: int, scenario_id: int, kind: str) -> HttpResponse:
    version = scenario_to_plan(request, contract_id, scenario_id)
    begins, planned = planned_of(version)
    taken = {each: keys_of(contract=version.scenario.contract, kind=each).keys() for each in NAMED_KINDS}
    form = PLANS[kind](_filled(request), known=planned.known, taken=taken, initial={"seen": version.number})
    if form.is_bound and form.is_valid() and _planned(request, version, form, begins.known):
        return _done(request, version)
    heading, lead = WORDS[kind]
    context = {
        "form": form,
        "caption": f"What if: {version.name}",
        "heading": heading,
        "lead": lead,
        "button": "Add to the scenario",
        "back": _back(version),
    }
    return page(request, "contract_form.html", version.scenario.contract, context)


def _filled(request: HttpRequest) -> object:
    return request.POST if request.method == "POST" else None


def _planned(request: HttpRequest, version: ScenarioVersion, form: PlanForm | PlanTermsForm, known: KnownFacts) -> bool:
    change: Change = form.change()
    return form.attempt(
        lambda: plan_change(
            scenario=version.scenario,
            change=change,
            what=change_words(change, known),
            seen=form.cleaned_data["seen"],
            by=person_of(request),
            clock=DATABASE_CLOCK,
        )
    )


def _done(request: HttpRequest, version: ScenarioVersion) -> HttpResponse:
    messages.success(request, "Added to the scenario.")
    return HttpResponseRedirect(_back(version))


def _back(version: ScenarioVersion) -> str:
    return reverse("scenario", args=[version.scenario.contract_id, version.scenario_id])


@get_or_post
def move(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """A child moves."""
    return _plan(request, contract_id, scenario_id, Move.kind)


@get_or_post
def breakdown(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """A placement breaks down."""
    return _plan(request, contract_id, scenario_id, Breakdown.kind)


@get_or_post
def price(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """A placement or a baseline costs something else."""
    return _plan(request, contract_id, scenario_id, Price.kind)


@get_or_post
def joining(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """A child joins the cohort."""
    return _plan(request, contract_id, scenario_id, Joining.kind)


@get_or_post
def leaving(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """A child leaves the cohort."""
    return _plan(request, contract_id, scenario_id, Leaving.kind)


@get_or_post
def terms(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """Other terms, which start from those in force where the scenario begins."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    begins, planned = planned_of(version)
    form = _terms_form(request, version, _in_force(planned.known, version))
    if form.is_bound and form.is_valid() and _planned(request, version, form, begins.known):
        return _done(request, version)
    context = {"form": form, "version": version, "back": _back(version)}
    return page(request, "savings/scenario_terms.html", version.scenario.contract, context)


def _in_force(known: KnownFacts, version: ScenarioVersion) -> Terms | None:
    return terms_for_month(known.terms, Month.of(day_of(version.known_at))) if known.terms else None


def _terms_form(request: HttpRequest, version: ScenarioVersion, before: Terms | None) -> PlanTermsForm:
    if request.method == "POST":
        rows = max(EMPTY_REFUNDS, sum(name.startswith("refund_nights_") for name in request.POST))
        return PlanTermsForm(request.POST, refund_rows=rows, before=before)
    begun = terms_to_change(TermsStated(before, 0)) if before else first_terms()
    rows = EMPTY_REFUNDS + (len(before.carer_fee_refund) if before else 0)
    return PlanTermsForm(initial={**begun, "seen": version.number}, refund_rows=rows, before=before)


@require_POST
def remove(request: HttpRequest, contract_id: int, scenario_id: int, number: int) -> HttpResponse:
    """The scenario without this planned change."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    changes = changes_read(version.changes)
    begins, _ = planned_of(version)
    what = change_words(changes[number - 1], begins.known) if 1 <= number <= len(changes) else "nothing"
    seen = request.POST.get("seen", "")
    return acted(
        request,
        lambda: drop_change(
            scenario=version.scenario,
            number=number,
            what=what,
            seen=int(seen) if seen.isdecimal() else 0,
            by=person_of(request),
            clock=DATABASE_CLOCK,
        ),
        done="Taken out of the scenario.",
        then=_back(version),
    )
