"""Every address × everybody: what is there for them, and what does not exist for them.

The addresses come from the URLconf; one that is not listed in `ANSWERS` fails.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from tests.pages.world import World, keep_report, last_statement

READERS = ("council auditor", "council finance_officer", "council lead_accountant", "provider provider_staff")
EVERYBODY = (
    *(f"council {role}" for role in ("administrator", "auditor", "finance_officer", "lead_accountant", "nobody")),
    *(f"provider {role}" for role in ("administrator", "nobody", "provider_staff")),
    *(f"agent {role}" for role in ("administrator", "nobody")),
)
TO_SIGN_IN, SENT_ON, PAGE, MISSING, WRONG_METHOD = "to sign-in", "sent on", "page", "missing", "wrong method"

# What an address answers to: nobody signed in; somebody signed in; and, where it belongs to a contract, its readers.
ANSWERS: dict[str, tuple[str, str, str | None]] = {
    "home": (TO_SIGN_IN, SENT_ON, None),
    "sign-in": (PAGE, SENT_ON, None),
    "sign-out": (WRONG_METHOD, WRONG_METHOD, None),
    "contracts": (TO_SIGN_IN, PAGE, None),
    "contract": (TO_SIGN_IN, MISSING, PAGE),
    "statement": (TO_SIGN_IN, MISSING, PAGE),
    "statement-report": (TO_SIGN_IN, MISSING, PAGE),
    "statement-document": (TO_SIGN_IN, MISSING, PAGE),
}


def routes(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, set[str]]]:
    """Each address by name (its pattern, where it has none) with the parts it is made of."""
    for each in patterns:
        if isinstance(each, URLResolver):
            yield from routes(each.url_patterns)
        else:
            yield each.name or str(each.pattern), set(each.pattern.converters)


ROUTES = dict(routes(get_resolver().url_patterns))


def test_every_address_is_listed_and_nothing_else():
    assert set(ROUTES) == set(ANSWERS)


def answer_to(person: Person | None, address: str) -> str:
    client = Client()
    if person:
        client.force_login(person)
    answer = client.get(address)
    if answer.status_code == 302:
        return TO_SIGN_IN if answer["Location"].startswith("/sign-in/?next=") else SENT_ON
    return {200: PAGE, 404: MISSING, 405: WRONG_METHOD}[answer.status_code]


def address_of(name: str, contract: Contract) -> str:
    parts: dict[str, Any] = {"contract_id": contract.pk, "month": str(last_statement(contract).month)}
    return reverse(name, kwargs={part: parts[part] for part in ROUTES[name]})


@pytest.fixture
def everybody(here: World) -> dict[str, Person | None]:
    assert set(here.people) == {f"{side} {part}" for side in ("own", "other") for part in EVERYBODY}
    return {"nobody signed in": None, **here.people}


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_everybody_gets_what_is_theirs_and_no_more(name: str, here: World, everybody: dict[str, Person | None]):
    anonymous, signed_in, readers = ANSWERS[name]
    contracts = {"own": here.contract, "other": here.other_contract}
    for contract in contracts.values():
        keep_report(last_statement(contract))
    expected, found = {}, {}
    for who, person in everybody.items():
        for side, contract in contracts.items():
            may_read = readers is not None and who in {f"{side} {reader}" for reader in READERS}
            expected[who, side] = (readers if may_read else signed_in) if person else anonymous
            found[who, side] = answer_to(person, address_of(name, contract))
    assert found == expected


@pytest.mark.parametrize("name", sorted(name for name, parts in ROUTES.items() if parts))
def test_no_address_of_a_contract_takes_a_post(name: str, here: World, client: Client):
    client.force_login(here.people["own council lead_accountant"])
    keep_report(last_statement(here.contract))
    assert client.post(address_of(name, here.contract)).status_code == 405


@pytest.mark.parametrize(
    "address", ["/contracts/0/", "/contracts/99999999999999999999/", "/contracts/1/statements/0000-01/", "/nothing/"]
)
def test_what_never_was_is_not_found(address: str, here: World, client: Client):
    client.force_login(here.people["own council lead_accountant"])
    answer = client.get(address)
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_months_without_a_statement_are_not_found(here: World, client: Client):
    client.force_login(here.people["own council lead_accountant"])
    month = last_statement(here.contract).month.plus(1)
    for ending in ("", "reconciliation.pdf", "statement.json"):
        assert client.get(f"/contracts/{here.contract.pk}/statements/{month}/{ending}").status_code == 404
