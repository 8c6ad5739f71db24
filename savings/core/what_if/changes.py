"""Planned changes: what might come, as data, and the facts that each of them stands for (docs/what-if.md)."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import Any, ClassVar

from cohort.core.facts import Child, Claim, Fact, Household, KnownFacts, Placement, Rate
from cohort.core.moves import broken_down, moved, repriced, running_placement
from cohort.core.terms import Terms, terms_for_month
from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown

OF_PLACEMENT, OF_BASELINE = "placement", "baseline"
PRICED = (OF_PLACEMENT, OF_BASELINE)


class DoesNotFit(LedgerError):
    """The change is about something that is not known, or not so any more."""


@dataclass(frozen=True, slots=True)
class Move:
    """A child moves to a setting at a weekly cost; into a family setting, with its claim taken as agreed.

    `household` is the carer household, None without one; with `household_found` it is one that the provider finds and
    panel approves by the day of the move. `placement` and `claim` are the references that the new facts will have.
    """

    kind: ClassVar[str] = "move"
    child: str
    start: date
    setting: str
    weekly_pence: int
    contribution_pence: int
    household: str | None
    household_found: bool
    placement: str
    claim: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A placement breaks down; `until` is the first night elsewhere."""

    kind: ClassVar[str] = "breakdown"
    placement: str
    until: date


@dataclass(frozen=True, slots=True)
class Price:
    """A placement, or a child's baseline (`of`), costs something else from a date on."""

    kind: ClassVar[str] = "price"
    of: str
    reference: str
    start: date
    weekly_pence: int
    contribution_pence: int


@dataclass(frozen=True, slots=True)
class Joining:
    """A child joins the cohort from residential care, whose price is its baseline."""

    kind: ClassVar[str] = "joining"
    child: str
    joined: date
    weekly_pence: int
    contribution_pence: int
    placement: str


@dataclass(frozen=True, slots=True)
class Leaving:
    """A child leaves the cohort; `left` is the first night on which it is no longer of it."""

    kind: ClassVar[str] = "leaving"
    child: str
    left: date


@dataclass(frozen=True, slots=True)
class OtherTerms:
    """Another version of the terms."""

    kind: ClassVar[str] = "terms"
    terms: Terms


Change = Move | Breakdown | Price | Joining | Leaving | OtherTerms


def facts_of(change: Change, known: KnownFacts) -> tuple[Fact, ...]:
    """The facts that the change stands for, given what is known before it (docs/contract.md 1.1, 1.2, 2.3).

    None for terms. Raises `DoesNotFit` where it is about something that is not known, or has ended.
    """
    return _FACTS_OF[change.kind](change, known)


def _of_move(move: Move, known: KnownFacts) -> tuple[Fact, ...]:
    _require_free(known.placements, move.placement)
    _require_free(known.claims, move.claim)
    _child(known, move.child)
    running = running_placement(known, move.child)
    if running is not None and move.start <= running.start:
        raise DoesNotFit(f"child {move.child} lives in placement {running.id} only since {day_shown(running.start)}")
    rate = Rate(move.start, move.weekly_pence, move.contribution_pence)
    new = Placement(move.placement, move.child, move.setting, move.start, None, None, move.household, (rate,))
    claim = (Claim(move.claim, new.id, "agreed"),) if _is_family(move, known) else ()
    return (*_found_household(move, known), *moved(running, new), *claim)


def _is_family(move: Move, known: KnownFacts) -> bool:
    """Whether the move earns savings at all: into other settings there is nothing to claim (1.1)."""
    return bool(known.terms) and move.setting in terms_for_month(known.terms, Month.of(move.start)).family_settings


def _found_household(move: Move, known: KnownFacts) -> Sequence[Fact]:
    """The household that the provider is to find, where no move before has brought it already (7.1)."""
    if not move.household_found or move.household is None or move.household in known.households:
        return ()
    return (Household(move.household, "provider", move.start),)


def _of_breakdown(breakdown: Breakdown, known: KnownFacts) -> tuple[Fact, ...]:
    placement = _running(known, breakdown.placement)
    if breakdown.until <= placement.start:
        raise DoesNotFit(f"placement {placement.id} begins on {day_shown(placement.start)}")
    return (broken_down(placement, breakdown.until),)


def _of_price(price: Price, known: KnownFacts) -> tuple[Fact, ...]:
    rate = Rate(price.start, price.weekly_pence, price.contribution_pence)
    if price.of == OF_BASELINE:
        child = _child(known, price.reference)
        others = (each for each in child.baseline if each.start != rate.start)
        return (replace(child, baseline=tuple(sorted((*others, rate), key=lambda each: each.start))),)
    placement = _placement(known, price.reference)
    if price.start < placement.start or (placement.until and price.start >= placement.until):
        raise DoesNotFit(f"placement {placement.id} has no night on {day_shown(price.start)}")
    return (repriced(placement, rate),)


def _of_joining(joining: Joining, known: KnownFacts) -> tuple[Fact, ...]:
    _require_free(known.children, joining.child)
    _require_free(known.placements, joining.placement)
    price = (Rate(joining.joined, joining.weekly_pence, joining.contribution_pence),)
    child = Child(joining.child, joining.joined, None, price)
    home = Placement(joining.placement, child.id, "residential", joining.joined, None, None, None, price)
    return (child, home)


def _of_leaving(leaving: Leaving, known: KnownFacts) -> tuple[Fact, ...]:
    child = _child(known, leaving.child)
    if leaving.left <= child.joined:
        raise DoesNotFit(f"child {child.id} joins on {day_shown(child.joined)}")
    return (replace(child, left=leaving.left),)


def _of_terms(_change: OtherTerms, _known: KnownFacts) -> tuple[Fact, ...]:
    return ()


_FACTS_OF: Mapping[str, Callable[[Any, KnownFacts], tuple[Fact, ...]]] = MappingProxyType(
    {
        Move.kind: _of_move,
        Breakdown.kind: _of_breakdown,
        Price.kind: _of_price,
        Joining.kind: _of_joining,
        Leaving.kind: _of_leaving,
        OtherTerms.kind: _of_terms,
    }
)


def _child(known: KnownFacts, reference: str) -> Child:
    if reference not in known.children:
        raise DoesNotFit(f"there is no child {reference}")
    return known.children[reference]


def _placement(known: KnownFacts, reference: str) -> Placement:
    if reference not in known.placements:
        raise DoesNotFit(f"there is no placement {reference}")
    return known.placements[reference]


def _running(known: KnownFacts, reference: str) -> Placement:
    placement = _placement(known, reference)
    if placement.until is not None:
        raise DoesNotFit(f"placement {reference} ends on {day_shown(placement.until)} already")
    return placement


def _require_free(kept: Collection[str], reference: str) -> None:
    if reference in kept:
        raise DoesNotFit(f"{reference} is in use")
