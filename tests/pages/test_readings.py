"""The page *How we read the contract*, its PDF and its workbook: who reads them, what they say, what they cost."""

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from cohort.services import create_contract
from invoicing.services.terms import record_invoicing_terms
from pbr_ledger.clock import DATABASE_CLOCK
from savings.pages.readings.table import TERM_READINGS
from tests.documents.reading import prints
from tests.pages.accessibility import trouble_on
from tests.pages.months import at, client_of, page_of, person, queries_of
from tests.pages.world import World, world
from tests.signing_in import sign_in, signed_in

OF_THE_FIXED_FEE = "Schedule of the fixed fee"


@pytest.fixture
def address(here: World) -> str:
    return f"/contracts/{here.contract.pk}/readings/"


@pytest.mark.parametrize("who", ["council lead_accountant", "council auditor", "provider provider_staff"])
def test_council_auditor_and_provider_read_every_clause_and_come_there_from_terms_and_overview(
    here: World, address: str, who: str
) -> None:
    client = signed_in(here.people[f"own {who}"])
    contract = f"/contracts/{here.contract.pk}/"

    for page in (contract, f"{contract}terms/"):
        assert f'href="{address}"' in page_of(client, page)
    shown = page_of(client, address)
    for reading in TERM_READINGS:
        assert f'id="{reading.term.replace("_", "-").replace(".", "-")}"' in shown
        assert all(choice.name in shown for choice in reading.choices)
    assert "Every closed month (November 2025: 1 statement) is closed again" in shown
    assert "“with their costs being recouped from the savings achieved" in shown
    assert "Plymouth City Council, Executive Decision L04 25/26 of 29 July 2025, section 5, paragraph 3" in shown
    assert "effective from 6 August 2025, recorded by Lee Accountant, 29 July 2025, 00:00." in shown


@pytest.mark.parametrize("ending", ["", "readings.pdf", "readings.xlsx"])
def test_for_the_paying_agent_and_others_there_is_no_such_page(here: World, address: str, ending: str) -> None:
    for who in ("own agent payments_clerk", "other council lead_accountant"):
        assert signed_in(here.people[who]).get(address + ending).status_code == 404


def test_what_has_no_term_says_what_is_decided_where_it_is_kept_and_by_which_version(here: World, address: str) -> None:
    client = client_of(here, "lead_accountant")
    before = page_of(client, address)
    assert "Exempt from VAT, every kind of charge." in before
    assert "On top, and none is recorded." in before
    assert before.count("Nobody has recorded invoicing terms yet: standard terms hold.") == 2

    for rate in (Decimal("0.0150"), Decimal("0.0200")):
        record_invoicing_terms(
            contract=here.contract,
            by=person(here, "lead_accountant"),
            clock=DATABASE_CLOCK,
            vat_treatments={"expenses": "standard"},
            agent_margin_rate=rate,
        )
    after = page_of(client, address)
    assert "VAT on the fixed fee: exempt from VAT; VAT on carer fees: exempt from VAT" in after
    assert "VAT on expenses: VAT at the standard rate;" in after
    assert "On top, 2% of what it pays." in after
    assert "Version 1: On top, 1.5% of what it pays. Recorded by Lee Accountant" in after
    assert "Version 2: On top, 2% of what it pays. Recorded by Lee Accountant" in after
    assert after.count("Version 2: ") == 1
    assert "Nobody has recorded" not in after
    assert "All of it together has not reached the cap, so a cap on everything would have cut nothing yet." in after


def test_a_contract_without_terms_says_who_records_them(here: World) -> None:
    empty = create_contract(
        reference="L05 26/27",
        title="t",
        council=here.contract.council,
        provider=here.contract.provider,
        agent=here.contract.agent,
        decision_reference="L05 26/27",
        decision_on=here.contract.decision_on,
        by=person(here, "lead_accountant"),
        clock=at("2026-04-01 09:00"),
    )
    client = client_of(here, "auditor")
    assert "This contract has no terms yet, so no reading of it holds." in page_of(
        client, f"/contracts/{empty.pk}/readings/"
    )
    made = client.get(f"/contracts/{empty.pk}/readings/readings.xlsx")
    assert load_workbook(BytesIO(made.content)).sheetnames == ["Charged", "By month", "Words", "Set by"]


def test_the_pdf_prints_what_the_page_shows(here: World, address: str) -> None:
    made = client_of(here, "auditor").get(f"{address}readings.pdf")

    assert made["Content-Type"] == "application/pdf"
    assert made["Content-Disposition"] == 'attachment; filename="readings-L04-25-26.pdf"'
    assert prints(made.content, "How we read the contract")
    assert prints(made.content, "Every closed month (November 2025: 1 statement) is closed again")
    assert prints(made.content, "“split over the remaining 12-month duration of the programme, in line with savings")
    assert prints(made.content, "What is inside the cap")
    assert prints(made.content, "The paying agent’s margin")


def test_the_workbook_holds_each_reading_with_sums_and_differences_as_formulas(db: None) -> None:
    here = world("success-fee-half-penny")
    made = client_of(here, "provider_staff").get(f"/contracts/{here.contract.pk}/readings/readings.xlsx")
    formulas = load_workbook(BytesIO(made.content))["Charged"]
    values = load_workbook(BytesIO(made.content), data_only=True)["Charged"]

    rows = {row[2].value: row for row in values.iter_rows()}
    assert [cell.value for cell in rows["Savings realised"]][4:10] == [246575.31, 0, 0, 0, 246575.31, -0.01]
    at_row = rows["Savings realised"][0].row
    assert formulas.cell(at_row, 9).value == f"=ROUND(SUM(E{at_row}:H{at_row}),2)"
    assert formulas.cell(at_row, 10).value == f"=ROUND(I{at_row}-I{at_row - 1},2)"

    by_month = load_workbook(BytesIO(made.content))["By month"]
    totals = {row[2].value: [cell.value for cell in row[4:]] for row in by_month.iter_rows(min_row=3)}
    assert (totals["Reading"], totals["Savings realised"]) == (["Sep 2026", "Oct 2026"], [246575.31, 246575.31])


def test_the_page_costs_as_many_queries_for_many_months_as_for_one(db: None) -> None:
    here = world("whole-year-cap-only")
    costs = {
        contract.closed_statements.count(): queries_of(
            signed_in(here.people[f"{side} council auditor"]), f"/contracts/{contract.pk}/readings/"
        )
        for side, contract in (("own", here.contract), ("other", here.other_contract))
    }
    assert costs == {1: 19, 14: 19}


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_without_javascript_and_on_a_narrow_screen(
    transactional_db: None, browser: Browser, live_server: LiveServer
) -> None:
    here = world()
    page = browser.new_context(java_script_enabled=False).new_page()
    sign_in(page, live_server.url, person(here, "lead_accountant"))
    page.goto(f"{live_server.url}/contracts/{here.contract.pk}/terms/")
    page.get_by_role("link", name="How we read the contract").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How we read the contract")
    page.set_viewport_size({"width": 320, "height": 800})
    expect(page.get_by_role("heading", name=OF_THE_FIXED_FEE)).to_be_visible()
    with page.expect_download() as workbook:
        page.get_by_role("link", name="workbook (XLSX)").click()
    assert workbook.value.suggested_filename == "readings-L04-25-26.xlsx"

    with_scripts = browser.new_context().new_page()
    sign_in(with_scripts, live_server.url, person(here, "lead_accountant"))
    with_scripts.goto(f"{live_server.url}/contracts/{here.contract.pk}/readings/")
    assert trouble_on(with_scripts) == []
