"""Closing accounting periods, and accruing the end of a contract's financial year."""

from collections.abc import Mapping

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.models import Contract
from cohort.pages.access import render_contract
from cohort.queries.erasures import refuse_erased
from invoicing import rules
from invoicing.core.calendar import Period
from invoicing.forms.books import ClosePeriodForm
from invoicing.forms.invoices import ConfirmForm
from invoicing.models import JournalEntry
from invoicing.pages.periods import accrual_page, periods_page, why_not_accrued
from invoicing.pages.practice import years_of
from invoicing.pages.words import year_shown
from invoicing.queries.books import periods_to_close
from invoicing.services.ledger_year_end import accrue_year_end
from invoicing.services.periods import close_period
from invoicing.views.books import SECTION
from invoicing.views.ground import books_for, today
from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.forms import LedgerForm
from pbr_ledger.pages import person_of

asks = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def periods(request: HttpRequest, contract_id: int) -> HttpResponse:
    """P1 to P12 of each year, and the accruals."""
    contract = books_for(request, contract_id)
    context = periods_page(contract, person_of(request), today=today())
    return render_contract(request, "invoicing/periods.html", contract=contract, section=SECTION, context=context)


@asks
@identity_confirmed
def close(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The Lead Accountant closes the next period, for all contracts of the council."""
    contract = books_for(request, contract_id)
    if not rules.may_close_period(person_of(request), contract.council):
        raise PermissionDenied
    choices = periods_to_close(contract.council, today=today())
    if not choices:
        messages.info(request, "There is no period that is over and still open.")
        return HttpResponseRedirect(_back(contract))
    form = ClosePeriodForm(request.POST if request.method == "POST" else None, periods=choices)

    def act() -> None:
        close_period(council=contract.council, period=form.chosen, by=person_of(request), clock=DATABASE_CLOCK)

    if request.method == "POST" and form.is_valid() and form.attempt(act):
        messages.success(request, f"{form.chosen} is closed.")
        return HttpResponseRedirect(_back(contract))
    context = {
        "heading": "Close an accounting period",
        "lead": f"This closes the period for every contract of {contract.council.name}.",
        "warning": "It takes no more postings, nor does any period before it. This cannot be taken back.",
        "button": "Close this period",
    }
    return _asked(request, contract, form, context)


@asks
@identity_confirmed
def accrue(request: HttpRequest, contract_id: int, year: int) -> HttpResponse:
    """The Lead Accountant accrues the end of a financial year of the contract."""
    contract = books_for(request, contract_id)
    if not rules.may_accrue(person_of(request), contract):
        raise PermissionDenied
    refuse_erased(contract)
    if year not in years_of(contract, today=today()) or year >= Period.of(today()).year:
        raise Http404("That year is not over.")
    if why_not := why_not_accrued(contract, year):
        messages.info(request, why_not)
        return HttpResponseRedirect(_back(contract))
    at = DATABASE_CLOCK.read(after=contract.last_stamped_at)
    owing = accrual_page(contract, year, at=at)
    if not owing["rows"]:
        messages.info(request, f"{year_shown(year)} owes nothing that is not approved and posted.")
        return HttpResponseRedirect(_back(contract))
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    made: list[JournalEntry] = []

    def act() -> None:
        seen = request.POST.get("seen", "")
        clock, by = DATABASE_CLOCK, person_of(request)
        made.append(accrue_year_end(contract=contract, year=year, by=by, clock=clock, as_shown=seen))

    if request.method == "POST" and form.is_valid() and form.attempt(act):
        messages.success(request, f"The end of {year_shown(year)} is accrued.")
        return HttpResponseRedirect(reverse("ledger-entry", args=[contract.pk, made[0].number]))
    context = {
        "heading": f"Accrue the end of {year_shown(year)}",
        "lead": (
            f"What {year_shown(year)} owes and the books do not show yet is posted on 31 March {year + 1}, "
            f"and taken back on 1 April."
        ),
        "owing": owing,
        "warning": "This is worked out from what is known now, and is done once. What is approved later counts in the "
        "new year.",
        "button": "Accrue the year’s end",
    }
    return _asked(request, contract, form, context, template="invoicing/accrue.html")


def _asked(
    request: HttpRequest,
    contract: Contract,
    form: LedgerForm,
    context: Mapping[str, object],
    *,
    template: str = "contract_form.html",
) -> HttpResponse:
    return render_contract(
        request,
        template,
        contract=contract,
        section=SECTION,
        context={"form": form, "back": _back(contract), **context},
    )


def _back(contract: Contract) -> str:
    return reverse("ledger-periods", args=[contract.pk])
