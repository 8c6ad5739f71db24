"""What everybody meets who opens what is not theirs by its address: kind words, a way on, and nothing about it."""

from dataclasses import dataclass

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort.queries import keys_of
from invoicing.models import Invoice
from tests.pages import billing
from tests.pages.world import TITLE, World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

ROOMS = ("contract", "statements", "cohort", "claims", "invoices", "payments", "terms", "ledger", "activity")


@dataclass(frozen=True)
class Shut:
    """Names of addresses: those that a role may not use, with what is said, and those that are not there for it."""

    forbidden: dict[str, str]
    missing: tuple[str, ...]


ROLE = "Your role does not allow it."
FACTS = "Only the council’s officers keep the facts of the cohort."
SHUT = {
    "own council finance_officer": Shut(
        {
            "statement-close": ROLE,
            "invoice-approve": ROLE,
            "invoice-issue": ROLE,
            "terms-record": "Only the council’s Lead Accountant keeps the terms.",
            "people": "Only an administrator looks after people.",
        },
        ("activity", "payables"),
    ),
    "own council lead_accountant": Shut({"invoice-issue": ROLE, "claim-submit": ROLE}, ("payables",)),
    "own council auditor": Shut({"child-move": FACTS, "statement-close": ROLE, "invoice-approve": ROLE}, ("payables",)),
    "own provider provider_staff": Shut(
        {"child-move": FACTS, "statement-close": ROLE, "invoice-approve": ROLE, "claim-agree-move": ROLE},
        ("ledger", "activity", "payables"),
    ),
    "own agent payments_clerk": Shut(
        {"contract-add": "Only the council’s Lead Accountant makes a contract."}, (*ROOMS, "invoice", "payable")
    ),
    "own council nobody": Shut({"people": "Only an administrator looks after people."}, (*ROOMS, "payables")),
    "own provider administrator": Shut(
        {"organisations": "Only an administrator of the council keeps organisations."}, (*ROOMS, "payables")
    ),
    "other provider provider_staff": Shut({}, (*ROOMS, "invoice", "statement-close", "child-move")),
}


@pytest.fixture
def served(transactional_db: None) -> World:
    """November 2025 closed, and its invoice issued: it waits for an officer's approval."""
    here = world()
    billing.issued(here.contract, billing.drafted(here.contract)[0])
    return here


def address_of(name: str, here: World) -> str:
    """The address of the own contract's page of this name."""
    invoice = Invoice.objects.get(contract=here.contract).pk
    about: dict[str, list[object]] = {
        "statement-close": ["2025-11"],
        "child-move": [keys_of(contract=here.contract, kind="child")["C01"]],
        **{name: [invoice] for name in ("invoice", "invoice-approve", "invoice-issue")},
    }
    match name:
        case "people" | "organisations" | "payables" | "contract-add":
            return reverse(name)
        case "payable":
            return reverse(name, args=[invoice])
    return reverse(name, args=[here.contract.pk, *about.get(name, [])])


@pytest.mark.parametrize("who", SHUT)
def test_page_of_somebody_else_is_refused_in_kind_words(
    page: Page, live_server: LiveServer, served: World, who: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    sign_in(page, live_server.url, served.people[who])
    for name, words in SHUT[who].forbidden.items():
        refused(page, live_server.url + address_of(name, served), 403, "You cannot do this", words)
    for name in SHUT[who].missing:
        words = "There is also nothing here for you if your organisation is no party to it."
        refused(page, live_server.url + address_of(name, served), 404, "Page not found", words)
    page.get_by_role("link", name="Go to the contracts").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Page not found")


def refused(page: Page, address: str, status: int, heading: str, words: str) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == status
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("link", name="Go to the contracts")).to_be_visible()
    expect(page.get_by_text(TITLE)).to_have_count(0)
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
