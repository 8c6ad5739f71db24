"""Where somebody starts, the contracts that a person may see, and one of them at a glance."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.queries import contracts_visible_to
from cohort.queries.erasures import erasure_of
from cohort.rules import may_create_contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.landing import landing_for
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import sorting_of
from savings.pages.contracts import COLUMNS, SORTS, contract_rows, longest_waiting, sole_contract
from savings.pages.erased import erased_page
from savings.pages.months import contract_months
from savings.pages.overview import overview_page
from savings.services import StatementNotReproduced
from savings.views.statements import not_reproduced

CONTRACTS_SHOWN = 25


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """On to where this person's work is: the one contract, the list of several, or their room's page without any."""
    person = person_of(request)
    count, only = sole_contract(person)
    if only is not None:
        return redirect("contract", only)
    landing = None if count or may_create_contract(person) else landing_for(person)
    return HttpResponseRedirect(landing) if landing else redirect("contracts")


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """What needs this person in all contracts that they may see, and the contracts with their three numbers."""
    person = person_of(request)
    sorting = sorting_of(request, SORTS, own="contract")
    visible = list(sorting.in_database(contracts_visible_to(person)))
    if file := listed(request, name="contracts", columns=COLUMNS, rows=lambda: contract_rows(visible)):
        return file
    page, waiting = page_of_rows(request, visible, CONTRACTS_SHOWN), longest_waiting(person, visible)
    context = {
        "page": page,
        "sorting": sorting,
        "rows": contract_rows(list(page.object_list), waiting.by_contract),
        "needs": waiting.needs,
        "more_needs": waiting.more,
        "landing": "",
        "may_add": may_create_contract(person),
    }
    if not visible:
        context["landing"] = landing_for(person) or ""
    return render(request, "savings/contracts.html", context)


@require_safe
def contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A contract: the three numbers, what needs this person, the chart, the cohort at a glance, its months."""
    found = contract_for(request, contract_id, erased_too=True)
    if (erasure := erasure_of(found)) is not None:
        context = erased_page(found, erasure)
        return render_contract(request, "savings/erased.html", contract=found, section="overview", context=context)
    today = day_of(DATABASE_CLOCK.read(after=None))
    try:
        months = contract_months(found, on=today)
    except StatementNotReproduced as refusal:
        return not_reproduced(request, found, refusal)
    context = overview_page(found, months, person=person_of(request), on=today)
    return render_contract(request, "savings/contract.html", contract=found, section="overview", context=context)
