"""Coming in, losing a phone, and keeping people, in a browser: from the mailed link to the contracts."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from tests.pages.accessibility import faults
from tests.pages.test_journeys import list_accounts, tab_to
from tests.pages.world import peopled
from tests.signing_in import APP_SECRET, PASSWORD, app_of, code_of, sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
NEW_PASSWORD = "three unrelated words"


@pytest.fixture
def folk(transactional_db: None) -> dict[str, Person]:
    """The people of both sides."""
    return peopled()[0]


@pytest.fixture
def invited(folk: dict[str, Person], live_server: LiveServer, settings: LazySettings) -> str:
    """The address in the mail that invites Nia New."""
    settings.PUBLIC_ADDRESS = live_server.url
    by = folk["own council administrator"]
    services.invite(
        organisation=by.organisation,
        email="nia.new@plymouth.example",
        full_name="Nia New",
        roles=["auditor"],
        by=by,
        clock=DATABASE_CLOCK,
    )
    return mailed_link()


def mailed_link() -> str:
    jobs.run(job_id=Job.objects.filter(kind=services.MAIL_LINK).latest("pk").pk)
    found = re.search(r"http://\S+", mail.outbox[-1].body)
    assert found is not None
    return found[0]


def code_for(key: str) -> str:
    return format_hotp_value(hotp_value(key, int(time.time()) // 30))


def set_up_an_app(page: Page) -> None:
    """From the page that asks for a second factor to the recovery codes."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up your second factor")
    page.get_by_role("button", name="Set up an authenticator app").click()
    expect(page.get_by_role("img", name="QR code for your authenticator app")).to_be_visible()
    key = page.locator(".ledger-key").inner_text().replace(" ", "")
    page.get_by_label("Code that your app shows now").fill(code_for(key))
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    expect(page.locator(".ledger-codes li")).to_have_count(10)
    page.get_by_role("button", name="I have kept them: continue").click()


def come_in(page: Page, link: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your password")
    page.get_by_label("New password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Continue").click()
    set_up_an_app(page)
    expect(page).to_have_title("Contracts – Payment-by-results ledger")


def test_invited_person_comes_in_with_a_password_and_an_app(page: Page, invited: str):
    come_in(page, invited)
    expect(page.get_by_text("Nia New, Plymouth City Council")).to_be_visible()


def test_invited_person_comes_in_without_javascript(browser: Browser, invited: str):
    context = browser.new_context(java_script_enabled=False)
    come_in(context.new_page(), invited)
    context.close()


def test_invited_person_comes_in_by_keyboard_alone(page: Page, invited: str):
    page.goto(invited)
    tab_to(page, page.get_by_label("New password"))
    page.keyboard.type(NEW_PASSWORD)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Set up an authenticator app"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/second-factor/app/")
    key = page.locator(".ledger-key").inner_text().replace(" ", "")
    tab_to(page, page.get_by_label("Code that your app shows now"))
    page.keyboard.type(code_for(key))
    page.keyboard.press("Enter")
    page.wait_for_url("**/account/recovery-codes/")
    tab_to(page, page.get_by_role("button", name="I have kept them: continue"))
    page.keyboard.press("Enter")
    expect(page).to_have_title("Contracts – Payment-by-results ledger")


@pytest.fixture
def window(browser: Browser) -> Iterator[Callable[[], Page]]:
    """Windows of people who do not share a browser."""
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        contexts.append(browser.new_context())
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


def test_lost_phone_is_reset_by_two_administrators(
    window: Callable[[], Page], live_server: LiveServer, folk: dict[str, Person]
):
    person = folk["own provider provider_staff"]
    app_of(person)
    first, second, theirs = window(), window(), window()
    sign_in(first, live_server.url, folk["own council administrator"])
    first.get_by_role("link", name="People", exact=True).click()
    first.get_by_role("link", name=person.full_name).first.click()
    first.get_by_role("link", name="Reset a lost second factor").click()
    first.get_by_label("Reason").fill("Phone lost on the train. I know her voice.")
    first.get_by_role("button", name="Ask for the reset").click()
    expect(first.get_by_text("Another administrator has to confirm it")).to_be_visible()
    expect(first.get_by_role("button", name="Confirm the reset")).to_have_count(0)

    sign_in(second, live_server.url, folk["own provider administrator"])
    second.goto(f"{live_server.url}/people/{person.pk}/")
    expect(second.get_by_text("“Phone lost on the train. I know her voice.”")).to_be_visible()
    second.get_by_role("button", name="Confirm the reset").click()
    expect(second.get_by_text("No second factor yet")).to_be_visible()

    theirs.goto(live_server.url)
    theirs.get_by_label("E-mail address").fill(person.email)
    theirs.get_by_label("Password", exact=True).fill(PASSWORD)
    theirs.get_by_role("button", name="Sign in", exact=True).click()
    set_up_an_app(theirs)
    expect(theirs).to_have_title("Contracts – Payment-by-results ledger")


def test_passkey_is_added_and_signs_in_alone(page: Page, live_server: LiveServer, folk: dict[str, Person]):
    person = folk["own council auditor"]
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, live_server.url, person)
    page.goto(f"{live_server.url}/account/second-factor/")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_label("Name of the passkey").fill("Work laptop")
    page.get_by_role("button", name="Add passkey").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.goto(f"{live_server.url}/account/")
    expect(page.get_by_text("Passkey “Work laptop”").first).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()

    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_visible()
    expect(page.locator("[data-passkey-problem]")).to_be_hidden()
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_title("Contracts – Payment-by-results ledger")
    page.get_by_role("button", name="Sign out", exact=True).click()

    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_title("Contracts – Payment-by-results ledger")


def test_demonstration_shows_the_code_of_its_accounts(
    page: Page, live_server: LiveServer, folk: dict[str, Person], settings: LazySettings
):
    person = folk["own council auditor"]
    list_accounts(settings, email=person.email)
    app_of(person)
    for _ in range(2):  # the second time within the same half minute
        page.goto(live_server.url)
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        shown = page.locator(".govuk-inset-text .ledger-code").inner_text()
        page.get_by_label("Code").fill(shown)
        page.get_by_role("button", name="Continue").click()
        expect(page).to_have_title("Contracts – Payment-by-results ledger")
        page.get_by_role("button", name="Sign out", exact=True).click()


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_none_is_wider_than_the_screen(
    browser: Browser,
    live_server: LiveServer,
    folk: dict[str, Person],
    invited: str,
    settings: LazySettings,
    width: int,
):
    by, person = folk["own council administrator"], folk["own provider provider_staff"]
    services.add_app(person=by, secret=APP_SECRET, clock=DATABASE_CLOCK)
    services.add_passkey(person=person, name="Phone", credential={"id": "x"}, clock=DATABASE_CLOCK)
    other = folk["own provider administrator"]
    services.ask_for_factor_reset(person=person, reason="Phone lost.", by=other, clock=DATABASE_CLOCK)
    list_accounts(settings)
    page = browser.new_page(viewport={"width": width, "height": 800})
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    found: dict[str, list[str]] = {}

    def look(name: str, address: str = "", button: str = "") -> None:
        """Looks at the page there, or at what the button of this one leads to."""
        if address:
            page.goto(address if address.startswith("http") else live_server.url + address)
        if button:
            page.get_by_role("button", name=button, exact=True).click()
            page.wait_for_load_state()
        found[name] = faults(page)

    look("invitation", invited)
    look("invitation, empty", button="Continue")
    look("link gone", "/invitations/never-made/")
    look("forgotten", "/password/forgotten/")
    look("forgotten, empty", button="Send me a link")
    page.get_by_label("E-mail address").fill("somebody.with.a.rather.long.address@plymouth-city-council.example")
    look("forgotten, sent", button="Send me a link")
    page.goto(f"{live_server.url}/sign-in/")
    page.get_by_label("E-mail address").fill(by.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    look("second factor", button="Sign in")
    look("second factor, empty", button="Continue")
    page.get_by_label("Code").fill(code_of(by))
    look("contracts", button="Continue")
    for name, address, button in (
        ("account", "/account/", ""),
        ("recovery codes", "/account/recovery-codes/", ""),
        ("password", "/account/password/", "Save password"),
        ("set up", "/account/second-factor/", ""),
        ("app", "/account/second-factor/app/", "Continue"),
        ("passkey", "/account/second-factor/passkey/", ""),
        ("people", "/people/", ""),
        ("people found", "/people/?q=nobody-like-this", ""),
        ("people left", "/people/?show=left", ""),
        ("person", f"/people/{person.pk}/", ""),
        ("oneself", f"/people/{by.pk}/", ""),
        ("invite", "/people/invite/", ""),
        ("invite, empty", "", "Send invitation"),
        ("role", f"/people/{person.pk}/roles/give/", ""),
        ("role, empty", "", "Give role"),
        ("lost", f"/people/{by.pk + 1}/lost-factor/", ""),
        ("lost, empty", f"/people/{other.pk}/lost-factor/", "Ask for the reset"),
        ("close", f"/people/{person.pk}/close/", ""),
        ("organisations", "/organisations/", ""),
        ("organisation", f"/organisations/{person.organisation_id}/", ""),
        ("organisation add", "/organisations/add/", "Add organisation"),
        ("too often", "/nothing/", ""),
    ):
        look(name, address, button)
    age_the_session(page, settings)
    look("confirm", "/account/recovery-codes/")
    look("confirm, empty", button="Continue")
    page.close()
    assert found == {name: [] for name in found}
    assert [text for text in trouble if "404" not in text] == []


def age_the_session(page: Page, settings: LazySettings) -> None:
    """As if the person had signed in six minutes ago."""
    key = next(each["value"] for each in page.context.cookies() if each["name"] == settings.SESSION_COOKIE_NAME)
    session = SessionStore(key)
    records = session[AUTHENTICATION_METHODS_SESSION_KEY]
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [record | {"at": record["at"] - 360} for record in records]
    session.save()
