"""The lists whose filters people can keep. Rooms register theirs in `AppConfig.ready`; the floor knows no room."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

LONGEST_VALUE = 100
ANY_TEXT: frozenset[str] = frozenset()
"""Of a filter that takes whatever is typed."""


@dataclass(frozen=True, slots=True)
class ListPage:
    """A list: `route` is the name of its address, which takes `contract_id` where it is a contract's.

    `filters` are the parameters that narrow it, each with the values that it takes; `sorts` the keys of its orders.
    """

    route: str
    name: str
    filters: Mapping[str, frozenset[str]]
    sorts: frozenset[str]
    of_contract: bool = True

    def cleaned(self, asked: Mapping[str, str]) -> str:
        """What of an address narrows or sorts this list, as a query string; nothing else of it is in there."""
        found = [(name, asked.get(name, "").strip()) for name in (*self.filters, "sort")]
        return urlencode([(name, value) for name, value in found if value and self._takes(name, value)])

    def _takes(self, name: str, value: str) -> bool:
        if name == "sort":
            return value.removeprefix("-") in self.sorts
        values = self.filters[name]
        return value in values if values else len(value) <= LONGEST_VALUE and "\0" not in value


_lists: dict[str, ListPage] = {}


def register(page: ListPage) -> None:
    """Make the list known to this process. Raises `ValueError` for a taken address."""
    if _lists.setdefault(page.route, page) != page:
        raise ValueError(f"There is already a list at “{page.route}”.")


def list_named(route: str) -> ListPage | None:
    """The list at the address of this name, if its filters can be kept."""
    return _lists.get(route)
