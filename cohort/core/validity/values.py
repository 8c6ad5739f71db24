"""What is wrong with a single value of a fact or of the terms (docs/contract.md 1)."""

from collections.abc import Collection, Iterator
from datetime import date

from pbr_ledger.errors import Problem
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import day_shown


def period_problems(place: str, start: date, until: date | None) -> Iterator[Problem]:
    """That a period, open while `until` is None, covers no night (docs/contract.md 1.3)."""
    if until is not None and until <= start:
        days = f"{day_shown(until)} is not after {day_shown(start)}"
        yield Problem(place, f"the period is empty or runs backwards: {days}")


def amount_problems(place: str, pence: int) -> Iterator[Problem]:
    """That an amount is below zero: no amount of a fact or of the terms is (docs/contract.md 1.5)."""
    if pence < 0:
        yield Problem(place, f"{pounds_shown(pence)} is below zero")


def choice_problems(place: str, value: str, choices: Collection[str]) -> Iterator[Problem]:
    """That a word is none of those the contract knows (docs/contract.md 1.1)."""
    if value not in choices:
        yield Problem(place, f"“{value}” is none of {', '.join(choices)}")


def text_problems(place: str, text: str) -> Iterator[Problem]:
    """That a name is empty or cannot be kept (docs/contract.md 1.1)."""
    if not text.strip():
        yield Problem(place, "must not be empty")
    elif not can_be_kept(text):
        yield Problem(place, "holds a character that cannot be kept")


def can_be_kept(text: str) -> bool:
    """Whether a database and a UTF-8 document can hold the text: no NUL, no half of a surrogate pair (11.3)."""
    return not any(character == "\0" or "\ud800" <= character <= "\udfff" for character in text)
