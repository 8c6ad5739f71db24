"""What a fact says, in words, and what changed from one version to the next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Fact, Household, Placement, Rate, Retraction
from cohort.queries import FactHistory, RecordedVersion
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import count_shown, day_shown, instant_shown, setting_shown

KIND_WORDS = {
    "child": "Child",
    "placement": "Placement",
    "claim": "Claim",
    "household": "Household",
    "extra_cost": "Extra cost",
    "expense": "Expense",
}
CLAIM_WORDS = {
    "submitted": ("Waiting for a decision", "yellow"),
    "queried": ("Queried", "orange"),
    "agreed": ("Agreed", "green"),
    "rejected": ("Rejected", "red"),
    "withdrawn": ("Withdrawn", "grey"),
}
"""A claim's status as a page says it, and the colour of its tag."""
ENDED_WORDS = {"planned": "As planned", "breakdown": "Broke down"}
UNDER_BLOCK_CONTRACT = "Under a block contract"
NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Change:
    """A part of a fact: what it was and what it is; `was` is empty in a fact's first version."""

    label: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class VersionShown:
    """One version of a fact: who recorded it, when, and what changed with it."""

    title: str
    by: str
    at: str
    changes: tuple[Change, ...]
    is_current: bool
    is_retraction: bool


@dataclass(frozen=True, slots=True)
class HistoryShown:
    """A fact with all its versions, the newest first."""

    title: str
    kind: str
    key: int
    is_retracted: bool
    count: str
    versions: tuple[VersionShown, ...]


@dataclass(frozen=True, slots=True)
class FactSummary:
    """A fact about to be recorded: what it says, or what changes with it."""

    title: str
    what: str
    changes: tuple[Change, ...]


def said_by(fact: Fact) -> dict[str, str]:
    """Every part of the fact, named and in words, in a fixed order."""
    return dict(_parts(fact))


def changes_between(before: Fact | None, after: Fact) -> tuple[Change, ...]:
    """The parts that differ from the version before; all that say something where there is none."""
    now = said_by(after)
    if before is None:
        return tuple(Change(label, "", value) for label, value in now.items() if value != NOTHING)
    was = said_by(before)
    return tuple(
        Change(label, was[label] if was[label] != NOTHING else "", value)
        for label, value in now.items()
        if value != was[label]
    )


def _said(fact: Fact) -> list[tuple[str, str]]:
    return [(label, value) for label, value in _parts(fact) if value != NOTHING]


def title_of(content: Fact | Retraction) -> str:
    """`Placement C01-F0`."""
    return f"{KIND_WORDS[content.kind]} {content.id}"


def summary_of(before: Fact | None, after: Fact | Retraction) -> FactSummary:
    """What recording it does to what is known of the fact now."""
    if isinstance(after, Retraction):
        gone = () if before is None else tuple(Change(label, value, "") for label, value in _said(before))
        return FactSummary(title_of(after), "To be retracted", gone)
    return FactSummary(title_of(after), "Changed" if before else "New", changes_between(before, after))


def history_shown(history: FactHistory) -> HistoryShown:
    """The fact with all its versions, the newest first."""
    versions = tuple(_versions(history.versions))
    last, count = history.versions[-1].content, count_shown(len(versions), "version")
    title = f"{KIND_WORDS[history.kind]} {history.reference}"
    return HistoryShown(title, history.kind, history.key, isinstance(last, Retraction), count, versions[::-1])


def _versions(versions: Sequence[RecordedVersion]) -> Iterator[VersionShown]:
    before: Fact | None = None
    for number, version in enumerate(versions):
        content = version.content
        retraction = isinstance(content, Retraction)
        yield VersionShown(
            title=_version_title(content, number, restored=number > 0 and before is None),
            by=f"{version.recorded_by.full_name}, {version.recorded_by.organisation.name}",
            at=instant_shown(version.recorded_at),
            changes=() if isinstance(content, Retraction) else changes_between(before, content),
            is_current=version.superseded_at is None,
            is_retraction=retraction,
        )
        before = None if isinstance(content, Retraction) else content


def _version_title(content: Fact | Retraction, number: int, *, restored: bool) -> str:
    if isinstance(content, Retraction):
        return "Retracted"
    if restored:
        return "Recorded again"
    return "Corrected" if number else "Recorded"


def _parts(fact: Fact) -> Iterator[tuple[str, str]]:
    match fact:
        case Child():
            yield "Joined", day_shown(fact.joined)
            yield "Left", _day(fact.left)
            yield "Baseline", rates_shown(fact.baseline)
        case Placement():
            yield from _placement_parts(fact)
        case Claim():
            yield "Placement", fact.placement
            yield "Status", CLAIM_WORDS[fact.status][0]
        case Household():
            yield "Assessed by", f"The {fact.assessed_by}"
            yield "Approved by panel", _day(fact.panel_approved)
        case ExtraCost():
            yield from _extra_cost_parts(fact)
        case Expense():
            yield "Day", day_shown(fact.day)
            yield "Kind", fact.category
            yield "Amount", pounds_shown(fact.amount_pence)
            yield "What for", fact.description or NOTHING


def _placement_parts(fact: Placement) -> Iterator[tuple[str, str]]:
    yield "Child", fact.child
    yield "Setting", setting_shown(fact.setting)
    yield "First night", day_shown(fact.start)
    yield "First night elsewhere", _day(fact.until)
    yield "How it ended", ENDED_WORDS[fact.ended] if fact.ended else NOTHING
    yield "Household", fact.household or NOTHING
    yield "Bed", UNDER_BLOCK_CONTRACT if fact.block_contract else NOTHING
    yield "Price a week", rates_shown(fact.costs)


def _extra_cost_parts(fact: ExtraCost) -> Iterator[tuple[str, str]]:
    yield "Child", fact.child
    yield "What for", fact.category.capitalize()
    yield "First night paid", day_shown(fact.start)
    yield "First night no longer paid", day_shown(fact.until)
    yield "Cost a week", pounds_shown(fact.weekly_pence)


def rates_shown(rates: Sequence[Rate]) -> str:
    """`£710.00 from 11 March 2024, £100.00 of it paid by partners; £730.50 from 1 April 2025`."""
    return "; ".join(map(rate_shown, rates))


def rate_shown(rate: Rate) -> str:
    """`£710.00 from 11 March 2024, £100.00 of it paid by partners`."""
    return f"{pounds_shown(rate.weekly_pence)} from {day_shown(rate.start)}{_partners(rate)}"


def _partners(rate: Rate) -> str:
    return f", {pounds_shown(rate.contribution_pence)} of it paid by partners" if rate.contribution_pence else ""


def _day(day: date | None) -> str:
    return day_shown(day) if day else NOTHING
