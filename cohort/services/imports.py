"""Facts brought in a file: kept as they were read, looked at, and recorded all together or not at all."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cohort import models
from cohort.core.facts import Claim
from cohort.core.sheets.plan import Plan, planned
from cohort.core.sheets.rows import GivenRows, Place, Wrong, kept, kept_read
from cohort.models import Contract, PendingImport
from cohort.queries.baselines import rates_written
from cohort.queries.imports import KEPT_FOR, pending_import, standing_of
from cohort.rules import is_party, may_add_facts, not_permitted
from cohort.services.announcements import tell_of_import
from cohort.services.baselines import propose_together
from cohort.services.contracts import checked_at_once, keep_stamp, locked, next_stamp, stream_of
from cohort.services.facts import digest_of, record_among, require_recordable
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.audit.chain import canonical
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused
from pbr_ledger.words import count_shown

NOT_YOURS = (
    "is not yours to record. The provider’s staff record claims as Claimed, households that the provider assessed, "
    "breakdowns of placements that run, and expenses"
)
PROPOSED_BECAUSE = "Imported from a file of baselines."

_PLACE = re.compile(r"facts\[([0-9]+)\]\.?(.*)", re.DOTALL)


class ImportGone(LedgerError):
    """What was brought is recorded already, was replaced by another file, or has been kept long enough."""


class ImportChanged(LedgerError):
    """What the rows would do is no longer what was shown; nothing was recorded."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The file from which rows were read, and the names of sheets in it that were not."""

    name: str
    sha256: str
    passed_over: Sequence[str] = ()


class _OneReading:
    """A clock that is asked once; whatever is stamped then follows that instant, microsecond by microsecond."""

    def __init__(self, clock: Clock) -> None:
        self._at = clock.read(after=None)

    def read(self, *, after: datetime | None) -> datetime:
        """The instant at which the clock was asked, or the next one later than `after`."""
        return self._at if after is None or after < self._at else after + timedelta(microseconds=1)


def plan_import(*, contract: Contract, rows: GivenRows, by: Person) -> Plan:
    """What recording the rows would do now, with everything that stands against it; nothing is written.

    Whatever the services and rules refuse is named by sheet, row and column. Raises `NotFound` to outsiders and
    `NotPermitted` to those who only read.
    """
    _require_may_import(by, contract)
    plan = planned(rows, standing_of(contract))
    return plan if plan.wrong else replace(plan, wrong=tuple(_refused(contract, plan, by)))


def digest_of_plan(plan: Plan) -> str:
    """The SHA-256 of all that recording would do: whoever confirms it has seen this and nothing else."""
    said = {
        "facts": [[fact.kind, fact.id, digest_of(fact)] for fact in plan.facts],
        "proposals": {child: rates_written(rates) for child, rates in plan.proposals.items()},
        "texts": dict(plan.texts),
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def keep_import(*, contract: Contract, rows: GivenRows, source: SourceFile, by: Person, clock: Clock) -> PendingImport:
    """The rows, kept until they are recorded, in place of what the person brought before."""
    _require_may_import(by, contract)
    with checked_at_once():
        row = locked(contract)
        at = clock.read(after=None)
        PendingImport.objects.filter(brought_at__lte=at - KEPT_FOR).delete()
        PendingImport.objects.filter(contract=row, brought_by=by).delete()
        return PendingImport.objects.create(
            contract=row,
            brought_by=by,
            brought_at=at,
            file_name=source.name,
            file_sha256=source.sha256,
            passed_over=list(source.passed_over),
            rows=kept(rows),
        )


def discard_import(*, contract: Contract, key: int, by: Person) -> None:
    """What the person brought is forgotten; it is no matter if it was before."""
    PendingImport.objects.filter(contract=contract, brought_by=by, pk=key).delete()


def record_import(*, contract: Contract, key: int, seen: str, by: Person, clock: Clock) -> Plan:
    """What was recorded of the rows kept under the key: all that `seen` is the digest of, or nothing.

    The rows are judged anew under the contract's lock, by the rules by which a single fact is recorded. Raises
    `ImportGone`, and `ImportChanged` where they would now do something else.
    """
    _require_may_import(by, contract)
    with checked_at_once():
        row = locked(contract)
        steady = _OneReading(clock)
        waiting = pending_import(contract=row, person=by, key=key, at=steady.read(after=None))
        if waiting is None:
            raise ImportGone("These rows are recorded already, or were replaced by another file. Nothing was recorded.")
        plan = plan_import(contract=row, rows=kept_read(waiting.rows), by=by)
        if plan.wrong or digest_of_plan(plan) != seen:
            raise ImportChanged("What is known has changed since you looked. Nothing was recorded. Look again.")
        _record(row, plan, waiting, by, steady)
    contract.last_stamped_at = row.last_stamped_at
    return plan


def _record(row: Contract, plan: Plan, waiting: PendingImport, by: Person, clock: Clock) -> None:
    if plan.facts:
        known = plan.desk.standing.known
        stamps = record_among(known, contract=row, facts=plan.facts, by=by, clock=clock)
        _note_claims(row, plan, stamps, by)
    if plan.proposals:
        propose_together(contract=row, baselines=plan.proposals, reason=PROPOSED_BECAUSE, by=by, clock=clock)
    at = next_stamp(row, clock)
    keep_stamp(row)
    waiting.delete()
    tell_of_import(row, claims=len(plan.texts), baselines=len(plan.proposals), by=by, at=at)
    rows = sum(map(len, waiting.rows.values()))
    counts = {"rows": rows, "facts": len(plan.facts), "proposals": len(plan.proposals)}
    audit.record(
        stream=stream_of(row),
        by=by,
        action="facts.imported",
        subject=f"file of {count_shown(rows, 'row')}",
        detail={"file_sha256": waiting.file_sha256, **counts},
        at=at,
    )


def _note_claims(row: Contract, plan: Plan, stamps: Sequence[datetime], by: Person) -> None:
    """What was said for each new claim, beside it, at the instant at which it was recorded."""
    claims = [(at, fact) for at, fact in zip(stamps, plan.facts, strict=True) if isinstance(fact, Claim)]
    if not claims:
        return
    rows = models.Claim.objects.filter(contract=row, reference__in=[fact.id for _, fact in claims])
    keys = dict(rows.values_list("reference", "pk"))
    models.ClaimNote.objects.bulk_create(
        models.ClaimNote(
            claim_id=keys[fact.id], status=fact.status, text=plan.texts[fact.id], written_by=by, written_at=at
        )
        for at, fact in claims
    )


# What stands against it


def _require_may_import(by: Person, contract: Contract) -> None:
    if not is_party(by, contract):
        raise NotFound(f"There is no contract {contract.reference}.")
    if not may_add_facts(by, contract):
        raise NotPermitted(f"{by.full_name} may not import facts.")


def _refused(contract: Contract, plan: Plan, by: Person) -> Iterator[Wrong]:
    """What the rules about people refuse, or else what the rules about facts do."""
    refused = {(fact.kind, fact.id) for fact in not_permitted(by, contract, plan.facts, plan.desk.standing.known)}
    for fact in plan.facts:
        if (fact.kind, fact.id) in refused:
            yield Wrong(plan.place_of(fact), NOT_YOURS)
    if refused or not plan.facts:
        return
    try:
        require_recordable(contract=contract, facts=plan.facts, by=by)
    except Refused as refusal:
        for problem in refusal.problems:
            yield _at_its_place(problem, plan)


def _at_its_place(problem: Problem, plan: Plan) -> Wrong:
    found = _PLACE.fullmatch(problem.place)
    if found is None:
        return Wrong(Place("The file", 0), problem.message)
    return Wrong(plan.place_of(plan.facts[int(found[1])], found[2]), problem.message)
