"""Every closed statement of a contract, worked out again in one pass from the facts as known at each cut-off."""

import json
from collections.abc import Iterable, Iterator

from cohort.core.facts import KnownFacts
from cohort.models import Contract
from cohort.queries import facts_known_at_each
from invoicing.core.bounds import findings as out_of_bounds
from invoicing.core.entries import (
    RECLASSIFICATION,
    STATEMENT,
    Leg,
    Legs,
    reclassification_legs,
    statement_legs,
)
from invoicing.core.lines import charged_by_line
from invoicing.models import CREDIT_NOTE, Invoice, JournalEntry
from invoicing.queries.checks.findings import Finding
from invoicing.queries.invoices import charged_lines
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import pence_of
from pbr_ledger.periods import day_of
from savings.core.document import Document, as_text, differences, digest_of, statement_document
from savings.core.results import NOTHING_STATED, Position, Statement
from savings.core.statement import statement
from savings.models import ClosedStatement
from savings.queries import closed_statements


def statement_findings(contract: Contract) -> Iterator[Finding]:
    """Where a closed statement is not what its facts, its digest, its invoice or its entry say."""
    position = NOTHING_STATED
    before: Document | None = None
    booked = Booked(contract)
    statements = list(closed_statements(contract).select_related("proposal"))
    known = facts_known_at_each(contract=contract, instants=[closed.known_at for closed in statements])
    for closed in statements:
        closed.contract = contract
        kept = json.loads(closed.document)
        yield from _digests(closed, kept)
        try:
            result = _worked(closed, known[closed.known_at], position)
        except LedgerError as error:
            yield Finding(str(closed), f"cannot be worked out again: {error}")
        else:
            yield from _unlike(closed, kept, result, position)
            position = result.position
        yield from booked.findings(closed, kept, before)
        before = kept


def _worked(closed: ClosedStatement, known: KnownFacts, position: Position) -> Statement:
    return statement(month=closed.month, as_known_on=day_of(closed.known_at), known=known, position=position)


def _digests(closed: ClosedStatement, kept: Document) -> Iterator[Finding]:
    if closed.digest != digest_of(closed.contract.reference, kept):
        yield Finding(str(closed), "its digest is not that of its figures")
    if closed.digest != closed.proposal.digest:
        yield Finding(str(closed), "it was closed on other figures than were proposed")


def _unlike(closed: ClosedStatement, kept: Document, result: Statement, position: Position) -> Iterator[Finding]:
    document = statement_document(result)
    if as_text(document, compact=True) != closed.document:
        changed = "; ".join(f"{place} {was}, not {now}" for place, was, now in differences(kept, document))
        yield Finding(str(closed), f"worked out again, it comes to other figures: {changed or 'its wording differs'}")
    if sorted(reference for reference, _ in result.expenses) != sorted(closed.expenses):
        yield Finding(str(closed), "it keeps other expenses than it charged")
    for sentence in out_of_bounds(result, before=position, again=result):
        yield Finding(str(closed), sentence)


class Booked:
    """What the invoices and the entries of a contract say of its statements."""

    def __init__(self, contract: Contract) -> None:
        invoices = Invoice.objects.filter(contract=contract).prefetch_related("lines")
        self._invoices = {invoice.statement_id: invoice for invoice in invoices}
        entries = JournalEntry.objects.filter(contract=contract, kind__in=(STATEMENT, RECLASSIFICATION))
        self._entries = {entry.key: entry for entry in entries.prefetch_related("postings__account")}

    def findings(self, closed: ClosedStatement, kept: Document, before: Document | None) -> Iterator[Finding]:
        """An invoice whose lines are not the statement's charges, an entry whose legs are not its figures."""
        invoice = self._invoices.get(closed.pk)
        charged = charged_by_line(kept)
        if invoice is not None and _lines_of(invoice) != charged:
            yield Finding(str(invoice), f"its lines are not what {closed} charges")
        stated = self._legs(f"{STATEMENT} {closed.month}")
        if stated is None and invoice is None:
            return  # its job is still to come
        if stated != _sorted(statement_legs(kept, before)):
            yield Finding(str(closed), "the memorandum accounts do not show what it states")
        moved = self._entries.get(f"{RECLASSIFICATION} {closed.month}")
        if moved is not None and _sorted(_legs_of(moved)) != _sorted(_reclassifying(closed, kept, moved)):
            yield Finding(str(closed), "what was moved between accounts is not what it charges")

    def _legs(self, key: str) -> list[Leg] | None:
        """The legs of the entry with this key; none where nothing had to be posted after another that had."""
        entry = self._entries.get(key)
        return None if entry is None else _sorted(_legs_of(entry))


def _sorted(legs: Iterable[Leg]) -> list[Leg] | None:
    return sorted(legs) or None


def _legs_of(entry: JournalEntry) -> Iterator[Leg]:
    return (Leg(leg.account.code, leg.side, leg.amount) for leg in entry.postings.all())


def _reclassifying(closed: ClosedStatement, kept: Document, entry: JournalEntry) -> Legs:
    """What the statement's charges move, with the VAT of the invoicing terms by which the entry was posted."""
    return reclassification_legs(charged_lines(contract=closed.contract, document=kept, at=entry.recorded_at))


def _lines_of(invoice: Invoice) -> dict[str, int]:
    sign = -1 if invoice.kind == CREDIT_NOTE else 1
    return {line.charge: sign * pence_of(line.net) for line in invoice.lines.all()}
