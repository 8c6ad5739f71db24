"""Every address × everybody × own and other contract: what is there for them, and what does not exist for them.

The addresses come from the URLconf; one that no table in `routes/` lists fails. So does a listed one that is gone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cohort.models import Contract
from tests.pages.routes import accounts, api, cohort, invoicing, operations, programs, savings
from tests.pages.routes.table import (
    BAD_REQUEST,
    FORBIDDEN,
    MISSING,
    NEEDS_TOKEN,
    PAGE,
    SENT_ON,
    TO_SIGN_IN,
    WRONG_METHOD,
    Route,
)
from tests.pages.world import World, keep_report, keep_workbook, last_statement, world
from tests.signing_in import signed_in
from tests.stage import Stage

EVERYBODY = (
    *(f"council {role}" for role in ("administrator", "auditor", "finance_officer", "lead_accountant", "nobody")),
    *(f"provider {role}" for role in ("administrator", "nobody", "provider_staff")),
    *(f"agent {role}" for role in ("administrator", "nobody", "payments_clerk")),
)
PARTS = 20
TABLE: dict[str, Route] = (
    accounts.ROUTES
    | cohort.ROUTES
    | savings.ROUTES
    | invoicing.ROUTES
    | operations.ROUTES
    | api.ROUTES
    | programs.ROUTES
)


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, set[str]]]:
    """Each address by name (its pattern, where it has none) with the parts it is made of."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns)
        else:
            yield each.name or str(each.pattern), set(each.pattern.converters)


ROUTES = dict(routes(get_resolver().url_patterns))


def test_every_address_is_listed_and_nothing_else():
    assert set(ROUTES) == set(TABLE)


Address = dict[str, dict[str, str]]
"""The addresses of some names, by side: those of the own and of the other contract."""


def answer_to(client: Client, address: str, method: str) -> str:
    answer = getattr(client, method)(address)
    if answer.status_code == 302:
        return TO_SIGN_IN if answer["Location"].startswith("/sign-in/?next=") else SENT_ON
    return {
        200: PAGE,
        400: BAD_REQUEST,
        401: NEEDS_TOKEN,
        403: FORBIDDEN,
        404: MISSING,
        405: WRONG_METHOD,
    }[answer.status_code]


def parts_of(contract: Contract) -> dict[str, Any]:
    parts: dict[str, Any] = {"contract_id": contract.pk}
    for room in (accounts, cohort, savings, invoicing, operations, api, programs):
        parts |= room.parts_of(contract)
    return parts


def in_parts(names: list[str]) -> list[list[str]]:
    """The names in some twenty parts: everybody and both contracts are made once for each."""
    return [names[start::PARTS] for start in range(PARTS)]


@pytest.fixture
def placed(stage: Stage) -> tuple[World, Address]:
    """Two contracts, and in each something of everything that an address names."""
    return stage.of(with_addresses)


@pytest.fixture
def here(placed: tuple[World, Address]) -> World:
    """The two contracts."""
    return placed[0]


@pytest.fixture
def addresses(placed: tuple[World, Address]) -> Address:
    """Every address, where its contract has a last statement with its documents."""
    return placed[1]


def with_addresses() -> tuple[World, Address]:
    """The two contracts with everything that has an address, and the addresses."""
    here = world()
    found: Address = {}
    for side, contract in {"own": here.contract, "other": here.other_contract}.items():
        keep_report(last_statement(contract))
        keep_workbook(last_statement(contract))
        parts = parts_of(contract)
        for name, wanted in ROUTES.items():
            found.setdefault(name, {})[side] = reverse(name, kwargs={part: parts[part] for part in wanted})
    return here, found


@pytest.fixture
def clients(here: World, addresses: Address) -> dict[str, Client]:
    """Everybody's browser, signed in."""
    assert set(here.people) == {f"{side} {part}" for side in ("own", "other") for part in EVERYBODY}
    return {who: signed_in(person) for who, person in here.people.items()}


@pytest.mark.parametrize("names", in_parts(sorted(ROUTES)), ids=lambda names: names[0])
def test_everybody_gets_what_is_theirs_and_no_more(names: list[str], addresses: Address, clients: dict[str, Client]):
    expected, found = {}, {}
    for name in names:
        for side, address in addresses[name].items():
            found[name, "nobody signed in", side] = answer_to(Client(), address, "get")
            expected[name, "nobody signed in", side] = TABLE[name].anonymous
            for who, client in clients.items():
                their_side, _, part = who.partition(" ")
                found[name, who, side] = undone(client, address, "get")
                expected[name, who, side] = TABLE[name].by_get(part, of_the_contract=their_side == side)
    assert {key: answer for key, answer in found.items() if answer != expected[key]} == {}


@pytest.mark.parametrize(
    "names", in_parts(sorted(name for name, parts in ROUTES.items() if parts)), ids=lambda names: names[0]
)
def test_nobody_changes_what_is_not_theirs_to_change(names: list[str], addresses: Address, clients: dict[str, Client]):
    wrong = {}
    for name in names:
        for side, address in addresses[name].items():
            if answer_to(Client(), address, "post") not in TABLE[name].by_post_unknown():
                wrong[name, "nobody signed in", side] = "let in"
            for who, client in clients.items():
                their_side, _, part = who.partition(" ")
                found = undone(client, address, "post")
                if found not in (expected := TABLE[name].by_post(part, of_the_contract=their_side == side)):
                    wrong[name, who, side] = f"{found}, not {' or '.join(expected)}"
    assert wrong == {}


def undone(client: Client, address: str, method: str) -> str:
    """What is answered; whatever it changed, the session too, is as before for whoever asks next."""
    with transaction.atomic():
        answer = answer_to(client, address, method)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize(
    "address", ["/contracts/0/", "/contracts/99999999999999999999/", "/contracts/1/statements/0000-01/", "/nothing/"]
)
def test_what_never_was_is_not_found(address: str, here: World, client: Client):
    signed_in(here.people["own council lead_accountant"], client)
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_months_without_a_statement_are_not_found(here: World, client: Client):
    signed_in(here.people["own council lead_accountant"], client)
    month = last_statement(here.contract).month.plus(1)
    for ending in (
        "",
        "reconciliation.pdf",
        "workbook.xlsx",
        "statement.json",
        "then-and-now/",
        "documents/",
        "close/",
    ):
        assert client.get(f"/contracts/{here.contract.pk}/statements/{month}/{ending}").status_code == 404
