"""What still has to hold of a contract whose children, carers and files were destroyed: its totals and its books."""

import json
from collections.abc import Iterator

from cohort.models import Contract
from cohort.queries.history import IDENTITIES
from cohort.services import stream_of
from invoicing.queries.checks.findings import Finding
from invoicing.queries.checks.statements import Booked
from invoicing.queries.retention import totals_digest
from pbr_ledger.audit.models import ERASED, AuditEvent
from savings.core.document import Document
from savings.models import KeptScenario, StatementReport
from savings.queries import closed_statements


def erased_findings(contract: Contract) -> Iterator[Finding]:
    """Where a total, a digest or an entry is not what the activity log and the books say, or a row is there again.

    The statements cannot be worked out again: the facts are gone. What they came to is compared with the log, which
    says it twice: on closing, and in the entry that sealed what is left.
    """
    yield from _sealed(contract)
    yield from _remains(contract)
    said = _said_on_closing(contract)
    booked, before = Booked(contract), None
    for closed in closed_statements(contract).select_related("proposal"):
        closed.contract = contract
        left = json.loads(closed.document)
        if closed.digest != closed.proposal.digest:
            yield Finding(str(closed), "it was closed on other figures than were proposed")
        if said.get(closed.audit_head) != (closed.digest, left["total"]):
            yield Finding(str(closed), "the activity log has another digest or total of it")
        stated = _as_stated(left)
        yield from booked.findings(closed, stated, before)
        before = stated


def _sealed(contract: Contract) -> Iterator[Finding]:
    entry = AuditEvent.objects.filter(stream=stream_of(contract), action=ERASED).order_by("sequence").last()
    if entry is None:
        yield Finding(contract.reference, "is erased, and its activity log does not say so")
    elif json.loads(entry.detail)["totals_sha256"] != totals_digest(contract):
        yield Finding(contract.reference, "its totals are not those that were left when it was erased")


def _remains(contract: Contract) -> Iterator[Finding]:
    """Rows of an erased contract, which the services no longer write."""
    for kind, model in IDENTITIES.items():
        if model.objects.filter(contract=contract).exists():
            yield Finding(contract.reference, f"is erased, and has a {kind.replace('_', ' ')} again")
    if StatementReport.objects.filter(statement__contract=contract).exists():
        yield Finding(contract.reference, "is erased, and has a stored report again")
    if KeptScenario.objects.filter(contract=contract).exists():
        yield Finding(contract.reference, "is erased, and has a scenario again")


def _said_on_closing(contract: Contract) -> dict[str, tuple[str, str]]:
    events = AuditEvent.objects.filter(stream=stream_of(contract), action="statement.closed")
    details = ((event.hash, json.loads(event.detail)) for event in events)
    return {head: (detail["digest"], detail["total"]) for head, detail in details}


def _as_stated(left: Document) -> Document:
    """The document in the form from which entries are worked out: all that was stated for children, as one line."""
    return {**left, "lines": [{"saving": left["savings_stated"]}], "adjustments": []}
