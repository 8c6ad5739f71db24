"""The planted world, and everybody's walk through it."""

from functools import cache
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from pbr_ledger.accounts.models import Person
from pbr_ledger.jobs import broker
from tests.attacks.crawl import Kind, Seen, kind_of, walked
from tests.attacks.planted import planted_world
from tests.pages.conftest import browser_type_launch_args, page  # noqa: F401 - the same browser
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


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    """No message reaches a worker outside, files go to a folder of the test, and passwords hash fast."""
    folder = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    monkeypatch.setitem(broker.app.conf, "broker_url", "folder://")
    monkeypatch.setitem(broker.app.conf, "broker_transport_options", folder)
    settings.VAR_DIR = tmp_path
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


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
