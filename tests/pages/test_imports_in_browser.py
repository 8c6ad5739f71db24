"""An import in a browser: the template filled in, errors mended, looked at, confirmed, and seen in the cohort."""

from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort.queries import current_facts
from tests.pages.accessibility import faults, open_everything
from tests.pages.sheets import FAMILY_OF_TWO, workbook
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
WIDTHS = (320, 1280)


@pytest.fixture
def served(transactional_db: None) -> World:
    """One child, moved in November 2025, which is closed."""
    return world("mid-month-move")


def looked_at(page: Page, name: str) -> dict[str, list[str]]:
    """What is wrong with the page as it stands, narrow and wide."""
    found: dict[str, list[str]] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found[f"{name} at {width}"] = faults(page)
    return found


def fill_in(template: Path, *, joined: object) -> None:
    """The template with a child, where it lives, and all that goes with it."""
    book = load_workbook(template)
    for name, rows in FAMILY_OF_TWO.items():
        for number, row in enumerate(rows, start=2):
            for position, value in enumerate(row, start=1):
                book[name].cell(number, position, value)
    book["Children"]["B2"] = joined
    for column, value in zip("ABC", ("C01-F0", "20/11/2025", "£1,500.00"), strict=True):
        book["Prices"][f"{column}3"] = value
    book.save(template)


def bring(page: Page, template: Path) -> None:
    """Choose the file and go on."""
    page.get_by_label("Workbook or CSV file").set_input_files(template)
    page.get_by_role("button", name="Continue").click()


def downloaded(page: Page, address: str, to: Path) -> None:
    """The template, as the officer finds it from the cohort."""
    page.goto(address)
    page.get_by_role("link", name="Import facts from a file").click()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download the template (XLSX)").click()
    downloading.value.save_as(to)


def test_officer_imports_a_filled_in_template_without_javascript(
    browser: Browser, live_server: LiveServer, served: World, tmp_path: Path
):
    page = browser.new_page(java_script_enabled=False)
    template = tmp_path / "october.xlsx"
    sign_in(page, live_server.url, served.people["own council finance_officer"])
    downloaded(page, f"{live_server.url}/contracts/{served.contract.pk}/cohort/", template)

    fill_in(template, joined="31/02/2026")
    bring(page, template)
    expect(page.get_by_role("alert")).to_contain_text("1 thing is wrong in “october.xlsx”. Nothing is recorded.")
    row = page.get_by_role("row", name="Children 2 Joined")
    expect(row).to_contain_text("“31/02/2026” is not a date. Write it like 12/03/2026 or 2026-03-12")

    fill_in(template, joined="3 November 2025")
    bring(page, template)
    expect(page.get_by_role("heading", level=1)).to_have_text("Import from a file: check")
    expect(page.get_by_text("The savings of November 2025, closed, fall by £157.14")).to_be_visible()
    assert "C02" not in current_facts(served.contract).children

    page.get_by_role("button", name="Record all of it").click()
    expect(page.get_by_text("7 facts are recorded from the file.")).to_be_visible()
    expect(page.locator("svg .tl-child", has_text="C02")).to_be_visible()
    page.get_by_role("link", name="C02").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Child C02")
    page.close()


def test_pages_are_accessible_in_every_state(browser: Browser, live_server: LiveServer, served: World, tmp_path: Path):
    page = browser.new_page()
    template = tmp_path / "october.xlsx"
    sign_in(page, live_server.url, served.people["own council finance_officer"])
    page.goto(f"{live_server.url}/contracts/{served.contract.pk}/import/")
    found = looked_at(page, "choose a file")
    template.write_bytes(workbook({**FAMILY_OF_TWO, "Prices": [["C01-F0", "31/02/2026", None, None]]}))
    bring(page, template)
    found |= looked_at(page, "errors")
    template.write_bytes(workbook({**FAMILY_OF_TWO, "Prices": [["C01-F0", "20/11/2025", "£1,500.00", None]]}))
    bring(page, template)
    open_everything(page)
    found |= looked_at(page, "check")
    page.close()
    assert found == {name: [] for name in found}
