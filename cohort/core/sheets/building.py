"""A row as a fact, given what is known: one function for each sheet, by the rules of the pages (docs/contract.md 1, 2).

Each gives the fact with what the row says of it, and raises `Refusal` at a column. An empty cell leaves what is known.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Fact, Household, Placement, Rate
from cohort.core.mileage import MILEAGE, mileage_pence, mileage_words
from cohort.core.moves import rate_on
from cohort.core.sheets.desk import Desk, Refusal
from cohort.core.sheets.kinds import BLOCK_CONTRACT
from cohort.core.sheets.rows import GivenRow, Place
from cohort.core.sheets.values import LONGEST_DESCRIPTION
from pbr_ledger.words import day_shown

_SAID_OF = {"submitted": "Claimed", "queried": "Queried", "rejected": "Rejected", "withdrawn": "Withdrawn"}
Build = Callable[[GivenRow, Place, Desk], Fact]


def _child(row: GivenRow, place: Place, desk: Desk) -> Child:
    said: Any = row.values
    before = desk.recorded("child", said["child"])
    _require_after(said["left"], said["joined"], "left", "joined")
    if isinstance(before, Child):
        baseline, rate = _with_first(before.baseline, before.joined, said["joined"], said)
        after = replace(before, joined=said["joined"], left=said["left"] or before.left, baseline=baseline)
    else:
        desk.require_free("child", said["child"])
        rate = _rate(said["joined"], said)
        after = Child(said["child"], said["joined"], said["left"], (rate,))
    desk.price(("child", after.id), rate, place)
    return after


def _baseline(row: GivenRow, place: Place, desk: Desk) -> Child:
    said: Any = row.values
    child = desk.child(said["child"])
    if said["start"] < child.joined:
        raise Refusal("start", f"{day_shown(said['start'])} is before the child joined, on {day_shown(child.joined)}")
    if child.left and said["start"] >= child.left:
        raise Refusal("start", f"{day_shown(said['start'])} is not before the child left, on {day_shown(child.left)}")
    rate = _rate(said["start"], said, rate_on_start(child.baseline, said["start"]))
    desk.price(("child", child.id), rate, place)
    return replace(child, baseline=_with(child.baseline, rate))


def _household(row: GivenRow, _place: Place, desk: Desk) -> Household:
    said: Any = row.values
    before = desk.recorded("household", said["household"])
    if isinstance(before, Household):
        approved = said["panel_approved"] or before.panel_approved
        return replace(before, assessed_by=said["assessed_by"], panel_approved=approved)
    desk.require_free("household", said["household"])
    return Household(said["household"], said["assessed_by"], said["panel_approved"])


def _placement(row: GivenRow, place: Place, desk: Desk) -> Placement:
    said: Any = row.values
    child = desk.child(said["child"])
    desk.household(said["household"])
    before = desk.recorded("placement", said["placement"])
    if isinstance(before, Placement):
        after, rate = _placement_again(before, said, child)
    else:
        desk.require_free("placement", said["placement"])
        rate = _rate(said["start"], said)
        parts = (said["setting"], said["start"], said["until"], said["ended"], said["household"], (rate,))
        after = Placement(said["placement"], child.id, *parts, block_contract=said["block_contract"] == BLOCK_CONTRACT)
    _require_ended(after)
    desk.price(("placement", after.id), rate, place)
    return after


def _placement_again(before: Placement, said: Mapping[str, Any], child: Child) -> tuple[Placement, Rate]:
    """The known placement with what the row says, and its first price."""
    if before.child != child.id:
        raise Refusal("child", f"placement {before.id} is known as one of child {before.child}")
    costs, rate = _with_first(before.costs, before.start, said["start"], said)
    after = replace(
        before,
        setting=said["setting"],
        start=said["start"],
        until=said["until"] or before.until,
        ended=said["ended"] or before.ended,
        household=said["household"] or before.household,
        costs=costs,
        block_contract=_block_contract(said, before),
    )
    return after, rate


def _block_contract(said: Mapping[str, Any], before: Placement) -> bool:
    return before.block_contract if said["block_contract"] is None else said["block_contract"] == BLOCK_CONTRACT


def _require_ended(placement: Placement) -> None:
    """That it ended after it began, and that how is said where it has ended and only there."""
    _require_after(placement.until, placement.start, "until", "start")
    if placement.until and not placement.ended:
        raise Refusal("ended", "is empty: say how the placement ended, As planned or Broke down")
    if placement.ended and not placement.until:
        raise Refusal("until", "is empty: say when the child moved out, or leave How it ended empty too")


def _price(row: GivenRow, place: Place, desk: Desk) -> Placement:
    said: Any = row.values
    placement = desk.placement(said["placement"])
    start: date = said["start"]
    if start < placement.start or (placement.until and start >= placement.until):
        until = f" until {day_shown(placement.until)}" if placement.until else ""
        nights = f"the placement runs from {day_shown(placement.start)}{until}"
        raise Refusal("start", f"{day_shown(start)} is no night of the placement: {nights}")
    rate = _rate(start, said, rate_on_start(placement.costs, start))
    desk.price(("placement", placement.id), rate, place)
    return replace(placement, costs=_with(placement.costs, rate))


def _extra_cost(row: GivenRow, _place: Place, desk: Desk) -> ExtraCost:
    said: Any = row.values
    child = desk.child(said["child"])
    before = desk.recorded("extra_cost", said["extra_cost"])
    if before is None:
        desk.require_free("extra_cost", said["extra_cost"])
    elif isinstance(before, ExtraCost) and before.child != child.id:
        raise Refusal("child", f"extra cost {before.id} is known as one of child {before.child}")
    _require_after(said["until"], said["start"], "until", "paid")
    parts = (said["category"], said["start"], said["until"], said["weekly"])
    return ExtraCost(said["extra_cost"], child.id, *parts)


def _claim(row: GivenRow, _place: Place, desk: Desk) -> Claim:
    said: Any = row.values
    placement = desk.placement(said["placement"])
    before = desk.claim(said["claim"])
    if before is not None:
        return _claim_again(before, said)
    desk.require_free("claim", said["claim"])
    if other := desk.claimed.get(placement.id):
        raise Refusal("placement", f"placement {placement.id} is claimed already, by claim {other}")
    if said["status"] == "agreed":
        desk.require_agreed_baseline(placement.child)
    desk.claimed[placement.id] = said["claim"]
    desk.texts[said["claim"]] = said["text"]
    return Claim(said["claim"], placement.id, said["status"] or "submitted")


def _claim_again(before: Claim, said: Mapping[str, Any]) -> Claim:
    """The known claim: what was claimed stays claimed, whatever was decided since."""
    if before.placement != said["placement"]:
        raise Refusal("placement", f"claim {before.id} is known as one for placement {before.placement}")
    if said["status"] == "agreed" and before.status != "agreed":
        raise Refusal("status", f"claim {before.id} is known as {_SAID_OF[before.status]}. It is decided on its page")
    return before


def _expense(row: GivenRow, _place: Place, desk: Desk) -> Expense:
    said: Any = row.values
    if not isinstance(desk.recorded("expense", said["expense"]), Expense):
        desk.require_free("expense", said["expense"])
    needed, other = ("miles", "amount") if said["category"] == MILEAGE else ("amount", "miles")
    if said[needed] is None:
        raise Refusal(needed, "is empty, and has to be filled in for this kind")
    if said[other] is not None:
        raise Refusal(other, "has to be empty for this kind")
    if said["category"] != MILEAGE:
        return Expense(said["expense"], said["day"], said["category"], said["amount"], said["description"])
    words = mileage_words(said["miles"], said["description"])
    if len(words) > LONGEST_DESCRIPTION:
        raise Refusal("description", f"has more than {LONGEST_DESCRIPTION} characters with the miles before it")
    return Expense(said["expense"], said["day"], MILEAGE, mileage_pence(said["miles"]), words)


BUILDERS: Mapping[str, Build] = MappingProxyType(
    {
        "children": _child,
        "baselines": _baseline,
        "households": _household,
        "placements": _placement,
        "prices": _price,
        "extra-costs": _extra_cost,
        "claims": _claim,
        "expenses": _expense,
    }
)
"""By the key of the sheet."""


# Prices


def rate_on_start(rates: tuple[Rate, ...], start: date) -> Rate | None:
    """The rate that begins on that very night (docs/contract.md 2.3)."""
    return next((rate for rate in rates if rate.start == start), None)


def _with_first(
    rates: tuple[Rate, ...], was_from: date, now_from: date, said: Mapping[str, Any]
) -> tuple[tuple[Rate, ...], Rate]:
    """The prices with that of the first night as the row says it, and that one alone.

    It is the price in force on that night: it begins then where it began with the first night before, or after it.
    """
    current = rate_on(rates, now_from) or rates[0]
    start = now_from if current.start == was_from or now_from < current.start else current.start
    rate = _rate(start, said, current)
    return _with(tuple(each for each in rates if each != current), rate), rate


def _rate(start: date, said: Mapping[str, Any], before: Rate | None = None) -> Rate:
    contribution = said["contribution"]
    if contribution is None:
        contribution = before.contribution_pence if before else 0
    if contribution > said["weekly"]:
        raise Refusal("contribution", "is more than the whole price a week")
    return Rate(start, said["weekly"], contribution)


def _with(rates: tuple[Rate, ...], rate: Rate) -> tuple[Rate, ...]:
    others = (each for each in rates if each.start != rate.start)
    return tuple(sorted((*others, rate), key=lambda each: each.start))


def _require_after(day: date | None, start: date, column: str, since: str) -> None:
    if day is not None and day <= start:
        heading = {"joined": "Joined", "start": "Moved in", "paid": "From"}[since]
        raise Refusal(column, f"{day_shown(day)} is not after {day_shown(start)}, in {heading}")
