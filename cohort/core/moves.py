"""What happens to a child, as facts: a move, a breakdown, a new price (docs/contract.md 1.1, 1.2, 2.3)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from cohort.core.facts import KnownFacts, Placement, Rate


def placements_of_child(known: KnownFacts, child: str) -> tuple[Placement, ...]:
    """The child's placements in the order in which they begin (docs/contract.md 1.1)."""
    own = (placement for placement in known.placements.values() if placement.child == child)
    return tuple(sorted(own, key=lambda placement: (placement.start, placement.id)))


def placement_on(known: KnownFacts, child: str, night: date) -> Placement | None:
    """Where the child lives in the night; None where nothing is known (docs/contract.md 1.2)."""
    own = placements_of_child(known, child)
    return next((each for each in own if each.start <= night and (each.until is None or night < each.until)), None)


def running_placement(known: KnownFacts, child: str) -> Placement | None:
    """The child's placement that has no end yet; None where all have ended (docs/contract.md 1.3)."""
    return next((each for each in placements_of_child(known, child) if each.until is None), None)


def moved(running: Placement | None, new: Placement) -> tuple[Placement, ...]:
    """The new placement, after the running one that ends as planned on its first night (docs/contract.md 1.2)."""
    if running is None:
        return (new,)
    return (replace(running, until=new.start, ended="planned"), new)


def broken_down(placement: Placement, first_night_elsewhere: date) -> Placement:
    """The placement, ended by a breakdown; the night of that date is no longer its own (docs/contract.md 1.2, 5.2)."""
    return replace(placement, until=first_night_elsewhere, ended="breakdown")


def repriced(placement: Placement, rate: Rate) -> Placement:
    """The placement at a new price from a date, in place of one from the very same date (docs/contract.md 2.3)."""
    others = (each for each in placement.costs if each.start != rate.start)
    return replace(placement, costs=tuple(sorted((*others, rate), key=lambda each: each.start)))


def rate_on(rates: tuple[Rate, ...], night: date) -> Rate | None:
    """The rate in force in the night; None before the first (docs/contract.md 2.3)."""
    return next((rate for rate in reversed(rates) if rate.start <= night), None)


def claim_statuses(known: KnownFacts) -> Mapping[str, str]:
    """The status of the claim of each claimed placement: `agreed` where one of several is (docs/contract.md 1.1)."""
    found: dict[str, str] = {}
    for claim in known.claims.values():
        if found.get(claim.placement) != "agreed":
            found[claim.placement] = claim.status
    return found
