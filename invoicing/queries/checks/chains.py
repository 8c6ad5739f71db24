"""The activity log: its chains are whole, and every closed statement's head is in its contract's chain."""

from collections.abc import Iterator

from cohort.models import Contract
from cohort.services import stream_of
from invoicing.queries.checks.findings import Finding
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import verify, verify_all
from savings.models import ClosedStatement


def chain_findings(contract: Contract | None) -> Iterator[Finding]:
    """Every break of a chain, every hash worked out again; of one contract, or of all streams there are."""
    for broken in verify_all() if contract is None else verify(stream_of(contract)):
        yield Finding(f"{broken.stream}, event {broken.sequence}", broken.message)
    statements = ClosedStatement.objects.select_related("contract").defer("document", "particulars")
    if contract is not None:
        statements = statements.filter(contract=contract)
    heads = _heads(contract)
    for statement in statements.order_by("contract__reference", "month_start"):
        if (stream_of(statement.contract), statement.audit_head) not in heads:
            yield Finding(str(statement), "the head of the activity log that it was closed with is not in the log")


def _heads(contract: Contract | None) -> set[tuple[str, str]]:
    events = AuditEvent.objects.filter(action="statement.closed")
    if contract is not None:
        events = events.filter(stream=stream_of(contract))
    return set(events.values_list("stream_id", "hash"))
