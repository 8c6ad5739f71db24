"""What waits for somebody among the statements: to propose, agree, answer or close (docs/contract.md 13)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import groupby

from django.urls import reverse

from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.models import Contract, TermsVersion
from cohort.queries import terms_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import Need
from pbr_ledger.periods import Month, day_of
from pbr_ledger.words import count_shown, day_shown, month_shown
from savings import rules
from savings.core.run_rate import last_night
from savings.lifecycles import AGREED, DISPUTED, LAPSED, PART_AGREED
from savings.models import COUNCIL, PROVIDER, ClosedStatement, Proposal


@dataclass(frozen=True, slots=True)
class Waiting:
    """One contract as a reader sees it: the last proposal of each month that is not closed, and its terms."""

    contract: Contract
    last_closed: Month | None
    proposals: Mapping[Month, Proposal]
    terms: tuple[Terms, ...]
    response_days: tuple[int, ...]


def statements_waiting(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """What waits for this person today, in nine queries for however many contracts."""
    yield from waiting_on(person, contracts, today=day_of(DATABASE_CLOCK.read(after=None)))


def waiting_on(person: Person, contracts: Collection[int], *, today: date) -> Iterator[Need]:
    """The same on a day that is handed in."""
    permissions = permissions_now(person)
    for each in _waiting(contracts):
        side = rules.side_of(person, each.contract)
        if side is None:
            continue
        if side == COUNCIL:
            yield from _to_begin(each, permissions, today)
        for month, proposal in each.proposals.items():
            if f"agree_statement_for_{side}" in permissions:
                yield from _to_agree(each, month, proposal, person, side)
            if "dispute_statement" in permissions:
                yield from _to_answer(each, month, proposal, side)
            if side == COUNCIL and "close_statement" in permissions:
                yield from _to_close(each, month, proposal, today)


def _to_begin(waiting: Waiting, permissions: frozenset[str], today: date) -> Iterator[Need]:
    """The terms of a contract that has none yet; else the month that can be proposed."""
    if "record_terms" in permissions and not waiting.terms:
        address = reverse("terms-record", args=[waiting.contract.pk])
        yield Need(waiting.contract.pk, "Record the terms: nothing can be worked out without them", address)
    if "propose_statement" in permissions:
        yield from _to_propose(waiting, today)


def _to_propose(waiting: Waiting, today: date) -> Iterator[Need]:
    """The first month that is over and not before the parties, and how many follow it."""
    months = [month for month in _programme(waiting) if month.last_day < today and _is_free(waiting, month)]
    if not months:
        return
    first, others = months[0], len(months) - 1
    again = "again " if first in waiting.proposals else ""
    more = f"; {count_shown(others, 'later month waits', 'later months wait')} too" if others else ""
    since = first.plus(1).first_day
    text = f"Propose the statement of {month_shown(first)} {again}".strip() + more
    yield _need(waiting, text, "statement-propose", first, since, f"since {day_shown(since)}")


def _programme(waiting: Waiting) -> Iterator[Month]:
    """The programme's months that are not closed or skipped."""
    if not waiting.terms:
        return iter(())
    first = programme_start(waiting.terms)
    start = max(first, waiting.last_closed.plus(1)) if waiting.last_closed else first
    return start.through(Month.of(last_night(terms_for_month(waiting.terms, start))))


def _is_free(waiting: Waiting, month: Month) -> bool:
    proposal = waiting.proposals.get(month)
    if proposal is None or proposal.status == LAPSED:
        return True
    return proposal.status == DISPUTED and proposal.dispute.withdrawn_at is not None


def _to_agree(waiting: Waiting, month: Month, proposal: Proposal, person: Person, side: str) -> Iterator[Need]:
    """Open, by somebody else, and not agreed yet by this side."""
    agreed = {each.side for each in proposal.agreements.all()}
    if not proposal.is_open or side in agreed or proposal.proposed_by_id == person.pk:
        return
    since = day_of(proposal.proposed_at)
    when = f"since {day_shown(since)}"
    if side == PROVIDER:
        when = f"answer by {day_shown(_answer_by(waiting, month, proposal))}"
    text = f"Agree or dispute the proposed statement of {month_shown(month)}"
    yield _need(waiting, text, "statement", month, since, when)


def _to_answer(waiting: Waiting, month: Month, proposal: Proposal, side: str) -> Iterator[Need]:
    """A dispute that stands, raised by the other side."""
    if proposal.status != DISPUTED or proposal.dispute.withdrawn_at or proposal.dispute.side == side:
        return
    since = day_of(proposal.dispute.disputed_at)
    name = month_shown(month)
    text = f"The {proposal.dispute.side} disputes {proposal.dispute.about} in the statement of {name}"
    mailed = f"The {proposal.dispute.side} disputes the statement of {name}"
    yield replace(_need(waiting, text, "statement", month, since, f"since {day_shown(since)}"), mailed=mailed)


def _to_close(waiting: Waiting, month: Month, proposal: Proposal, today: date) -> Iterator[Need]:
    """Agreed by both sides; or by the council alone, with a provider that has let its days pass."""
    agreements = {each.side: day_of(each.agreed_at) for each in proposal.agreements.all()}
    name = month_shown(month)
    if proposal.status == AGREED:
        since = max(agreements.values())
        text = f"Close {name}: both sides have agreed"
        yield _need(waiting, text, "statement-close", month, since, f"since {day_shown(since)}")
    elif proposal.status == PART_AGREED and PROVIDER not in agreements:
        answer_by = _answer_by(waiting, month, proposal)
        if today > answer_by:
            text = f"{name}: the provider has not answered; the month can be closed without it"
            yield _need(waiting, text, "statement-close", month, answer_by, f"its days ended {day_shown(answer_by)}")


def _answer_by(waiting: Waiting, month: Month, proposal: Proposal) -> date:
    in_force = terms_for_month(waiting.terms, month)
    index = next(index for index, terms in enumerate(waiting.terms) if terms is in_force)
    return day_of(proposal.proposed_at) + timedelta(days=waiting.response_days[index])


def _need(waiting: Waiting, text: str, route: str, month: Month, since: date, when: str) -> Need:
    return Need(waiting.contract.pk, text, reverse(route, args=[waiting.contract.pk, month]), since, when)


def _waiting(contracts: Collection[int]) -> Iterator[Waiting]:
    rows = Contract.objects.filter(pk__in=contracts, erasure=None).order_by("reference")
    closed = _last_closed(contracts)
    proposals = _latest_proposals(contracts)
    versions = _versions(contracts)
    for contract in rows:
        last = closed.get(contract.pk)
        own = {each.month: each for each in proposals.get(contract.pk, []) if last is None or each.month > last}
        known = versions.get(contract.pk, [])
        terms, days = tuple(terms_of(row) for row in known), tuple(row.response_days for row in known)
        yield Waiting(contract, last, own, terms, days)


def _last_closed(contracts: Collection[int]) -> dict[int, Month]:
    latest = ClosedStatement.objects.filter(contract__in=contracts).order_by("contract_id", "-month_start")
    rows = latest.distinct("contract_id").values_list("contract_id", "month_start")
    return {contract: Month.of(start) for contract, start in rows}


def _latest_proposals(contracts: Collection[int]) -> dict[int, list[Proposal]]:
    """The last proposal of each month that has no closed statement, by contract, the earliest month first."""
    rows = Proposal.objects.filter(contract__in=contracts, closed_statement=None)
    latest = rows.order_by("contract_id", "month_start", "-number").distinct("contract_id", "month_start")
    latest = latest.select_related("dispute").prefetch_related("agreements").defer("document")
    return {contract: list(group) for contract, group in groupby(latest, key=lambda each: each.contract_id)}


def _versions(contracts: Collection[int]) -> dict[int, list[TermsVersion]]:
    rows = TermsVersion.objects.filter(contract__in=contracts).order_by("contract_id", "recorded_at")
    rows = rows.prefetch_related("schedule_rows", "refunds")
    return {contract: list(group) for contract, group in groupby(rows, key=lambda row: row.contract_id)}
