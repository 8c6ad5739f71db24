"""The cohort's pages in a browser: accessible in every state, as narrow as the screen, and without JavaScript."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort.queries import current_facts, keys_of
from tests.pages.accessibility import faults, open_everything
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(transactional_db: None) -> World:
    """A child that moved, broke down, and moved back; the last month of it closed."""
    return world("breakdown-reported-late", months=1)


def fill_day(page: Page, group: str, day: int, month: int, year: int) -> None:
    fields = page.get_by_role("group", name=group)
    for label, number in (("Day", day), ("Month", month), ("Year", year)):
        fields.get_by_label(label).fill(str(number))


def fill_in_move(page: Page) -> None:
    fill_day(page, "First night in the new place", 4, 5, 2026)
    page.get_by_label("Reunification").check()
    page.get_by_label("What it costs a week").fill("365.00")
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_in_every_state(browser: Browser, live_server: LiveServer, served: World, width: int):
    page = browser.new_page(viewport={"width": width, "height": 800})
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = faults(page)

    sign_in(page, live_server.url, served.people["own council finance_officer"])
    contract = f"{live_server.url}/contracts/{served.contract.pk}"
    child = f"{contract}/cohort/{keys_of(contract=served.contract, kind='child')['C01']}/"
    placements = keys_of(contract=served.contract, kind="placement")
    page.goto(f"{contract}/cohort/")
    look("cohort")
    for name, address in {"child": child, "child as known": f"{child}?known=2026-03-31"}.items():
        page.goto(address)
        open_everything(page)
        look(name)
    page.goto(f"{child}?on_0=31&on_1=2&on_2=2026")
    look("child, wrong day")
    for name, address in {
        "add a child": f"{contract}/cohort/add/",
        "move": f"{child}move/",
        "extra cost": f"{child}extra-costs/add/",
        "breakdown": f"{contract}/placements/{placements['C01-R1']}/breakdown/",
        "price": f"{contract}/placements/{placements['C01-R1']}/price/",
        "correct": f"{contract}/placements/{placements['C01-R1']}/correct/",
    }.items():
        page.goto(address)
        look(name)
        page.get_by_role("button", name="Continue").click()
        look(f"{name}, after continuing")
    page.goto(f"{child}move/")
    fill_in_move(page)
    open_everything(page)
    look("check")
    page.goto(f"{contract}/placements/{placements['C01-R0']}/retract/")
    look("retract")
    page.goto(f"{child}retract/")
    look("retraction refused")
    page.close()
    assert found == {name: [] for name in found}
    assert trouble == []


def test_officer_records_a_move_without_javascript(browser: Browser, live_server: LiveServer, served: World):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server.url, served.people["own council finance_officer"])
    page.get_by_role("link", name="L04 25/26").click()
    page.get_by_role("link", name="Cohort", exact=True).click()
    page.get_by_role("link", name="C01").click()
    page.get_by_role("link", name="Record a move").click()
    fill_in_move(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Record a move of child C01: check")
    expect(page.get_by_text("stay as they are")).to_be_visible()
    page.get_by_role("button", name="Change").click()
    page.get_by_label("What it costs a week").fill("366.00")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Record").click()
    expect(page.get_by_text("The move of child C01 is recorded.")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Child C01")
    moved = current_facts(served.contract).placements["C01-F1"]
    assert (moved.setting, moved.costs[0].weekly_pence) == ("reunification", 36_600)
    context.close()


def test_provider_reports_a_breakdown_from_the_childs_page(page: Page, live_server: LiveServer, transactional_db: None):
    served = world("mid-month-move")
    sign_in(page, live_server.url, served.people["own provider provider_staff"])
    page.goto(f"{live_server.url}/contracts/{served.contract.pk}/cohort/")
    page.get_by_role("link", name="C01").click()
    expect(page.get_by_role("link", name="Record a move")).to_have_count(0)
    page.get_by_role("link", name="Breakdown of C01-F0").click()
    fill_day(page, "First night elsewhere", 20, 11, 2025)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("The savings of November 2025, closed, fall by £8,800.00")).to_be_visible()
    page.get_by_role("button", name="Report the breakdown").click()
    expect(page.get_by_text("The breakdown of placement C01-F0 is recorded.")).to_be_visible()
    expect(page.get_by_text("−£8,800.00 against what was stated")).to_be_visible()
