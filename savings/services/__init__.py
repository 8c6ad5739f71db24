"""Every change to a month's statement (docs/contract.md 13)."""

from savings.services.announcements import DOCUMENTS, STATEMENTS, tell_of_report
from savings.services.closing import UNANSWERED, answer_awaited_until, close, closing_action, first_month_skipped
from savings.services.ground import (
    AgreementMissing,
    AlreadyAgreed,
    AlreadyProposed,
    DisputeAlreadyWithdrawn,
    FiguresHaveChanged,
    MonthNotOver,
    ReasonMissing,
    StatementAlreadyClosed,
    not_over_sentence,
)
from savings.services.proposals import agree, dispute, propose, withdraw_dispute
from savings.services.reports import (
    StatementNotReproduced,
    reconciliation_content,
    reproduced,
    standing_content,
    statement_text,
    store_report,
    workbook_content,
)
from savings.services.scenarios import ContractExists, Follower, Particulars, Parties, load_scenario

__all__ = [
    "DOCUMENTS",
    "STATEMENTS",
    "UNANSWERED",
    "AgreementMissing",
    "AlreadyAgreed",
    "AlreadyProposed",
    "ContractExists",
    "DisputeAlreadyWithdrawn",
    "FiguresHaveChanged",
    "Follower",
    "MonthNotOver",
    "Particulars",
    "Parties",
    "ReasonMissing",
    "StatementAlreadyClosed",
    "StatementNotReproduced",
    "agree",
    "answer_awaited_until",
    "close",
    "closing_action",
    "dispute",
    "first_month_skipped",
    "load_scenario",
    "not_over_sentence",
    "propose",
    "reconciliation_content",
    "reproduced",
    "standing_content",
    "statement_text",
    "store_report",
    "tell_of_report",
    "withdraw_dispute",
    "workbook_content",
]
