"""From a closed statement to the draft of its invoice or credit note: once, and not outside the bounds."""

import json
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from cohort.models import Contract
from cohort.services import checked_at_once, locked
from invoicing import rules
from invoicing.core.bounds import findings
from invoicing.core.charges import CARER_FEES, EXPENSES, SUCCESS_FEE
from invoicing.core.entries import RECLASSIFICATION, reclassification_legs
from invoicing.core.lines import Draft, DraftLine, charged_by_line, draft_of, months_that_lost
from invoicing.models import (
    CREDIT_NOTE,
    INVOICE_KIND,
    Invoice,
    InvoiceLine,
    JournalEntry,
    ParkedStatement,
)
from invoicing.queries.invoices import charged_lines, document_before, invoice_of, invoices_of
from invoicing.queries.ledger import expense_day
from invoicing.services.announcements import tell_of_invoice
from invoicing.services.ground import OverCap, OverMaximum, note, require, require_party, require_reason, stamp
from invoicing.services.ledger import balance_of, count, narrative_of, post, post_statement
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import RATE_SCALE, pounds_of
from pbr_ledger.periods import day_of
from pbr_ledger.words import month_shown
from savings.core.document import Document, as_text
from savings.core.statement import statement as worked_out
from savings.models import ClosedStatement
from savings.queries import worked_statement


class NotParked(LedgerError):
    """The statement is within its bounds, or was released before."""


def draft_from_statement(*, statement: ClosedStatement, clock: Clock) -> Invoice | None:
    """The draft of what the closed statement makes payable, the same one however often it is asked for.

    A negative total makes a credit note that names the invoices it corrects. None when nothing is payable, and when
    the result is out of its bounds: the statement is then parked until a person releases it.
    """
    return draft_examined(statement=statement, found=out_of_bounds(statement), clock=clock)


def draft_examined(*, statement: ClosedStatement, found: Sequence[str], clock: Clock) -> Invoice | None:
    """What `draft_from_statement` gives, where `out_of_bounds` has been asked already and found this."""
    with checked_at_once():
        contract = locked(statement.contract, erased_too=True)
        statement.contract = contract
        post_statement(statement=statement, clock=clock)
        return invoice_of(statement) or _drafted_or_parked(contract, statement, found, clock)


def release_parked(*, parked: ParkedStatement, reason: str, by: Person, clock: Clock) -> Invoice | None:
    """What is drafted now that a person has said why the statement may be invoiced as it is.

    Only a Lead Accountant other than the one who closed it releases a statement. Raises `NotParked` the second time,
    `ReasonMissing`, `NotPermitted`, and `NotFound` to those outside the contract.
    """
    with checked_at_once():
        require_party(by, parked.statement.contract)
        contract = locked(parked.statement.contract, erased_too=True)
        parked = ParkedStatement.objects.select_for_update(of=("self",)).select_related("statement").get(pk=parked.pk)
        parked.statement.contract = contract
        otherwise = "A parked statement is released by a Lead Accountant other than the one who closed it."
        require(rules.may_release_parked(by, parked.statement), otherwise)
        if parked.released_at:
            raise NotParked(f"The statement of {month_shown(parked.statement.month)} was released already.")
        require_reason(reason, "Say why this statement may be invoiced as it is.")
        parked.released_at, parked.released_by, parked.reason = stamp(contract, clock), by, reason
        parked.save(update_fields=["released_at", "released_by", "reason"])
        detail = {"reason": reason, "findings": parked.findings}
        note(contract, by, "statement.released", parked.statement, detail, parked.released_at)
        return invoice_of(parked.statement) or _drafted(contract, parked.statement, parked.released_at)


def out_of_bounds(statement: ClosedStatement) -> list[str]:
    """What is out of bounds in a closed statement, worked out twice from what was known at its cut-off; else empty."""
    month, known_at = statement.month, statement.known_at
    first = worked_statement(contract=statement.contract, month=month, known_at=known_at)
    again = worked_out(month=month, as_known_on=day_of(known_at), known=first.known, position=first.position)
    found = findings(first.result, before=first.position, again=again)
    if as_text(first.document, compact=True) != statement.document:
        found.append("Worked out again, the statement does not come to what was closed.")
    return found


def _drafted_or_parked(
    contract: Contract, statement: ClosedStatement, found: Sequence[str], clock: Clock
) -> Invoice | None:
    parked = ParkedStatement.objects.filter(statement=statement).first()
    if parked is not None and parked.released_at is None:
        return None
    if found and parked is None:
        _park(contract, statement, found, stamp(contract, clock))
        return None
    if not charged_by_line(json.loads(statement.document)) or _reclassified_before(contract, statement):
        return None
    at = stamp(contract, clock)
    try:
        return _drafted(contract, statement, at)
    except (OverCap, OverMaximum) as limit:  # of charges that cancel: an invoice meets its limits when it is approved
        _park(contract, statement, [str(limit)], at)
        return None


def _park(contract: Contract, statement: ClosedStatement, found: Sequence[str], at: datetime) -> None:
    ParkedStatement.objects.create(statement=statement, findings="\n".join(found), parked_at=at)
    note(contract, None, "statement.parked", statement, {"findings": list(found)}, at)


def _drafted(contract: Contract, statement: ClosedStatement, at: datetime) -> Invoice | None:
    """The draft. Raises `OverCap` and `OverMaximum`, nothing written, for charges that cancel and pass a limit."""
    document = json.loads(statement.document)
    lines = charged_lines(contract=contract, document=document, at=at)
    draft = draft_of(lines)
    if draft is None:
        _reclassify(contract, statement, lines, at)
        return None
    invoice = _stored(contract, statement, draft, at)
    if draft.is_credit:
        invoice.corrects.set(_corrected(statement, document))
    detail = {"statement": str(statement), "net": str(invoice.net), "vat": str(invoice.vat)}
    note(contract, None, f"{invoice.kind}.drafted", invoice, detail, at)
    tell_of_invoice(invoice, "drafted", by=None, at=statement.closed_at)
    return invoice


def _stored(contract: Contract, statement: ClosedStatement, draft: Draft, at: datetime) -> Invoice:
    invoice = Invoice.objects.create(
        contract=contract,
        kind=CREDIT_NOTE if draft.is_credit else INVOICE_KIND,
        statement=statement,
        net=pounds_of(draft.net_pence),
        vat=pounds_of(draft.vat_pence),
        gross=pounds_of(draft.gross_pence),
        drafted_at=at,
        proposed_by_id=statement.proposal.proposed_by_id,
    )
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            charge=line.charge,
            net=pounds_of(line.net_pence),
            vat_treatment=line.vat_treatment,
            vat_rate=Decimal(line.vat_rate) / RATE_SCALE,
            vat=pounds_of(line.vat_pence),
        )
        for position, line in enumerate(draft.lines, start=1)
    )
    return invoice


def _corrected(statement: ClosedStatement, document: Document) -> list[Invoice]:
    """The invoices that a credit note corrects; at least the latest one, where there is any.

    Those of months that have less fixed fee now than the statement before gave them, and those that charged carer
    fees, a success fee or expenses of which some come back (docs/contract.md 5.2, 6.4, 7.3, 8.3).
    """
    lost = [month.first_day for month in months_that_lost(document, document_before(statement))]
    come_back = [kind for kind in (CARER_FEES, SUCCESS_FEE, EXPENSES) if Decimal(document["charges"][kind]) < 0]
    earlier = invoices_of(statement.contract).filter(
        kind=INVOICE_KIND, statement__month_start__lt=statement.month_start
    )
    named = earlier.filter(
        Q(statement__month_start__in=lost) | Q(lines__charge__in=come_back, lines__net__gt=0)
    ).distinct()
    return list(named) or [latest for latest in [earlier.last()] if latest]


def _reclassify(contract: Contract, statement: ClosedStatement, lines: tuple[DraftLine, ...], at: datetime) -> None:
    """Move between the accounts what the lines of a statement without a total move, and count it as approved."""
    legs = reclassification_legs(lines)
    if not legs:
        return
    moved = Draft(False, lines)
    count(
        balance_of(contract),
        net=pounds_of(moved.net_pence),
        fixed_fee=pounds_of(moved.fixed_fee_pence),
        what=f"the charges of {month_shown(statement.month)} that cancel counted",
    )
    effective_on = expense_day(contract, statement.month.last_day)
    words = f"Charges of {month_shown(statement.month)} that cancel, so that there is nothing to invoice"
    entry = post(
        contract=contract,
        key=_reclassification_key(statement),
        kind=RECLASSIFICATION,
        narrative=narrative_of(words, statement.month.last_day, effective_on),
        effective_on=effective_on,
        legs=legs,
        by=None,
        at=at,
    )
    note(contract, None, "statement.reclassified", statement, {"entry": entry.number}, at)


def _reclassification_key(statement: ClosedStatement) -> str:
    return f"{RECLASSIFICATION} {statement.month}"


def _reclassified_before(contract: Contract, statement: ClosedStatement) -> bool:
    return JournalEntry.objects.filter(contract=contract, key=_reclassification_key(statement)).exists()
