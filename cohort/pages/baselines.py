"""What the pages about baselines say: rates in words, what is agreed, and what waits for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from cohort.core.facts import Child, KnownFacts, Rate
from cohort.models import BaselineProposal, Contract
from cohort.models import Child as ChildIdentity
from cohort.queries.baselines import agreed_baselines, open_baseline_proposals, rates_read
from cohort.rules import may_agree_recorded_baseline, may_decide_baseline
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import Column
from pbr_ledger.money import pounds_shown
from pbr_ledger.sorting import DAY, NUMBER, Sort
from pbr_ledger.words import day_shown

STATUS_WORDS = {
    "open": ("Waiting for an answer", "yellow"),
    "agreed": ("Agreed", "green"),
    "declined": ("Declined", "red"),
    "withdrawn": ("Withdrawn", "grey"),
}
AGREED = ("Agreed by both", "green")
NOT_AGREED = ("Not agreed yet", "yellow")
PROPOSED = ("A change is proposed", "blue")


@dataclass(frozen=True, slots=True)
class RateShown:
    """A dated price in words."""

    since: str
    weekly: str
    contribution: str
    net: str


def rates_shown(rates: Sequence[Rate]) -> tuple[RateShown, ...]:
    """The rates in words, in rising order."""
    return tuple(
        RateShown(
            day_shown(rate.start),
            pounds_shown(rate.weekly_pence),
            pounds_shown(rate.contribution_pence) if rate.contribution_pence else "Nothing",
            pounds_shown(rate.net_pence),
        )
        for rate in rates
    )


@dataclass(frozen=True, slots=True)
class BaselineRow:
    """A child’s baseline in the list: the latest price, and how far the two sides have agreed."""

    key: int
    child: str
    weekly: str
    since: str
    status: str
    colour: str


COLUMNS: tuple[Column, ...] = (
    ("Child", lambda row: row.child),
    ("The council pays a week", lambda row: row.weekly),
    ("Since", lambda row: row.since),
    ("Agreement", lambda row: row.status),
)
"""The list as a file."""
SORTS = (
    Sort("child", "Child", lambda row: row.child),
    Sort("weekly", "The council pays a week", lambda row: row.weekly, NUMBER),
    Sort("since", "Since", lambda row: row.since, DAY),
    Sort("agreement", "Agreement", lambda row: row.status),
)


def baseline_rows(contract: Contract, known: KnownFacts) -> list[BaselineRow]:
    """Every child’s baseline, those that are not settled first. Three queries, however many children there are."""
    agreed = agreed_baselines(contract)
    proposed = {each.child.reference for each in open_baseline_proposals([contract.pk])}
    keys = dict(ChildIdentity.objects.filter(contract=contract).values_list("reference", "pk"))
    rows = []
    for child in known.children.values():
        words, colour = _standing(child, agreed, proposed)
        last = child.baseline[-1]
        weekly = pounds_shown(last.net_pence)
        rows.append(BaselineRow(keys[child.id], child.id, weekly, day_shown(last.start), words, colour))
    return sorted(rows, key=lambda row: (row.status == AGREED[0], row.child))


def _standing(child: Child, agreed: dict[str, tuple[Rate, ...]], proposed: set[str]) -> tuple[str, str]:
    if child.id in proposed:
        return PROPOSED
    return AGREED if agreed.get(child.id) == child.baseline else NOT_AGREED


@dataclass(frozen=True, slots=True)
class ProposalShown:
    """A proposal with its rates in words, and what this person may answer."""

    row: BaselineProposal
    rates: tuple[RateShown, ...]
    status: str
    colour: str
    may_answer: bool
    may_withdraw: bool


def proposals_shown(person: Person, contract: Contract, child: ChildIdentity) -> list[ProposalShown]:
    """Every proposal for the child, the latest first."""
    rows = BaselineProposal.objects.filter(child=child).select_related("child", "proposed_by", "decided_by")
    return [_proposal(person, contract, row) for row in rows.order_by("-proposed_at")]


def _proposal(person: Person, contract: Contract, row: BaselineProposal) -> ProposalShown:
    words, colour = STATUS_WORDS[row.status]
    is_open = row.status == "open"
    return ProposalShown(
        row,
        rates_shown(rates_read(row.rates)),
        words,
        colour,
        may_answer=is_open and may_decide_baseline(person, contract, row, "agree"),
        may_withdraw=is_open and may_decide_baseline(person, contract, row, "withdraw"),
    )


@dataclass(frozen=True, slots=True)
class BaselineShown:
    """A child’s baseline now: its rates, and whether both sides have agreed it."""

    child: Child
    rates: tuple[RateShown, ...]
    is_agreed: bool
    may_agree: bool


def baseline_shown(person: Person, contract: Contract, child: Child) -> BaselineShown:
    """The baseline in force and where its agreement stands."""
    is_agreed = agreed_baselines(contract, [child.id]).get(child.id) == child.baseline
    may_agree = not is_agreed and may_agree_recorded_baseline(person, contract)
    return BaselineShown(child, rates_shown(child.baseline), is_agreed, may_agree)
