"""How a contract is read, clause by clause: as a page, and as documents for a contract meeting."""

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from cohort.models import Contract
from cohort.pages.access import contract_for, render_contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import download
from pbr_ledger.words import file_stem
from savings.documents.pdf import PDF
from savings.documents.readings.content import AMOUNT_NAMES, ReadingsContent
from savings.documents.readings.pdf import readings_pdf
from savings.documents.readings.workbook import readings_xlsx
from savings.documents.workbook.book import XLSX
from savings.pages.readings.page import readings_content
from savings.services import StatementNotReproduced
from savings.views.statements import not_reproduced


@require_safe
def readings(request: HttpRequest, contract_id: int) -> HttpResponse:
    """Every clause that can be read two ways, and what the other readings would have charged to date."""
    contract = contract_for(request, contract_id)
    try:
        content = _content(contract)
    except StatementNotReproduced as refusal:
        return not_reproduced(request, contract, refusal)
    context = {"content": content, "amount_names": AMOUNT_NAMES}
    return render_contract(request, "savings/readings.html", contract=contract, section="terms", context=context)


@require_safe
def report(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The same as a PDF."""
    contract = contract_for(request, contract_id)
    try:
        content = readings_pdf(_content(contract))
    except StatementNotReproduced as refusal:
        return not_reproduced(request, contract, refusal)
    return _download(request, contract, content, ending="pdf", media_type=PDF)


@require_safe
def workbook(request: HttpRequest, contract_id: int) -> HttpResponseBase:
    """The same as a workbook."""
    contract = contract_for(request, contract_id)
    try:
        content = readings_xlsx(_content(contract))
    except StatementNotReproduced as refusal:
        return not_reproduced(request, contract, refusal)
    return _download(request, contract, content, ending="xlsx", media_type=XLSX)


def _content(contract: Contract) -> ReadingsContent:
    return readings_content(contract, at=DATABASE_CLOCK.read(after=contract.last_stamped_at))


def _download(
    request: HttpRequest, contract: Contract, content: bytes, *, ending: str, media_type: str
) -> HttpResponseBase:
    reference = file_stem(contract.reference)
    name = f"readings-{reference}.{ending}"
    return download(request, content, name=name, media_type=media_type, sha256=hashlib.sha256(content).hexdigest())
