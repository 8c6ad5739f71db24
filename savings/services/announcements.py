"""What the parties are told of statements, in the transaction of the change."""

from datetime import datetime

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.notices.models import AT_ONCE
from pbr_ledger.notices.registry import NoticeKind
from pbr_ledger.notices.services import announce
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.models import ClosedStatement

_BOTH_SIDES = frozenset({"agree_statement_for_council", "agree_statement_for_provider", "close_statement"})

STATEMENTS = NoticeKind(
    key="statements",
    title="Statements",
    hint="A month is proposed, agreed, disputed, proposed anew or closed.",
    permissions=_BOTH_SIDES,
    place=20,
    unless_chosen=AT_ONCE,
)
DOCUMENTS = NoticeKind(
    key="documents",
    title="Reconciliation reports",
    hint="The report of a closed month is ready.",
    permissions=_BOTH_SIDES | {"export_reports"},
    place=30,
    unless_chosen=AT_ONCE,
)


def tell_of_statement(
    contract: Contract, month: Month, what: str, *, by: Person | None, at: datetime, kind: NoticeKind = STATEMENTS
) -> None:
    """Tell both parties what happened to the month's statement: `what` completes “May 2026: …”."""
    announce(
        kind=kind.key,
        about=contract.reference,
        text=f"{month_shown(month)}: {what}",
        page="statement",
        parts=[contract.pk, month],
        organisations=[contract.council_id, contract.provider_id],
        by=by,
        at=at,
    )


def tell_of_report(statement: ClosedStatement) -> None:
    """Tell both parties that the closed month's report is there: where it is, not what it says."""
    what = "the reconciliation report is ready"
    tell_of_statement(statement.contract, statement.month, what, by=None, at=statement.closed_at, kind=DOCUMENTS)
