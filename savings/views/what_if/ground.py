"""What every page of a scenario stands on: the contract, the scenario for whoever may see it, and what is missing."""

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.pages import person_of
from savings import rules
from savings.models import ScenarioVersion
from savings.queries import scenario_version
from savings.services.what_if import ONLY_KEEPERS

SECTION = "what-if"
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


def contract_to_plan(request: HttpRequest, contract_id: int) -> Contract:
    """The contract, for somebody who keeps scenarios beside it; forbidden to others who see it."""
    contract = contract_for(request, contract_id)
    if not rules.may_keep_scenarios(person_of(request), contract):
        raise PermissionDenied(ONLY_KEEPERS)
    return contract


def scenario_for(request: HttpRequest, contract_id: int, scenario_id: int) -> ScenarioVersion:
    """The version that holds, for people of the organisation that keeps it; for all others there is none: 404.

    So it is once it is closed: then only its history is left.
    """
    version = kept_for(request, contract_id, scenario_id)
    if version.closed:
        raise Http404("The scenario is closed.")
    return version


def kept_for(request: HttpRequest, contract_id: int, scenario_id: int) -> ScenarioVersion:
    """The same, also where it is closed."""
    contract = contract_for(request, contract_id)
    version = scenario_version(contract, person_of(request).organisation, scenario_id)
    if version is None:
        raise Http404("There is no such scenario.")
    return version


def scenario_to_plan(request: HttpRequest, contract_id: int, scenario_id: int) -> ScenarioVersion:
    """The version that holds, for somebody who keeps scenarios; forbidden to others who read it."""
    version = scenario_for(request, contract_id, scenario_id)
    if not rules.may_keep_scenarios(person_of(request), version.scenario.contract):
        raise PermissionDenied(ONLY_KEEPERS)
    return version


def page(request: HttpRequest, template: str, contract: Contract, context: Mapping[str, object]) -> HttpResponse:
    """A page of this part of the contract."""
    may_plan = rules.may_keep_scenarios(person_of(request), contract)
    shown = {"may_plan": may_plan, **context}
    return render_contract(request, template, contract=contract, section=SECTION, context=shown)
