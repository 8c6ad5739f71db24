"""The activity log of a contract, for those whose role reads it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for, render_contract
from cohort.services import stream_of
from invoicing import rules
from invoicing.forms.activity import ActivityForm
from invoicing.pages.activity import COLUMNS, OWN_ORDER, chain_page, event_rows, sorts
from invoicing.queries.activity import actions_in, actors_in, events_of
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of


@require_safe
def activity(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The events that the address asks for, the latest first; with `?verify=1` the chain is checked."""
    contract = contract_for(request, contract_id, erased_too=True)
    if not rules.may_read_activity(person_of(request), contract):
        raise Http404
    stream = stream_of(contract)
    actions = actions_in(stream)
    form = ActivityForm(request.GET, actions=actions, people=actors_in(stream))
    sorting = sorting_of(request, sorts(actions), own=OWN_ORDER)
    found = sorting.in_database(events_of(stream, form.wanted))
    if file := listed(
        request,
        name=f"{contract.reference} activity",
        columns=COLUMNS,
        rows=lambda: event_rows(contract, list(found)),
    ):
        return file
    page = page_of_rows(request, found)
    context = {
        "form": form,
        "page": page,
        "sorting": sorting,
        "rows": event_rows(contract, list(page.object_list)),
        **chain_page(stream, asked=request.GET.get("verify") == "1"),
    }
    return render_contract(request, "invoicing/activity.html", contract=contract, section="activity", context=context)
