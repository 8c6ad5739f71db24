"""Reading one value after the other, each problem noted at its place.

A reader returns a stand-in where a value is wrong, and notes the problem: whoever builds something from the values
looks at `problems` before using it. So one wrong key hides no other.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from cohort.core.validity.values import can_be_kept
from pbr_ledger.errors import Problem
from pbr_ledger.periods import Month, date_of
from savings.core.scenario.json_text import JsonObject, OtherNumber

_MONEY = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
_ROW = re.compile(r"(.+\])\.")
_RATE = re.compile(r"[0-9]+(\.[0-9]{1,4})?")
_MOST_DIGITS = 12  # before the point: more than any budget, and what rows hold
_LARGEST_COUNT = 1_000_000
_MONEY_PLACES, _RATE_PLACES = 2, 4


class Node:
    """A JSON value, the place where it stands, and the list in which its problems are noted."""

    __slots__ = ("place", "problems", "value")

    def __init__(self, value: Any, place: str, problems: list[Problem]) -> None:
        self.value = value
        self.place = place
        self.problems = problems

    def wrong(self, message: str) -> None:
        """Note that something is wrong here."""
        self.problems.append(Problem(self.place, message))

    def has_problems_since(self, count: int) -> bool:
        """Whether more problems are noted than the `count` there were."""
        return len(self.problems) > count

    def keys(self, required: Collection[str], optional: Collection[str] = ()) -> dict[str, "Node"]:
        """The nodes of an object's known keys; missing, unknown and repeated ones are noted.

        A missing required key gives a silent node, whose further problems nobody needs to hear.
        """
        if not isinstance(self.value, JsonObject):
            self.wrong(f"has to be an object, not {shown(self.value)}")
            return {key: self._silent() for key in required}
        for key in self.value.repeated:
            self.at(key).wrong("stands here twice")
        for key in self.value:
            if key not in required and key not in optional:
                self.at(key).wrong("is not a key that is known here")
        for key in required:
            if key not in self.value:
                self.at(key).wrong("is missing")
        found = {key: self.at(key) if key in self.value else self._silent() for key in required}
        return found | {key: self.at(key) for key in optional if key in self.value}

    def _silent(self) -> "Node":
        return Node(None, self.place, [])

    def has(self, key: str) -> bool:
        """Whether the object has this key, whatever stands there."""
        return isinstance(self.value, JsonObject) and key in self.value

    def at(self, key: str) -> "Node":
        """The node of one key of an object; its value is None where there is none."""
        name = key if key.isidentifier() else shown(key)
        value = self.value.get(key) if isinstance(self.value, JsonObject) else None
        return Node(value, f"{self.place}.{name}" if self.place else name, self.problems)

    def items(self) -> Iterator["Node"]:
        """The nodes of a list's items."""
        if not isinstance(self.value, list):
            self.wrong(f"has to be a list, not {shown(self.value)}")
            return
        for position, item in enumerate(self.value):
            yield Node(item, f"{self.place}[{position}]", self.problems)

    def add_what_stands_alone(self, found: Iterable[Problem], *, hangs_on: Mapping[str, Collection[str]]) -> None:
        """Note what was found wrong among this object's values, unless it follows from what is noted here already.

        A value that could not be read stands as something else: what is wrong at its place, in its row of a list, or
        at a place that `hangs_on` it (by the beginning of its place) would be a second message for one mistake.
        """
        head = f"{self.place}."
        noted = {problem.place.removeprefix(head) for problem in self.problems if problem.place.startswith(head)}
        for problem in found:
            row = _ROW.match(problem.place)
            roots = (*hangs_on.get(problem.place, ()), *(row.groups() if row else ()))
            if problem.place not in noted and not any(place.startswith(roots) for place in noted):
                self.problems.append(problem.below(self.place))

    @property
    def is_null(self) -> bool:
        """Whether the value is JSON's null."""
        return self.value is None

    def text(self) -> str:
        """A string that a database and a UTF-8 document can hold."""
        if not isinstance(self.value, str):
            self.wrong(f"has to be text in quotation marks, not {shown(self.value)}")
            return ""
        if not can_be_kept(self.value):
            self.wrong("holds a character that cannot be kept")
            return ""
        return self.value

    def reference(self) -> str:
        """A string that is not empty."""
        before = len(self.problems)
        text = self.text()
        if not text.strip() and not self.has_problems_since(before):
            self.wrong("must not be empty")
        return text

    def choice(self, choices: Collection[str]) -> str:
        """One of the words allowed here."""
        if isinstance(self.value, str) and self.value in choices:
            return self.value
        self.wrong(f"{shown(self.value)} is none of {', '.join(choices)}")
        return ""

    def day(self) -> date:
        """A date written YYYY-MM-DD."""
        try:
            return date_of(self._string("a date"))
        except ValueError as error:
            self.wrong(str(error))
            return date.min

    def month(self) -> Month:
        """A month written YYYY-MM."""
        try:
            return Month.parse(self._string("a month"))
        except ValueError as error:
            self.wrong(str(error))
            return Month(1, 1)

    def pence(self) -> int:
        """An amount of money, as whole pence."""
        return self._scaled(_MONEY, _MONEY_PLACES, 'money has to be text such as "7100.00"')

    def ten_thousandths(self) -> int:
        """A rate or share, as whole ten-thousandths."""
        return self._scaled(_RATE, _RATE_PLACES, 'a rate has to be text such as "0.10"')

    def count(self) -> int:
        """A whole number, as a JSON number."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and 0 <= self.value <= _LARGEST_COUNT:
            return self.value
        self.wrong(f"has to be a whole number from 0 to {_LARGEST_COUNT:,}, not {shown(self.value)}")
        return 0

    def yes_or_no(self) -> bool:
        """JSON's true or false."""
        if isinstance(self.value, bool):
            return self.value
        self.wrong(f"has to be true or false, not {shown(self.value)}")
        return False

    def _string(self, what: str) -> str:
        if not isinstance(self.value, str):
            raise ValueError(f"has to be {what} in quotation marks, not {shown(self.value)}")
        return self.value

    def _scaled(self, pattern: re.Pattern[str], places: int, form: str) -> int:
        if not isinstance(self.value, str) or not pattern.fullmatch(self.value):
            self.wrong(f"{form}, not {shown(self.value)}")
            return 0
        whole, _, fraction = self.value.partition(".")
        if len(whole) > _MOST_DIGITS:
            self.wrong(f"has more than {_MOST_DIGITS} digits before the point")
            return 0
        return int(whole + fraction.ljust(places, "0"))


def shown(value: Any) -> str:
    """A value as a message shows it, cut short."""
    if isinstance(value, str):
        return f"“{value}”" if len(value) <= 40 else f"“{value[:40]}…”"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, OtherNumber):
        return f"the number {value.text[:40]}"
    if isinstance(value, int):
        return f"the number {value}"
    return "a list" if isinstance(value, list) else "an object"
