"""What every change to a statement stands on: its errors, the contract's lock, the stamp, and lapsing."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

from cohort.models import Contract
from cohort.services import locked, stream_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import day_shown, month_shown
from savings import rules
from savings.core.document import differences
from savings.lifecycles import PROPOSAL
from savings.models import Proposal
from savings.queries import WorkedStatement, last_closed_month
from savings.services.announcements import tell_of_statement

Difference = tuple[str, str, str]
"""A figure's place, what was proposed, and what it is now."""


class StatementAlreadyClosed(LedgerError):
    """The month, or a later one, is closed for good."""


class MonthNotOver(LedgerError):
    """A statement's cut-off lies after its month's last day."""


class AlreadyProposed(LedgerError):
    """The very same figures are before the parties already, or stand disputed."""


class AlreadyAgreed(LedgerError):
    """The side has agreed to these figures before."""


class DisputeAlreadyWithdrawn(LedgerError):
    """The dispute was withdrawn before."""


class FiguresHaveChanged(LedgerError):
    """What is known now gives other figures than were proposed; the proposal has lapsed, a new one is needed."""

    def __init__(self, changed: list[Difference]) -> None:
        lines = [f"{place}: {before} became {after}" for place, before, after in changed]
        super().__init__("The figures have changed since they were proposed: " + "; ".join(lines))
        self.changed = changed


class AgreementMissing(LedgerError):
    """A side has not agreed to these figures yet."""


class ReasonMissing(LedgerError):
    """What is about to be done has to be explained."""


def locked_proposal(proposal: Proposal) -> tuple[Contract, Proposal]:
    """The contract's row, then the proposal's, both locked and as they are now."""
    contract = locked(proposal.contract)
    current = Proposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
    current.contract = contract
    return contract, current


def side_among_parties(person: Person, contract: Contract) -> str:
    """The side for which the person stands. Raises `NotFound` to all others: for them the contract does not exist."""
    side = rules.side_of(person, contract)
    if side is None:
        raise NotFound(f"There is no contract {contract.reference}.")
    return side


def require(permitted: bool, otherwise: str) -> None:
    """Raise `NotPermitted`, with what is true instead, unless the person may do it."""
    if not permitted:
        raise NotPermitted(otherwise)


def require_open_month(contract: Contract, month: Month) -> None:
    """Raise `StatementAlreadyClosed` when the month or a later one is closed."""
    last = last_closed_month(contract)
    if last is not None and month <= last:
        raise StatementAlreadyClosed(
            f"{month_shown(month)} cannot be changed: {month_shown(last)} is closed, and months close in rising order."
        )


def cut_off(contract: Contract, month: Month, clock: Clock) -> datetime:
    """The instant now as a cut-off: not before anything recorded, after the month's last day, and taken note of."""
    latest = contract.last_stamped_at
    at = clock.read(after=latest - timedelta(microseconds=1) if latest else None)
    if day_of(at) <= month.last_day:
        raise MonthNotOver(not_over_sentence(month))
    return _note_stamp(contract, at)


def not_over_sentence(month: Month) -> str:
    """That the month is not over, and from when on its statement can be made."""
    first_day = day_shown(month.plus(1).first_day)
    return f"{month_shown(month)} is not over yet: its statement can be made from {first_day} on."


def stamp(contract: Contract, clock: Clock) -> datetime:
    """The instant now, later than everything recorded of the contract, and taken note of."""
    return _note_stamp(contract, clock.read(after=contract.last_stamped_at))


def _note_stamp(contract: Contract, at: datetime) -> datetime:
    contract.last_stamped_at = at
    contract.save(update_fields=["last_stamped_at"])
    return at


def lapse_if_unlike(
    contract: Contract, proposal: Proposal, worked: WorkedStatement, at: datetime, by: Person
) -> list[Difference]:
    """The figures in which the proposal differs from what is known now; if there are any, it has lapsed."""
    if worked.digest == proposal.digest:
        return []
    changed = differences(json.loads(proposal.document), worked.document)
    set_status(proposal, PROPOSAL.after(proposal.status, "lapse"))
    note(contract, by, "statement.lapsed", str(proposal), {"changed": [list(item) for item in changed]}, at)
    tell_of_statement(contract, proposal.month, "the proposal has lapsed, because a figure changed", by=by, at=at)
    return changed


def set_status(proposal: Proposal, status: str) -> None:
    """Move the proposal on; the caller has asked the lifecycle."""
    proposal.status = status
    proposal.save(update_fields=["status"])


def note(
    contract: Contract, by: Person, action: str, subject: str, detail: Mapping[str, object], at: datetime
) -> AuditEvent:
    """The event in the contract's activity log."""
    return audit.record(stream=stream_of(contract), by=by, action=action, subject=subject, detail=detail, at=at)
