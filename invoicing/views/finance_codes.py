"""The council's own codes for the accounts, and the journal of a period with them, for its finance system."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cohort.models import Contract
from cohort.pages.access import render_contract
from invoicing import rules
from invoicing.documents import books as files
from invoicing.forms.finance_codes import FinanceCodesForm, codes_in_form
from invoicing.forms.reports import PeriodForm, address_of
from invoicing.pages.finance_codes import finance_codes_page
from invoicing.pages.reports.ground import period_words, periods_of, usual_period
from invoicing.queries.finance_codes import coded_accounts, finance_codes_now
from invoicing.services.finance_codes import record_finance_codes
from invoicing.views.books import SECTION, csv_file
from invoicing.views.ground import books_for, today
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of
from savings.queries import last_closed_month


@require_safe
def finance_codes(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The codes that hold now, their versions, and the way to the journal of a period."""
    contract = books_for(request, contract_id)
    form = _period_form(request, contract)
    chosen = form.chosen if form.is_valid() else None
    context = {
        "form": form,
        "period": address_of(chosen) if chosen else "",
        "period_name": period_words(chosen) if chosen else "",
        "may_record": rules.may_record_finance_codes(person_of(request), contract),
        **finance_codes_page(contract),
    }
    return render_contract(request, "invoicing/finance_codes.html", contract=contract, section=SECTION, context=context)


@require_http_methods(["GET", "HEAD", "POST"])
def record_codes(request: HttpRequest, contract_id: int) -> HttpResponse:
    """The form of a new version, which starts from the codes that hold now."""
    contract = books_for(request, contract_id)
    person = person_of(request)
    if not rules.may_record_finance_codes(person, contract):
        raise PermissionDenied("Only the Lead Accountant keeps the finance codes.")
    form = FinanceCodesForm(
        request.POST if request.method == "POST" else None,
        accounts=list(coded_accounts()),
        initial=codes_in_form(finance_codes_now(contract)),
    )

    def record() -> None:
        record_finance_codes(contract=contract, codes=form.recorded(), by=person, clock=DATABASE_CLOCK)

    if request.method == "POST" and form.is_valid() and form.attempt(record):
        messages.success(request, "Finance codes recorded")
        return HttpResponseRedirect(_back(contract))
    context = {
        "form": form,
        "heading": "Record finance codes",
        "lead": "The journal for the finance system bears these from now on. Nothing that is posted changes.",
        "button": "Record these codes",
        "back": _back(contract),
    }
    return render_contract(request, "contract_form.html", contract=contract, section=SECTION, context=context)


@require_safe
def upload(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """What the period moved, that of the month closed last where none is named, as a file for the finance system."""
    contract = books_for(request, contract_id)
    form = _period_form(request, contract)
    if not form.is_valid():
        raise Http404("There is no such period.")
    what = f"upload-{str(form.chosen).replace('/', '-').replace(' ', '-')}"
    return csv_file(files.upload(contract, form.chosen), contract, what, request)


def _period_form(request: HttpRequest, contract: Contract) -> PeriodForm:
    periods = periods_of(contract, today=today())
    usual = {"period": address_of(usual_period(periods, last_closed_month(contract)))}
    return PeriodForm(request.GET if "period" in request.GET else usual, periods=periods)


def _back(contract: Contract) -> str:
    return reverse("ledger-codes", args=[contract.pk])
