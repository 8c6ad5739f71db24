"""The parts of a contract's pages, as its menu lists them. Rooms register theirs in `AppConfig.ready`."""

from dataclasses import dataclass

from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the menu: `route` is the name of its address, which takes `contract_id`.

    Those who hold none of the permissions do not see it. Entries stand in the order of `place`.
    """

    key: str
    name: str
    route: str
    place: int
    permissions: frozenset[str] = frozenset({"read_contract"})


@dataclass(frozen=True, slots=True)
class SectionShown:
    """An entry as a page shows it."""

    name: str
    address: str
    is_current: bool


_sections: dict[str, Section] = {}


def register(section: Section) -> None:
    """Make the section known to this process. Raises `ValueError` for a taken key."""
    if _sections.setdefault(section.key, section) != section:
        raise ValueError(f"There is already a section “{section.key}”.")


def sections_for(person: Person, contract_id: int, *, current: str) -> list[SectionShown]:
    """The menu of a contract's pages as this person sees it."""
    permissions = permissions_now(person)
    return [
        SectionShown(each.name, reverse(each.route, args=[contract_id]), each.key == current)
        for each in sorted(_sections.values(), key=lambda section: section.place)
        if each.permissions & permissions
    ]
