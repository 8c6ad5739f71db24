"""Somebody asks what if in a browser without JavaScript; and what the walk through every page does not meet."""

from datetime import date

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from pbr_ledger.clock import DATABASE_CLOCK
from savings.core.what_if.changes import Joining, Move
from savings.models import KeptScenario
from savings.services.what_if import copy_scenario, drop_change, make_scenario, plan_change
from tests.pages.accessibility import DESKTOP, SMALL_PHONE, trouble_on
from tests.pages.hands import Hands
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(transactional_db: None) -> World:
    """A small contract, closed for a month, and the people of its parties."""
    return world()


def ask_what_if(page: Page, hands: Hands) -> None:
    """A scenario is made, a child joins and moves, the result is read, copied and compared, exported and closed."""
    hands.follow("What if")
    hands.push("Make a scenario")
    page.get_by_label("Name").fill("One child more")
    hands.push("Make the scenario")
    expect(page.get_by_role("heading", level=1)).to_have_text("One child more")
    hands.follow("A child who joins")
    hands.push("Add to the scenario")
    expect(page.get_by_role("link", name="Enter the date of the first night in the cohort")).to_be_visible()
    page.get_by_label("Reference of the child").fill("C50")
    hands.write_day(date(2026, 2, 2), "First night in the cohort")
    page.get_by_label("What its residential home costs a week").fill("7,000")
    hands.push("Add to the scenario")
    hands.follow("A move")
    page.get_by_label("Child", exact=True).select_option("C50")
    hands.write_day(date(2026, 3, 2), "First night in the new place")
    page.get_by_label("In-house fostering").check()
    page.get_by_label("What it costs a week").fill("1,400")
    page.get_by_label("Carer household (optional)").select_option(
        "A household that the provider finds, approved by panel by then"
    )
    hands.push("Add to the scenario")
    expect(page.get_by_text("C50 moves to in-house fostering on 2 March 2026")).to_be_visible()
    expect(page.get_by_text("£10,000.00", exact=True).first).to_be_attached()


def copy_compare_and_close(page: Page, hands: Hands) -> None:
    hands.push("Copy this scenario")
    expect(page.get_by_role("heading", level=1)).to_have_text("Copy of One child more")
    hands.push("Take out planned change 1")
    expect(page.get_by_text("Left out: there is no child C50.")).to_be_visible()
    hands.follow("Compare it with others")
    page.get_by_label("One child more", exact=True).check()
    hands.push("Compare")
    expect(page.get_by_role("heading", name="At the end of the programme")).to_be_visible()
    page.get_by_role("link", name="What if", exact=True).first.click()
    hands.follow("Copy of One child more")
    hands.follow("Close it")
    hands.push("Close the scenario")
    expect(page.get_by_text("“Copy of One child more” is closed.")).to_be_visible()


def test_what_if_is_asked_without_javascript_on_a_small_phone(
    browser: Browser, live_server: LiveServer, served: World
) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=SMALL_PHONE)
    page = context.new_page()
    sign_in(page, live_server.url, served.people["own provider provider_staff"])
    ask_what_if(page, Hands(page, has_javascript=False))
    copy_compare_and_close(page, Hands(page, has_javascript=False))
    context.close()
    assert KeptScenario.objects.count() == 2


def test_what_the_walk_does_not_meet_is_accessible_too(
    browser: Browser, live_server: LiveServer, served: World
) -> None:
    """A plan that does not fit, scenarios side by side, and a file that is refused."""
    by = served.people["own council finance_officer"]
    kept = make_scenario(contract=served.contract, name="A child more", by=by, clock=DATABASE_CLOCK)
    joining = Joining("C50", date(2026, 2, 2), 700_000, 0, "C50-R0")
    move = Move("C50", date(2026, 3, 2), "connected_carers", 140_000, 0, "H50", True, "C50-F0", "C50-T0")
    for seen, change in enumerate((joining, move), start=1):
        plan_change(scenario=kept, change=change, what="More", seen=seen, by=by, clock=DATABASE_CLOCK)
    other = copy_scenario(scenario=kept, by=by, clock=DATABASE_CLOCK)
    drop_change(scenario=other, number=1, what="More", seen=1, by=by, clock=DATABASE_CLOCK)
    page = browser.new_page(viewport=DESKTOP)
    sign_in(page, live_server.url, by)
    what_if = f"{live_server.url}/contracts/{served.contract.pk}/what-if/"
    trouble = {}
    for part in (f"{other.pk}/", f"compare/?compare=&scenario={kept.pk}&scenario={other.pk}"):
        page.goto(f"{what_if}{part}")
        trouble[part] = trouble_on(page)
    page.goto(f"{what_if}import/")
    page.get_by_label("Name").fill("A file")
    file = {"name": "wrong.json", "mimeType": "application/json", "buffer": b'{"contract": "X"}'}
    page.get_by_label("Scenario file").set_input_files(file)
    Hands(page).push("Import the file")
    expect(page.get_by_role("link", name="terms: is missing")).to_be_visible()
    trouble["a file that is refused"] = trouble_on(page)
    page.close()
    assert {part: found for part, found in trouble.items() if found} == {}
