"""A Lead Accountant sets a contract up in a browser: with a mouse, without JavaScript, on a narrow screen."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort.models import Contract
from cohort.queries import terms_history, terms_of
from tests.pages.accessibility import faults, open_everything, open_menu
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

Look = Callable[[str], None]
DAYS = {
    "Effective from": "4 8 2025",
    "First day of Phase 2": "4 8 2025",
    "First day after Phase 2": "29 9 2025",
    "First day of Phase 3": "29 9 2025",
    "First day after Phase 3": "29 9 2026",
}
AMOUNTS = {
    "Fee of Phase 2": "35,400",
    "Fee of Phase 3": "564,400",
    "Threshold of the success fee": "3,000,000",
    "Rate of the success fee": "10",
    "Carer fee": "10,000",
    "Maximum contract value": "1,000,000",
}


@pytest.fixture
def served(transactional_db: None) -> World:
    """A small contract, closed, and the people of its parties."""
    return world()


def fill_day(page: Page, label: str, day: str) -> None:
    boxes = page.get_by_role("group", name=label, exact=True)
    for box, part in zip(("Day", "Month", "Year"), day.split(), strict=True):
        boxes.get_by_label(box).fill(part)


def add_the_contract(page: Page, look: Look) -> None:
    open_menu(page)
    page.get_by_role("link", name="Contracts", exact=True).first.click()
    page.get_by_role("button", name="Add a contract").click()
    look("add a contract")
    page.get_by_role("button", name="Add this contract").click()
    look("add a contract, empty fields")
    page.get_by_label("Reference").fill("L05 26/27")
    page.get_by_label("Title").fill("Step-down from residential care")
    page.get_by_label("Provider").select_option("Reconnect")
    page.get_by_label("Paying agent").select_option("Team Matrix")
    page.get_by_label("Decision", exact=True).fill("L05 26/27")
    fill_day(page, "Date of the decision", "1 4 2026")
    page.get_by_role("button", name="Add this contract").click()


def fill_the_terms_in(page: Page, look: Look) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Record the first terms")
    look("first terms")
    page.get_by_role("button", name="Continue").click()
    look("first terms, empty fields")
    for label, day in DAYS.items():
        fill_day(page, label, day)
    for label, amount in AMOUNTS.items():
        page.get_by_label(label, exact=True).fill(amount)
    page.get_by_label("By amounts that you set for each month").check()
    page.get_by_role("button", name="Continue").click()


def set_a_schedule(page: Page, look: Look) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Schedule of the fixed fee")
    expect(page.get_by_label("August 2025")).to_have_value("17700.00")
    page.get_by_label("August 2025").fill("20,000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("link", name=re.compile("£2,300.00 too much is placed"))).to_be_visible()
    look("schedule that does not add up")
    page.get_by_label("September 2025").fill(f"{page.get_by_label('September 2025').input_value()}0.00")
    page.get_by_role("button", name="Add up").click()
    look("schedule with an amount that is none")
    if not page.get_by_label("A column of amounts").is_visible():
        page.get_by_text("Paste a column of amounts from a spreadsheet").click()
    column = ["17,700.00", "20,792.88", *["47,033.33"] * 11, "43,940.49"]
    page.get_by_label("A column of amounts").fill("\n".join(column))
    page.get_by_role("button", name="Fill in these amounts").click()
    expect(page.get_by_text("Nothing is left to place")).to_be_visible()
    look("schedule that adds up")
    page.get_by_role("button", name="Continue").click()


def check_and_record(page: Page, look: Look) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("Check before these terms are recorded")
    look("check of the first terms")
    page.get_by_role("button", name="Record these terms").click()
    expect(page.get_by_text("Terms recorded, effective from 4 August 2025")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Cohort")
    page.get_by_role("link", name="Terms", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Terms")
    look("terms")


def set_up(page: Page, look: Look) -> None:
    add_the_contract(page, look)
    fill_the_terms_in(page, look)
    set_a_schedule(page, look)
    check_and_record(page, look)
    (row,) = terms_history(Contract.objects.get(reference="L05 26/27"))
    terms = terms_of(row)
    assert terms.schedule is not None
    assert sum(each.amount_pence for each in terms.schedule) == 59_980_000


def test_contract_is_set_up_without_javascript(browser: Browser, live_server: LiveServer, served: World):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, served.people["own council lead_accountant"])
    set_up(page, lambda _name: None)
    context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_of_terms_are_accessible_and_none_is_wider_than_the_screen(
    browser: Browser, live_server: LiveServer, served: World, width: int
):
    page = browser.new_page(viewport={"width": width, "height": 800})
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        open_everything(page)
        found[name] = faults(page)

    sign_in(page, live_server.url, served.people["own council lead_accountant"])
    set_up(page, look)
    contract = f"{live_server.url}/contracts/{served.contract.pk}"
    for part in (
        "particulars/",
        "terms/1/",
        "terms/record/",
        "terms/schedule/",
        "terms/invoicing/",
        "terms/invoicing/record/",
        "variations/",
        "variations/record/",
    ):
        page.goto(f"{contract}/{part}")
        look(part)
        if part.endswith("record/"):
            page.get_by_role("button", name=re.compile("Continue|Record")).click()
            look(f"{part}, empty fields")
    page.goto(f"{live_server.url}/how-the-ledger-reads-the-contract/")
    look("the contract")
    page.close()
    assert found == {name: [] for name in found}
    assert trouble == []


def test_amounts_are_added_up_while_they_are_typed(page: Page, live_server: LiveServer, served: World):
    sign_in(page, live_server.url, served.people["own council lead_accountant"])
    page.goto(f"{live_server.url}/contracts/{served.contract.pk}/terms/schedule/")
    expect(page.get_by_text("Nothing is left to place")).to_be_visible()
    first = page.locator("input[name^='amount_']").first
    first.fill("0")
    expect(page.get_by_text(re.compile(r"^£[0-9,]+\.[0-9]{2} is still to be placed$"))).to_be_visible()
    first.fill("£1,000,000.00")
    expect(page.get_by_text(re.compile(r"^£[0-9,]+\.[0-9]{2} too much is placed$"))).to_be_visible()


def test_number_of_a_clause_leads_to_what_it_says(page: Page, live_server: LiveServer, served: World):
    sign_in(page, live_server.url, served.people["own provider provider_staff"])
    page.goto(f"{live_server.url}/contracts/{served.contract.pk}/terms/")
    page.get_by_role("link", name="7.3", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The contract, as the ledger reads it")
    expect(page.get_by_text("7.3 Giving a fee back.")).to_be_in_viewport()
