"""Everything that is held about one child, whoever recorded it and whenever: for a request of access to it."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q, QuerySet

from cohort.models import BaselineAgreement, BaselineProposal, Child, ClaimNote, Contract, Evidence, PendingImport
from cohort.queries.evidence import evidence_in
from cohort.queries.history import FactHistory, child_history, keys_of
from pbr_ledger.audit.models import AuditEvent

ANOTHER_CHILD = "[another child]"
OF_A_CHILD = ("child", "placement", "claim", "extra_cost")


@dataclass(frozen=True)
class Subject:
    """A child with every version of every fact about it.

    `others` are the references of the contract's other children, and of what is known of them.
    """

    contract: Contract
    child: Child
    histories: tuple[FactHistory, ...]
    others: frozenset[str]

    @property
    def reference(self) -> str:
        """By which the child is known."""
        return self.child.reference

    @cached_property
    def names(self) -> frozenset[str]:
        """The references of the child and of its facts."""
        return frozenset(history.reference for history in self.histories)

    def keys(self, kind: str) -> list[int]:
        """The keys of its facts of this kind."""
        return [history.key for history in self.histories if history.kind == kind]

    def without_others(self, text: str) -> str:
        """The text with the reference of every other child of the contract taken out."""
        return self._others.sub(ANOTHER_CHILD, text) if self._others else text

    def is_named_in(self, text: str) -> bool:
        """Whether the child, or a fact about it, is named in the text."""
        return bool(self._own.search(text))

    @cached_property
    def _others(self) -> re.Pattern[str] | None:
        return _any_of(self.others) if self.others else None

    @cached_property
    def _own(self) -> re.Pattern[str]:
        return _any_of(self.names)


def _any_of(names: frozenset[str]) -> re.Pattern[str]:
    """Any of the names where it stands by itself, the longest first: `C01` is in `C01-T0` and not in `C011`."""
    longest_first = sorted(names, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def subject_of(*, contract: Contract, reference: str) -> Subject | None:
    """The child of this reference with all its facts; None where the contract has none, whenever."""
    child = Child.objects.filter(contract=contract, reference=reference).first()
    if child is None:
        return None
    histories = tuple(child_history(contract=contract, child=child))
    own = {history.reference for history in histories}
    others = {reference for kind in OF_A_CHILD for reference in keys_of(contract=contract, kind=kind)} - own
    return Subject(contract, child, histories, frozenset(others))


def notes_about(subject: Subject) -> QuerySet[ClaimNote]:
    """What was said about its claims, in the order in which it was said."""
    rows = ClaimNote.objects.filter(claim__in=subject.keys("claim"))
    return rows.select_related("claim", "written_by__organisation").order_by("written_at")


def evidence_about(subject: Subject) -> QuerySet[Evidence]:
    """Every file beside its claims and placements, withdrawn or not."""
    beside = Q(claim__in=subject.keys("claim")) | Q(placement__in=subject.keys("placement"))
    return evidence_in(subject.contract).filter(beside).order_by("attached_at", "pk")


def baseline_proposals_about(subject: Subject) -> QuerySet[BaselineProposal]:
    """Every baseline proposed for it."""
    rows = BaselineProposal.objects.filter(child=subject.child)
    return rows.select_related("proposed_by", "decided_by").order_by("proposed_at")


def baseline_agreements_about(subject: Subject) -> QuerySet[BaselineAgreement]:
    """Every word that a baseline holds for it."""
    return BaselineAgreement.objects.filter(child=subject.child).select_related("agreed_by").order_by("agreed_at")


def imported_about(subject: Subject) -> Iterator[tuple[str, list[object]]]:
    """Rows of files that were read and not recorded yet, with the name of the sheet, in which it is named."""
    for waiting in PendingImport.objects.filter(contract=subject.contract):
        for sheet, rows in waiting.rows.items():
            yield from ((sheet, row) for row in rows if subject.is_named_in(json.dumps(row, ensure_ascii=False)))


def events_about(subject: Subject) -> list[AuditEvent]:
    """Every event of the contract's activity log that names the child, a fact about it, or a file beside one."""
    files = {f"file {row.pk}" for row in evidence_about(subject)}
    events = AuditEvent.objects.filter(stream=f"contract:{subject.contract.reference}").order_by("sequence")
    return [
        event
        for event in events.iterator()
        if event.subject in files or subject.is_named_in(event.subject) or subject.is_named_in(event.detail)
    ]
