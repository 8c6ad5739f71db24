"""A month that is proposed: its figures, who has agreed, what has changed, and what this person can do about it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cohort.models import Contract
from pbr_ledger import words
from pbr_ledger.accounts.models import Person
from pbr_ledger.periods import Month
from savings import rules
from savings.core.document import as_text
from savings.documents.sections import CHARGE_NAMES
from savings.lifecycles import DISPUTED, LAPSED, REPLACED
from savings.models import SIDES, Dispute, Proposal
from savings.pages.changes import Changes, changes_shown
from savings.pages.figures import explained
from savings.pages.months import STATUS_WORDS, WITHDRAWN
from savings.queries import WorkedStatement, last_closed_month, worked_statement
from savings.services import AgreementMissing, answer_awaited_until, closing_action


@dataclass(frozen=True, slots=True)
class SideStanding:
    """Whether one side has agreed: its name, and who did when; `by` is empty until then."""

    side: str
    organisation: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Offers:
    """What the person can do on the page; each is offered only where the service would do it. `waits` says for whom."""

    agree: bool = False
    dispute: bool = False
    withdraw: bool = False
    propose: bool = False
    close: bool = False
    waits: str = ""

    @property
    def anything(self) -> bool:
        """Whether there is a button or link at all."""
        return self.agree or self.dispute or self.withdraw or self.propose or self.close


def proposal_page(proposal: Proposal, *, person: Person, at: datetime) -> dict[str, Any]:
    """Everything that the page of a month shows that is proposed and not closed, as it stands at the instant."""
    contract = proposal.contract
    worked = worked_statement(contract=contract, month=proposal.month, known_at=proposal.known_at)
    now = _now(proposal, worked, at)
    last_closed = last_closed_month(contract)
    is_final = last_closed is not None and proposal.month <= last_closed
    status, colour = STATUS_WORDS[WITHDRAWN if _is_withdrawn(proposal) else proposal.status]
    return {
        "proposal": proposal,
        "month": words.month_shown(proposal.month),
        "period": words.period_shown(proposal.month),
        "status": status,
        "colour": colour,
        "proposed_at": words.instant_shown(proposal.proposed_at),
        "sides": _sides(proposal),
        "dispute": _dispute(proposal),
        "digest": words.digest_grouped(proposal.digest),
        "later_closed": words.month_shown(last_closed) if last_closed and is_final else "",
        "is_lapsed": proposal.status == LAPSED,
        "changed_now": _changed_now(proposal, now, at),
        "changed_before": _changed_before(proposal),
        "offers": Offers() if is_final else offers(proposal, person=person, at=at, is_stale=_is_stale(proposal, now)),
        **_figures(proposal, worked),
    }


def offers(proposal: Proposal, *, person: Person, at: datetime, is_stale: bool) -> Offers:
    """What the person can do about the proposal; `is_stale` where what is known now gives other figures."""
    contract, side = proposal.contract, rules.side_of(person, proposal.contract)
    agreed = {each.side for each in proposal.agreements.all()}
    stands_disputed = proposal.status == DISPUTED and not _is_withdrawn(proposal)
    return Offers(
        agree=proposal.is_open and not is_stale and side not in agreed and rules.may_agree(person, proposal),
        dispute=proposal.is_open and rules.may_dispute(person, contract),
        withdraw=stands_disputed and proposal.dispute.side == side and rules.may_dispute(person, contract),
        propose=(is_stale or not (proposal.is_open or stands_disputed)) and rules.may_propose(person, contract),
        close=proposal.is_open and not is_stale and _may_close_now(proposal, person, at),
        waits=_waits_for(proposal, at, is_stale=is_stale, stands_disputed=stands_disputed),
    )


def _is_withdrawn(proposal: Proposal) -> bool:
    return proposal.status == DISPUTED and proposal.dispute.withdrawn_at is not None


def _may_close_now(proposal: Proposal, person: Person, at: datetime) -> bool:
    if not rules.may_close(person, proposal.contract):
        return False
    try:
        closing_action(proposal=proposal, at=at)
    except AgreementMissing:
        return False
    return True


def _waits_for(proposal: Proposal, at: datetime, *, is_stale: bool, stands_disputed: bool) -> str:
    """What happens next, for whoever reads the page."""
    if is_stale or proposal.status in (LAPSED, REPLACED):
        return "A finance officer has to propose the figures again."
    if stands_disputed:
        return "The dispute has to be withdrawn, or a fact corrected and the month proposed again."
    if not proposal.is_open:
        return "A finance officer can propose the same figures again."
    try:
        closing_action(proposal=proposal, at=at)
    except AgreementMissing as missing:
        if {each.side for each in proposal.agreements.all()}:
            return str(missing)
        until = words.day_shown(answer_awaited_until(proposal=proposal, at=at))
        return f"{missing} The provider has until {until} to answer."
    return "The Lead Accountant can close the month."


def _now(proposal: Proposal, worked: WorkedStatement, at: datetime) -> WorkedStatement:
    """The month as known at the instant; the figures as proposed where nothing was recorded since."""
    latest = proposal.contract.last_stamped_at
    if latest is None or latest <= proposal.known_at:
        return worked
    return worked_statement(contract=proposal.contract, month=proposal.month, known_at=max(at, latest))


def _is_stale(proposal: Proposal, now: WorkedStatement) -> bool:
    return now.digest != proposal.digest


def _changed_now(proposal: Proposal, now: WorkedStatement, at: datetime) -> Changes | None:
    """In what the figures proposed differ from what is known now; None where they do not."""
    if not _is_stale(proposal, now):
        return None
    until = max(at, proposal.contract.last_stamped_at or at)
    before = json.loads(proposal.document)
    return changes_shown(
        proposal.contract, proposal.month, before=before, after=now.document, since=proposal.known_at, until=until
    )


def _changed_before(proposal: Proposal) -> Changes | None:
    """In what this proposal differs from the one before it; None for the first."""
    earlier = Proposal.objects.filter(contract=proposal.contract, month_start=proposal.month_start)
    before = earlier.filter(number__lt=proposal.number).order_by("number").last()
    if before is None:
        return None
    return changes_shown(
        proposal.contract,
        proposal.month,
        before=json.loads(before.document),
        after=json.loads(proposal.document),
        since=before.known_at,
        until=proposal.known_at,
    )


def _figures(proposal: Proposal, worked: WorkedStatement) -> dict[str, Any]:
    """The figures proposed, explained; only themselves where what was closed since gives others."""
    document = json.loads(proposal.document)
    if as_text(worked.document) != as_text(document):
        return {"overtaken": True, "document": document}
    return explained(worked)


def _sides(proposal: Proposal) -> list[SideStanding]:
    agreements = {each.side: each for each in proposal.agreements.all()}
    organisations = {"council": proposal.contract.council.name, "provider": proposal.contract.provider.name}
    return [
        SideStanding(
            side,
            organisations[side],
            f"{agreed.agreed_by.full_name}, {agreed.agreed_as}" if (agreed := agreements.get(side)) else "",
            words.instant_shown(agreed.agreed_at) if agreed else "",
        )
        for side in SIDES
    ]


def _dispute(proposal: Proposal) -> dict[str, str]:
    if proposal.status != DISPUTED:
        return {}
    dispute: Dispute = proposal.dispute
    return {
        "by": f"{dispute.disputed_by.full_name}, {dispute.disputed_by.organisation.name}",
        "at": words.instant_shown(dispute.disputed_at),
        "about": dispute.about,
        "reason": dispute.reason,
        "withdrawn": words.instant_shown(dispute.withdrawn_at) if dispute.withdrawn_at else "",
    }


def last_proposal(contract: Contract, month: Month) -> Proposal | None:
    """The month's last proposal with all that its page shows, where a page shows it."""
    found = Proposal.objects.filter(contract=contract, month_start=month.first_day, status__in=STATUS_WORDS)
    related = ("contract__council", "contract__provider", "proposed_by", "dispute__disputed_by__organisation")
    return found.select_related(*related).prefetch_related("agreements__agreed_by").order_by("number").last()


def disputable(proposal: Proposal) -> list[tuple[str, str]]:
    """The lines and charges of a proposal that can be disputed, each as it will be written down, with its amount."""
    document = json.loads(proposal.document)
    lines = [(f"Child {each['child']}", each["saving"], f"{each['nights']} nights") for each in document["lines"]]
    earlier = [
        (f"Child {each['child']}, {words.month_shown(Month.parse(each['month']))}", each["saving"], "a change")
        for each in document["adjustments"]
    ]
    charges = [(name, document["charges"][kind], "a charge") for kind, name in CHARGE_NAMES]
    return [
        (name, f"{name}: {words.amount_shown(amount)} ({note})") for name, amount, note in lines + earlier + charges
    ]
