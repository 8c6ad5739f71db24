"""What recording terms stands on at every step: the contract, its versions, and what is typed so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.http import Http404, HttpRequest, QueryDict

from cohort.core.terms import Terms
from cohort.forms.schedule import ColumnForm, ScheduleForm, field_of
from cohort.models import Contract
from cohort.pages.terms.versions import (
    USED_BY_NONE,
    Versions,
    month_now,
    months_by_version,
    months_in_use,
    schedule_rows,
)
from cohort.pages.terms.words import TermsStated, terms_changed, terms_shown
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import day_shown, month_shown
from savings.pages.schedule import even_amounts
from savings.pages.terms_effect import effect_of_terms

CHANGE, CHECK, RECORD = "change", "check", "record"
BEGIN, TOTAL, EVEN_AMOUNTS, PASTE = "begin", "total", "even-amounts", "paste"
NOT_CARRIED = frozenset({"csrfmiddlewaretoken", "step", "column", "versions_seen"})


@dataclass(frozen=True, slots=True)
class Desk:
    """A step of recording terms: who asks, about which contract, at which instant. `base` is what is changed."""

    request: HttpRequest
    contract: Contract
    versions: Versions
    at: datetime
    base: TermsStated | None

    @classmethod
    def of(cls, request: HttpRequest, contract: Contract, at: datetime) -> "Desk":
        """Starting from the version that the address names with `?from=`, else the one in force; None for the first."""
        versions = Versions.of(contract)
        return cls(request, contract, versions, at, _base(request, versions, month_now(at)))

    @property
    def today(self) -> date:
        """The London date, on which the terms would be recorded."""
        return day_of(self.at)

    @property
    def step(self) -> str:
        """What the button says that was pressed."""
        return self.request.POST.get("step", CHECK)

    @property
    def versions_seen(self) -> int:
        """How many versions there were when the person checked what would change; no number where none is said."""
        text = self.request.POST.get("versions_seen", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _base(request: HttpRequest, versions: Versions, now: Month) -> TermsStated | None:
    asked = request.GET.get("from", "")
    if not versions.rows:
        return None
    if not asked:
        return versions.stated[versions.number_for(now) - 1]
    if asked.isascii() and asked.isdigit() and 1 <= int(asked[:9]) <= len(versions.rows):
        return versions.stated[int(asked[:9]) - 1]
    raise Http404("There is no such version of the terms.")


def carried(posted: QueryDict) -> Iterator[tuple[str, str]]:
    """What was typed so far, for the next step to bring along."""
    for name, values in posted.lists():
        if name not in NOT_CARRIED:
            yield from ((name, str(value)) for value in values)


@dataclass(frozen=True, slots=True)
class ScheduleDesk:
    """The editor of own amounts: its two forms, and whether the amounts are taken."""

    form: ScheduleForm
    column: ColumnForm
    is_done: bool


def schedule_desk(
    posted: QueryDict, step: str, *, terms: Terms, amounts: Mapping[Month, int] | None, asks_from_when: bool = False
) -> ScheduleDesk:
    """The editor after the button that was pressed; it begins with `amounts`, or with those of even accrual."""
    even = even_amounts(terms)
    form_with = partial(ScheduleForm, even=even, cap_pence=terms.cap_pence, asks_from_when=asks_from_when)
    column = ColumnForm(months=list(even))
    typed = _typed(posted, list(even))
    if step in (CHECK, RECORD):
        form = form_with(posted)
        return ScheduleDesk(form, column, is_done=form.is_valid())
    if step == TOTAL:
        return ScheduleDesk(_added_up(form_with, posted, typed), column, is_done=False)
    if step == PASTE:
        return _pasted(form_with, posted, typed, list(even))
    begins = even if step == EVEN_AMOUNTS or amounts is None else amounts
    return ScheduleDesk(form_with(amounts=begins, initial=_day_of(typed)), column, is_done=False)


def _added_up(form_with: Callable[..., ScheduleForm], posted: QueryDict, typed: dict[str, Any]) -> ScheduleForm:
    """The form as typed, with what is wrong with single amounts; that the sum is not right yet is no mistake here."""
    form = form_with(posted)
    only_the_sum = form.is_valid() or form.errors.keys() == {NON_FIELD_ERRORS}
    return form_with(initial=typed) if only_the_sum else form


def _pasted(
    form_with: Callable[..., ScheduleForm], posted: QueryDict, typed: dict[str, Any], months: Sequence[Month]
) -> ScheduleDesk:
    """The amounts of the column that was pasted; what was typed before, where that cannot be read."""
    column = ColumnForm(posted, months=months)
    if not column.is_valid():
        return ScheduleDesk(form_with(initial=typed), column, is_done=False)
    form = form_with(amounts=column.cleaned_data["column"], initial=_day_of(typed))
    return ScheduleDesk(form, ColumnForm(months=months), is_done=False)


def _typed(posted: QueryDict, months: Sequence[Month]) -> dict[str, Any]:
    """The amounts and the day as they were typed, right or wrong."""
    typed: dict[str, Any] = {field_of(month): posted.get(field_of(month), "") for month in months}
    typed["effective_from"] = [posted.get(f"effective_from_{part}", "") for part in range(3)]
    return typed


def _day_of(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {"effective_from": typed["effective_from"]}


def own_amounts(terms: Terms | None) -> dict[Month, int] | None:
    """The amounts that the terms have by month; None while the fee accrues evenly."""
    if terms is None or terms.schedule is None:
        return None
    return {row.month: row.amount_pence for row in terms.schedule}


def with_schedule(stated: TermsStated, form: ScheduleForm | None) -> TermsStated:
    """The terms with the amounts of the form, or with even accrual."""
    return replace(stated, terms=replace(stated.terms, schedule=form.rows() if form else None))


def check_context(desk: Desk, stated: TermsStated) -> dict[str, object]:
    """What the page says before terms are recorded: what changes, which months, and what that does to closed ones."""
    terms = stated.terms
    every = (*desk.versions.terms, terms)
    first = first_month(every)
    before = desk.versions.stated[desk.versions.number_for(first) - 1] if desk.versions.rows else None
    others = months_by_version(every)
    months = others.pop(len(every), USED_BY_NONE)
    return {
        "is_first": before is None,
        "changed": terms_changed(stated, before=before) if before else terms_shown(stated),
        "effective_from": day_shown(terms.effective_from),
        "first_month": month_shown(first),
        "months": months,
        "others": others,
        "schedule": schedule_rows(terms, before.terms if before else None),
        "effect": effect_of_terms(contract=desk.contract, terms=terms, at=desk.at),
        "carried": list(carried(desk.request.POST)),
        "versions_seen": len(desk.versions.rows),
    }


def first_month(versions: Sequence[Terms]) -> Month:
    """The first month of the programme that uses the last of the versions; where none does, that from which it holds.

    Of terms that hold from a day within a month, and where others do before them, that is the month after (11.1).
    """
    begins = Month.of(versions[-1].effective_from)
    using = (month for month, number in months_in_use(versions) if number == len(versions))
    return next(using, begins)
