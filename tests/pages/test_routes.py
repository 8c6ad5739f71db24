"""Every address × everybody × own and other contract: what is there for them, and what does not exist for them.

The addresses come from the URLconf; one that no table in `routes/` lists fails. So does a listed one that is gone.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from tests.pages.routes import accounts, cohort, invoicing, operations, savings
from tests.pages.routes.table import FORBIDDEN, MISSING, PAGE, SENT_ON, TO_SIGN_IN, WRONG_METHOD, Route
from tests.pages.world import World, keep_report, keep_workbook, last_statement
from tests.signing_in import signed_in

EVERYBODY = (
    *(f"council {role}" for role in ("administrator", "auditor", "finance_officer", "lead_accountant", "nobody")),
    *(f"provider {role}" for role in ("administrator", "nobody", "provider_staff")),
    *(f"agent {role}" for role in ("administrator", "nobody", "payments_clerk")),
)
TABLE: dict[str, Route] = accounts.ROUTES | cohort.ROUTES | savings.ROUTES | invoicing.ROUTES | operations.ROUTES


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


def answer_to(person: Person | None, address: str, method: str) -> str:
    client = signed_in(person) if person else Client()
    answer = getattr(client, method)(address)
    if answer.status_code == 302:
        return TO_SIGN_IN if answer["Location"].startswith("/sign-in/?next=") else SENT_ON
    return {200: PAGE, 403: FORBIDDEN, 404: MISSING, 405: WRONG_METHOD}[answer.status_code]


def address_of(name: str, contract: Contract) -> str:
    parts: dict[str, Any] = {"contract_id": contract.pk}
    for room in (accounts, cohort, savings, invoicing, operations):
        parts |= room.parts_of(contract)
    return reverse(name, kwargs={part: parts[part] for part in ROUTES[name]})


@pytest.fixture
def everybody(here: World) -> dict[str, Person]:
    assert set(here.people) == {f"{side} {part}" for side in ("own", "other") for part in EVERYBODY}
    for contract in (here.contract, here.other_contract):
        keep_report(last_statement(contract))
        keep_workbook(last_statement(contract))
    return here.people


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_everybody_gets_what_is_theirs_and_no_more(name: str, here: World, everybody: dict[str, Person]):
    route, expected, found = TABLE[name], {}, {}
    for side, contract in {"own": here.contract, "other": here.other_contract}.items():
        address = address_of(name, contract)
        found["nobody signed in", side] = answer_to(None, address, "get")
        expected["nobody signed in", side] = route.anonymous
        for who, person in everybody.items():
            their_side, _, part = who.partition(" ")
            found[who, side] = answer_to(person, address, "get")
            expected[who, side] = route.by_get(part, of_the_contract=their_side == side)
    assert found == expected


@pytest.mark.parametrize("name", sorted(name for name, parts in ROUTES.items() if parts))
def test_nobody_changes_what_is_not_theirs_to_change(name: str, here: World, everybody: dict[str, Person]):
    route, wrong = TABLE[name], {}
    for side, contract in {"own": here.contract, "other": here.other_contract}.items():
        address = address_of(name, contract)
        if answer_to(None, address, "post") != route.anonymous:
            wrong["nobody signed in", side] = "let in"
        for who, person in everybody.items():
            their_side, _, part = who.partition(" ")
            found = answer_to(person, address, "post")
            if found not in (expected := route.by_post(part, of_the_contract=their_side == side)):
                wrong[who, side] = f"{found}, not {' or '.join(expected)}"
    assert wrong == {}


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
