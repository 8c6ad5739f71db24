"""The months a scenario closes, each with its cut-off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.terms import Terms, programme_start
from pbr_ledger.periods import Month
from savings.core.scenario.fields import Node


@dataclass(frozen=True, slots=True)
class Closing:
    """A month to close, as known at the end of a day."""

    month: Month
    as_known_on: date


def read_closings(node: Node, terms: Sequence[Terms], *, terms_sound: bool) -> tuple[Closing, ...]:
    """The months to close, in the file's order; what is wrong with them is noted."""
    before = len(node.problems)
    found: list[Closing] = []
    for item in node.items():
        closing = _closing(item)
        if closing is not None:
            _check(item, closing, found[-1] if found else None)
            if terms_sound:
                _check_programme(item, closing, terms)
            found.append(closing)
    if not found and not node.has_problems_since(before):
        node.wrong("has no month to close")
    return tuple(found)


def _closing(item: Node) -> Closing | None:
    before = len(item.problems)
    keys = item.keys(("month", "as_known_on"))
    closing = Closing(month=keys["month"].month(), as_known_on=keys["as_known_on"].day())
    return None if item.has_problems_since(before) else closing


def _check(item: Node, closing: Closing, earlier: Closing | None) -> None:
    cut_off = item.at("as_known_on")
    if closing.as_known_on <= closing.month.last_day:
        cut_off.wrong(f"{closing.as_known_on} is not after the last day of {closing.month}")
    if earlier is None:
        return
    if closing.month == earlier.month:
        item.at("month").wrong(f"{closing.month} is closed twice")
    elif closing.month < earlier.month:
        item.at("month").wrong(f"{closing.month} comes after {earlier.month}; months close in rising order")
    if closing.as_known_on < earlier.as_known_on:
        cut_off.wrong(f"{closing.as_known_on} is earlier than the cut-off before it, {earlier.as_known_on}")


def _check_programme(item: Node, closing: Closing, terms: Sequence[Terms]) -> None:
    known = [version for version in terms if version.recorded <= closing.as_known_on]
    if not known:
        item.at("as_known_on").wrong("no terms are known on that day")
    elif closing.month < programme_start(known):
        item.at("month").wrong(f"{closing.month} is before the programme's first month, {programme_start(known)}")
