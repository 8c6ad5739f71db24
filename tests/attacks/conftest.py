"""The planted world, and everybody's walk through it."""

from functools import cache

import pytest
from django.test import Client

from pbr_ledger.accounts.models import Person
from tests.attacks.crawl import Kind, Seen, kind_of, walked
from tests.attacks.planted import planted_world
from tests.pages.conftest import _apart, browser_type_launch_args, page  # noqa: F401 - the same ground and browser
from tests.pages.world import World
from tests.signing_in import signed_in
from tests.stage import Stage

WALKERS = (
    "council lead_accountant",
    "council finance_officer",
    "council auditor",
    "council administrator",
    "provider provider_staff",
    "agent payments_clerk",
)
"""Who sees most comes first: those of the same organisation after them walk where they have not been.

What a list is asked (its filters, its files) is asked once for all: what comes out hangs on the list alone.
"""
HEAVY = frozenset({"readings-report", "readings-workbook"})
"""Made anew for each reader, and the same for all."""


@pytest.fixture
def planted(transactional_db: None, stage: Stage) -> World:
    """The planted world, in the same rows each time."""
    return stage.of(planted_world)


@pytest.fixture
def walks(planted: World) -> dict[str, list[Seen]]:
    """What everybody of the own side sees on a walk, by part; made once for all tests."""
    return _walks(tuple((who, planted.people[f"own {who}"].pk) for who in WALKERS))


@cache
def _walks(people: tuple[tuple[str, int], ...]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = {}
    been: dict[int, set[str]] = {}
    asked: set[Kind] = set()
    for who, key in people:
        person = Person.objects.get(pk=key)
        names = been.setdefault(person.organisation_id, set())
        left_out = names | (HEAVY if found else set())
        found[who] = walked(signed_in(person, Client(raise_request_exception=False)), but=left_out, asked=asked)
        names |= {each.name for each in found[who]}
        asked |= {kind for kind in (kind_of(each.address) for each in found[who]) if kind[1]}
    return found
