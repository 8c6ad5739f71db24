"""Reports: what there is to ask for, and each as a page, a PDF and a workbook made when it is asked for."""

import hashlib
from datetime import date, datetime

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from cohort.queries.erasures import erasure_of, refuse_erased
from invoicing import rules
from invoicing.core.calendar import Period
from invoicing.documents.reports.model import Report
from invoicing.documents.reports.pdf import report_pdf
from invoicing.documents.reports.workbook import report_xlsx
from invoicing.forms.reports import PeriodForm, address_of
from invoicing.pages.reports.ground import Ground, periods_of, usual_period
from invoicing.pages.reports.kinds import BY_KEY, Kind, kinds_for
from invoicing.views.ground import file_name
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download, person_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import instant_shown
from savings.documents.pdf import PDF
from savings.documents.workbook.book import XLSX
from savings.queries import last_closed_month

SECTION = "reports"


@require_safe
def reports(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every report of the contract, with what it answers."""
    contract = contract_for(request, contract_id, erased_too=True)
    is_erased = erasure_of(contract) is not None
    kinds = kinds_for(with_books=_with_books(request, contract), is_erased=is_erased)
    context = {"kinds": kinds, "is_erased": is_erased}
    return render_contract(request, "invoicing/reports.html", contract=contract, section=SECTION, context=context)


@require_safe
def report(request: HttpRequest, contract_id: int, report: str) -> HttpResponse:
    """The report as a page, up to the period that the address says, or that of the month closed last."""
    contract, kind = _found(request, contract_id, report)
    at = _now(contract)
    form = _form(request, contract, today=day_of(at))
    period = form.chosen if form.is_valid() else usual_period(list(form.periods.values()), last_closed_month(contract))
    made = _made(request, contract, kind, period, at)
    context: dict[str, object] = {
        "form": form,
        "kind": kind,
        "report": made,
        "known_at": instant_shown(made.known_at),
        "period": address_of(period),
    }
    return render_contract(request, "invoicing/report.html", contract=contract, section=SECTION, context=context)


@require_safe
def report_as_pdf(request: HttpRequest, contract_id: int, report: str) -> HttpResponseBase:
    """The same as a PDF."""
    contract, made, what = _asked(request, contract_id, report)
    return _file(request, report_pdf(made), name=file_name(contract, what, "pdf"), media_type=PDF)


@require_safe
def report_as_workbook(request: HttpRequest, contract_id: int, report: str) -> HttpResponseBase:
    """The same as a workbook."""
    contract, made, what = _asked(request, contract_id, report)
    return _file(request, report_xlsx(made), name=file_name(contract, what, "xlsx"), media_type=XLSX)


def _found(request: HttpRequest, contract_id: int, key: str) -> tuple[Contract, Kind]:
    """The contract and the report of this key, for whoever may read both; for all others there is none: 404.

    Of a contract that was erased, those alone that stand on totals; the others raise `ContractErased`.
    """
    contract, kind = contract_for(request, contract_id, erased_too=True), BY_KEY.get(key)
    if kind is None or (kind.of_books and not _with_books(request, contract)):
        raise Http404("There is no such report.")
    if not kind.of_totals:
        refuse_erased(contract)
    return contract, kind


def _with_books(request: HttpRequest, contract: Contract) -> bool:
    return rules.may_read_books(person_of(request), contract)


def _now(contract: Contract) -> datetime:
    return DATABASE_CLOCK.read(after=contract.last_stamped_at)


def _form(request: HttpRequest, contract: Contract, *, today: date) -> PeriodForm:
    """The form as the address fills it in, or with the usual period where it says nothing."""
    periods = periods_of(contract, today=today)
    usual = {"period": address_of(usual_period(periods, last_closed_month(contract)))}
    return PeriodForm(request.GET if "period" in request.GET else usual, periods=periods)


def _asked(request: HttpRequest, contract_id: int, key: str) -> tuple[Contract, Report, str]:
    """The contract, the report that the address asks for, and what the report's file is called in its name."""
    contract, kind = _found(request, contract_id, key)
    at = _now(contract)
    form = _form(request, contract, today=day_of(at))
    if not form.is_valid():
        raise Http404("There is no such period.")
    made = _made(request, contract, kind, form.chosen, at)
    return contract, made, f"report-{kind.key}-{form.chosen.month}"


def _made(request: HttpRequest, contract: Contract, kind: Kind, period: Period, at: datetime) -> Report:
    return kind.make(Ground.of(contract, period, at=at, with_books=_with_books(request, contract)))


def _file(request: HttpRequest, content: bytes, *, name: str, media_type: str) -> HttpResponseBase:
    sha256 = hashlib.sha256(content).hexdigest()
    return download(request, content, name=name, media_type=media_type, sha256=sha256)
