"""What needs somebody: each room says what waits for a person; the floor knows no room.

A room registers its reader in `AppConfig.ready`. A reader takes the person and the contracts that they may see (by key)
and gives what waits for this very person, in as many queries for thirty contracts as for one.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from pbr_ledger.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Need:
    """Something that waits for the person: said in words as a link, and since when or by when, where that matters.

    `contract` is the key of the contract that it is about. `when` is shown beside it: “since 4 May 2026”. Where `text`
    names a child or a carer, `mailed` says the same without.
    """

    contract: int
    text: str
    address: str
    since: date | None = None
    when: str = ""
    mailed: str = ""


Reader = Callable[[Person, Collection[int]], Iterator[Need]]

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make the reader known to this process; call it from `AppConfig.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def needs_of(person: Person, contracts: Collection[int]) -> list[Need]:
    """What waits for the person in these contracts: the longest waiting first, then what has no day."""
    found = [need for reader in _readers for need in reader(person, contracts)]
    return sorted(found, key=lambda need: (need.since is None, need.since or date.min))
