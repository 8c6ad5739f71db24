"""A contract's statements: the list, a month's statement or its proposal, and what was known then beside now."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of, watch
from pbr_ledger.periods import Month, day_of
from pbr_ledger.sorting import sorting_of
from savings import rules
from savings.models import ClosedStatement
from savings.pages.documents import DocumentsShown
from savings.pages.months import contract_months, month_columns, month_sorts
from savings.pages.proposals import last_proposal, proposal_page
from savings.pages.statements import closed_page
from savings.pages.then_and_now import then_and_now_page
from savings.queries import closed_statement
from savings.services import StatementNotReproduced


@require_safe
def statements(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every month of the programme: where its statement stands, its figures, and what can be proposed."""
    found = contract_for(request, contract_id)
    try:
        months = contract_months(found, on=day_of(DATABASE_CLOCK.read(after=None)))
    except StatementNotReproduced as refusal:
        return not_reproduced(request, found, refusal)
    name = f"{found.reference} statements"
    sorting = sorting_of(request, month_sorts(months.limit_name), own="month")
    rows = sorting.in_memory(months.months)
    if file := listed(request, name=name, columns=month_columns(months.limit_name), rows=lambda: rows):
        return file
    context = {
        "months": rows,
        "sorting": sorting,
        "limit_name": months.limit_name if months.latest else "",
        "may_propose": rules.may_propose(person_of(request), found),
        "next_month": months.next_proposable[0],
        "next_address": months.next_proposable[1],
    }
    return render_contract(request, "savings/statements.html", contract=found, section="statements", context=context)


@require_safe
def statement(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The month's closed statement, or its proposal until it is closed."""
    found = contract_for(request, contract_id)
    closed = closed_statement(contract=found, month=month)
    if closed:
        return _closed_page(request, found, closed)
    proposal = last_proposal(found, month)
    if proposal is None:
        raise Http404("There is no statement of this month.")
    context = proposal_page(proposal, person=person_of(request), at=DATABASE_CLOCK.read(after=None))
    template = "savings/proposal.html"
    return render_contract(
        request, template, contract=found, section="statements", context={**context, "address": month}
    )


def _closed_page(request: HttpRequest, found: Contract, closed: ClosedStatement) -> HttpResponse:
    try:
        context = closed_page(closed)
    except StatementNotReproduced as refusal:
        return not_reproduced(request, found, refusal)
    documents: DocumentsShown = context["documents"]
    if documents.is_pending:
        again = reverse("statement-documents", args=[found.pk, closed.month])
        context["watch"] = watch(again, stage=documents.stage)
    template = "savings/statement.html"
    return render_contract(
        request, template, contract=found, section="statements", context={**context, "address": closed.month}
    )


@require_safe
def then_and_now(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """What a closed statement said at its cut-off, beside what is known now."""
    found = contract_for(request, contract_id)
    closed = closed_statement(contract=found, month=month)
    if closed is None:
        raise Http404("The month is not closed.")
    everything = request.GET.get("show") == "everything"
    try:
        context = then_and_now_page(closed, at=DATABASE_CLOCK.read(after=None), everything=everything)
    except StatementNotReproduced as refusal:
        return not_reproduced(request, found, refusal)
    context["page"] = page_of_rows(request, context["children"])
    template = "savings/then_and_now.html"
    return render_contract(request, template, contract=found, section="statements", context=context)


def not_reproduced(request: HttpRequest, found: Contract, refusal: StatementNotReproduced) -> HttpResponse:
    """The answer where a closed statement cannot be worked out again from its facts."""
    template = "savings/not_reproduced.html"
    return render_contract(
        request, template, contract=found, section="statements", context={"refusal": refusal}, status=500
    )
