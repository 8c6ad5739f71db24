"""What stands in the daily summary: what needs the person, and which days are coming. No child or carer is named."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count
from django.urls import reverse

from cohort.core.terms import Phase, terms_for_month
from cohort.models import ChildVersion, Contract, TermsVersion
from cohort.queries import contracts_visible_to, terms_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.needs import needs_of
from pbr_ledger.notices.registry import Line, Part
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, day_shown

LEAVING_WITHIN = timedelta(days=60)
PHASE_ENDS_WITHIN = timedelta(days=30)


def needs_lines(person: Person, _today: date) -> Iterator[Line]:
    """What waits for the person, the longest waiting first."""
    references = {each.pk: each.reference for each in contracts_visible_to(person)}
    for need in needs_of(person, list(references)):
        when = f" ({need.when})" if need.when else ""
        about = f"{references[need.contract]}: " if need.contract in references else ""
        yield Line(f"{about}{need.mailed or need.text}{when}", need.address)


def lines_ahead(person: Person, today: date) -> Iterator[Line]:
    """The next ends of phases, and when children leave a cohort: on their 18th birthday, as a rule."""
    contracts = list(contracts_visible_to(person))
    found = [*_phases_ending(contracts, today), *_children_leaving(contracts, today)]
    for _, line in sorted(found, key=lambda each: each[0]):
        yield line


def _phases_ending(contracts: Sequence[Contract], today: date) -> Iterator[tuple[date, Line]]:
    references = {each.pk: each.reference for each in contracts}
    rows = TermsVersion.objects.filter(contract__in=references).order_by("contract_id", "recorded_at")
    rows = rows.prefetch_related("schedule_rows", "refunds")
    for contract, versions in groupby(rows, key=lambda row: row.contract_id):
        terms = terms_for_month([terms_of(row) for row in versions], Month.of(today))
        for name, phase in (("Phase 2", terms.phase2), ("Phase 3", terms.phase3)):
            last = _last_day(phase)
            if today <= last <= today + PHASE_ENDS_WITHIN:
                text = f"{references[contract]}: {name} ends on {day_shown(last)}"
                yield last, Line(text, reverse("terms", args=[contract]))


def _last_day(phase: Phase) -> date:
    return phase.until - timedelta(days=1)


def _children_leaving(contracts: Sequence[Contract], today: date) -> Iterator[tuple[date, Line]]:
    references = {each.pk: each.reference for each in contracts}
    current = ChildVersion.objects.filter(fact__contract__in=references, superseded_at=None, retracted=False)
    leaving = current.filter(left__gt=today, left__lte=today + LEAVING_WITHIN)
    for contract, left, count in (
        leaving.values_list("fact__contract", "left").annotate(count=Count("pk")).order_by("left", "fact__contract")
    ):
        who = count_shown(count, "child leaves", "children leave")
        text = f"{references[contract]}: {who} the cohort on {day_shown(left)}"
        yield left, Line(text, reverse("cohort", args=[contract]))


NEEDS = Part("What needs you", place=10, lines=needs_lines)
AHEAD = Part("Coming up", place=20, lines=lines_ahead)
