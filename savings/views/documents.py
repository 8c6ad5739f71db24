"""A closed statement's documents: the very bytes that are kept, and how far their making has come."""

import hashlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from cohort.pages.access import contract_for
from pbr_ledger.pages import download, looked_again
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement
from savings.pages.documents import documents_shown, file_name
from savings.queries import closed_statement, statement_report
from savings.services import statement_text


@require_safe
def report(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's reconciliation report (PDF)."""
    return _kept(request, closed_for(request, contract_id, month), RECONCILIATION_REPORT, "reconciliation", "pdf")


@require_safe
def workbook(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's reconciliation workbook (XLSX)."""
    return _kept(request, closed_for(request, contract_id, month), RECONCILIATION_WORKBOOK, "workbook", "xlsx")


@require_safe
def result_document(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's statement as a result document (JSON)."""
    closed = closed_for(request, contract_id, month)
    content = statement_text(closed).encode()
    name = file_name("statement", closed, "json")
    sha256 = hashlib.sha256(content).hexdigest()
    return download(request, content, name=name, media_type="application/json", sha256=sha256)


@require_safe
def documents(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The list of documents as a fragment, for a page that looks again; whoever comes here otherwise is sent there."""
    closed = closed_for(request, contract_id, month)
    if not getattr(request, "htmx", False):
        return redirect("statement", contract_id, month)
    shown = documents_shown(closed)
    context = {"contract": closed.contract, "address": month, "month": month_shown(month), "documents": shown}
    part = "savings/parts/documents.html"
    return looked_again(request, part, context, address=request.path, stage=shown.stage, goes_on=shown.is_pending)


def closed_for(request: HttpRequest, contract_id: int, month: Month) -> ClosedStatement:
    """The month's closed statement, for whoever may read the contract; else there is none: 404."""
    closed = closed_statement(contract=contract_for(request, contract_id), month=month)
    if closed is None:
        raise Http404("The month is not closed.")
    return closed


def _kept(request: HttpRequest, closed: ClosedStatement, name: str, kind: str, ending: str) -> HttpResponseBase:
    kept = statement_report(statement=closed, name=name)
    if kept is None:
        raise Http404("The document is not made yet.")
    name = file_name(kind, closed, ending)
    return download(request, bytes(kept.content), name=name, media_type=kept.media_type, sha256=kept.sha256)
