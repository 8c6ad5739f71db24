"""Reports in a browser: found from the contract, a period chosen, a file taken, and nothing in anybody's way."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from invoicing.pages.reports.kinds import KINDS
from tests.pages import billing
from tests.pages.accessibility import trouble_on
from tests.pages.months import person
from tests.pages.world import world
from tests.signing_in import sign_in


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_report_is_found_its_period_chosen_and_taken_along(
    transactional_db: None, browser: Browser, live_server: LiveServer
) -> None:
    here = world("breakdown-reported-late")
    billing.scene(here.contract)
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, person(here, "lead_accountant"))
    page.goto(f"{live_server.url}/contracts/{here.contract.pk}/")
    page.get_by_role("link", name="Reports", exact=True).click()
    for kind in KINDS:
        expect(page.get_by_role("link", name=kind.title)).to_be_visible()
    page.get_by_role("link", name="Month, quarter and year to date").click()
    page.get_by_label("Period", exact=True).select_option("P12 of 2025/26: March 2026")
    page.get_by_role("button", name="Show").click()
    assert parse_qs(urlsplit(page.url).query) == {"period": ["2025/26-P12"]}
    row = page.get_by_role("row", name="Savings stated").first
    expect(row.get_by_role("cell").first).to_have_text("£24,800.00")
    for name, ending in (("report (PDF)", "pdf"), ("workbook (XLSX)", "xlsx")):
        with page.expect_download() as taken:
            page.get_by_role("link", name=name).click()
        assert taken.value.suggested_filename == f"L04-25-26-report-month-2026-03.{ending}"

    seen = browser.new_context().new_page()
    sign_in(seen, live_server.url, person(here, "lead_accountant"))
    for ending in ("", *(f"{kind.key}/" for kind in KINDS), "month/?period=1999/00-P1"):
        seen.goto(f"{live_server.url}/contracts/{here.contract.pk}/reports/{ending}")
        assert trouble_on(seen) == [], ending
