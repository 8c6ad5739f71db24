"""Recording a version of the terms: the form, the schedule's own amounts, a check of what changes, and the word."""

from collections.abc import Mapping
from dataclasses import replace

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from cohort.forms.terms import EMPTY_REFUNDS, EVEN, TermsForm
from cohort.forms.terms_values import first_terms, terms_to_change
from cohort.pages.access import contract_for, render_contract
from cohort.pages.terms.words import TermsStated
from cohort.rules import may_record_terms
from cohort.services import OtherTermsRecorded, record_terms
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown
from savings.pages.terms_desk import (
    BEGIN,
    CHANGE,
    RECORD,
    TOTAL,
    Desk,
    ScheduleDesk,
    carried,
    check_context,
    own_amounts,
    schedule_desk,
    with_schedule,
)

get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def record(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A new version: its form; then, where wanted, the schedule's own amounts; then the check; then it is recorded."""
    desk = _desk(request, contract_id)
    if request.method != "POST":
        return _terms_page(desk, _unfilled(desk))
    form = TermsForm(request.POST, refund_rows=_refund_rows(request))
    if not form.is_valid() or desk.step == CHANGE:
        return _terms_page(desk, form)
    stated = form.stated(recorded=desk.today)
    if not form.wants_rows:
        return _checked_or_recorded(desk, stated)
    step = desk.step if "amounts" in request.POST else BEGIN
    schedule = schedule_desk(request.POST, step, terms=stated.terms, amounts=_amounts_that_fit(desk, stated))
    if not schedule.is_done:
        return _schedule_page(desk, schedule, carries=True)
    return _checked_or_recorded(desk, with_schedule(stated, schedule.form))


@get_or_post
def schedule(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The schedule alone: the terms of the version that it starts from, with own amounts for each month."""
    desk = _desk(request, contract_id)
    if desk.base is None:
        return HttpResponseRedirect(reverse("terms-record", args=[contract_id]))
    terms = desk.base.terms
    edited = schedule_desk(
        request.POST, _schedule_step(desk), terms=terms, amounts=own_amounts(terms), asks_from_when=True
    )
    if not edited.is_done:
        return _schedule_page(desk, edited)
    stated = with_schedule(desk.base, edited.form)
    day = edited.form.cleaned_data["effective_from"]
    terms = replace(stated.terms, effective_from=day, recorded=desk.today)
    return _checked_or_recorded(desk, replace(stated, terms=terms))


def _schedule_step(desk: Desk) -> str:
    if desk.request.method != "POST":
        return BEGIN
    return TOTAL if desk.step == CHANGE else desk.step


def _desk(request: HttpRequest, contract_id: int) -> Desk:
    contract = contract_for(request, contract_id)
    if not may_record_terms(person_of(request), contract):
        raise PermissionDenied("Only the council’s Lead Accountant keeps the terms.")
    return Desk.of(request, contract, DATABASE_CLOCK.read(after=contract.last_stamped_at))


def _unfilled(desk: Desk) -> TermsForm:
    if desk.base is None:
        return TermsForm(initial=first_terms())
    begun = terms_to_change(desk.base)
    if desk.request.GET.get("schedule") == EVEN:
        begun["schedule"] = EVEN
    return TermsForm(initial=begun, refund_rows=len(desk.base.terms.carer_fee_refund) + EMPTY_REFUNDS)


def _refund_rows(request: HttpRequest) -> int:
    """So many rows as the form had that was filled in."""
    return max(EMPTY_REFUNDS, sum(name.startswith("refund_nights_") for name in request.POST))


def _amounts_that_fit(desk: Desk, stated: TermsStated) -> dict[Month, int] | None:
    """The own amounts of the version that is changed, where they still belong to the same two fees."""
    if desk.base is None or desk.base.terms.cap_pence != stated.terms.cap_pence:
        return None
    return own_amounts(desk.base.terms)


def _terms_page(desk: Desk, form: TermsForm) -> HttpResponse:
    context = {"form": form, "base": desk.base, "back": reverse("terms", args=[desk.contract.pk])}
    return _page(desk, "savings/terms_form.html", context)


def _schedule_page(desk: Desk, edited: ScheduleDesk, *, carries: bool = False) -> HttpResponse:
    names = {field.html_name for field in edited.form.visible_fields()}
    typed = [(name, value) for name, value in carried(desk.request.POST) if name not in names] if carries else []
    context = {
        "form": edited.form,
        "column": edited.column,
        "carried": [(name, value) for name, value in typed if name != "amounts"],
        "asks_from_when": not carries,
        "has_own_amounts": desk.base is not None and desk.base.terms.schedule is not None,
        "back": reverse("terms", args=[desk.contract.pk]),
    }
    return _page(desk, "savings/schedule.html", context)


def _checked_or_recorded(desk: Desk, stated: TermsStated) -> HttpResponse:
    """The check, or the terms recorded; the first ones lead on to the cohort, which is what comes next."""
    if desk.step != RECORD:
        return _page(desk, "savings/terms_check.html", check_context(desk, stated))
    try:
        record_terms(
            contract=desk.contract,
            terms=stated.terms,
            response_days=stated.response_days,
            by=person_of(desk.request),
            clock=DATABASE_CLOCK,
            versions_seen=desk.versions_seen,
        )
    except OtherTermsRecorded as refusal:
        messages.error(desk.request, str(refusal))
        return _page(desk, "savings/terms_check.html", check_context(desk, stated))
    messages.success(desk.request, f"Terms recorded, effective from {day_shown(stated.terms.effective_from)}")
    return HttpResponseRedirect(reverse("terms" if desk.base else "cohort", args=[desk.contract.pk]))


def _page(desk: Desk, template: str, context: Mapping[str, object]) -> HttpResponse:
    return render_contract(desk.request, template, contract=desk.contract, section="terms", context=context)
