"""Closing a month for good (docs/contract.md 13.4)."""

from datetime import date, datetime, timedelta

from django.db import transaction

from cohort.models import Contract
from cohort.queries import terms_version_in_force
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.jobs import services as jobs
from pbr_ledger.periods import Month, day_of
from pbr_ledger.webhooks.events import WEBHOOK
from pbr_ledger.words import day_shown, month_shown
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
from savings.services.announcements import tell_of_statement
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

UNANSWERED = "close unanswered"
"""The lifecycle's step for a provider that stayed silent past its days."""


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
        action = closing_action(proposal=proposal, at=at)
        following = PROPOSAL.after(proposal.status, action)
        if action == UNANSWERED and not unanswered_because.strip():
            raise ReasonMissing("The provider has not answered: record what was done to reach it.")
        worked = worked_statement(contract=contract, month=proposal.month, known_at=at)
        skipping_because = _reason_for_skipping(contract, worked, skipping_because)
        changed = lapse_if_unlike(contract, proposal, worked, at, by)
        if not changed:
            reasons = (skipping_because, unanswered_because if action == UNANSWERED else "")
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
    tell_of_statement(contract, proposal.month, "the statement is closed", by=by, at=at)
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
        jobs.enqueue(
            kind=kind,
            key=str(closed.pk),
            subject=str(closed),
            organisation_id=contract.council_id,
            input_digest=worked.digest,
        )
    jobs.send_soon(kind=WEBHOOK)
    return closed


def closing_action(*, proposal: Proposal, at: datetime) -> str:
    """How the proposal can be closed at the instant: agreed by both, or unanswered by a provider out of its days.

    Raises `AgreementMissing`, which says whose agreement is missing, or until when the provider has time.
    """
    if proposal.status == AGREED or not proposal.is_open:
        return "close"  # which the lifecycle refuses to a proposal that is no longer open
    missing = [side for side in SIDES if not Agreement.objects.filter(proposal=proposal, side=side).exists()]
    if missing != [PROVIDER] or proposal.status != PART_AGREED:
        raise AgreementMissing(f"These figures are not agreed yet by the {' and the '.join(missing)}.")
    answer_by = answer_awaited_until(proposal=proposal, at=at)
    if day_of(at) <= answer_by:
        raise AgreementMissing(f"The provider has not agreed yet; it has until {day_shown(answer_by)} to answer.")
    return UNANSWERED


def answer_awaited_until(*, proposal: Proposal, at: datetime) -> date:
    """The last day on which the provider can answer before the month may be closed without it, as known at `at`."""
    terms = terms_version_in_force(contract=proposal.contract, month=proposal.month, at=at)
    return day_of(proposal.proposed_at) + timedelta(days=terms.response_days)


def first_month_skipped(*, contract: Contract, worked: WorkedStatement) -> Month | None:
    """The first month that closing this one would leave without a statement; None when it leaves none."""
    last = last_closed_month(contract)
    expected = last.plus(1) if last else worked.result.months[0].month
    return expected if expected < worked.result.month else None


def _reason_for_skipping(contract: Contract, worked: WorkedStatement, because: str) -> str:
    """Why months since the last closing, or since the programme began, stay without a statement; empty if none do."""
    skipped = first_month_skipped(contract=contract, worked=worked)
    if skipped is None:
        return ""
    if not because.strip():
        raise ReasonMissing(f"{month_shown(skipped)} has no statement yet: say why it is skipped.")
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
