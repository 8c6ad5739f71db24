"""What the list of contracts, a contract and its statements say, and at how many queries."""

import json
from datetime import timedelta
from itertools import count, repeat

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pbr_ledger.clock import StatedClock
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import Month, end_of_day
from savings.models import ClosedStatement, Proposal
from savings.queries import closed_statements
from savings.services import agree, close, dispute, propose
from tests.pages.world import World, keep_report, last_statement, world
from tests.signing_in import signed_in
from tests.stage import Stage

OPENED = "late-breakdown-limited-by-schedule"


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def statement_address(statement: ClosedStatement | Proposal) -> str:
    return f"/contracts/{statement.contract_id}/statements/{statement.month}/"


@pytest.fixture
def late(stage: Stage) -> World:
    """August and September 2026 closed; a breakdown of July was known only in September."""
    return stage.of(world, OPENED, 2)


@pytest.fixture
def accountant(late: World, client: Client) -> Client:
    signed_in(late.people["own council lead_accountant"], client)
    return client


def test_list_has_the_three_numbers_of_each_contract_of_ones_own(late: World, accountant: Client):
    page = page_of(accountant, "/contracts/")
    for words in ("L04 25/26", "Closed up to September 2026.", "£599,800.00", "of £599,800.00", "£0.00", "£543,000.00"):
        assert words in page
    assert "X99" not in page


@pytest.mark.parametrize("who", ["own agent administrator", "own council administrator", "own provider nobody"])
def test_list_of_a_person_who_reads_no_contract_is_empty(here: World, client: Client, who: str):
    signed_in(here.people[who], client)
    page = page_of(client, "/contracts/")
    assert "There is no contract that you can see." in page
    assert "L04 25/26" not in page


@pytest.mark.django_db
def test_contract_has_every_month_with_its_figures(client: Client):
    late = world(OPENED)
    signed_in(late.people["own provider provider_staff"], client)
    keep_report(last_statement(late.contract))
    page = page_of(client, f"/contracts/{late.contract.pk}/")
    assert page.count(">Closed</strong>") == 14
    assert page.count("reconciliation.pdf") == 1
    assert "£206,400.00" in page  # July 2026 as known now
    assert "£68,233.33" in page  # what September's statement charged
    assert "<svg" in page


def test_months_before_the_first_closing_are_skipped_and_not_awaited(late: World, accountant: Client):
    page = page_of(accountant, f"/contracts/{last_statement(late.contract).contract_id}/")
    assert (page.count("Skipped"), page.count("Not proposed")) == (12, 0)


def test_statement_explains_its_figures_in_the_words_of_the_report(late: World, accountant: Client):
    page = page_of(accountant, statement_address(last_statement(late.contract))).replace("\u00a0", " ")
    for words in (
        "The statement of September 2026 charges the council £68,233.33.",
        "Saving of September 2026: 30 × £5,600.00 ÷ 7, rounded once to the penny",
        "30 nights: the nights of 1 September 2026 to 30 September 2026",
        "Fee of September 2026: limited by the schedule",
        "In-house fostering, placement C01-F0, counted under claim C01-T0 (2.1)",
        "Olga Officer, Finance officer",
        "Lee Accountant, Lead Accountant",
        "September 2026 keeps the promise.",
    ):
        assert words in page


def test_statement_says_that_its_report_is_being_made_and_links_to_none(late: World, accountant: Client):
    statement = last_statement(late.contract)
    page = page_of(accountant, statement_address(statement))
    assert "The report is being made." in page
    assert "The workbook is being made." in page
    assert "reconciliation.pdf" not in page
    Job.objects.filter(key=str(statement.pk)).update(state="failed", error="no font", finished_at=statement.closed_at)
    page = page_of(accountant, statement_address(statement))
    assert ("The report could not be made." in page, "hx-get" in page) == (True, False)
    keep_report(statement)
    page = page_of(accountant, statement_address(statement))
    assert "reconciliation.pdf" in page
    assert "The report could not be made." not in page
    assert "The workbook could not be made." in page


def proposed_next(late: World, *, months_later: int = 1) -> tuple[Proposal, StatedClock]:
    month = last_statement(late.contract).month.plus(months_later)
    clock = StatedClock(end_of_day(month.last_day) + timedelta(days=9, seconds=second) for second in count())
    by = late.people["own council finance_officer"]
    return propose(contract=late.contract, month=month, by=by, clock=clock), clock


def test_proposal_shows_its_figures_and_who_has_agreed(late: World, accountant: Client):
    proposal, clock = proposed_next(late)
    page = page_of(accountant, statement_address(proposal))
    assert "Proposed statement of October 2026" in page
    assert page.count("Not agreed yet") == 2
    agree(proposal=proposal, by=late.people["own provider provider_staff"], clock=clock)
    page = page_of(accountant, statement_address(proposal))
    assert "Agreed by one side" in page
    assert "Agreed by Priya Provider, Provider staff" in page
    assert page.count("Not agreed yet") == 1
    assert "These figures are not agreed yet by the council." in page


def test_disputed_proposal_shows_the_dispute(late: World, accountant: Client):
    proposal, clock = proposed_next(late)
    by = late.people["own provider provider_staff"]
    dispute(proposal=proposal, about="<C01>", reason="Moved on the 12th", by=by, clock=clock)
    page = page_of(accountant, statement_address(proposal))
    assert "Disputed: &lt;C01&gt;" in page
    assert "Moved on the 12th" in page
    assert "Disputed by Priya Provider, Reconnect, 10 November 2026" in page
    assert ">Disputed</strong>" in page_of(accountant, f"/contracts/{late.contract.pk}/")


@pytest.mark.django_db
def test_proposal_overtaken_by_a_closing_keeps_to_its_own_figures(client: Client):
    here = world(OPENED, months=0)
    signed_in(here.people["own council lead_accountant"], client)
    june, july = Month(2026, 6), Month(2026, 7)
    clock = StatedClock(repeat(end_of_day(july.plus(2).last_day)))
    by = here.people["own council finance_officer"]
    proposal = propose(contract=here.contract, month=july, by=by, clock=clock)
    close_month(here, june, clock)
    page = page_of(client, statement_address(proposal))
    assert "A new proposal is needed." in page
    assert f"a charge of £{json.loads(proposal.document)['total']}" in page
    assert "From savings to fee" not in page


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_statement_that_the_facts_no_longer_give_shows_no_workings(client: Client):
    late = world(OPENED, months=1)
    signed_in(late.people["own council lead_accountant"], client)
    addresses = (statement_address(last_statement(late.contract)), f"/contracts/{late.contract.pk}/")
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    with connections["owner"].cursor() as cursor:  # only the owner of the tables can, with the triggers off
        cursor.execute("ALTER TABLE savings_closedstatement DISABLE TRIGGER USER")
        cursor.execute("""UPDATE savings_closedstatement SET document = replace(document, '"total":"', '"total":"1')""")
        cursor.execute("ALTER TABLE savings_closedstatement ENABLE TRIGGER USER")
    for address in addresses:
        answer = client.get(address)
        assert answer.status_code == 500
        assert "does not come to the figures that were closed" in answer.content.decode()


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def close_month(late: World, month: Month, clock: StatedClock) -> None:
    officer, accountant = late.people["own council finance_officer"], late.people["own council lead_accountant"]
    proposal = propose(contract=late.contract, month=month, by=officer, clock=clock)
    agree(proposal=proposal, by=late.people["own provider provider_staff"], clock=clock)
    agree(proposal=proposal, by=accountant, clock=clock)
    close(proposal=proposal, by=accountant, clock=clock, skipping_because="Agreed so")


@pytest.mark.slow
def test_pages_cost_as_many_queries_with_thirty_statements_as_with_two(late: World, accountant: Client):
    contract = f"/contracts/{late.contract.pk}/"
    addresses = ("/contracts/", contract, statement_address(last_statement(late.contract)))
    before = [queries_of(accountant, address) for address in addresses]
    month = last_statement(late.contract).month
    for _ in range(28):
        month = month.plus(1)
        close_month(late, month, StatedClock(repeat(end_of_day(month.plus(1).first_day))))
    assert closed_statements(late.contract).count() == 30
    addresses = (*addresses[:2], statement_address(last_statement(late.contract)))
    assert [queries_of(accountant, address) for address in addresses] == before
