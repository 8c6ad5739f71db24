"""A month's way to its closed statement in a browser, every state of it looked at, at 320 px too.

The council proposes, the provider disputes a line, a fact is corrected, the council proposes again, both sides agree,
the Lead Accountant closes, and the documents are made.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort.core.facts import Placement, Rate
from cohort.queries import current_facts
from cohort.services import record
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.services import dispatch_once
from pbr_ledger.periods import Month
from savings.models import ClosedStatement
from savings.queries import closed_statement
from tests.pages.cast import looking
from tests.pages.hands import Hands, button
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

MONTH = Month(2025, 11)
"""One child moved on 12 November 2025; nothing is closed before."""


@dataclass
class Walk:
    """A browser in which one after the other signs in; `look` is called in every state of a page."""

    context: BrowserContext
    live_server: LiveServer
    here: World
    look: Callable[[Page, str], None]

    def hands(self, person: Person) -> Hands:
        """The person, signed in at the contract that is their only one."""
        self.context.clear_cookies()
        page = self.context.new_page()
        sign_in(page, self.live_server.url, person)
        expect(page.get_by_role("heading", level=1)).to_have_text("L04 25/26")
        return Hands(page)


def officer(here: World) -> Person:
    return here.people["own council finance_officer"]


def second_officer() -> Person:
    return Person.objects.get(full_name="Sam Second", organisation__reference="plymouth")


def provider(here: World) -> Person:
    return here.people["own provider provider_staff"]


def accountant(here: World) -> Person:
    return here.people["own council lead_accountant"]


def correct_the_price(here: World) -> None:
    """The placement costs £1,750.00 a week and not £1,400.00."""
    placement = current_facts(here.contract).placements["C01-F0"]
    assert isinstance(placement, Placement)
    corrected = replace(placement, costs=(Rate(placement.start, 1750_00),))
    record(contract=here.contract, facts=[corrected], by=officer(here), clock=DATABASE_CLOCK)


def walk_through_the_month(walk: Walk) -> None:
    propose_from_what_needs_the_officer(walk)
    dispute_the_line_of_the_child(walk)
    correct_the_price(walk.here)
    propose_again_with_what_changed(walk)
    agree_for_both_sides(walk)
    close_for_good(walk)


def propose_from_what_needs_the_officer(walk: Walk) -> None:
    hands = walk.hands(officer(walk.here))
    page = hands.page
    page.goto(f"{walk.live_server.url}/contracts/{walk.here.contract.pk}/statements/")
    walk.look(page, "statements")
    hands.press(page.get_by_role("link", name="Propose November 2025", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("November 2025 as known now")
    expect(page.get_by_text("August 2025 is not closed yet.")).to_be_visible()
    expect(page.get_by_text("The statement of November 2025 charges the council £15,200.00.").first).to_be_visible()
    walk.look(page, "preview")
    hands.press(button(page, "Propose these figures"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Proposed statement of November 2025")
    expect(button(page, "Agree to these figures")).to_have_count(0)
    walk.look(page, "proposal, to its proposer")
    page.close()


def dispute_the_line_of_the_child(walk: Walk) -> None:
    hands = walk.hands(provider(walk.here))
    page = hands.page
    walk.look(page, "overview, with needs")
    hands.press(page.get_by_role("link", name="Agree or dispute the proposed statement of November 2025"))
    hands.press(button(page, "Dispute a figure"))
    hands.press(button(page, "Dispute this figure"))
    expect(page.get_by_role("link", name="Choose the figure that you dispute")).to_be_visible()
    walk.look(page, "dispute, empty fields")
    hands.choose(page.get_by_label("Which figure do you dispute?"), "Child C01: £15,200.00 (19 nights)")
    hands.write(page.get_by_label("What is wrong with it?"), "The home costs more than that.")
    hands.press(button(page, "Dispute this figure"))
    expect(page.get_by_text("Disputed: Child C01")).to_be_visible()
    walk.look(page, "disputed")
    page.close()


def propose_again_with_what_changed(walk: Walk) -> None:
    hands = walk.hands(officer(walk.here))
    page = hands.page
    hands.press(page.get_by_role("link", name="The provider disputes Child C01 in the statement of November 2025"))
    expect(page.get_by_role("heading", name="What has changed since this proposal")).to_be_visible()
    hands.press(button(page, "Propose again"))
    expect(page.get_by_text("weekly cost: £1,400.00 from 12 November 2025 became £1,750.00").first).to_be_visible()
    row = page.locator("tr", has_text="C01")
    expect(row.filter(has_text="£15,200.00").filter(has_text="£14,250.00").filter(has_text="−£950.00")).to_be_visible()
    walk.look(page, "preview, with what changed")
    hands.press(button(page, "Propose these figures again"))
    expect(page.get_by_role("heading", name="What this proposal changed")).to_be_visible()
    walk.look(page, "proposal, with what changed")
    page.close()


def agree_for_both_sides(walk: Walk) -> None:
    for person in (provider(walk.here), second_officer()):
        hands = walk.hands(person)
        hands.press(hands.page.get_by_role("link", name="Agree or dispute the proposed statement of November 2025"))
        hands.press(button(hands.page, "Agree to these figures"))
        expect(hands.page.get_by_text("You have agreed to the figures of November 2025")).to_be_visible()
        hands.page.close()


def close_for_good(walk: Walk) -> None:
    hands = walk.hands(accountant(walk.here))
    page = hands.page
    hands.press(page.get_by_role("link", name="Close November 2025: both sides have agreed"))
    hands.press(button(page, "Close November 2025"))
    expect(page.get_by_role("link", name="Enter why the months before it are skipped")).to_be_visible()
    walk.look(page, "close, empty fields")
    reason = page.get_by_label("Why do the months before it stay without a statement?")
    hands.write(reason, "No child had moved before November.")
    hands.press(button(page, "Close November 2025"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Statement of November 2025")
    expect(page.get_by_text("The report is being made.")).to_be_visible()
    walk.look(page, "closed, documents being made")
    wait_for_the_documents(page)
    walk.look(page, "closed")
    hands.press(page.get_by_role("link", name="Compare this statement with what is known today"))
    expect(page.get_by_text("Nothing differs")).to_be_visible()
    walk.look(page, "then and now")
    page.close()


def wait_for_the_documents(page: Page) -> None:
    """They appear by themselves."""
    dispatch_once(inline=True)
    expect(page.get_by_role("link", name="Reconciliation report of November 2025 (PDF")).to_be_visible()
    expect(page.get_by_role("link", name="Reconciliation workbook of November 2025 (XLSX")).to_be_visible()


@pytest.fixture
def here(transactional_db: None) -> World:
    return world("mid-month-move", months=0)


def statement_of(here: World) -> ClosedStatement:
    found = closed_statement(contract=here.contract, month=MONTH)
    assert found is not None
    return found


def check_what_was_kept(here: World) -> None:
    """The second proposal's figures, closed with the reason, and both documents."""
    closed = statement_of(here)
    assert json.loads(closed.document)["total"] == "14250.00"
    assert closed.skipped_months_because == "No child had moved before November."
    assert closed.proposal.number == 2
    assert sorted(closed.reports.values_list("name", flat=True)) == ["reconciliation.pdf", "workbook.xlsx"]


@pytest.fixture
def found() -> Iterator[dict[str, list[str]]]:
    """What is wrong in each state; nothing is, in the end."""
    found: dict[str, list[str]] = {}
    yield found
    assert found == {name: [] for name in found}


@pytest.mark.parametrize("width", [320, 1280])
def test_month_is_proposed_disputed_corrected_agreed_and_closed(
    browser: Browser, live_server: LiveServer, here: World, found: dict[str, list[str]], width: int
):
    context = browser.new_context(viewport={"width": width, "height": 800})
    walk_through_the_month(Walk(context, live_server, here, looking(found)))
    check_what_was_kept(here)
    context.close()
