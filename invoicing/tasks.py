"""The work that follows a closing, as kinds of job: fetch by id, call one service."""

from invoicing.services.drafts import draft_examined, out_of_bounds
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import JobKind
from savings.models import DRAFT_INVOICE as DRAFT_INVOICE_KIND
from savings.models import ClosedStatement


def examine_statement(job: Job) -> list[str]:
    """What is out of bounds in the closed statement whose id is the job's key."""
    return out_of_bounds(_statement(job))


def keep_draft(job: Job, found: list[str]) -> str:
    """Draft the invoice or credit note, or park the statement; there is no document to take the SHA-256 of."""
    draft_examined(statement=_statement(job), found=found, clock=DATABASE_CLOCK)
    return ""


def _statement(job: Job) -> ClosedStatement:
    return ClosedStatement.objects.select_related("contract", "proposal").get(pk=int(job.key))


DRAFT_INVOICE = JobKind(DRAFT_INVOICE_KIND, work=examine_statement, store=keep_draft)
