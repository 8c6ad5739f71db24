"""What the pages about claims say: the list, and what one claim rests on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from cohort.core.facts import CLAIM_STATUSES, SETTINGS, Claim, Household, KnownFacts, Placement, Rate
from cohort.lifecycles import CLAIM, COUNCIL_ACTIONS, PROVIDER_ACTIONS
from cohort.models import ClaimVersion, Contract
from cohort.pages.facts import CLAIM_WORDS
from cohort.queries.baselines import agreed_baselines
from cohort.queries.claims import ClaimFacts, claim_facts, current_claims, rate_on
from cohort.queries.evidence import live_evidence_counts
from cohort.rules import may_decide_claims, reports_for_provider
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import DAY, Sort, by_words, keys_of
from pbr_ledger.words import count_shown, day_shown, setting_shown

ACTION_WORDS: Mapping[str, str] = {
    "agree": "Agree the claim",
    "query": "Query the claim",
    "reject": "Reject the claim",
    "answer": "Answer the query",
    "withdraw": "Withdraw the claim",
}
WAITING = ("submitted", "queried")
AWAITED = ("agree", "answer")
"""The actions that a claim waits for."""


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to narrow the list: what it is called, how many there are, and what stands in the address for it."""

    status: str
    words: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """A claim in the list."""

    key: int
    reference: str
    child: str
    where: str
    moved: str
    status: str
    colour: str
    since: datetime
    files: str


COLUMNS: tuple[Column, ...] = (
    ("Claim", lambda row: row.reference),
    ("Child", lambda row: row.child),
    ("Moved to", lambda row: row.where),
    ("On", lambda row: row.moved),
    ("Status", lambda row: row.status),
    ("Since", lambda row: day_shown(day_of(row.since))),
    ("Evidence", lambda row: row.files),
)
"""The list as a file."""
SORTS = (
    Sort("claim", "Claim", "fact__reference"),
    Sort("child", "Child", "child"),
    Sort("setting", "Moved to", by_words((Q(setting=setting), setting_shown(setting)) for setting in SETTINGS)),
    Sort("moved", "On", "start", DAY),
    Sort("status", "Status", by_words((Q(status=status), words) for status, (words, _) in CLAIM_WORDS.items())),
    Sort("since", "Since", "recorded_at", DAY),
)
LIST = ListPage("claims", "Claims", {"status": frozenset(CLAIM_STATUSES)}, keys_of(SORTS))


def filters(contract: Contract, status: str) -> list[Filter]:
    """Every way to narrow the list of claims. One query."""
    counted = current_claims(contract).order_by().values("status").annotate(count=Count("pk"))
    counts: dict[str | None, int] = {row["status"]: row["count"] for row in counted}
    each = [Filter(key, CLAIM_WORDS[key][0], counts.get(key, 0), key == status) for key in CLAIM_STATUSES]
    return [Filter("", "All", sum(counts.values()), status == ""), *each]


def claims_in_status(contract: Contract, status: str) -> QuerySet[ClaimVersion]:
    """The claims, of one status where it is given: what waits the oldest first, all else the newest first."""
    rows = current_claims(contract)
    if status:
        rows = rows.filter(status=status)
    return rows.order_by("recorded_at", "pk") if status in WAITING else rows.order_by("-recorded_at", "-pk")


def claim_rows(contract: Contract, versions: Sequence[ClaimVersion]) -> list[ClaimRow]:
    """The claims as the list shows them. One query, however many there are."""
    files = live_evidence_counts("claim", contract)
    return [_row(version, files.get(version.fact_id, 0)) for version in versions]


def _row(version: ClaimVersion, files: int) -> ClaimRow:
    words, colour = CLAIM_WORDS[version.status or ""]
    moved = version.start  # type: ignore[attr-defined]
    setting = version.setting  # type: ignore[attr-defined]
    return ClaimRow(
        key=version.fact_id,
        reference=version.fact.reference,
        child=version.child or "not known",  # type: ignore[attr-defined]
        where=setting_shown(setting) if setting else "not known",
        moved=day_shown(moved) if moved else "",
        status=words,
        colour=colour,
        since=version.recorded_at,
        files=count_shown(files, "file") if files else "No files",
    )


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a claim rests on, by name; `note` says more in smaller words."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ClaimShown:
    """A claim and what it rests on; `child_key` leads to the child's baseline."""

    reference: str
    status: str
    colour: str
    facts: tuple[Fact, ...]
    child: str
    baseline_agreed: bool


def claim_shown(contract: Contract, claim: Claim, known: KnownFacts) -> ClaimShown:
    """What stands beside the evidence: child, both placements, prices, baseline, the saving of a week, household."""
    words, colour = CLAIM_WORDS[claim.status]
    found = claim_facts(claim, known)
    if found is None:
        gone = (Fact("Placement", claim.placement, "It is no longer known."),)
        return ClaimShown(claim.id, words, colour, gone, "", baseline_agreed=False)
    agreed = agreed_baselines(contract, [found.child.id]).get(found.child.id) == found.child.baseline
    return ClaimShown(claim.id, words, colour, tuple(_facts(found, agreed=agreed)), found.child.id, agreed)


def _facts(found: ClaimFacts, *, agreed: bool) -> list[Fact]:
    before, after = found.before, found.after
    saving = found.saving_pence
    return [
        Fact("Child", found.child.id, f"in the cohort since {day_shown(found.child.joined)}"),
        Fact("Moved from", _where(before), _span(before)),
        Fact("Moved to", _where(after), _span(after)),
        Fact("Price before, a week", *_price_on_last_night(before, after)),
        Fact("Price after, a week", *_price(found.cost)),
        Fact("Baseline, a week", *_price(found.baseline, "" if agreed else "not agreed by both sides yet")),
        Fact(
            "Saving, a week",
            "not known" if saving is None else pounds_shown(saving),
            "baseline less price after, before extra costs",
        ),
        Fact("Household", *_household(found.household)),
    ]


def _where(placement: Placement | None) -> str:
    return f"{setting_shown(placement.setting)} ({placement.id})" if placement else "not known"


def _span(placement: Placement | None) -> str:
    if placement is None:
        return "no placement is recorded for the night before"
    begun = f"from {day_shown(placement.start)}"
    if placement.until is None:
        return begun
    how = "broke down" if placement.ended == "breakdown" else "ended"
    return f"{begun}, {how} on {day_shown(placement.until)}"


def _price_on_last_night(before: Placement | None, after: Placement) -> tuple[str, str]:
    return _price(rate_on(before.costs, after.start - timedelta(days=1)) if before else None)


def _price(rate: Rate | None, note: str = "") -> tuple[str, str]:
    """What the council itself pays, and what partners pay of the whole."""
    if rate is None:
        return "not known", note
    paid = f"of {pounds_shown(rate.weekly_pence)}, partners pay {pounds_shown(rate.contribution_pence)}"
    return pounds_shown(rate.net_pence), "; ".join(filter(None, (paid if rate.contribution_pence else "", note)))


def _household(household: Household | None) -> tuple[str, str]:
    if household is None:
        return "None recorded", ""
    panel = (
        f"approved by panel on {day_shown(household.panel_approved)}" if household.panel_approved else "no panel yet"
    )
    return household.id, f"assessed by the {household.assessed_by}; {panel}"


@dataclass(frozen=True, slots=True)
class Step:
    """A step that this person may take now: its words, and the name of its address.

    `is_awaited` is one that brings an undecided claim on, and stands out.
    """

    action: str
    words: str
    route: str
    is_awaited: bool


def steps_for(person: Person, contract: Contract, shown: ClaimShown, status: str) -> list[Step]:
    """What this person may do with the claim now; agreeing is not offered before the baseline is agreed."""
    mine: tuple[str, ...] = ()
    if may_decide_claims(person, contract):
        mine = COUNCIL_ACTIONS
    elif reports_for_provider(person, contract):
        mine = PROVIDER_ACTIONS
    possible = [action for action in CLAIM.actions_from(status) if action in mine]
    return [
        Step(action, ACTION_WORDS[action], f"claim-{action}", is_awaited=action in AWAITED)
        for action in possible
        if action != "agree" or shown.baseline_agreed
    ]
