"""One search by reference over all rooms: each room says what it finds for a person; the floor knows no room."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pbr_ledger.accounts.models import Person
from pbr_ledger.pages import person_of

MOST_EACH = 25
"""So many of a kind are shown; who sees as many looks for more of the reference."""
LONGEST = 100


@dataclass(frozen=True, slots=True)
class Found:
    """Something with a reference: of which kind and contract, what it is called, and where its page is."""

    kind: str
    contract: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of a kind; `is_cut` where there may be more."""

    kind: str
    found: tuple[Found, ...]
    is_cut: bool


Reader = Callable[[Person, str], Iterator[Found]]
"""Takes the person and what they look for, without space around it; gives only what this person may see."""

_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Make the reader known to this process; call it from `AppConfig.ready`."""
    if reader not in _readers:
        _readers.append(reader)


def found_for(person: Person, wanted: str) -> list[Group]:
    """What has the words in its reference, by kind in the rooms' order; what is called just so stands first."""
    groups: dict[str, list[Found]] = {}
    for reader in _readers:
        for each in reader(person, wanted):
            groups.setdefault(each.kind, []).append(each)
    return [
        Group(kind, tuple(sorted(found, key=lambda each: not _is_called(each, wanted))), len(found) >= MOST_EACH)
        for kind, found in groups.items()
    ]


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The page: what `?q=` finds for whoever reads it."""
    person = person_of(request)
    wanted = request.GET.get("q", "").strip().replace("\0", "")[:LONGEST]
    groups = found_for(person, wanted) if wanted else []
    return render(request, "search.html", {"wanted": wanted, "groups": groups, "is_search": True})


def _is_called(found: Found, wanted: str) -> bool:
    return found.name.casefold() == wanted.casefold()
