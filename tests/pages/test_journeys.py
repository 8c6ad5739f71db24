"""What people do, in a browser: with a mouse, by keyboard alone, without JavaScript, on a narrow screen."""

import hashlib
import json
import re
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from savings.models import ClosedStatement
from tests.pages.accessibility import faults, open_everything
from tests.pages.test_contracts import proposed_next
from tests.pages.world import PASSWORD, World, last_statement, store_made_report, world
from tests.signing_in import APP_SECRET, app_of, code_of
from tests.signing_in import sign_in as sign_in_as

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(transactional_db: None) -> World:
    """The contract of the late breakdown, its last report made and an open proposal."""
    return world("late-breakdown-limited-by-schedule", months=3)


@pytest.fixture
def closed(served: World) -> ClosedStatement:
    """The last closed statement, with its report."""
    statement = last_statement(served.contract)
    store_made_report(statement)
    return statement


def sign_in(page: Page, live_server: LiveServer, served: World, who: str = "own provider provider_staff") -> None:
    sign_in_as(page, live_server.url, served.people[who])


def walk_to_the_report(page: Page, statement: ClosedStatement) -> Path:
    """From the contract, where somebody with one contract starts, to the report, kept as a file."""
    expect(page).to_have_title("Contract L04 25/26 – Payment-by-results ledger")
    page.get_by_role("link", name="September 2026", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement of September 2026")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Reconciliation report of September 2026")).click()
    assert download.value.suggested_filename == f"reconciliation-L04-25-26-{statement.month}.pdf"
    return Path(download.value.path())


def test_provider_reads_a_statement_and_keeps_its_report(
    page: Page, live_server: LiveServer, served: World, closed: ClosedStatement
):
    sign_in(page, live_server, served)
    kept = walk_to_the_report(page, closed)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == closed.reports.get().sha256
    page.locator("summary", has_text="C01").first.click()
    expect(page.get_by_text("30 nights: the nights of 1 September 2026 to 30 September 2026").first).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_wrong_password_moves_to_the_summary_and_from_there_to_the_field(
    page: Page, live_server: LiveServer, served: World
):
    page.goto(live_server.url)
    page.get_by_label("E-mail address").fill(served.people["own council auditor"].email)
    page.get_by_label("Password", exact=True).fill("not the password")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_title("Error: Sign in – Payment-by-results ledger")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    page.get_by_role("link", name="Enter the e-mail address and password of your account").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()


def tab_to(page: Page, target: Locator) -> None:
    for _ in range(200):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    pytest.fail("The keyboard does not reach it.")


def test_whole_way_by_keyboard_alone(page: Page, live_server: LiveServer, served: World, closed: ClosedStatement):
    person = served.people["own council auditor"]
    app_of(person)
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    tab_to(page, page.get_by_label("E-mail address"))
    page.keyboard.type(person.email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Code"))
    page.keyboard.type(code_of(person))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("L04 25/26")
    tab_to(page, page.get_by_role("link", name="September 2026", exact=True))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement of September 2026")
    line = page.locator("details").first
    tab_to(page, line.locator("summary"))
    page.keyboard.press("Enter")
    expect(line).to_have_attribute("open", "")
    page.goto(page.url)
    tab_to(page, page.get_by_role("link", name=re.compile("Reconciliation report")))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert hashlib.sha256(Path(download.value.path()).read_bytes()).hexdigest() == closed.reports.get().sha256
    tab_to(page, page.get_by_role("button", name="Sign out"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_whole_way_without_javascript(
    browser: Browser, live_server: LiveServer, served: World, closed: ClosedStatement
):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, live_server, served)
    kept = walk_to_the_report(page, closed)
    assert hashlib.sha256(kept.read_bytes()).hexdigest() == closed.reports.get().sha256
    page.locator("summary", has_text="C01").first.click()
    expect(page.get_by_text("30 nights: the nights of 1 September 2026 to 30 September 2026").first).to_be_visible()
    context.close()


def pages_of(served: World, closed: ClosedStatement) -> dict[str, str]:
    """Every page that a reader has, by name; that of a month that is only proposed among them."""
    contract = f"/contracts/{served.contract.pk}/"
    proposal, _ = proposed_next(served)
    return {
        "contracts": "/contracts/",
        "contract": contract,
        "statements": f"{contract}statements/",
        "then-and-now": f"{contract}statements/2026-07/then-and-now/?show=everything",
        "preview": f"{contract}statements/{proposal.month.plus(1)}/propose/",
        "before the programme": f"{contract}statements/2020-01/propose/",
        "statement": f"{contract}statements/{closed.month}/",
        "statement-before": f"{contract}statements/2026-08/",
        "proposal": f"{contract}statements/{proposal.month}/",
        "not-found": "/nothing/",
    }


def list_accounts(settings: LazySettings, email: str = "ada.example@plymouth-city-council.example") -> None:
    settings.DEMO = True
    account = {
        "name": "Ada Example",
        "role": "Finance officer",
        "organisation": "Plymouth City Council",
        "email": email,
        "password": "a-long-enough-passphrase",
        "key": APP_SECRET,
    }
    (settings.VAR_DIR / "demo").mkdir()
    (settings.VAR_DIR / "demo" / "accounts.json").write_text(json.dumps([account]), encoding="utf-8")


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_none_is_wider_than_the_screen(
    browser: Browser,
    live_server: LiveServer,
    served: World,
    closed: ClosedStatement,
    settings: LazySettings,
    width: int,
):
    list_accounts(settings)
    page = browser.new_page(viewport={"width": width, "height": 800})
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        found[name] = faults(page)

    page.goto(live_server.url)
    look("sign-in")
    page.get_by_role("button", name="Sign in", exact=True).click()
    look("sign-in, empty fields")
    sign_in(page, live_server, served)
    for name, address in pages_of(served, closed).items():
        page.goto(live_server.url + address)
        open_everything(page)
        look(name)
    page.close()
    assert found == {name: [] for name in found}
    assert [text for text in trouble if "404" not in text] == []
