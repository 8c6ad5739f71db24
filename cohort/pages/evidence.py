"""How a list of evidence is shown."""

from dataclasses import dataclass
from datetime import datetime

from cohort.models import Contract, Evidence, Identity
from cohort.queries.evidence import evidence_of
from cohort.rules import may_add_facts, may_open_evidence, may_withdraw_evidence
from pbr_ledger.accounts.models import Person

KIND_WORDS = {"claim": "claim", "household": "household", "placement": "placement", "expense": "expense"}
TYPE_WORDS = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "Word",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "Excel",
    "text/plain": "text",
    "text/csv": "CSV",
}
_KILO = 1024


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file in the list; `withdrawn` is why and by whom, empty while it counts."""

    key: int
    name: str
    about: str
    scan: str
    by: str
    at: datetime
    withdrawn: str
    may_open: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class EvidenceShown:
    """The files of a fact, and whether this person may attach more."""

    kind: str
    fact: Identity
    files: tuple[FileShown, ...]
    may_attach: bool


def evidence_shown(kind: str, fact: Identity, person: Person, contract: Contract) -> EvidenceShown:
    """The evidence beside a fact as this person sees it."""
    may_attach = may_add_facts(person, contract)
    files = tuple(_file(each, person, contract, may_attach=may_attach) for each in evidence_of(kind, fact))
    return EvidenceShown(kind, fact, files, may_attach)


def _file(row: Evidence, person: Person, contract: Contract, *, may_attach: bool) -> FileShown:
    withdrawal = getattr(row, "withdrawal", None)
    return FileShown(
        key=row.pk,
        name=row.name,
        about=f"{TYPE_WORDS[row.media_type]}, {size_shown(row.size)}",
        scan="scanned for viruses" if row.scan == "clean" else "not scanned",
        by=f"{row.attached_by.full_name}, {row.attached_by.organisation.name}",
        at=row.attached_at,
        withdrawn=f"Withdrawn by {withdrawal.withdrawn_by.full_name}: {withdrawal.reason}" if withdrawal else "",
        may_open=may_open_evidence(person, contract, row),
        may_withdraw=may_attach and may_withdraw_evidence(person, contract, row),
    )


def size_shown(size: int) -> str:
    """`874 bytes`, `12 KB`, `3.4 MB`."""
    if size < _KILO:
        return f"{size} bytes"
    if size < _KILO * _KILO:
        return f"{round(size / _KILO)} KB"
    return f"{size / _KILO / _KILO:.1f} MB"
