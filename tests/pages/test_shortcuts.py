"""Keys that move about: what each does, that they rest in fields, and that each person can switch them off."""

from urllib.parse import urlsplit

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from pbr_ledger.accounts.models import Person
from pbr_ledger.sections import HOME, Section, register
from tests.pages.accessibility import trouble_on, violations
from tests.pages.test_everywhere import opened
from tests.pages.world import World, world
from tests.signing_in import signed_in


def words_of(client: Client) -> str:
    return " ".join(client.get("/account/shortcuts/").content.decode().split())


@pytest.mark.django_db
def test_page_lists_the_keys_of_what_its_reader_sees(folk: dict[str, Person]) -> None:
    accountant = words_of(signed_in(folk["own council lead_accountant"]))
    for words in ("Show these shortcuts", "Cohort, in a contract", "Ledger, in a contract", "Activity, in a contract"):
        assert words in accountant
    provider = words_of(signed_in(folk["own provider provider_staff"]))
    assert "Cohort, in a contract" in provider
    assert "Ledger, in a contract" not in provider
    assert "in a contract" not in words_of(signed_in(folk["own agent payments_clerk"]))


@pytest.mark.django_db
def test_keys_are_on_until_somebody_switches_them_off_for_themselves(folk: dict[str, Person]) -> None:
    client, other = signed_in(folk["own council auditor"]), signed_in(folk["own council lead_accountant"])
    assert 'data-keys="/account/shortcuts/"' in words_of(client)
    assert "Choose on or off" in client.post("/account/shortcuts/", {"shortcuts": "x"}).content.decode()
    said = client.post("/account/shortcuts/", {"shortcuts": "off"}, follow=True).content.decode()
    assert "Keyboard shortcuts are off." in said
    assert "shortcuts.js" not in said
    assert "data-keys" not in said
    assert "shortcuts.js" in words_of(other)
    assert "shortcuts.js" in client.post("/account/shortcuts/", {"shortcuts": "on"}, follow=True).content.decode()


@pytest.mark.parametrize("letter", ["c", HOME])
def test_two_sections_never_share_a_letter(letter: str) -> None:
    with pytest.raises(ValueError, match=f"“{letter}” leads somewhere else already."):
        register(Section("another", "Another", "cohort", place=20, letter=letter))
    register(Section("cohort", "Cohort", "cohort", place=20, letter="c"))


def path_of(page: Page) -> str:
    return urlsplit(page.url).path


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_person_moves_about_by_keyboard_alone(browser: Browser, live_server: LiveServer) -> None:
    here: World = world()
    page = opened(browser, live_server, here.people["own council lead_accountant"])
    contract = f"/contracts/{here.contract.pk}"
    page.goto(f"{live_server.url}{contract}/")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="What each key does")
    expect(dialog).to_contain_text("Cohort, in a contract")
    assert violations(page) == []
    page.keyboard.press("g")
    page.keyboard.press("c")
    assert path_of(page) == f"{contract}/"
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"**{contract}/cohort/")
    page.keyboard.press("j")
    expect(page.get_by_role("row").get_by_role("link", name="C01", exact=True)).to_be_focused()
    page.keyboard.press("Control+g")
    page.keyboard.press("/")
    page.wait_for_url("**/search/")
    page.keyboard.press("/")
    field = page.get_by_role("searchbox")
    expect(field).to_be_focused()
    page.keyboard.type("/?gh")
    expect(field).to_have_value("/?gh")
    _switched_off(page, live_server)
    page.context.close()


def _switched_off(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/account/shortcuts/")
    assert trouble_on(page) == []
    page.get_by_label("Off").check()
    page.get_by_role("heading", name="What each key does").click()
    for key in ("g", "h"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert path_of(page) == "/account/shortcuts/"
    expect(page.get_by_label("Off")).to_be_checked()
    page.get_by_role("button", name="Save choice").click()
    page.wait_for_url("**/account/")
    for key in ("?", "g", "h"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert path_of(page) == "/account/"
    expect(page.get_by_role("dialog")).to_have_count(0)
