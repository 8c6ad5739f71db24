"""A month's statement as a page, and its documents."""

import hashlib
import re

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.pages import download
from pbr_ledger.periods import Month
from savings.models import RECONCILIATION_REPORT, ClosedStatement
from savings.pages.statements import closed_page, last_proposal, proposal_page
from savings.queries import closed_statement, statement_report
from savings.services import StatementNotReproduced, statement_text


@require_safe
def statement(request: HttpRequest, contract_id: int, month: Month) -> HttpResponse:
    """The month's closed statement, or its proposal until it is closed."""
    found = contract_for(request, contract_id)
    closed = closed_statement(contract=found, month=month)
    if closed:
        try:
            context = closed_page(closed)
        except StatementNotReproduced as refusal:
            return not_reproduced(request, found, refusal)
        template = "savings/statement.html"
    else:
        proposal = last_proposal(found, month)
        if proposal is None:
            raise Http404("There is no statement of this month.")
        context, template = proposal_page(proposal), "savings/proposal.html"
    return render_contract(
        request, template, contract=found, section="statements", context={**context, "address": month}
    )


@require_safe
def report(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's reconciliation report, the very bytes that are kept."""
    closed = _closed(request, contract_id, month)
    kept = statement_report(statement=closed, name=RECONCILIATION_REPORT)
    if kept is None:
        raise Http404("The report is not made yet.")
    name = _file_name("reconciliation", closed, "pdf")
    return download(request, bytes(kept.content), name=name, media_type=kept.media_type, sha256=kept.sha256)


@require_safe
def result_document(request: HttpRequest, contract_id: int, month: Month) -> HttpResponseBase:
    """The month's statement as a result document."""
    closed = _closed(request, contract_id, month)
    content = statement_text(closed).encode()
    name = _file_name("statement", closed, "json")
    sha256 = hashlib.sha256(content).hexdigest()
    return download(request, content, name=name, media_type="application/json", sha256=sha256)


def not_reproduced(request: HttpRequest, found: Contract, refusal: StatementNotReproduced) -> HttpResponse:
    """The answer where a closed statement cannot be worked out again from its facts."""
    template = "savings/not_reproduced.html"
    return render_contract(
        request, template, contract=found, section="statements", context={"refusal": refusal}, status=500
    )


def _closed(request: HttpRequest, contract_id: int, month: Month) -> ClosedStatement:
    closed = closed_statement(contract=contract_for(request, contract_id), month=month)
    if closed is None:
        raise Http404("The month is not closed.")
    return closed


def _file_name(kind: str, closed: ClosedStatement, ending: str) -> str:
    """A name that every system can keep: `reconciliation-L04-25-26-2026-03.pdf`."""
    reference = re.sub(r"[^A-Za-z0-9]+", "-", closed.contract.reference).strip("-")
    return f"{kind}-{reference}-{closed.month}.{ending}"
