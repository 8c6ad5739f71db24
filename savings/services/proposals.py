"""Proposing a month's figures, agreeing to them, and disputing them (docs/contract.md 13.1 to 13.3)."""

from django.db import transaction

from cohort.models import Contract
from cohort.services import locked
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.periods import Month
from savings import rules
from savings.core.document import as_text
from savings.lifecycles import DISPUTED, PROPOSAL
from savings.models import Agreement, Dispute, Proposal
from savings.queries import WorkedStatement, latest_proposal, worked_statement
from savings.services.announcements import tell_of_statement
from savings.services.ground import (
    AlreadyAgreed,
    AlreadyProposed,
    Difference,
    DisputeAlreadyWithdrawn,
    FiguresHaveChanged,
    ReasonMissing,
    cut_off,
    lapse_if_unlike,
    locked_proposal,
    note,
    require,
    require_open_month,
    set_status,
    side_among_parties,
    stamp,
)


def propose(*, contract: Contract, month: Month, by: Person, clock: Clock) -> Proposal:
    """The month's result as known now, put to both parties; it replaces an open proposal with other figures.

    Raises `StatementAlreadyClosed`, `MonthNotOver`, `AlreadyProposed`, `NotPermitted`, `NotFound` to those outside the
    contract, and the core's `NoTermsKnown` and `MonthBeforeProgramme`.
    """
    with transaction.atomic():
        side_among_parties(by, contract)
        contract = locked(contract)
        require(rules.may_propose(by, contract), "Only a finance officer or the Lead Accountant proposes a statement.")
        require_open_month(contract, month)
        known_at = cut_off(contract, month, clock)
        worked = worked_statement(contract=contract, month=month, known_at=known_at)
        before = latest_proposal(contract=contract, month=month)
        _make_room(before, worked)
        proposal = Proposal.objects.create(
            contract=contract,
            month_start=month.first_day,
            number=before.number + 1 if before else 1,
            known_at=known_at,
            document=as_text(worked.document, compact=True),
            digest=worked.digest,
            proposed_by=by,
            proposed_as=rules.capacity(by, "propose_statement"),
            proposed_at=known_at,
        )
        note(contract, by, "statement.proposed", str(proposal), {"digest": worked.digest}, known_at)
        tell_of_statement(contract, month, "the statement is proposed", by=by, at=known_at)
        return proposal


def agree(*, proposal: Proposal, by: Person, clock: Clock) -> Agreement:
    """The agreement of the person's side to these figures and no others (13.1, 13.2).

    Raises `FiguresHaveChanged` when what is known by now gives other figures; the proposal has then lapsed.
    """
    changed: list[Difference] = []
    with transaction.atomic():
        side = side_among_parties(by, proposal.contract)
        contract, proposal = locked_proposal(proposal)
        otherwise = "The figures are agreed by the provider, and by another person of the council."
        require(rules.may_agree(by, proposal), otherwise)
        require_open_month(contract, proposal.month)
        following = PROPOSAL.after(proposal.status, "agree")
        if Agreement.objects.filter(proposal=proposal, side=side).exists():
            raise AlreadyAgreed(f"The {side} has agreed to these figures already.")
        at = cut_off(contract, proposal.month, clock)
        worked = worked_statement(contract=contract, month=proposal.month, known_at=at)
        changed = lapse_if_unlike(contract, proposal, worked, at, by)
        if not changed:
            agreement = Agreement.objects.create(
                proposal=proposal,
                side=side,
                digest=proposal.digest,
                agreed_by=by,
                agreed_as=rules.capacity(by, f"agree_statement_for_{side}"),
                proposed_by_id=proposal.proposed_by_id,
                agreed_at=at,
            )
            set_status(proposal, following)
            detail = {"side": side, "digest": proposal.digest}
            note(contract, by, "statement.agreed", str(proposal), detail, at)
            tell_of_statement(contract, proposal.month, f"the {side} has agreed the statement", by=by, at=at)
    if changed:
        raise FiguresHaveChanged(changed)
    return agreement


def dispute(*, proposal: Proposal, about: str, reason: str, by: Person, clock: Clock) -> Dispute:
    """The objection of the person's side to a line; the proposal stops, and no fact changes (13.3)."""
    with transaction.atomic():
        side = side_among_parties(by, proposal.contract)
        contract, proposal = locked_proposal(proposal)
        require(rules.may_dispute(by, contract), "Only the two parties’ officers dispute a statement.")
        require_open_month(contract, proposal.month)
        if not about.strip() or not reason.strip():
            raise ReasonMissing("Say which figure is disputed, and why.")
        following = PROPOSAL.after(proposal.status, "dispute")
        at = stamp(contract, clock)
        set_status(proposal, following)
        note(contract, by, "statement.disputed", str(proposal), {"about": about, "reason": reason}, at)
        tell_of_statement(contract, proposal.month, f"the {side} disputes the statement", by=by, at=at)
        return Dispute.objects.create(
            proposal=proposal, side=side, about=about, reason=reason, disputed_by=by, disputed_at=at
        )


def withdraw_dispute(*, dispute: Dispute, by: Person, clock: Clock) -> Dispute:
    """The dispute, withdrawn by the side that raised it; the same figures can then be proposed again (13.3)."""
    with transaction.atomic():
        side = side_among_parties(by, dispute.proposal.contract)
        contract, proposal = locked_proposal(dispute.proposal)
        dispute = Dispute.objects.select_for_update(of=("self",)).get(pk=dispute.pk)
        require(
            side == dispute.side and rules.may_dispute(by, contract),
            "A dispute is withdrawn by the side that raised it.",
        )
        if dispute.withdrawn_at:
            raise DisputeAlreadyWithdrawn("The dispute was withdrawn already.")
        dispute.withdrawn_at, dispute.withdrawn_by = stamp(contract, clock), by
        dispute.save(update_fields=["withdrawn_at", "withdrawn_by"])
        note(contract, by, "statement.dispute_withdrawn", str(proposal), {}, dispute.withdrawn_at)
        tell_of_statement(
            contract, proposal.month, f"the {side} has withdrawn its dispute", by=by, at=dispute.withdrawn_at
        )
        return dispute


def _make_room(before: Proposal | None, worked: WorkedStatement) -> None:
    """Replace an open proposal with other figures; refuse the same figures twice, or while they stand disputed."""
    if before is None:
        return
    if before.is_open:
        if before.digest == worked.digest:
            raise AlreadyProposed("These very figures are before the parties already.")
        set_status(before, PROPOSAL.after(before.status, "replace"))
    elif before.status == DISPUTED and before.digest == worked.digest and before.dispute.withdrawn_at is None:
        raise AlreadyProposed("These very figures stand disputed: withdraw the dispute, or correct a fact.")
