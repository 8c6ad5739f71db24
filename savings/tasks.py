"""The work that follows a closing, as kinds of job: fetch by id, call one service."""

from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import JobKind
from savings.documents.pdf import PDF
from savings.documents.reconciliation import reconciliation_pdf
from savings.documents.workbook.book import XLSX
from savings.documents.workbook.reconciliation import workbook_xlsx
from savings.models import RECONCILIATION_REPORT as REPORT_NAME
from savings.models import RECONCILIATION_WORKBOOK as WORKBOOK_NAME
from savings.models import ClosedStatement
from savings.services import reconciliation_content, store_report, tell_of_report, workbook_content


def make_reconciliation_report(job: Job) -> bytes:
    """The PDF of the closed statement whose id is the job's key."""
    return reconciliation_pdf(reconciliation_content(_statement(job)))


def keep_reconciliation_report(job: Job, content: bytes) -> str:
    """Store the PDF with its statement, and tell the parties; gives its SHA-256."""
    statement = _statement(job)
    tell_of_report(statement)
    return store_report(statement=statement, name=REPORT_NAME, media_type=PDF, content=content).sha256


def make_reconciliation_workbook(job: Job) -> bytes:
    """The workbook of the closed statement whose id is the job's key."""
    return workbook_xlsx(workbook_content(_statement(job)))


def keep_reconciliation_workbook(job: Job, content: bytes) -> str:
    """Store the workbook with its statement; gives its SHA-256."""
    return store_report(statement=_statement(job), name=WORKBOOK_NAME, media_type=XLSX, content=content).sha256


def _statement(job: Job) -> ClosedStatement:
    return ClosedStatement.objects.select_related("contract").get(pk=int(job.key))


RECONCILIATION_REPORT = JobKind(
    REPORT_NAME, work=make_reconciliation_report, store=keep_reconciliation_report, title="Reconciliation report"
)
RECONCILIATION_WORKBOOK = JobKind(
    WORKBOOK_NAME,
    work=make_reconciliation_workbook,
    store=keep_reconciliation_workbook,
    title="Reconciliation workbook",
)
