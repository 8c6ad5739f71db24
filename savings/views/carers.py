"""Carer households, with whether a fee is due for each."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.rules import may_add_facts
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import sorting_of
from savings.pages.carers import COLUMNS, SORTS, carers_shown


@require_safe
def carers(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every household, who assessed it, who lives there, and its fee."""
    contract = contract_for(request, contract_id)
    person = person_of(request)
    shown = carers_shown(person, contract, day_of(DATABASE_CLOCK.read(after=None)))
    sorting = sorting_of(request, SORTS)
    rows = sorting.in_memory(shown.rows)
    name = f"{contract.reference} carer households"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: rows):
        return file
    context = {
        "page": page_of_rows(request, rows),
        "sorting": sorting,
        "rule": shown.rule,
        "due": shown.due,
        "may_add": may_add_facts(person, contract),
        "may_correct": shown.may_correct,
    }
    return render_contract(request, "savings/carers.html", contract=contract, section="carers", context=context)
