"""Every change to a month's statement (docs/contract.md 13)."""

from savings.services.closing import close
from savings.services.ground import (
    AgreementMissing,
    AlreadyProposed,
    FiguresHaveChanged,
    MonthNotOver,
    ReasonMissing,
    StatementAlreadyClosed,
)
from savings.services.proposals import agree, dispute, propose, withdraw_dispute
from savings.services.reports import StatementNotReproduced, reconciliation_content, store_report

__all__ = [
    "AgreementMissing",
    "AlreadyProposed",
    "FiguresHaveChanged",
    "MonthNotOver",
    "ReasonMissing",
    "StatementAlreadyClosed",
    "StatementNotReproduced",
    "agree",
    "close",
    "dispute",
    "propose",
    "reconciliation_content",
    "store_report",
    "withdraw_dispute",
]
