"""Two councils, one provider, one paying agent: neither council sees the other, those who serve both see both."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from cohort.models import Contract
from pbr_ledger.accounts import services as accounts
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.routes.table import FORBIDDEN, MISSING, WRONG_METHOD
from tests.pages.test_routes import ROUTES, parts_of, undone
from tests.pages.world import World, keep_report, keep_workbook, last_statement, shared_world
from tests.signing_in import PASSWORD, signed_in

ROLES = ("administrator", "auditor", "finance_officer", "lead_accountant", "nobody")
OF_THE_INSTALLATION = {"metrics", "work"}
"""Contracts of all councils are named to the operator's machines, and their jobs to administrators, who rerun them."""


@pytest.fixture
def both(db: None) -> World:
    """Both contracts closed and invoiced, and a second administrator in each organisation: each keeps itself."""
    here = shared_world()
    installer = here.people["own council administrator"]
    for contract in (here.contract, here.other_contract):
        parts_of(contract)
        keep_report(last_statement(contract))
        keep_workbook(last_statement(contract))
    for part in ("own council", "other council", "own provider", "own agent"):
        where = here.people[f"{part} administrator"].organisation
        email = f"second@{where.reference}.example"
        second = accounts.create_person(
            organisation=where, email=email, full_name="Bo", password=PASSWORD, by=installer, clock=DATABASE_CLOCK
        )
        accounts.grant_role(person=second, role="administrator", by=installer, clock=DATABASE_CLOCK)
    return here


def council(here: World, side: str, *roles: str) -> dict[str, Client]:
    """The people of the council who hold these roles, signed in."""
    return {role: signed_in(here.people[f"{side} council {role}"], Client()) for role in roles}


def addresses_of(contract: Contract) -> Iterator[str]:
    """Every address in which the contract, or something of it, is named."""
    parts = parts_of(contract)
    for name, wanted in ROUTES.items():
        if "contract_id" in wanted:
            yield reverse(name, kwargs={part: parts[part] for part in wanted})


def page_of(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    return b"".join(answer).decode(errors="replace") if answer.streaming else answer.content.decode()


@pytest.mark.parametrize(("side", "role"), [("own", "administrator"), ("other", "lead_accountant")])
def test_for_nobody_of_a_council_does_anything_of_the_others_contract_exist(both: World, side: str, role: str):
    """Everybody else is tried in `test_routes.py`, where the contracts have nobody in common."""
    contract = both.other_contract if side == "own" else both.contract
    addresses = sorted(addresses_of(contract))
    assert len(addresses) > 60
    found = {
        (role, method, address): undone(client, address, method)
        for role, client in council(both, side, role).items()
        for address in addresses
        for method in ("get", "post")
    }
    assert {key: answer for key, answer in found.items() if answer not in (MISSING, WRONG_METHOD)} == {}


@pytest.mark.parametrize(
    ("side", "roles", "hidden"),
    [
        ("own", ROLES, ("X99", "@elsewhere-council.example")),
        ("other", ("administrator", "finance_officer"), ("OWN 1", "@plymouth.example")),
    ],
)
def test_no_page_that_gathers_names_the_other_councils_contract_or_people(
    both: World, side: str, roles: tuple[str, ...], hidden: tuple[str, ...]
):
    names = [name for name, wanted in ROUTES.items() if not wanted and "/" not in name]
    addresses = [reverse(name) for name in names if name not in OF_THE_INSTALLATION]
    named = {
        (role, address): [words for words in hidden if words in page_of(client, address)]
        for role, client in council(both, side, *roles).items()
        for address in addresses
    }
    assert {key: words for key, words in named.items() if words} == {}


def test_search_finds_a_contract_for_its_own_parties_alone(both: World):
    theirs = reverse("contract", args=[both.other_contract.pk])
    search = f"{reverse('search')}?q=X99"
    for who, finds in (
        ("own provider provider_staff", True),
        ("other council auditor", True),
        ("own council auditor", False),
        ("other provider provider_staff", False),
        ("own agent payments_clerk", False),
    ):
        assert (f'href="{theirs}' in page_of(signed_in(both.people[who], Client()), search)) == finds, who


def test_administrators_of_a_council_keep_nobody_of_another_and_nobody_of_who_keeps_themselves(both: World):
    administrator = signed_in(both.people["own council administrator"], Client())
    for who in ("other council finance_officer", "own provider provider_staff", "own agent payments_clerk"):
        person = both.people[who]
        assert undone(administrator, reverse("person", args=[person.pk]), "get") == MISSING
        assert undone(administrator, reverse("role-give", args=[person.pk]), "post") == MISSING
        assert undone(administrator, reverse("organisation", args=[person.organisation_id]), "get") == FORBIDDEN
    own = both.people["own council finance_officer"]
    assert administrator.get(reverse("person", args=[own.pk])).status_code == 200
    assert "Elsewhere Council" in page_of(administrator, reverse("organisations"))


def test_provider_sees_the_contracts_of_both_councils_and_what_each_waits_for(both: World):
    provider = signed_in(both.people["own provider provider_staff"], Client())
    home = page_of(provider, "/")
    for words in ("OWN 1", "X99", "Plymouth City Council", "Elsewhere Council"):
        assert words in home
    for contract in (both.contract, both.other_contract):
        assert provider.get(reverse("contract", args=[contract.pk])).status_code == 200
    stranger = signed_in(both.people["other provider provider_staff"], Client())
    assert undone(stranger, reverse("contract", args=[both.other_contract.pk]), "get") == MISSING


def test_paying_agent_sees_what_is_payable_for_both_councils_and_whose_it_is(both: World):
    clerk = signed_in(both.people["own agent payments_clerk"], Client())
    page = page_of(clerk, "/payables/")
    for words in ("OWN 1", "X99", "Plymouth City Council", "Elsewhere Council"):
        assert words in page
    for contract in (both.contract, both.other_contract):
        assert clerk.get(reverse("contract", args=[contract.pk])).status_code == 404
    stranger = signed_in(both.people["other agent payments_clerk"], Client())
    assert "X99" not in page_of(stranger, "/payables/")
