"""A month's way to its closed statement, page by page: what each says, offers and refuses."""

from dataclasses import replace
from datetime import date

import pytest

from cohort.core.facts import Claim, Placement, Rate
from cohort.queries import current_facts
from pbr_ledger.periods import Month
from savings.services import agree
from tests.pages.months import (
    address,
    agreed,
    at,
    client_of,
    corrected_price,
    page_of,
    person,
    proposed,
    recorded,
    said,
    second_officer,
)
from tests.pages.world import World, world

# Before it is proposed


def test_month_is_shown_as_known_now_and_nothing_is_stored(open_month: World):
    page = page_of(client_of(open_month, "finance_officer"), address(open_month, "propose/"))
    for words in (
        "November 2025 as known now",
        "The statement of November 2025 charges the council £15,200.00.",
        "August 2025 is not closed yet.",
        "Propose these figures",
        "Saving of November 2025: 19 × £5,600.00 ÷ 7, rounded once to the penny",
    ):
        assert words in page
    assert open_month.contract.proposals.count() == 0


def test_preview_warns_of_claims_that_nobody_has_decided(open_month: World):
    recorded(open_month, [Claim("C01-T0", "C01-F0", "queried")], on="2025-12-01 09:00")
    page = page_of(client_of(open_month, "finance_officer"), address(open_month, "propose/"))
    assert "1 claim is not decided yet: C01-T0. Until a claim is agreed, its nights do not count." in page
    assert "No child had a night that counts in November 2025" in page


def test_preview_warns_of_a_fee_that_the_schedule_limits(db: None):
    here = world("late-breakdown-limited-by-schedule", months=0)
    page = page_of(client_of(here, "finance_officer"), address(here, "propose/", Month(2026, 7)))
    assert "The schedule limits the fee of July 2026 to " in page
    assert " of savings stays with the council." in page


def test_preview_of_others_has_no_button(open_month: World):
    for role in ("provider_staff", "auditor"):
        page = page_of(client_of(open_month, role), address(open_month, "propose/"))
        assert ("£15,200.00" in page, "Propose these figures" in page) == (True, False)


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (Month(2025, 7), "July 2025 lies before the programme’s first month, August 2025."),
        (Month(2999, 1), "January 2999 is not over yet: its statement can be made from 1 February 2999 on."),
    ],
)
def test_month_that_cannot_be_worked_out_says_why(open_month: World, month: Month, words: str):
    officer = client_of(open_month, "finance_officer")
    page = page_of(officer, address(open_month, "propose/", month))
    assert (words in page, "Propose these figures" in page) == (True, False)
    assert said(officer, address(open_month, "propose/", month))[0] == address(open_month, "propose/", month)
    assert open_month.contract.proposals.count() == 0


def test_same_figures_are_not_offered_twice(open_month: World):
    proposed(open_month)
    officer = client_of(open_month, "finance_officer")
    page = page_of(officer, address(open_month, "propose/"))
    assert ("These very figures are before the parties already." in page, "<h2>Propose" in page) == (True, False)
    location, page = said(officer, address(open_month, "propose/"))
    assert (location, "before the parties already" in page) == (address(open_month, "propose/"), True)


# What is proposed


@pytest.mark.parametrize(
    ("role", "offered"),
    [
        ("finance_officer", {"Dispute a figure"}),
        ("lead_accountant", {"Agree to these figures", "Dispute a figure"}),
        ("provider_staff", {"Agree to these figures", "Dispute a figure"}),
        ("auditor", set()),
    ],
)
def test_proposal_offers_what_the_service_would_do(open_month: World, role: str, offered: set[str]):
    proposed(open_month)
    page = page_of(client_of(open_month, role), address(open_month))
    every = {"Agree to these figures", "Dispute a figure", "Close November 2025", "Propose again", "Withdraw"}
    assert {words for words in every if words in page} == offered


def test_proposer_who_tries_to_agree_is_told_who_can(open_month: World):
    proposal = proposed(open_month)
    location, page = said(client_of(open_month, "finance_officer"), address(open_month, "agree/"))
    assert location == address(open_month)
    assert "The figures are agreed by the provider, and by another person of the council." in page
    assert proposal.agreements.count() == 0


def test_agreement_stands_on_the_page_with_its_name(open_month: World):
    proposed(open_month)
    location, page = said(client_of(open_month, "provider_staff"), address(open_month, "agree/"), number="1")
    assert location == address(open_month)
    assert "You have agreed to the figures of November 2025 for Reconnect." in page
    assert "Agreed by Priya Provider, Provider staff" in page
    assert "Agree to these figures" not in page
    _, page = said(client_of(open_month, "provider_staff"), address(open_month, "agree/"), number="1")
    assert "The provider has agreed to these figures already." in page


def test_figures_that_have_changed_lapse_with_what_and_why(open_month: World):
    proposal = proposed(open_month)
    agree(proposal=proposal, by=person(open_month, "lead_accountant"), clock=at("2025-12-08 11:00"))
    corrected_price(open_month, on="2025-12-09 09:00")
    provider = client_of(open_month, "provider_staff")
    page = page_of(provider, address(open_month))
    assert ("What has changed since this proposal" in page, "Agree to these figures" in page) == (True, False)
    _, page = said(provider, address(open_month, "agree/"), number="1")
    for words in (
        "so the proposal has lapsed and nothing was agreed.",
        "Proposal lapsed",
        "lapsed, as figures have changed since",
        "weekly cost: £1,400.00 from 12 November 2025 became £1,750.00 from 12 November 2025",
        "Recorded by Olga Officer, 9 December 2025, 09:00",
        "£14,250.00",
        "−£950.00",
        "A finance officer has to propose the figures again.",
    ):
        assert words in page
    assert "charged: fixed_fee" not in page


def test_bed_that_came_under_a_block_contract_is_told_in_words(open_month: World):
    proposed(open_month)
    placement = current_facts(open_month.contract).placements["C01-F0"]
    costs = (Rate(placement.start, 1750_00),)
    recorded(open_month, [replace(placement, costs=costs, block_contract=True)], on="2025-12-09 09:00")
    page = page_of(client_of(open_month, "provider_staff"), address(open_month))
    assert "bed: under a block contract" in page


def test_agreement_to_a_proposal_that_was_replaced_is_not_taken_for_the_new_one(open_month: World):
    proposed(open_month)
    corrected_price(open_month, on="2025-12-09 09:00")
    second = proposed(open_month, on="2025-12-09 10:00")
    _, page = said(client_of(open_month, "provider_staff"), address(open_month, "agree/"), number="1")
    assert "This proposal is no longer open." in page
    assert second.agreements.count() == 0


def test_new_proposal_says_what_it_changed(open_month: World):
    proposed(open_month)
    corrected_price(open_month, on="2025-12-09 09:00")
    proposed(open_month, on="2025-12-09 10:00")
    page = page_of(client_of(open_month, "provider_staff"), address(open_month))
    assert "What this proposal changed" in page
    assert page.count("weekly cost: £1,400.00 from 12 November 2025 became £1,750.00") == 1
    assert "What has changed since this proposal" not in page


# Disputes


def test_dispute_needs_a_figure_of_the_proposal_and_a_reason(open_month: World):
    proposal = proposed(open_month)
    provider = client_of(open_month, "provider_staff")
    answer = provider.post(address(open_month, "dispute/"), {"about": "Child C99", "reason": " "})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert ("Choose a figure of this proposal" in page, "Enter what is wrong with the figure" in page) == (True, True)
    proposal.refresh_from_db()
    assert proposal.status == "proposed"


def test_dispute_stops_the_proposal_until_the_side_that_raised_it_withdraws(open_month: World):
    proposed(open_month)
    provider, officer = client_of(open_month, "provider_staff"), client_of(open_month, "finance_officer")
    form = {"about": "Child C01", "reason": "Moved on the 13th"}
    _, page = said(provider, address(open_month, "dispute/"), **form)
    assert ("Disputed: Child C01" in page, "Withdraw the dispute" in page) == (True, True)
    page = page_of(officer, address(open_month))
    assert ("Withdraw the dispute" in page, "Propose again" in page, "Dispute a figure" in page) == (False,) * 3
    assert "These very figures stand disputed" in page_of(officer, address(open_month, "propose/"))
    assert officer.post(address(open_month, "withdraw/")).status_code == 403
    _, page = said(provider, address(open_month, "withdraw/"))
    assert ("The dispute is withdrawn." in page, "Dispute withdrawn</strong>" in page) == (True, True)
    assert "Propose again" in page_of(officer, address(open_month))
    _, page = said(provider, address(open_month, "withdraw/"))
    assert "The dispute was withdrawn already." in page


# Closing


def test_closing_asks_for_nothing_that_is_not_needed(open_month: World):
    agreed(open_month)
    page = page_of(client_of(open_month, "lead_accountant"), address(open_month, "close/"))
    assert "August 2025 to October 2025: no statement of their own" in page
    assert "What was done to reach the provider?" not in page


def test_month_that_skips_none_is_closed_without_a_word(open_month: World):
    agreed(open_month, Month(2025, 8))
    accountant = client_of(open_month, "lead_accountant")
    path = address(open_month, "close/", Month(2025, 8))
    assert "<textarea" not in page_of(accountant, path)
    _, page = said(accountant, path)
    assert "August 2025 is closed." in page


def test_closed_month_leads_to_its_page(open_month: World):
    agreed(open_month)
    accountant = client_of(open_month, "lead_accountant")
    form = {"number": "1", "skipping_because": "Nobody had moved"}
    location, page = said(accountant, address(open_month, "close/"), **form)
    assert location == address(open_month)
    assert "November 2025 is closed. Its documents are being made." in page
    assert "Months before this one have no statement of their own: Nobody had moved" in page
    _, page = said(accountant, address(open_month, "close/"), **form)
    assert "This proposal is no longer open." in page
    assert said(accountant, address(open_month, "propose/"))[0] == address(open_month)


def test_closing_before_both_sides_agree_says_who_is_missing(open_month: World):
    proposed(open_month)
    accountant = client_of(open_month, "lead_accountant")
    answer = accountant.get(address(open_month, "close/"))
    assert (answer.status_code, answer["Location"]) == (302, address(open_month))
    assert "These figures are not agreed yet by the council and the provider." in page_of(
        accountant, address(open_month)
    )


def test_closing_without_an_answer_asks_what_was_done(open_month: World):
    proposal = proposed(open_month)
    agree(proposal=proposal, by=second_officer(), clock=at("2025-12-08 12:00"))
    accountant = client_of(open_month, "lead_accountant")
    page = page_of(accountant, address(open_month, "close/"))
    assert "What was done to reach the provider?" in page
    answer = accountant.post(address(open_month, "close/"), {"skipping_because": "Nobody had moved"})
    assert "Enter what was done to reach the provider" in answer.content.decode()
    form = {"skipping_because": "Nobody had moved", "unanswered_because": "Rung twice"}
    _, page = said(accountant, address(open_month, "close/"), **form)
    assert "Closed without the provider’s answer: Rung twice" in page


def test_closing_figures_that_have_changed_shows_what_changed(open_month: World):
    agreed(open_month)
    corrected_price(open_month, on="2025-12-09 09:00")
    accountant = client_of(open_month, "lead_accountant")
    page = page_of(accountant, address(open_month))
    assert ("Close November 2025" in page, "Propose again" in page) == (False, True)
    _, page = said(accountant, address(open_month, "close/"), skipping_because="Nobody had moved")
    assert "so the proposal has lapsed and nothing was closed." in page
    assert "What has changed since this proposal" in page


# Then and now


def test_then_and_now_are_the_same_until_something_is_recorded(closed_month: World):
    page = page_of(client_of(closed_month, "auditor"), address(closed_month, "then-and-now/"))
    assert "Nothing differs: what is known now gives the very figures that were closed." in page
    assert "No fact was recorded since the cut-off." in page
    everything = page_of(client_of(closed_month, "auditor"), address(closed_month, "then-and-now/"), show="everything")
    assert ("C01" in everything, "ledger-differs" in everything) == (True, False)


def test_then_and_now_differ_by_what_was_recorded_since(closed_month: World):
    placement = current_facts(closed_month.contract).placements["C01-F0"]
    assert isinstance(placement, Placement)
    broken = replace(placement, until=date(2025, 11, 22), ended="breakdown")
    recorded(closed_month, [broken], on="2025-12-20 09:00")
    page = page_of(client_of(closed_month, "provider_staff"), address(closed_month, "then-and-now/"))
    for words in (
        '<td class="govuk-table__cell govuk-table__cell--numeric" data-label="Nights then">19</td>',
        '<td class="govuk-table__cell govuk-table__cell--numeric" data-label="Nights now">10</td>',
        "−£7,200.00",
        "Placement C01-F0 of child C01",
        "first night elsewhere: 22 November 2025",
        "how it ended: breakdown",
        "The closed statement never changes.",
    ):
        assert words in page
