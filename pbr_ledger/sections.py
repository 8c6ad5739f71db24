"""The parts of a contract's pages, as its menu lists them. Rooms register theirs in `AppConfig.ready`."""

from dataclasses import dataclass

from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the menu: `route` is the name of its address, which takes `contract_id`.

    Those who hold none of the permissions do not see it. Entries stand in the order of `place`. `letter` leads there
    from the keyboard, after `g`.
    """

    key: str
    name: str
    route: str
    place: int
    letter: str
    permissions: frozenset[str] = frozenset({"read_contract"})


@dataclass(frozen=True, slots=True)
class SectionShown:
    """An entry as a page shows it."""

    name: str
    address: str
    is_current: bool
    letter: str


HOME = "h"
"""Leads to one's first page from anywhere."""
_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Make the section known to this process. Raises `ValueError` for a taken key or letter."""
    if section.letter in {HOME, *(each.letter for each in _sections.values() if each.key != section.key)}:
        raise ValueError(f"“{section.letter}” leads somewhere else already.")
    if _sections.setdefault(section.key, section) != section:
        raise ValueError(f"There is already a section “{section.key}”.")


def sections_for(person: Person, contract_id: int, *, current: str) -> list[SectionShown]:
    """The menu of a contract's pages as this person sees it."""
    return [
        SectionShown(each.name, reverse(each.route, args=[contract_id]), each.key == current, each.letter)
        for each in _seen_by(person)
    ]


def letters_for(person: Person) -> list[tuple[str, str]]:
    """The letters that lead to the sections which this person sees, each with the section's name."""
    return [(each.letter, each.name) for each in _seen_by(person)]


def _seen_by(person: Person) -> list[Section]:
    permissions = permissions_now(person)
    in_order = sorted(_sections.values(), key=lambda section: section.place)
    return [each for each in in_order if each.permissions & permissions]
