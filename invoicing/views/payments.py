"""What council and provider read of the money: payments and set-offs, and how promptly invoices are paid."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from invoicing import rules
from invoicing.forms.books import YearForm
from invoicing.pages.movements import COLUMNS, SORTS, movement_rows, movements
from invoicing.pages.practice import practice_page, years_of
from invoicing.views.ground import today
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of


@require_safe
def payments(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Payments, repayments, reversals and set-offs of the contract, the latest first."""
    contract = contract_for(request, contract_id, erased_too=True)
    sorting = sorting_of(request, SORTS)
    found = sorting.in_database(movements(Contract.objects.filter(pk=contract.pk)))
    if file := listed(
        request,
        name=f"{contract.reference} payments",
        columns=COLUMNS,
        rows=lambda: movement_rows(found),
    ):
        return file
    page = page_of_rows(request, found)
    context: dict[str, object] = {"page": page, "rows": movement_rows(page.object_list), "sorting": sorting}
    return render_contract(request, "invoicing/payments.html", contract=contract, section="payments", context=context)


@require_safe
def practice(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The payment practice of a financial year, this one unless the address says which, and what is overdue."""
    contract, day = contract_for(request, contract_id, erased_too=True), today()
    years = years_of(contract, today=day)
    form = YearForm(request.GET or {"year": years[0]}, years=years)
    year = form.cleaned_data["year"] if form.is_valid() else years[0]
    with_margin = rules.may_read_books(person_of(request), contract)
    figures = practice_page(contract, year=year, today=day, with_margin=with_margin)
    return render_contract(
        request, "invoicing/practice.html", contract=contract, section="invoices", context={"form": form, **figures}
    )
