"""One scenario: its result, its name and rate, its copy, its file, its history, its end."""

import hashlib
import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from cohort.core.terms import NoTermsKnown
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import Refused
from pbr_ledger.forms import LedgerForm
from pbr_ledger.pages import acted, download, page_of_rows, person_of
from pbr_ledger.words import file_stem
from savings.core.scenario.written import scenario_written
from savings.core.what_if.files import scenario_of
from savings.forms.scenarios import SettingsForm
from savings.models import KeptScenario, ScenarioVersion
from savings.pages.what_if.result import change_rows, result_page
from savings.pages.what_if.rows import version_rows
from savings.pages.what_if.worked import Worked, worked
from savings.queries import scenario_history, scenario_versions
from savings.services.what_if import bring_up_to_date, close_scenario, copy_scenario, set_scenario
from savings.views.what_if.ground import get_or_post, kept_for, page, scenario_for, scenario_to_plan


@require_safe
def scenario(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """What the scenario comes to, beside the contract as it stands."""
    version = scenario_for(request, contract_id, scenario_id)
    context: dict[str, object] = {"version": version, "seen": version.number}
    try:
        context |= result_page(worked(version))
    except (NoTermsKnown, Refused) as refusal:
        context["refusal"] = str(refusal)
    return page(request, "savings/scenario.html", version.scenario.contract, context)


@get_or_post
def settings(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """The scenario's name, and the share of placements that last a year."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    begun = {"seen": version.number, "name": version.name, "survival": version.survival}
    form = SettingsForm(request.POST if request.method == "POST" else None, initial=begun)

    def keep() -> None:
        set_scenario(scenario=version.scenario, by=person_of(request), clock=DATABASE_CLOCK, **form.cleaned_data)

    if form.is_bound and form.is_valid() and form.attempt(keep):
        return _said(request, version, "Scenario changed.")
    context = {
        "form": form,
        "heading": f"Change “{version.name}”",
        "button": "Change the scenario",
        "back": _address(version),
    }
    return page(request, "contract_form.html", version.scenario.contract, context)


@require_POST
def copy(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """Another scenario like this one; on to it."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    copies: list[KeptScenario] = []
    answer = acted(
        request,
        lambda: copies.append(copy_scenario(scenario=version.scenario, by=person_of(request), clock=DATABASE_CLOCK)),
        done="This is the copy. What you change here leaves the other as it is.",
        then=_address(version),
    )
    if not copies:
        return answer
    return HttpResponseRedirect(reverse("scenario", args=[contract_id, copies[0].pk]))


@require_POST
def refresh(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """The scenario with the contract as known now."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    return acted(
        request,
        lambda: bring_up_to_date(scenario=version.scenario, by=person_of(request), clock=DATABASE_CLOCK),
        done="The scenario starts from the contract as known now.",
        then=_address(version),
    )


@get_or_post
def close(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """The scenario put away, once that is confirmed; its history stays."""
    version = scenario_to_plan(request, contract_id, scenario_id)
    contract = version.scenario.contract
    if request.method == "POST":
        return acted(
            request,
            lambda: close_scenario(scenario=version.scenario, by=person_of(request), clock=DATABASE_CLOCK),
            done=f"“{version.name}” is closed.",
            then=reverse("what-if", args=[contract.pk]),
        )
    context = {
        "form": LedgerForm(),
        "heading": f"Close “{version.name}”",
        "lead": "It leaves the list of scenarios, and cannot be opened again. Its history stays.",
        "button": "Close the scenario",
        "back": _address(version),
    }
    return page(request, "contract_form.html", contract, context)


@require_safe
def history(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponse:
    """Every version of the scenario, also of a closed one: what changed, by whom, and when."""
    version = kept_for(request, contract_id, scenario_id)
    found = page_of_rows(request, scenario_versions(version.scenario))
    context = {"version": version, "page": found, "rows": version_rows(found.object_list)}
    return page(request, "savings/scenario_history.html", version.scenario.contract, context)


@require_safe
def file(request: HttpRequest, contract_id: int, scenario_id: int) -> HttpResponseBase:
    """The scenario as a scenario file, with every month to the programme's end to close."""
    version = scenario_for(request, contract_id, scenario_id)
    try:
        content = _content(worked(version))
    except (NoTermsKnown, Refused) as refusal:
        messages.error(request, str(refusal))
        return HttpResponseRedirect(_address(version))
    name = file_stem(f"{version.scenario.contract.reference} {version.name}")
    sha256 = hashlib.sha256(content).hexdigest()
    return download(request, content, name=f"scenario-{name}.json", media_type="application/json", sha256=sha256)


def _content(found: Worked) -> bytes:
    version = found.version
    planned = "; ".join(row.words for row in change_rows(found) if not row.misfit)
    written = scenario_of(
        contract=version.scenario.contract.reference,
        why=f"What if “{version.name}”, as known on {found.known_on}: {planned or 'nothing is planned'}.",
        history=scenario_history(version),
        planned=found.planned,
        projected=found.projected,
    )
    return json.dumps(scenario_written(written), ensure_ascii=False, indent=1).encode()


def _said(request: HttpRequest, version: ScenarioVersion, done: str) -> HttpResponse:
    messages.success(request, done)
    return HttpResponseRedirect(_address(version))


def _address(version: ScenarioVersion) -> str:
    return reverse("scenario", args=[version.scenario.contract_id, version.scenario_id])
