"""The work that follows a closing and an issue, and that of every night, as kinds of job: fetch, call one service.

What the nightly check finds is kept, and shown to the auditors of the contract's council. Whoever runs the installation
gets all of it from `manage.py check_ledger`.
"""

from collections.abc import Iterator
from datetime import time

from cohort.models import Contract
from invoicing.documents.pdf import invoice_pdf
from invoicing.documents.ubl import ubl_document
from invoicing.models import INVOICE_PDF as INVOICE_PDF_NAME
from invoicing.models import INVOICE_XML as INVOICE_XML_NAME
from invoicing.models import Invoice
from invoicing.queries.checks import check_everything, check_whole, held_still
from invoicing.queries.documents import invoice_content
from invoicing.services.documents import store_invoice_document
from invoicing.services.drafts import draft_examined, out_of_bounds
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.daily import Daily, Part
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import UPKEEP, JobKind
from pbr_ledger.jobs.services import keep_report
from savings.models import DRAFT_INVOICE as DRAFT_INVOICE_KIND
from savings.models import ClosedStatement


def examine_statement(job: Job) -> list[str]:
    """What is out of bounds in the closed statement whose id is the job's key."""
    return out_of_bounds(_statement(job))


def keep_draft(job: Job, found: list[str]) -> str:
    """Draft the invoice or credit note, or park the statement; there is no document to take the SHA-256 of."""
    draft_examined(statement=_statement(job), found=found, clock=DATABASE_CLOCK)
    return ""


def make_invoice_pdf(job: Job) -> bytes:
    """The PDF of the issued invoice whose id is the job's key."""
    return invoice_pdf(invoice_content(_invoice(job)))


def keep_invoice_pdf(job: Job, content: bytes) -> str:
    """Store the PDF with its invoice; gives its SHA-256."""
    return _kept(job, INVOICE_PDF_NAME, "application/pdf", content)


def make_invoice_xml(job: Job) -> bytes:
    """The UBL of the issued invoice whose id is the job's key."""
    return ubl_document(invoice_content(_invoice(job)))


def keep_invoice_xml(job: Job, content: bytes) -> str:
    """Store the UBL with its invoice; gives its SHA-256."""
    return _kept(job, INVOICE_XML_NAME, "application/xml", content)


def parts_of_the_check() -> Iterator[Part]:
    """What is looked at each night."""
    yield Part("whole", "All contracts together")
    for pk, reference, council in Contract.objects.order_by("pk").values_list("pk", "reference", "council"):
        yield Part(f"contract {pk}", reference, council)


def check_ledger(job: Job) -> list[str]:
    """What is wrong with the contract that the job's key names, or with any row or chain, at one moment."""
    contract = _contract(job)
    with held_still():
        return [str(finding) for finding in (check_everything(contract) if contract else check_whole())]


def keep_findings(job: Job, found: list[str]) -> str:
    """Keep them, for the auditors of the contract's council; there is no document to take the SHA-256 of."""
    contract = _contract(job)
    keep_report(job=job, organisation=contract.council if contract else None, lines=found)
    return ""


def _kept(job: Job, name: str, media_type: str, content: bytes) -> str:
    stored = store_invoice_document(invoice=_invoice(job), name=name, media_type=media_type, content=content)
    return stored.sha256


def _invoice(job: Job) -> Invoice:
    parties = ("contract__council", "contract__provider", "contract__agent")
    return Invoice.objects.select_related("statement", *parties).get(pk=int(job.key))


def _contract(job: Job) -> Contract | None:
    """The contract of a key like `2026-11-25 contract 7`."""
    *_, part, number = ["", *job.key.split()]
    return Contract.objects.select_related("council").get(pk=int(number)) if part == "contract" else None


def _statement(job: Job) -> ClosedStatement:
    return ClosedStatement.objects.select_related("contract", "proposal").get(pk=int(job.key))


DRAFT_INVOICE = JobKind(DRAFT_INVOICE_KIND, work=examine_statement, store=keep_draft, title="Draft invoice")
INVOICE_PDF = JobKind(INVOICE_PDF_NAME, work=make_invoice_pdf, store=keep_invoice_pdf, title="Invoice as PDF")
INVOICE_XML = JobKind(INVOICE_XML_NAME, work=make_invoice_xml, store=keep_invoice_xml, title="Invoice as UBL")
CHECK_LEDGER = JobKind(
    "check_ledger", work=check_ledger, store=keep_findings, queue=UPKEEP, title="Nightly check of the ledger"
)
NIGHTLY_CHECK = Daily(CHECK_LEDGER.name, due_at=time(2), parts=parts_of_the_check)
