"""The cohort as it stands on a day: each child's place, prices, saving and claim, and the picture of all journeys."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import RESIDENTIAL_SETTINGS, Child, KnownFacts, Placement
from cohort.core.moves import claim_statuses, placement_on, placements_of_child, rate_on
from cohort.core.terms import Terms, programme_start, terms_for_month
from cohort.models import Contract
from cohort.pages.facts import CLAIM_WORDS, NOTHING
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month, day_of
from pbr_ledger.sorting import DAY, NUMBER, Sort, keys_of
from pbr_ledger.words import day_shown, setting_shown
from savings.core.nights import Journey, Reading, Window, counted_runs, journeys
from savings.core.run_rate import last_night
from savings.pages.timeline import Axis, Timeline, timeline
from savings.queries import closed_statements

MONTHS_SHOWN = 36
"""The picture shows so many months at most, the latest."""


@dataclass(frozen=True, slots=True)
class ChildRow:
    """A child on a day; amounts are a week, what the council itself pays. `key` is 0 where it has no page."""

    child: str
    key: int
    joined: str
    where: str
    since: str
    cost: str
    baseline: str
    saving: str
    claim: str
    claim_colour: str
    breakdown: str


COLUMNS: tuple[Column, ...] = (
    ("Child", lambda row: row.child),
    ("Joined", lambda row: row.joined),
    ("Where", lambda row: row.where),
    ("Since", lambda row: row.since),
    ("Claim", lambda row: row.claim),
    ("Costs a week", lambda row: row.cost),
    ("Baseline a week", lambda row: row.baseline),
    ("Saves a week", lambda row: row.saving),
    ("Last breakdown", lambda row: row.breakdown),
)
"""The table as a file."""
SORTS = (
    Sort("child", "Child", lambda row: row.child),
    Sort("joined", "Joined", lambda row: row.joined, DAY),
    Sort("where", "Where", lambda row: row.where),
    Sort("since", "Since", lambda row: row.since, DAY),
    Sort("claim", "Claim", lambda row: row.claim),
    Sort("baseline", "Baseline", lambda row: row.baseline, NUMBER),
    Sort("cost", "Cost", lambda row: row.cost, NUMBER),
    Sort("saving", "Saving", lambda row: row.saving, NUMBER),
)
PARTS = {
    "": "All children",
    "residential": "In residential or unregistered care",
    "elsewhere": "In another setting",
    "undecided": "Claim not decided",
    "unrecorded": "Where they live is not recorded",
    "left": "Left the cohort",
}
"""The parts of the cohort that can be shown alone, by their key in the address."""
LIST = ListPage("cohort", "Cohort", {"show": frozenset(PARTS) - {""}}, keys_of(SORTS))


def children_in(part: str, known: KnownFacts, on: date) -> list[Child]:
    """The children of a part of the cohort, by reference; all of them for a part that there is not."""
    statuses = claim_statuses(known)
    return [child for child in children_of(known) if part not in PARTS or _is_in(part, child, known, statuses, on)]


def _is_in(part: str, child: Child, known: KnownFacts, statuses: Mapping[str, str], on: date) -> bool:
    if part == "":
        return True
    if child.left and child.left <= on:
        return part == "left"
    placement = placement_on(known, child.id, on)
    if placement is None:
        return part == "unrecorded"
    if part == "undecided":
        return statuses.get(placement.id) in ("submitted", "queried")
    return part == ("residential" if placement.setting in RESIDENTIAL_SETTINGS else "elsewhere")


def children_of(known: KnownFacts) -> list[Child]:
    """The children of the cohort by reference."""
    return [known.children[reference] for reference in sorted(known.children)]


def child_rows(known: KnownFacts, children: Sequence[Child], *, keys: Mapping[str, int], on: date) -> list[ChildRow]:
    """The children as they are known to be on the day."""
    travelled = journeys(known)
    terms = terms_for_month(known.terms, Month.of(on)) if known.terms else None
    claims = claim_statuses(known)
    return [_row(known, child, keys, on, claims, saving_on(travelled.get(child.id), on, terms)) for child in children]


def saving_on(journey: Journey | None, on: date, terms: Terms | None) -> int | None:
    """What the child's night saves, a week, in or out of the programme; None where it does not count (2.1, 2.2)."""
    if journey is None or terms is None:
        return None
    night = Window(on.toordinal(), on.toordinal() + 1, Reading.of(terms))
    return next((run.saving for run in counted_runs(journey, (night,))), None)


def _row(
    known: KnownFacts,
    child: Child,
    keys: Mapping[str, int],
    on: date,
    claims: Mapping[str, str],
    saving: int | None,
) -> ChildRow:
    placement = placement_on(known, child.id, on)
    cost = rate_on(placement.costs, on) if placement else None
    baseline = rate_on(child.baseline, on) or child.baseline[0]
    status, colour = CLAIM_WORDS.get(claims.get(placement.id, "") if placement else "", ("", ""))
    return ChildRow(
        child=child.id,
        key=keys.get(child.id, 0),
        joined=day_shown(child.joined),
        where=_where(child, placement, on),
        since=day_shown(placement.start) if placement else NOTHING,
        cost=pounds_shown(cost.net_pence) if cost else NOTHING,
        baseline=pounds_shown(baseline.net_pence),
        saving=NOTHING if saving is None else pounds_shown(saving),
        claim=status,
        claim_colour=colour,
        breakdown=_last_breakdown(known, child.id, on),
    )


def _where(child: Child, placement: Placement | None, on: date) -> str:
    if child.left and child.left <= on:
        return f"Left on {day_shown(child.left)}"
    return setting_shown(placement.setting) if placement else "Not recorded"


def _last_breakdown(known: KnownFacts, child: str, on: date) -> str:
    """When a placement of the child last broke down, by the day; empty where none did."""
    ends = [each.until for each in placements_of_child(known, child) if each.ended == "breakdown" and each.until]
    past = [day for day in ends if day <= on]
    return day_shown(max(past)) if past else ""


def cohort_timeline(contract: Contract, known: KnownFacts, children: Sequence[Child], *, today: date) -> Timeline:
    """The children's journeys as a picture, over the programme, with the cut-offs of statements until the day."""
    cut_offs = closed_statements(contract).values_list("month_start", "known_at")
    closed = [(Month.of(start), day_of(known_at)) for start, known_at in cut_offs if day_of(known_at) <= today]
    axis = _axis(known, children, closed)
    return timeline(known, children, axis=axis, cut_offs=closed, today=today)


def programme_words(known: KnownFacts, on: date) -> str:
    """That the programme has not begun or has ended by the day, so that nights earn nothing; else empty."""
    if not known.terms:
        return "No terms are recorded yet, so no night counts."
    terms = terms_for_month(known.terms, Month.of(on))
    if on < terms.phase2.start:
        return f"The programme begins on {day_shown(terms.phase2.start)}: nights before it earn nothing."
    if on >= terms.phase3.until:
        ended = day_shown(last_night(terms))
        return f"The last night of the programme was that of {ended}. What a child saves after it earns no fee."
    return ""


def _axis(known: KnownFacts, children: Sequence[Child], closed: Sequence[tuple[Month, date]]) -> Axis:
    """From the programme's first month to its end or the last cut-off; a year from the first child without terms."""
    if known.terms:
        first = programme_start(known.terms)
        ends = [Month.of(last_night(terms)) for terms in known.terms]
    else:
        first = min(Month.of(child.joined) for child in children)
        ends = [first.plus(11)]
    last = max(*ends, *(Month.of(day) for _, day in closed), first)
    return Axis(max(first, last.plus(1 - MONTHS_SHOWN)), last)
