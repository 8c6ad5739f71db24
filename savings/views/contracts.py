"""The contracts that a person may see, and one of them: the three numbers, the chart, its months."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.rules import may_create_contract
from pbr_ledger.pages import person_of
from savings.documents.chart import chart_svg
from savings.documents.reconciliation import chart_of, report_context
from savings.pages.contracts import contract_rows
from savings.pages.months import contract_months
from savings.services import StatementNotReproduced
from savings.views.statements import not_reproduced


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts that the person may see."""
    person = person_of(request)
    context = {"rows": contract_rows(person), "may_add": may_create_contract(person)}
    return render(request, "savings/contracts.html", context)


@require_safe
def contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A contract: the three numbers, the chart, its months."""
    found = contract_for(request, contract_id)
    try:
        months = contract_months(found)
    except StatementNotReproduced as refusal:
        return not_reproduced(request, found, refusal)
    context: dict[str, object] = {"months": months.months}
    if months.latest:
        context |= {**report_context(months.latest), "chart": chart_svg(chart_of(months.latest))}
        context["months"] = months.months
    return render_contract(request, "savings/contract.html", contract=found, section="overview", context=context)
