"""Which kinds of notice there are, and what stands in the daily summary: rooms register theirs."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError
from pbr_ledger.notices.models import DAILY, NEVER

SUMMARY = "summary"


class UnknownNoticeKind(LedgerError):
    """No room has registered a kind of notice of this name."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice that people choose for as a whole; `permissions` says for whom it is: any one of them is enough.

    `unless_chosen` is how somebody is told who has not chosen. `place` orders the page of choices.
    """

    key: str
    title: str
    hint: str
    permissions: frozenset[str]
    place: int
    unless_chosen: str = DAILY
    choices: tuple[str, ...] = ("at_once", DAILY, NEVER)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the daily summary, and the path of the page that it is about."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the daily summary: its heading, and the lines below it for this person on this day."""

    heading: str
    place: int
    lines: Callable[[Person, date], Iterator[Line]]


_kinds: dict[str, NoticeKind] = {}
_parts: dict[str, Part] = {}


def register_kind(kind: NoticeKind) -> None:
    """Make the kind known to this process; call it from `AppConfig.ready`. Raises `ValueError` for a taken key."""
    if _kinds.setdefault(kind.key, kind) != kind:
        raise ValueError(f"There is already a kind of notice “{kind.key}”.")


def register_part(part: Part) -> None:
    """Make the part of the summary known; call it from `AppConfig.ready`. Raises `ValueError` for a taken heading."""
    if _parts.setdefault(part.heading, part) != part:
        raise ValueError(f"The summary has a part “{part.heading}” already.")


def notice_kind(key: str) -> NoticeKind:
    """The kind of that key. Raises `UnknownNoticeKind`."""
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownNoticeKind(f"There is no kind of notice “{key}”.") from None


def kinds_for(permissions: frozenset[str]) -> list[NoticeKind]:
    """The kinds that concern somebody with these permissions, in the order of the page."""
    return sorted((kind for kind in _kinds.values() if kind.permissions & permissions), key=lambda kind: kind.place)


def parts_of_summary() -> list[Part]:
    """The parts of the daily summary, in their order."""
    return sorted(_parts.values(), key=lambda part: part.place)


register_kind(
    NoticeKind(
        key=SUMMARY,
        title="What needs you",
        hint="Once a day: what waits for you, and which days are coming. No mail when there is nothing.",
        permissions=frozenset({"read_contract", "record_payment"}),
        place=10,
        choices=(DAILY, NEVER),
    )
)
