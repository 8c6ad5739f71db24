"""Everything that must hold of the ledger, looked at afresh: what `manage.py check_ledger` prints."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from cohort.models import Contract, Erasure
from invoicing.models import ParkedStatement
from invoicing.queries.checks.chains import chain_findings
from invoicing.queries.checks.erased import erased_findings
from invoicing.queries.checks.evidence import evidence_findings
from invoicing.queries.checks.findings import Finding
from invoicing.queries.checks.rows import row_findings
from invoicing.queries.checks.statements import statement_findings

__all__ = ["Finding", "check_everything", "check_whole", "held_still", "waiting_for_a_person"]


def check_everything(contract: Contract | None = None) -> Iterator[Finding]:
    """Everything wrong with the contract's ledger, or with any contract's; nothing when all is well.

    The rows of each table against each other, the activity log's chains, the files of evidence, and every closed
    statement worked out again from the facts as known at its cut-off (docs/contract.md 5.3, 11.4). Of a
    contract that was erased, what is left: its totals, digests and books.
    """
    yield from row_findings(contract)
    yield from chain_findings(contract)
    yield from evidence_findings(contract)
    contracts = Contract.objects.order_by("reference") if contract is None else [contract]
    erased = set(Erasure.objects.values_list("contract", flat=True))
    for each in contracts:
        yield from erased_findings(each) if each.pk in erased else statement_findings(each)


def check_whole() -> Iterator[Finding]:
    """What is wrong with any row or chain, those of no contract among them; no statement is worked out again."""
    yield from row_findings(None)
    yield from chain_findings(None)


@contextmanager
def held_still() -> Iterator[None]:
    """Inside, the database is as it was at the first question; within a transaction, such as a test's, it cannot be."""
    with transaction.atomic():
        if not connection.savepoint_ids:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def waiting_for_a_person(contract: Contract | None = None) -> Iterator[Finding]:
    """The statements that are parked outside their bounds and not yet released: nothing wrong, but nothing moves."""
    parked = ParkedStatement.objects.filter(released_at=None).select_related("statement__contract")
    if contract is not None:
        parked = parked.filter(statement__contract=contract)
    for row in parked.order_by("statement__contract__reference", "statement__month_start"):
        yield Finding(str(row.statement), f"is parked: {row.findings}")
