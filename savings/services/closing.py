"""Closing a month for good (docs/contract.md 13.4)."""

from datetime import datetime, timedelta

from django.db import transaction

from cohort.models import Contract
from cohort.queries import terms_version_in_force
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.jobs import services as jobs
from pbr_ledger.periods import day_of
from savings import rules
from savings.core.document import as_text
from savings.lifecycles import AGREED, PART_AGREED, PROPOSAL
from savings.models import (
    COUNCIL,
    DRAFT_INVOICE,
    PROVIDER,
    RECONCILIATION_REPORT,
    RECONCILIATION_WORKBOOK,
    SIDES,
    Agreement,
    ClosedStatement,
    Proposal,
)
from savings.queries import WorkedStatement, last_closed_month, worked_statement
from savings.services.ground import (
    AgreementMissing,
    Difference,
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
)


def close(
    *, proposal: Proposal, by: Person, clock: Clock, skipping_because: str = "", unanswered_because: str = ""
) -> ClosedStatement:
    """The month's statement, closed for good with the instant of closing as its cut-off (13.4).

    Raises `AgreementMissing` unless both sides agreed, or the provider stayed silent past its days and
    `unanswered_because` says so; `ReasonMissing` when months are skipped without `skipping_because`;
    `FiguresHaveChanged` when what is known by now gives other figures; `ActionNotPossible` once the proposal is
    disputed, lapsed or replaced.
    """
    changed: list[Difference] = []
    with transaction.atomic():
        side_among_parties(by, proposal.contract)
        contract, proposal = locked_proposal(proposal)
        require(rules.may_close(by, contract), "Only the Lead Accountant closes a month.")
        require_open_month(contract, proposal.month)
        at = cut_off(contract, proposal.month, clock)
        action = _closing_action(contract, proposal, at, unanswered_because)
        following = PROPOSAL.after(proposal.status, action)
        worked = worked_statement(contract=contract, month=proposal.month, known_at=at)
        skipping_because = _reason_for_skipping(contract, worked, skipping_because)
        changed = lapse_if_unlike(contract, proposal, worked, at, by)
        if not changed:
            reasons = (skipping_because, unanswered_because if action == "close unanswered" else "")
            closed = _closed(contract, proposal, worked, at, by, reasons)
            set_status(proposal, following)
    if changed:
        raise FiguresHaveChanged(changed)
    return closed


def _closed(
    contract: Contract, proposal: Proposal, worked: WorkedStatement, at: datetime, by: Person, reasons: tuple[str, str]
) -> ClosedStatement:
    skipping_because, unanswered_because = reasons
    detail = {
        "digest": worked.digest,
        "total": worked.document["total"],
        "skipped_months_because": skipping_because,
        "unanswered_because": unanswered_because,
    }
    event = note(contract, by, "statement.closed", f"{contract.reference} {proposal.month}", detail, at)
    closed = ClosedStatement.objects.create(
        contract=contract,
        month_start=proposal.month_start,
        proposal=proposal,
        known_at=at,
        document=as_text(worked.document, compact=True),
        digest=worked.digest,
        expenses=[reference for reference, _ in worked.result.expenses],
        particulars=_particulars(proposal, by, at),
        closed_by=by,
        closed_at=at,
        skipped_months_because=skipping_because,
        unanswered_because=unanswered_because,
        audit_head=event.hash,
    )
    for kind in (RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, DRAFT_INVOICE):
        jobs.enqueue(kind=kind, key=str(closed.pk), subject=str(closed), input_digest=worked.digest)
    return closed


def _closing_action(contract: Contract, proposal: Proposal, at: datetime, unanswered_because: str) -> str:
    """How this proposal may be closed: agreed by both, or unanswered by a provider that has let its days pass."""
    if proposal.status == AGREED or not proposal.is_open:
        return "close"  # which the lifecycle refuses to a proposal that is no longer open
    missing = [side for side in SIDES if not Agreement.objects.filter(proposal=proposal, side=side).exists()]
    if missing != [PROVIDER] or proposal.status != PART_AGREED:
        raise AgreementMissing(f"These figures are not agreed yet by the {' and the '.join(missing)}.")
    terms = terms_version_in_force(contract=contract, month=proposal.month, at=at)
    answer_by = day_of(proposal.proposed_at) + timedelta(days=terms.response_days)
    if day_of(at) <= answer_by:
        raise AgreementMissing(f"The provider has not agreed yet; it has until {answer_by} to answer.")
    if not unanswered_because.strip():
        raise ReasonMissing("The provider has not answered: record what was done to reach it.")
    return "close unanswered"


def _reason_for_skipping(contract: Contract, worked: WorkedStatement, because: str) -> str:
    """Why months since the last closing, or since the programme began, stay without a statement; empty if none do."""
    last = last_closed_month(contract)
    expected = last.plus(1) if last else worked.result.months[0].month
    if expected >= worked.result.month:
        return ""
    if not because.strip():
        raise ReasonMissing(f"{expected} has no statement yet: say why it is skipped.")
    return because


def _particulars(proposal: Proposal, by: Person, at: datetime) -> dict[str, object]:
    """The parties and who signed, by the names they have on closing: later renamings change no statement."""
    contract = Contract.objects.select_related("council", "provider", "agent").get(pk=proposal.contract_id)
    proposer = Person.objects.select_related("organisation").get(pk=proposal.proposed_by_id)
    agreements = proposal.agreements.select_related("agreed_by__organisation").order_by("side")
    return {
        "title": contract.title,
        "decision_reference": contract.decision_reference,
        "decision_on": contract.decision_on.isoformat(),
        "council": contract.council.name,
        "provider": contract.provider.name,
        "agent": contract.agent.name,
        "proposed": _signature(COUNCIL, proposer, proposal.proposed_as, proposal.proposed_at),
        "agreed": [_signature(each.side, each.agreed_by, each.agreed_as, each.agreed_at) for each in agreements],
        "closed": _signature(COUNCIL, by, rules.capacity(by, "close_statement"), at),
    }


def _signature(side: str, person: Person, role: str, at: datetime) -> dict[str, str]:
    return {
        "side": side,
        "name": person.full_name,
        "role": role,
        "organisation": person.organisation.name,
        "at": at.isoformat(),
    }
