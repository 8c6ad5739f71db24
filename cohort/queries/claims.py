"""Claims with what is said about them: lists for pages, the conversation, and what a claim rests on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet, Subquery

from cohort.core.facts import Child, Claim, Household, KnownFacts, Placement, Rate, Retraction
from cohort.core.terms import terms_for_month
from cohort.lifecycles import LIVE_STATUSES
from cohort.models import ClaimNote, ClaimVersion, Contract, PlacementVersion
from cohort.queries.facts import versions_of
from pbr_ledger.accounts.models import Person
from pbr_ledger.periods import Month


def current_claims(contract: Contract) -> QuerySet[ClaimVersion]:
    """The current version of every claim, the longest in its status first, each with its placement's facts.

    `child`, `setting` and `start` are those of the placement now; `since` is when the claim came into its status.
    """
    placement = PlacementVersion.objects.filter(fact=OuterRef("placement"), superseded_at=None, retracted=False)
    return (
        ClaimVersion.objects.filter(fact__contract=contract, superseded_at=None, retracted=False)
        .annotate(
            child=Subquery(placement.values("child__reference")[:1]),
            setting=Subquery(placement.values("setting")[:1]),
            start=Subquery(placement.values("start")[:1]),
            since=F("recorded_at"),
        )
        .select_related("fact", "placement")
        .order_by("recorded_at")
    )


def claimable_placements(contract: Contract) -> QuerySet[PlacementVersion]:
    """The current placements for which no claim is live, by child and start; those in family settings are for `core`.

    Whether the setting was a family's is asked of the terms (`in_family_setting`).
    """
    live = ClaimVersion.objects.filter(placement=OuterRef("fact"), superseded_at=None, status__in=LIVE_STATUSES)
    current = PlacementVersion.objects.filter(fact__contract=contract, superseded_at=None, retracted=False)
    return current.filter(~Exists(live)).select_related("fact", "child").order_by("child__reference", "start")


def in_family_setting(placement: PlacementVersion, known: KnownFacts) -> bool:
    """The placement's setting is a family setting by the terms of the month in which it starts."""
    if not known.terms or placement.start is None:
        return False
    return placement.setting in terms_for_month(known.terms, Month.of(placement.start)).family_settings


@dataclass(frozen=True, slots=True)
class Said:
    """One thing in the conversation about a claim: who, when, and the status or the words, or both."""

    by: Person
    at: datetime
    status: str
    text: str


def conversation(contract: Contract, claim: str) -> list[Said]:
    """Every status of the claim and everything written about it, in order; a reason stands with its status."""
    notes = ClaimNote.objects.filter(claim__contract=contract, claim__reference=claim).select_related(
        "written_by__organisation"
    )
    by_instant = {note.written_at: note for note in notes}
    said: list[Said] = []
    before = ""
    for version in versions_of(contract=contract, kind="claim", reference=claim):
        status = "retracted" if isinstance(version.content, Retraction) else version.content.status  # type: ignore[union-attr]
        note = by_instant.pop(version.recorded_at, None)
        if status != before or note:
            said.append(Said(version.recorded_by, version.recorded_at, status, note.text if note else ""))
        before = status
    said += [Said(note.written_by, note.written_at, "", note.text) for note in by_instant.values()]
    return sorted(said, key=lambda each: each.at)


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What a claim rests on: where the child came from, where it went, and the prices on the night of the move.

    `saving_pence` is what a week saves at those prices before extra costs, None where a price is not known.
    """

    claim: Claim
    child: Child
    after: Placement
    before: Placement | None
    household: Household | None
    baseline: Rate | None
    cost: Rate | None

    @property
    def saving_pence(self) -> int | None:
        """Baseline less cost, both net of contributions, a week."""
        if self.baseline is None or self.cost is None:
            return None
        return self.baseline.net_pence - self.cost.net_pence


def claim_facts(claim: Claim, known: KnownFacts) -> ClaimFacts | None:
    """What the claim rests on, None where its placement or child is no longer known (docs/contract.md 2.1, 2.3)."""
    after = known.placements.get(claim.placement)
    child = known.children.get(after.child) if after else None
    if after is None or child is None:
        return None
    household = known.households.get(after.household) if after.household else None
    night = max(after.start, child.joined)
    return ClaimFacts(
        claim=claim,
        child=child,
        after=after,
        before=_placement_before(after, known),
        household=household,
        baseline=rate_on(child.baseline, night),
        cost=rate_on(after.costs, night),
    )


def rate_on(rates: tuple[Rate, ...], night: date) -> Rate | None:
    """The rate in force on the night: the one with the latest start not after it (docs/contract.md 2.3)."""
    begun = [rate for rate in rates if rate.start <= night]
    return begun[-1] if begun else None


def _placement_before(after: Placement, known: KnownFacts) -> Placement | None:
    """Where the child lived on the night before the placement began."""
    if after.start == date.min:
        return None
    night = after.start - timedelta(days=1)
    for each in known.placements.values():
        if each.child == after.child and each.start <= night and (each.until is None or night < each.until):
            return each
    return None
