"""One child, as known now or as it was known on an earlier day."""

from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

from cohort.core.facts import KnownFacts
from cohort.forms.known import KnownOnForm
from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from cohort.pages.facts import history_shown
from cohort.queries import FactHistory, child_history, current_facts, facts_known_at, identity_of
from cohort.rules import may_answer_access, may_record_facts, may_report_breakdowns
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of
from pbr_ledger.periods import date_of, day_of, end_of_day
from pbr_ledger.words import day_shown
from savings.pages.children import journal
from savings.pages.cohort import cohort_timeline, programme_words


@dataclass(frozen=True, slots=True)
class Viewpoint:
    """From when facts are looked at: `at` is None for now, `on` the day for which they are shown."""

    at: datetime | None
    on: date


@require_safe
def child(request: HttpRequest, contract_id: int, child_id: int) -> HttpResponse:
    """The child's journey, prices, claims and months, and every version of every fact about it."""
    contract = contract_for(request, contract_id)
    found = identity_of(contract=contract, kind="child", key=child_id)
    if found is None:
        raise Http404("There is no such child.")
    form = KnownOnForm(request.GET if "on_0" in request.GET else None)
    if form.is_bound and form.is_valid():
        address = f"{request.path}?{urlencode({'known': form.cleaned_data['on'].isoformat()})}"
        return HttpResponseRedirect(address)
    seen = _viewpoint(request)
    known = current_facts(contract) if seen.at is None else facts_known_at(contract=contract, at=seen.at)
    histories = child_history(contract=contract, child=found)
    context = {
        "child": found,
        "form": form,
        "known_on": day_shown(seen.on) if seen.at else "",
        "programme_words": "" if seen.at else programme_words(known, seen.on),
        "may_answer_access": may_answer_access(person_of(request), contract),
        "histories": [history_shown(each) for each in _recorded_by_then(histories, seen.at)],
        **_journey(request, contract, known, found.reference, histories, seen),
    }
    return render_contract(request, "savings/child.html", contract=contract, section="cohort", context=context)


def _viewpoint(request: HttpRequest) -> Viewpoint:
    """Now, or the end of the day that `?known=` names; what is no date is no such page."""
    today = day_of(DATABASE_CLOCK.read(after=None))
    text = request.GET.get("known", "")
    if not text:
        return Viewpoint(None, today)
    try:
        day = date_of(text)
    except ValueError as error:
        raise Http404("There is no such day.") from error
    return Viewpoint(end_of_day(day), day)


def _journey(
    request: HttpRequest,
    contract: Contract,
    known: KnownFacts,
    reference: str,
    histories: list[FactHistory],
    seen: Viewpoint,
) -> dict[str, object]:
    """What is known of the child, with what the person may do about it; nothing where it is not known."""
    fact = known.children.get(reference)
    if fact is None:
        return {"journal": None}
    keys = {(each.kind, each.reference): each.key for each in histories}
    person = person_of(request)
    return {
        "journal": journal(contract, known, fact, keys=keys, on=seen.on, closed_by=seen.at),
        "timeline": cohort_timeline(contract, known, [fact], today=seen.on),
        "may_record": seen.at is None and may_record_facts(person, contract),
        "may_report": seen.at is None and may_report_breakdowns(person, contract),
    }


def _recorded_by_then(histories: list[FactHistory], at: datetime | None) -> list[FactHistory]:
    """The facts with those of their versions that had been recorded; all of them for None."""
    if at is None:
        return histories
    cut = [
        FactHistory(each.kind, each.reference, each.key, tuple(v for v in each.versions if v.recorded_at <= at))
        for each in histories
    ]
    return [each for each in cut if each.versions]
