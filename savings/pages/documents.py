"""A closed statement's documents, and how far their making has come."""

from dataclasses import dataclass, replace
from typing import Any

from django.db.models.functions import Length

from pbr_ledger.jobs.models import FAILED, RUNNING, Job
from pbr_ledger.words import digest_grouped, file_stem, instant_shown
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement, StatementReport

KINDS = (
    (RECONCILIATION_REPORT, "Reconciliation report", "PDF", "report", "statement-report"),
    (RECONCILIATION_WORKBOOK, "Reconciliation workbook", "XLSX", "workbook", "statement-workbook"),
)
"""Name, title, format, what it is in a sentence, and the route of its download."""


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document: where to get it once it is made, and until then how far it is. `sha256` is of the bytes kept."""

    title: str
    format: str
    noun: str
    route: str
    size: str = ""
    sha256: str = ""
    made_at: str = ""
    state: str = ""
    is_failed: bool = False

    @property
    def is_made(self) -> bool:
        """Whether it can be taken."""
        return bool(self.size)


@dataclass(frozen=True, slots=True)
class DocumentsShown:
    """The report and the workbook. `stage` changes whenever anything about them does."""

    documents: tuple[DocumentShown, ...]
    stage: str

    @property
    def is_pending(self) -> bool:
        """Whether something is still being made, so that it is worth looking again."""
        return any(not (each.is_made or each.is_failed) for each in self.documents)


def documents_shown(statement: ClosedStatement) -> DocumentsShown:
    """Both documents, in two queries and without their content."""
    kept = StatementReport.objects.filter(statement=statement).annotate(size=Length("content")).defer("content")
    made = {report.name: report for report in kept}
    names = [name for name, *_ in KINDS]
    jobs = {job.kind: job for job in Job.objects.filter(kind__in=names, key=str(statement.pk))}
    documents = tuple(
        _filled(DocumentShown(title, ending, noun, route), made.get(name), jobs.get(name))
        for name, title, ending, noun, route in KINDS
    )
    return DocumentsShown(documents, "-".join(_stage(each) for each in documents))


def file_name(kind: str, closed: ClosedStatement, ending: str) -> str:
    """A name that every system can keep: `reconciliation-L04-25-26-2026-03.pdf`."""
    reference = file_stem(closed.contract.reference)
    return f"{kind}-{reference}-{closed.month}.{ending}"


def _filled(document: DocumentShown, made: Any, job: Job | None) -> DocumentShown:
    """The document with what is kept of it (its row, with its size), or with how far its job is."""
    if made is not None:
        size = f"{max(made.size // 1000, 1):,} KB"
        at = instant_shown(made.made_at)
        return replace(document, size=size, sha256=digest_grouped(made.sha256), made_at=at)
    if job is not None and job.state == FAILED:
        words = "could not be made. The figures here stand; an administrator of the council can have it made again."
        return replace(document, state=f"The {document.noun} {words}", is_failed=True)
    if job is not None and job.state == RUNNING:
        return replace(document, state=f"The {document.noun} is being made now.")
    return replace(document, state=f"The {document.noun} is being made.")


def _stage(document: DocumentShown) -> str:
    if document.is_made:
        return "made"
    return "failed" if document.is_failed else "now" if "now" in document.state else "waiting"
