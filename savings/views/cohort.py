"""The cohort: the picture of all journeys, and the same as a table."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from cohort.forms.known import CohortFilterForm
from cohort.pages.access import contract_for, render_contract
from cohort.queries import current_facts, keys_of
from cohort.rules import may_add_facts, may_record_facts
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import sorting_of
from pbr_ledger.words import count_shown, day_shown
from savings.pages.cohort import COLUMNS, PARTS, SORTS, child_rows, children_in, cohort_timeline, programme_words


@require_safe
def cohort(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The children of the contract: where they are, what that costs and saves, and how they came there."""
    contract = contract_for(request, contract_id)
    today = day_of(DATABASE_CLOCK.read(after=None))
    known = current_facts(contract)
    asked = request.GET.get("show", "")
    part = asked if asked in PARTS else ""
    form = CohortFilterForm({"show": part, "on": request.GET.get("on", "")}, choices=list(PARTS.items()))
    on = (form.cleaned_data["on"] if form.is_valid() else None) or today
    children = [child for child in children_in(part, known, on) if on >= today or child.joined <= on]
    keys = keys_of(contract=contract, kind="child")
    sorting = sorting_of(request, SORTS, own="child")
    if sorting.asked:
        children = [
            known.children[row.child] for row in sorting.in_memory(child_rows(known, children, keys=keys, on=on))
        ]
    name = f"{contract.reference} cohort {on.isoformat()}"
    rows = partial(child_rows, known, children, keys=keys, on=on)
    if form.is_valid() and (file := listed(request, name=name, columns=COLUMNS, rows=rows)):
        return file
    page = page_of_rows(request, children)
    shown = list(page.object_list)
    context = {
        "page": page,
        "sorting": sorting,
        "form": form,
        "part": PARTS[part] if part else "",
        "is_empty": not known.children,
        "count": count_shown(len(children), "child", "children"),
        "today": day_shown(today),
        "on": day_shown(on) if on != today else "",
        "rows": child_rows(known, shown, keys=keys, on=on),
        "timeline": cohort_timeline(contract, known, shown, today=today) if shown else None,
        "programme_words": programme_words(known, on),
        "may_record": may_record_facts(person_of(request), contract),
        "may_import": may_add_facts(person_of(request), contract),
    }
    return render_contract(request, "savings/cohort.html", contract=contract, section="cohort", context=context)
