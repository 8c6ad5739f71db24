"""Pages about contracts and their statements. What a person is no party to does not exist for them: 404."""

import hashlib
import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.queries import contracts_visible_to
from pbr_ledger.accounts.models import Person
from pbr_ledger.periods import Month
from savings.documents.chart import chart_svg
from savings.documents.reconciliation import chart_of, report_context
from savings.models import RECONCILIATION_REPORT, ClosedStatement
from savings.pages.contracts import contract_rows
from savings.pages.months import contract_months
from savings.pages.statements import closed_page, last_proposal, proposal_page
from savings.queries import closed_statement, statement_report
from savings.services import StatementNotReproduced, statement_text


@require_safe
def contracts(request: HttpRequest) -> HttpResponse:
    """The contracts that the person may see."""
    return render(request, "savings/contracts.html", {"rows": contract_rows(_person(request))})


@require_safe
def contract(request: HttpRequest, contract_id: int) -> HttpResponse:
    """A contract: the three numbers, the chart, its months."""
    found = _contract(request, contract_id)
    try:
        months = contract_months(found)
    except StatementNotReproduced as refusal:
        return _not_reproduced(request, found, refusal)
    context: dict[str, object] = {"contract": found, "months": months.months}
    if months.latest:
        context |= {**report_context(months.latest), "chart": chart_svg(chart_of(months.latest))}
        context["months"] = months.months
    return render(request, "savings/contract.html", context)


@require_safe
def statement(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The month's closed statement, or its proposal until it is closed."""
    found = _contract(request, contract_id)
    closed = closed_statement(contract=found, month=month)
    if closed:
        try:
            context = closed_page(closed)
        except StatementNotReproduced as refusal:
            return _not_reproduced(request, found, refusal)
        return render(request, "savings/statement.html", {**context, "contract": found, "address": month})
    proposal = last_proposal(found, month)
    if proposal is None:
        raise Http404("There is no statement of this month.")
    return render(request, "savings/proposal.html", {**proposal_page(proposal), "contract": found, "address": month})


@require_safe
def report(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's reconciliation report, the very bytes that are kept."""
    closed = _closed(request, contract_id, month)
    kept = statement_report(statement=closed, name=RECONCILIATION_REPORT)
    if kept is None:
        raise Http404("The report is not made yet.")
    name = _file_name("reconciliation", closed, "pdf")
    return _download(request, bytes(kept.content), name=name, media_type=kept.media_type, sha256=kept.sha256)


@require_safe
def result_document(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's statement as a result document."""
    closed = _closed(request, contract_id, month)
    content = statement_text(closed).encode()
    name = _file_name("statement", closed, "json")
    sha256 = hashlib.sha256(content).hexdigest()
    return _download(request, content, name=name, media_type="application/json", sha256=sha256)


def _person(request: HttpRequest) -> Person:
    """Whoever is signed in; LoginRequiredMiddleware lets nobody else come this far."""
    if not isinstance(request.user, Person):
        raise Http404
    return request.user


def _contract(request: HttpRequest, contract_id: int) -> Contract:
    return get_object_or_404(contracts_visible_to(_person(request)), pk=contract_id)


def _closed(request: HttpRequest, contract_id: int, month: Month) -> ClosedStatement:
    closed = closed_statement(contract=_contract(request, contract_id), month=month)
    if closed is None:
        raise Http404("The month is not closed.")
    return closed


def _file_name(kind: str, closed: ClosedStatement, ending: str) -> str:
    """A name that every system can keep: `reconciliation-L04-25-26-2026-03.pdf`."""
    reference = re.sub(r"[^A-Za-z0-9]+", "-", closed.contract.reference).strip("-")
    return f"{kind}-{reference}-{closed.month}.{ending}"


def _download(request: HttpRequest, content: bytes, *, name: str, media_type: str, sha256: str) -> HttpResponseBase:
    """The bytes as a file to keep, or the word that the browser has them already."""
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name),
        "ETag": f'"{sha256}"',
        "Cache-Control": "private, no-store",
    }
    response = HttpResponse(content, content_type=media_type, headers=headers)
    return get_conditional_response(request, etag=headers["ETag"], response=response) or response


def _not_reproduced(request: HttpRequest, found: Contract, refusal: StatementNotReproduced) -> HttpResponse:
    context = {"contract": found, "refusal": refusal}
    return render(request, "savings/not_reproduced.html", context, status=500)
