"""Where each child has lived: moves that a claim may be made for, and placements that overlap (docs/contract.md 1)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cohort.core.facts import RESIDENTIAL_SETTINGS, Claim, KnownFacts, Placement
from cohort.core.terms import terms_for_month
from pbr_ledger.errors import Problem
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Journeys:
    """The placements of each child by reference, and the placements with an agreed claim."""

    placements_of: Mapping[str, Sequence[Placement]]
    claimed: frozenset[str]


def journeys_of(known: KnownFacts) -> Journeys:
    """The known facts arranged by child, for asking about many claims at once (docs/contract.md 1.1)."""
    placements_of: dict[str, list[Placement]] = {}
    for placement in known.placements.values():
        placements_of.setdefault(placement.child, []).append(placement)
    agreed = (claim.placement for claim in known.claims.values() if claim.status == "agreed")
    return Journeys(placements_of, frozenset(agreed))


def claim_problems(claim: Claim, known: KnownFacts, journeys: Journeys | None = None) -> list[Problem]:
    """What stands against a claim, of whatever status, as known at the end of its day (docs/contract.md 1.1, 2.1).

    It has to be for a family setting under the terms of the month in which the placement starts. An agreed one is a
    transition only if the child lived, on the night before, in residential or unregistered care, or in a family
    placement with an agreed claim. `journeys` is `journeys_of(known)`, when the caller has it already.
    """
    placement = known.placements.get(claim.placement)
    if placement is None:
        return []  # said by reference_problems
    if not known.terms:
        return [Problem("placement", "no terms are known on that day, so a claim cannot be judged")]
    if not _is_family(placement.setting, placement.start, known):
        return [Problem("placement", f"the setting of placement {placement.id} is no family setting then")]
    if claim.status == "agreed" and not _is_transition(placement, known, journeys or journeys_of(known)):
        return [Problem("placement", f"the night before {day_shown(placement.start)} {_NO_TRANSITION}")]
    return []


_NO_TRANSITION = (
    "the child lived neither in residential or unregistered care nor in a family placement with an agreed claim"
)


def _is_family(setting: str, night: date, known: KnownFacts) -> bool:
    return setting in terms_for_month(known.terms, Month.of(night)).family_settings


def _is_transition(placement: Placement, known: KnownFacts, journeys: Journeys) -> bool:
    """Whether the child came from a setting from which a move earns savings."""
    if placement.start == date.min:
        return False
    night = placement.start - _DAY
    return any(
        before.setting in RESIDENTIAL_SETTINGS
        or (before.id in journeys.claimed and _is_family(before.setting, night, known))
        for before in journeys.placements_of.get(placement.child, ())
        if before.start <= night and (before.until is None or night < before.until)
    )


def overlap_problems(known: KnownFacts) -> list[tuple[str, str]]:
    """Pairs of placements of one child that share a night, the one that begins earlier first (docs/contract.md 1.3)."""
    placements_of = journeys_of(known).placements_of
    return [pair for child in sorted(placements_of) for pair in overlaps_among(placements_of[child])]


def overlaps_among(placements: Iterable[Placement]) -> list[tuple[str, str]]:
    """The overlaps among the placements of one child: each that begins too early, with the one that still ran.

    Of several that still ran, the one that reaches furthest is named (docs/contract.md 1.3).
    """
    pairs: list[tuple[str, str]] = []
    furthest: Placement | None = None
    for placement in sorted(placements, key=lambda each: (each.start, each.id)):
        if furthest is not None and (furthest.until is None or placement.start < furthest.until):
            pairs.append((furthest.id, placement.id))
        if furthest is None or _ends(furthest) < _ends(placement):
            furthest = placement
    return pairs


def _ends(placement: Placement) -> tuple[bool, date]:
    """A key by which open placements end last."""
    return (placement.until is None, placement.until or date.max)
