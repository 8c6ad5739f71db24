"""A closed statement's documents, and how far their making has come."""

from dataclasses import dataclass

from django.db.models.functions import Length

from pbr_ledger.jobs.models import FAILED, RUNNING, Job
from pbr_ledger.words import digest_grouped, instant_shown
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
    kept = StatementReport.objects.filter(statement=statement).annotate(size=Length("content"))
    made = {row["name"]: row for row in kept.values("name", "size", "sha256", "made_at")}
    names = [kind[0] for kind in KINDS]
    jobs = {job.kind: job for job in Job.objects.filter(kind__in=names, key=str(statement.pk))}
    documents = tuple(
        DocumentShown(title, ending, noun, route, **_made(made[name]))
        if name in made
        else DocumentShown(title, ending, noun, route, **_awaited(jobs.get(name), noun))
        for name, title, ending, noun, route in KINDS
    )
    return DocumentsShown(documents, "-".join(_stage(each) for each in documents))


def _made(row: dict[str, object]) -> dict[str, str]:
    return {
        "size": f"{max(int(str(row['size'])) // 1000, 1):,} KB",
        "sha256": digest_grouped(str(row["sha256"])),
        "made_at": instant_shown(row["made_at"]),  # type: ignore[arg-type]
    }


def _awaited(job: Job | None, noun: str) -> dict[str, object]:
    if job is not None and job.state == FAILED:
        words = f"The {noun} could not be made. The figures here stand; whoever runs the ledger can have it made again."
        return {"state": words, "is_failed": True}
    if job is not None and job.state == RUNNING:
        return {"state": f"The {noun} is being made now."}
    return {"state": f"The {noun} is being made. Reload this page in a moment."}


def _stage(document: DocumentShown) -> str:
    if document.is_made:
        return "made"
    return "failed" if document.is_failed else "now" if "now" in document.state else "waiting"
