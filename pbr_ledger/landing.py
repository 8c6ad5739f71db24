"""Where somebody starts who sees no contract: each room says it for the permission that its people hold.

A room registers its place in `AppConfig.ready`; the floor knows no room.
"""

from dataclasses import dataclass

from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now


@dataclass(frozen=True, slots=True)
class Landing:
    """A page without parts in its address, for those who hold the permission; of several the lowest `place` wins.

    With a `name` it stands in the menu of those who see no contract, before the pages `beside` it, which are names
    with their routes; without one the menu leads there already.
    """

    permission: str
    route: str
    place: int
    name: str = ""
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def address(self) -> str:
        """Where the page is."""
        return reverse(self.route)

    @property
    def menu(self) -> list[tuple[str, str]]:
        """The names in the menu, each with where it leads; none where the page has no name."""
        named = ((self.name, self.route), *self.beside) if self.name else ()
        return [(name, reverse(route)) for name, route in named]


_landings: list[Landing] = []


def register(landing: Landing) -> None:
    """Make the place known to this process; call it from `AppConfig.ready`."""
    if landing not in _landings:
        _landings.append(landing)


def landing_for(person: Person) -> str | None:
    """The address at which the person starts; None where no room has a page for what they may do."""
    first = landing_of(person)
    return first.address if first else None


def landing_of(person: Person) -> Landing | None:
    """The page at which the person starts; None where no room has one for what they may do."""
    permissions = permissions_now(person)
    open_to_them = [each for each in _landings if each.permission in permissions]
    return min(open_to_them, key=lambda each: each.place, default=None)
