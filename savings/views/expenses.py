"""Expenses, with the statement in which each is charged."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.rules import may_add_facts
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of
from savings.pages.expenses import COLUMNS, OWN_ORDER, expense_rows, expenses_listed, sorts, standing_of, totals


@require_safe
def expenses(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every expense, the latest journey first, and what they come to."""
    contract = contract_for(request, contract_id)
    standing = standing_of(contract)
    sorting = sorting_of(request, sorts(standing), own=OWN_ORDER)
    found = sorting.in_memory(expenses_listed(contract))
    if file := listed(
        request,
        name=f"{contract.reference} expenses",
        columns=COLUMNS,
        rows=lambda: expense_rows(contract, found, standing),
    ):
        return file
    page = page_of_rows(request, found)
    context = {
        "page": page,
        "sorting": sorting,
        "rows": expense_rows(contract, list(page), standing),
        "totals": totals(found, standing),
        "may_add": may_add_facts(person_of(request), contract),
    }
    return render_contract(request, "savings/expenses.html", contract=contract, section="expenses", context=context)
