"""Evidence: attached to a fact, and withdrawn with a reason; the files are on disk before any row names them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohort.models import Contract, Evidence, EvidenceWithdrawal, Identity
from cohort.models.evidence import SUBJECTS
from cohort.rules import is_party, may_add_facts, may_withdraw_evidence
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from pbr_ledger import uploads
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused

MOST_FILES = 20
"""Beside one fact, not counting what was withdrawn."""


class AlreadyWithdrawn(LedgerError):
    """The file was withdrawn before."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: the name that it had, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that is on disk and has no row yet."""

    file: uploads.Checked
    scan: str
    kept_as: str


def attach_evidence(
    *, contract: Contract, kind: str, fact: Identity, files: Sequence[Upload], by: Person, clock: Clock
) -> list[Evidence]:
    """The files, attached to a claim, household, placement or expense of the contract; all of them or none.

    Raises `Refused` at the place `files` for what may not be kept, with a sentence that names the file.
    """
    require_may_attach(by, contract)
    if kind not in SUBJECTS or not isinstance(fact, SUBJECTS[kind]) or fact.contract_id != contract.pk:
        raise NotFound(f"There is no {kind} {fact.reference}.")
    if not files:
        raise Refused([Problem("files", "choose a file")])
    kept = kept_files(files)
    with checked_at_once():
        row = locked(contract)
        at = next_stamp(row, clock)
        attached = add_rows(contract=row, kind=kind, fact=fact, files=kept, by=by, at=at)
        keep_stamp(row)
    return attached


def require_may_attach(by: Person, contract: Contract) -> None:
    """Raise `NotFound` to outsiders and `NotPermitted` to readers."""
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")
    if not may_add_facts(by, contract):
        raise NotPermitted(f"{by.full_name} may not attach evidence.")


def kept_files(files: Sequence[Upload]) -> list[KeptFile]:
    """The files, each one checked by its content, scanned, and on disk. Does not touch the database, nor lock it."""
    if len(files) > MOST_FILES:
        raise Refused([Problem("files", f"at most {MOST_FILES} files can be attached")])
    checked, problems = [], []
    for upload in files:
        try:
            file = uploads.checked_content(upload.name, upload.content)
            checked.append((file, uploads.scanned(file.name, upload.content)))
        except uploads.UploadRefused as refusal:
            problems.append(Problem("files", str(refusal)))
    if problems:
        raise Refused(problems)
    return [KeptFile(file, scan, uploads.keep(file.content)) for file, scan in checked]


def add_rows(
    *, contract: Contract, kind: str, fact: Identity, files: Sequence[KeptFile], by: Person, at: datetime
) -> list[Evidence]:
    """The rows of files that are on disk. Expects the contract locked and the person permitted."""
    live = Evidence.objects.filter(**{kind: fact}, withdrawal=None).count()
    if live + len(files) > MOST_FILES:
        raise Refused([Problem("files", f"at most {MOST_FILES} files can be attached, and there are {live} already")])
    rows = Evidence.objects.bulk_create(
        Evidence(
            **{kind: fact},
            name=each.file.name,
            media_type=each.file.media_type,
            size=len(each.file.content),
            sha256=hashlib.sha256(each.file.content).hexdigest(),
            kept_as=each.kept_as,
            scan=each.scan,
            attached_by=by,
            attached_at=at,
        )
        for each in files
    )
    entries = [
        audit.Entry("evidence.attached", f"{kind} {fact.reference}", {"row": row.pk, "sha256": row.sha256}, at)
        for row in rows
    ]
    audit.record_all(stream=stream_of(contract), by=by, entries=entries)
    return rows


def withdraw_evidence(*, contract: Contract, evidence: Evidence, reason: str, by: Person, clock: Clock) -> None:
    """The file counts no longer, for a reason; it stays on disk and the row stays in its list.

    Raises `AlreadyWithdrawn`, and `NotPermitted` to all but the side that attached it.
    """
    if not is_party(by, contract) or evidence.fact.contract_id != contract.pk:
        raise NotFound("There is no such file.")
    if not reason.strip():
        raise Refused([Problem("reason", "say why the file is withdrawn")])
    with checked_at_once():
        row = locked(contract)
        if EvidenceWithdrawal.objects.filter(evidence=evidence).exists():
            raise AlreadyWithdrawn(f"“{evidence.name}” is withdrawn already.")
        if not may_withdraw_evidence(by, row, evidence):
            raise NotPermitted("Only the side that attached a file withdraws it.")
        at = next_stamp(row, clock)
        EvidenceWithdrawal.objects.create(evidence=evidence, reason=reason.strip(), withdrawn_by=by, withdrawn_at=at)
        keep_stamp(row)
        detail = {"row": evidence.pk, "sha256": evidence.sha256}
        audit.record(
            stream=stream_of(row),
            by=by,
            action="evidence.withdrawn",
            subject=f"file {evidence.pk}",
            detail=detail,
            at=at,
        )
