"""The documents made from a closed statement, each stored once with its hash."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from pbr_ledger.documents import stored_once
from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import LONDON
from pbr_ledger.release import RELEASE
from pbr_ledger.words import day_shown
from savings.core.document import as_text, result_document
from savings.core.nights import journeys, priced_nights
from savings.core.results import PricedNights
from savings.documents.content import Before, ClosedMonth, ReportContent, Signature
from savings.documents.workbook.content import EarlierStatement, WorkbookContent
from savings.models import ClosedStatement, StatementReport
from savings.queries import WorkedStatement, charges_in, closed_statements, worked_statement


class StatementNotReproduced(LedgerError):
    """The facts known at the cut-off no longer give the closed document: no report is made of it."""


def reproduced(statement: ClosedStatement) -> WorkedStatement:
    """The closed statement worked out again from the facts known at its cut-off.

    Raises `StatementNotReproduced` unless it comes to the very document that was closed (docs/contract.md 5.3).
    """
    worked = worked_statement(contract=statement.contract, month=statement.month, known_at=statement.known_at)
    if as_text(worked.document, compact=True) != statement.document:
        raise StatementNotReproduced(f"Worked out again, {statement} does not come to the figures that were closed.")
    return worked


def reconciliation_content(statement: ClosedStatement) -> ReportContent:
    """Everything that the month's reconciliation report shows."""
    earlier = _earlier(statement)
    return _content(statement, reproduced(statement), earlier, before=_before(earlier))


def standing_content(statement: ClosedStatement) -> ReportContent:
    """The same, without what the statement before rested on: for pages that show where the contract stands."""
    return _content(statement, reproduced(statement), _earlier(statement), before=Before())


def workbook_content(statement: ClosedStatement) -> WorkbookContent:
    """Everything that the month's reconciliation workbook is worked out from."""
    worked, earlier = reproduced(statement), _earlier(statement)
    return WorkbookContent(
        report=_content(statement, worked, earlier, before=_before(earlier)),
        known=worked.known,
        earlier=tuple(
            EarlierStatement(each.month, json.loads(each.document), frozenset(each.expenses)) for each in earlier
        ),
    )


def _earlier(statement: ClosedStatement) -> list[ClosedStatement]:
    return list(closed_statements(statement.contract).filter(month_start__lt=statement.month_start))


def _before(earlier: list[ClosedStatement]) -> Before:
    return Before.of(reproduced(earlier[-1]).result) if earlier else Before()


def _content(
    statement: ClosedStatement, worked: WorkedStatement, earlier: list[ClosedStatement], *, before: Before
) -> ReportContent:
    particulars = statement.particulars
    return ReportContent(
        contract_reference=statement.contract.reference,
        contract_title=particulars["title"],
        decision=_decision(particulars),
        council=particulars["council"],
        provider=particulars["provider"],
        paying_agent=particulars["agent"],
        statement=worked.result,
        closed=tuple(ClosedMonth(each.month, charges_in(each)) for each in earlier),
        before=before,
        nights=_nights(worked),
        expenses={reference: worked.known.expenses[reference] for reference, _ in worked.result.expenses},
        proposed_by=_signature(particulars["proposed"]),
        agreements=tuple(_signature(each) for each in particulars["agreed"]),
        closed_by=_signature(particulars["closed"]),
        closed_at=statement.closed_at.astimezone(LONDON),
        known_at=statement.known_at.astimezone(LONDON),
        digest=statement.digest,
        audit_head=statement.audit_head,
        document_json=statement_text(statement),
        release=RELEASE,
        remarks=_remarks(statement),
    )


def statement_text(statement: ClosedStatement) -> str:
    """The closed statement alone, as a result document, indented for reading."""
    return as_text(result_document(statement.contract.reference, [json.loads(statement.document)])) + "\n"


def store_report(*, statement: ClosedStatement, name: str, media_type: str, content: bytes) -> StatementReport:
    """The document, stored with its SHA-256; the first one made is the one that stays."""
    return stored_once(
        StatementReport.objects,
        statement=statement,
        name=name,
        media_type=media_type,
        content=content,
        action="report.made",
    )


def _nights(worked: WorkedStatement) -> tuple[PricedNights, ...]:
    children = journeys(worked.known)
    return tuple(
        priced
        for line in worked.result.lines
        for priced in priced_nights(children[line.child], month=worked.result.month, terms=worked.result.terms)
    )


def _decision(particulars: Mapping[str, Any]) -> str:
    return f"{particulars['decision_reference']}, {day_shown(date.fromisoformat(particulars['decision_on']))}"


def _signature(signed: Mapping[str, str]) -> Signature:
    return Signature(
        side=signed["side"],
        name=signed["name"],
        role=signed["role"],
        organisation=signed["organisation"],
        at=datetime.fromisoformat(signed["at"]).astimezone(LONDON),
    )


def _remarks(statement: ClosedStatement) -> tuple[str, ...]:
    remarks = []
    if statement.skipped_months_because:
        remarks.append(f"Months before this one have no statement of their own: {statement.skipped_months_because}")
    if statement.unanswered_because:
        remarks.append(f"Closed without the provider’s answer: {statement.unanswered_because}")
    return tuple(remarks)
