"""What the Lead Accountant sees before closing a month, and what she has to explain."""

from dataclasses import dataclass
from datetime import datetime

from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.documents.sections import ChargeRow, charge_rows, total_row
from savings.documents.sentences import total_sentence
from savings.models import Proposal
from savings.queries import worked_statement
from savings.services import UNANSWERED, closing_action, first_month_skipped


@dataclass(frozen=True, slots=True)
class ClosingPage:
    """What closing would make final: in words and as charges; which months it skips, in a sentence; who is silent.

    `obstacle` says why the month cannot be closed now; empty where it can.
    """

    obstacle: str
    total_words: str
    charges: tuple[ChargeRow, ...]
    total: ChargeRow
    skipped: str
    is_unanswered: bool


def closing_page(proposal: Proposal, *, at: datetime) -> ClosingPage:
    """The month as it would be closed at the instant."""
    at = max(at, proposal.contract.last_stamped_at or at)
    worked = worked_statement(contract=proposal.contract, month=proposal.month, known_at=at)
    action, obstacle = "", ""
    try:
        action = closing_action(proposal=proposal, at=at)
    except LedgerError as refusal:
        obstacle = str(refusal)
    skipped = first_month_skipped(contract=proposal.contract, worked=worked)
    return ClosingPage(
        obstacle=obstacle,
        total_words=total_sentence(worked.result),
        charges=charge_rows(worked.result),
        total=total_row(worked.result),
        skipped=_skipped(skipped, proposal) if skipped else "",
        is_unanswered=action == UNANSWERED,
    )


def _skipped(first: Month, proposal: Proposal) -> str:
    before = proposal.month.plus(-1)
    span = month_shown(before) if first == before else f"{month_shown(first)} to {month_shown(before)}"
    return f"{span}: no statement of their own; what they earned is charged here. What you write stands for good."
