"""Savings by child and month: the sheet that people used to keep by hand."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.queries import keys_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows
from pbr_ledger.sorting import sorting_of
from pbr_ledger.words import file_stem, month_short
from savings.forms.by_child import GridForm
from savings.pages.by_child import BASES, SORTS, STATED, choices_of, grid_columns, savings_grid


@require_safe
def by_child(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Each child's savings of each month of a year, on the page and as a file, with sums both ways."""
    contract = contract_for(request, contract_id)
    basis = request.GET.get("basis", STATED)
    at = DATABASE_CLOCK.read(after=contract.last_stamped_at)
    grid = savings_grid(contract, basis if basis in BASES else STATED, at=at)
    years = choices_of(grid)
    asked = {"year": request.GET.get("year", years[0][0]), "basis": basis}
    form = GridForm(asked, years=years, bases=list(BASES.items()))
    year = asked["year"] if form.is_valid() else years[0][0]
    months = grid.months_of(year)
    sorting = sorting_of(request, SORTS, own="child")
    rows = sorting.in_memory(grid.rows(months, keys_of(contract=contract, kind="child")))
    together = grid.together(months)
    if file := listed(
        request,
        name=f"{contract.reference} savings by child {file_stem(year)}",
        columns=grid_columns(months),
        rows=lambda: [*rows, together],
    ):
        return file
    page = page_of_rows(request, rows)
    context = {
        "form": form,
        "months": [month_short(month) for month in months],
        "page": page,
        "rows": list(page.object_list),
        "together": together,
        "sorting": sorting,
    }
    return render_contract(request, "savings/by_child.html", contract=contract, section="statements", context=context)
