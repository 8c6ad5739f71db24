"""What the council's financial plan counts on: read by the council, recorded by its Lead Accountant."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import financial_year_of
from savings import rules
from savings.forms.plans import SavingsPlanForm
from savings.pages.plans import plans_page, years_to_plan
from savings.queries import savings_plans_now
from savings.services.plans import record_savings_plan

SECTION = "reports"


@require_safe
def plans(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The plan of each financial year, and every version of it."""
    contract = _contract(request, contract_id)
    context = {
        **plans_page(contract, today=day_of(DATABASE_CLOCK.read(after=None))),
        "may_record": rules.may_record_plan(person_of(request), contract),
    }
    return render_contract(request, "savings/plans.html", contract=contract, section=SECTION, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_plan(request: HttpRequest, contract_id: int, year: int) -> HttpResponse:
    """The form of a year's plan, which starts from the one that holds now."""
    contract, person = _contract(request, contract_id), person_of(request)
    if not rules.may_record_plan(person, contract):
        raise PermissionDenied("Only the Lead Accountant records the savings plan.")
    now = savings_plans_now(contract)
    if year not in years_to_plan(contract, list(now.values()), today=day_of(DATABASE_CLOCK.read(after=None))):
        raise Http404("There is no such year.")
    held = now.get(year)
    form = SavingsPlanForm(
        request.POST if request.method == "POST" else None,
        year=year,
        amounts=held.amounts if held else (),
        initial={"source": held.source if held else ""},
    )

    def record() -> None:
        source = form.cleaned_data["source"]
        record_savings_plan(
            contract=contract, year=year, amounts=form.amounts(), source=source, by=person, clock=DATABASE_CLOCK
        )

    back = reverse("savings-plans", args=[contract.pk])
    if request.method == "POST" and form.is_valid() and form.attempt(record):
        messages.success(request, f"Plan of {financial_year_of(year)} recorded")
        return HttpResponseRedirect(back)
    context = {
        "form": form,
        "heading": f"Savings planned for {financial_year_of(year)}",
        "lead": "What the council’s financial plan counts on in each period. No statement depends on it.",
        "button": "Record this plan",
        "back": back,
    }
    return render_contract(request, "contract_form.html", contract=contract, section=SECTION, context=context)


def _contract(request: HttpRequest, contract_id: int) -> Contract:
    """The contract for whoever may read its plan; for all others there is none: 404."""
    contract = contract_for(request, contract_id)
    if not rules.may_read_plan(person_of(request), contract):
        raise Http404
    return contract
