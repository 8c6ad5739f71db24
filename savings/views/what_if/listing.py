"""The scenarios of an organisation beside a contract: the list, a new one, an imported one, some side by side."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohort.core.terms import NoTermsKnown
from cohort.pages.access import contract_for
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of
from savings.forms.scenarios import CompareForm, ImportForm, NewScenarioForm
from savings.models import KeptScenario
from savings.pages.what_if.compare import compare_page
from savings.pages.what_if.rows import COLUMNS, SORTS, scenario_rows
from savings.queries import closed_scenarios, current_scenarios
from savings.services.what_if import import_scenario, make_scenario
from savings.views.what_if.ground import contract_to_plan, get_or_post, page


@require_safe
def what_if(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The scenarios that the person's organisation keeps beside the contract."""
    contract = contract_for(request, contract_id)
    organisation = person_of(request).organisation
    sorting = sorting_of(request, SORTS, own="name")
    found = sorting.in_database(current_scenarios(contract, organisation))
    name = f"{contract.reference} scenarios"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: scenario_rows(found)):
        return file
    rows = page_of_rows(request, found)
    context = {
        "page": rows,
        "rows": scenario_rows(rows.object_list),
        "sorting": sorting,
        "organisation": organisation.name,
        "closed": closed_scenarios(contract, organisation),
    }
    return page(request, "savings/what_if.html", contract, context)


@get_or_post
def add(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A new scenario, which starts from the contract as known today."""
    contract = contract_to_plan(request, contract_id)
    form = NewScenarioForm(request.POST if request.method == "POST" else None)
    made: list[KeptScenario] = []

    def make() -> None:
        name = form.cleaned_data["name"]
        made.append(make_scenario(contract=contract, name=name, by=person_of(request), clock=DATABASE_CLOCK))

    if form.is_bound and form.is_valid() and form.attempt(make):
        return _opened(request, made[0], "Scenario made. Nothing is planned in it yet.")
    context = {
        "form": form,
        "heading": "Make a scenario",
        "lead": "It starts from the contract as known today. Nothing in it is recorded or posted, and only people of "
        f"{person_of(request).organisation.name} see it.",
        "button": "Make the scenario",
        "back": reverse("what-if", args=[contract.pk]),
    }
    return page(request, "contract_form.html", contract, context)


@get_or_post
def import_file(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A scenario from a scenario file; one that has a problem is refused as a whole."""
    contract = contract_to_plan(request, contract_id)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    made: list[KeptScenario] = []

    def take() -> None:
        name, content = form.cleaned_data["name"], form.cleaned_data["file"]
        by = person_of(request)
        made.append(import_scenario(contract=contract, name=name, content=content, by=by, clock=DATABASE_CLOCK))

    if form.is_bound and form.is_valid() and form.attempt(take):
        return _opened(request, made[0], "Scenario imported.")
    context = {
        "form": form,
        "heading": "Import a scenario file",
        "lead": "A scenario file holds terms, facts and months to close. It is kept as a scenario beside this "
        "contract; nothing of it is recorded. A file with a problem is refused as a whole.",
        "button": "Import the file",
        "back": reverse("what-if", args=[contract.pk]),
    }
    return page(request, "contract_form.html", contract, context)


def _opened(request: HttpRequest, scenario: KeptScenario, done: str) -> HttpResponse:
    messages.success(request, done)
    return HttpResponseRedirect(reverse("scenario", args=[scenario.contract_id, scenario.pk]))


@require_safe
def compare(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Two or three scenarios side by side, as the address names them, and the contract as it stands."""
    contract = contract_for(request, contract_id)
    versions = list(current_scenarios(contract, person_of(request).organisation))
    by_key = {str(version.scenario_id): version for version in versions}
    asked = request.GET if "compare" in request.GET else None
    choices = [(key, version.name) for key, version in by_key.items()]
    form = CompareForm(asked, choices=choices, initial={"scenario": request.GET.getlist("scenario")})
    context: dict[str, object] = {"form": form, "count": len(versions)}
    if form.is_bound and form.is_valid():
        try:
            context |= compare_page([by_key[key] for key in form.cleaned_data["scenario"]])
        except NoTermsKnown:
            context["no_terms"] = True
    return page(request, "savings/scenario_compare.html", contract, context)
