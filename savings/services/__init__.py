"""Every change to a month's statement (docs/contract.md 13)."""

from savings.services.closing import close
from savings.services.ground import (
    AgreementMissing,
    AlreadyAgreed,
    AlreadyProposed,
    DisputeAlreadyWithdrawn,
    FiguresHaveChanged,
    MonthNotOver,
    ReasonMissing,
    StatementAlreadyClosed,
)
from savings.services.proposals import agree, dispute, propose, withdraw_dispute
from savings.services.reports import (
    StatementNotReproduced,
    reconciliation_content,
    reproduced,
    statement_text,
    store_report,
    workbook_content,
)
from savings.services.scenarios import ContractExists, Follower, Particulars, Parties, load_scenario

__all__ = [
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
    "close",
    "dispute",
    "load_scenario",
    "propose",
    "reconciliation_content",
    "reproduced",
    "statement_text",
    "store_report",
    "withdraw_dispute",
    "workbook_content",
]
