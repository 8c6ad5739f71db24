"""A month's way to its closed statement, page by page: what each says, offers, refuses, and at how many queries."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from itertools import count

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.core.facts import FACT_TYPES, Claim, Fact, Placement, Rate, Retraction
from cohort.queries import current_facts
from cohort.services import create_contract, record, record_terms
from pbr_ledger import landing
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.needs import Need
from pbr_ledger.periods import LONDON, Month
from savings.core.document import figures_of
from savings.models import Proposal
from savings.pages.changes import FIELD_WORDS, FIGURE_WORDS, KIND_WORDS
from savings.pages.needs import waiting_on
from savings.services import agree, close, dispute, propose, withdraw_dispute
from tests.pages.world import SCENARIOS, World, world
from tests.signing_in import signed_in

NOVEMBER = Month(2025, 11)
DECEMBER = Month(2025, 12)


@pytest.fixture
def open_month(db: None) -> World:
    """One child moved on 12 November 2025; no month is closed."""
    return world("mid-month-move", months=0)


def at(text: str) -> StatedClock:
    """A clock that reads the stated time, then a second later each time."""
    start = datetime.fromisoformat(text).replace(tzinfo=LONDON)
    return StatedClock(start + timedelta(seconds=second) for second in count())


def person(here: World, role: str) -> Person:
    side = "provider" if role == "provider_staff" else "council"
    return here.people[f"own {side} {role}"]


def second_officer() -> Person:
    return Person.objects.get(full_name="Sam Second", organisation__reference="plymouth")


def proposed(here: World, month: Month = NOVEMBER, *, on: str = "2025-12-08 10:00") -> Proposal:
    return propose(contract=here.contract, month=month, by=person(here, "finance_officer"), clock=at(on))


def corrected_price(here: World, *, on: str, pence: int = 1750_00) -> None:
    placement = current_facts(here.contract).placements["C01-F0"]
    recorded(here, [replace(placement, costs=(Rate(placement.start, pence),))], on=on)


def recorded(here: World, facts: Sequence[Fact | Retraction], *, on: str) -> None:
    record(contract=here.contract, facts=facts, by=person(here, "finance_officer"), clock=at(on))


def address(here: World, ending: str = "", month: Month = NOVEMBER) -> str:
    return f"/contracts/{here.contract.pk}/statements/{month}/{ending}"


def client_of(here: World, role: str) -> Client:
    return signed_in(person(here, role))


def page_of(client: Client, path: str, **query: str) -> str:
    answer = client.get(path, query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("\u00a0", " ")


def said(client: Client, path: str, **form: str) -> tuple[str, str]:
    """Where the answer to the form leads, and the page there."""
    answer = client.post(path, form)
    assert answer.status_code == 302
    return answer["Location"], page_of(client, answer["Location"])


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


def agreed(here: World, month: Month = NOVEMBER, *, on: str = "2025-12-08 10:00") -> Proposal:
    proposal = proposed(here, month, on=on)
    agree(proposal=proposal, by=person(here, "provider_staff"), clock=at(on.replace("10:00", "11:00")))
    agree(proposal=proposal, by=second_officer(), clock=at(on.replace("10:00", "12:00")))
    return proposal


def test_closing_asks_for_nothing_that_is_not_needed(open_month: World):
    agreed(open_month)
    page = page_of(client_of(open_month, "lead_accountant"), address(open_month, "close/"))
    assert "August 2025 to October 2025: no statement of their own" in page
    assert "What was done to reach the provider?" not in page


def test_month_that_skips_none_is_closed_without_a_word(open_month: World):
    agreed(open_month, Month(2025, 8), on="2025-09-08 10:00")
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
    assert "Closed without the provider&#x27;s answer: Rung twice" in page


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


@pytest.fixture
def closed_month(open_month: World) -> World:
    """November 2025, closed on 8 December."""
    proposal = agreed(open_month)
    by = person(open_month, "lead_accountant")
    close(proposal=proposal, by=by, clock=at("2025-12-08 13:00"), skipping_because="Nobody had moved")
    return open_month


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
        "first night elsewhere: none became 22 November 2025",
        "how it ended: none became breakdown",
        "The closed statement never changes.",
    ):
        assert words in page


# What needs whom


def needs(here: World, by: Person, *, today: date) -> list[tuple[str, str]]:
    return [(need.text, need.when) for need in waiting_on(by, [here.contract.pk], today=today)]


def test_officer_proposes_the_first_month_that_is_over(open_month: World):
    officer, provider = person(open_month, "finance_officer"), person(open_month, "provider_staff")
    assert needs(open_month, officer, today=date(2025, 8, 31)) == []
    assert needs(open_month, officer, today=date(2025, 9, 1)) == [
        ("Propose the statement of August 2025", "since 1 September 2025")
    ]
    assert needs(open_month, officer, today=date(2025, 12, 8)) == [
        ("Propose the statement of August 2025; 3 later months wait too", "since 1 September 2025")
    ]
    assert needs(open_month, provider, today=date(2025, 12, 8)) == []


def test_each_side_is_asked_to_agree_but_not_the_proposer(open_month: World):
    proposed(open_month)
    today = date(2025, 12, 9)
    asked = "Agree or dispute the proposed statement of November 2025"
    assert needs(open_month, person(open_month, "provider_staff"), today=today) == [
        (asked, "answer by 18 December 2025")
    ]
    assert (asked, "since 8 December 2025") in needs(open_month, second_officer(), today=today)
    assert asked not in dict(needs(open_month, person(open_month, "finance_officer"), today=today))
    assert needs(open_month, person(open_month, "auditor"), today=today) == []


def test_dispute_waits_for_the_other_side_until_it_is_withdrawn(open_month: World):
    proposal = proposed(open_month)
    provider, officer = person(open_month, "provider_staff"), person(open_month, "finance_officer")
    raised = dispute(proposal=proposal, about="Child C01", reason="The 13th", by=provider, clock=at("2025-12-09 09:00"))
    today = date(2025, 12, 10)
    answer = "The provider disputes Child C01 in the statement of November 2025"
    assert dict(needs(open_month, officer, today=today))[answer] == "since 9 December 2025"
    assert needs(open_month, provider, today=today) == []
    withdraw_dispute(dispute=raised, by=provider, clock=at("2025-12-10 09:00"))
    assert answer not in dict(needs(open_month, officer, today=today))


def test_accountant_closes_what_both_have_agreed(open_month: World):
    agreed(open_month)
    accountant = person(open_month, "lead_accountant")
    today = date(2025, 12, 9)
    found = dict(needs(open_month, accountant, today=today))
    assert found["Close November 2025: both sides have agreed"] == "since 8 December 2025"
    assert not any("Close" in text for text, _ in needs(open_month, second_officer(), today=today))


def test_silent_provider_waits_for_the_accountant_once_its_days_are_over(open_month: World):
    proposal = proposed(open_month)
    agree(proposal=proposal, by=second_officer(), clock=at("2025-12-08 12:00"))
    accountant = person(open_month, "lead_accountant")
    silent = "November 2025: the provider has not answered; the month can be closed without it"
    assert silent not in dict(needs(open_month, accountant, today=date(2025, 12, 18)))
    found = dict(needs(open_month, accountant, today=date(2025, 12, 19)))
    assert found[silent] == "its days ended 18 December 2025"


def test_needs_take_as_many_queries_for_many_contracts_as_for_one(open_month: World):
    accountant = person(open_month, "lead_accountant")
    one = queries_of_needs(accountant, [open_month.contract.pk])
    proposed(open_month)
    agreed(open_month, DECEMBER, on="2026-01-08 10:00")
    assert queries_of_needs(accountant, [open_month.contract.pk, open_month.other_contract.pk]) <= one + 1


def queries_of_needs(by: Person, contracts: list[int]) -> int:
    with CaptureQueriesContext(connection) as captured:
        found: list[Need] = list(waiting_on(by, contracts, today=date(2026, 2, 1)))
    assert found
    return len(captured)


# Home


def test_home_of_one_contract_is_that_contract(open_month: World):
    answer = client_of(open_month, "provider_staff").get("/")
    assert (answer.status_code, answer["Location"]) == (302, f"/contracts/{open_month.contract.pk}/")


def test_home_of_people_without_a_contract_is_what_their_room_says(open_month: World, monkeypatch: pytest.MonkeyPatch):
    administrator = signed_in(open_month.people["own council administrator"])
    assert administrator.get("/")["Location"] == "/contracts/"
    monkeypatch.setattr(landing, "_landings", [landing.Landing("manage_people", "sign-in", place=10)])
    assert administrator.get("/")["Location"] == "/sign-in/"
    nobody = signed_in(open_month.people["own council nobody"])
    assert nobody.get("/")["Location"] == "/contracts/"


def test_overview_has_needs_and_the_cohort_at_a_glance(closed_month: World):
    page = page_of(client_of(closed_month, "finance_officer"), f"/contracts/{closed_month.contract.pk}/")
    for words in (
        "What needs you",
        "Propose the statement of December 2025",
        "In-house fostering: 1",
        "1 claim",
        "of £599,800.00",
    ):
        assert words in page
    assert page.index("Fixed fee charged") < page.index("What needs you") < page.index("<svg")


def test_list_of_statements_offers_the_next_month_to_officers_alone(closed_month: World):
    path = f"/contracts/{closed_month.contract.pk}/statements/"
    officer, auditor = (page_of(client_of(closed_month, role), path) for role in ("finance_officer", "auditor"))
    assert "Propose December 2025" in officer
    assert ("Propose December 2025" in auditor, "December 2025 is over and not proposed yet." in auditor) == (
        False,
        True,
    )


def test_every_figure_of_a_statement_opens_to_its_why(closed_month: World):
    page = page_of(client_of(closed_month, "auditor"), address(closed_month))
    for words in (
        "1 child had 19 nights that count in November 2025, and these saved £15,200.00",
        "The schedule allows fixed fees of £129,724.38 by the end of November 2025: by days, each phase by itself.",
        "Phase 3: 61 of its 365 days, of £564,400.00",
        "No household’s fee has fallen due by the end of November 2025.",
        "Not due yet: it is 10% of the amount by which the run rate passes £3,000,000.00",
        "Earlier statements charged £0.00, and this one £15,200.00: £15,200.00 in all.",
        "The headroom is £984,800.00.",
        "the net benefit to the council is £0.00.",
        "Each child’s saving of that night is taken for a year",
        "No savings counted in August 2025. Its fee is £0.00.",
    ):
        assert words in page, words


@pytest.mark.slow
def test_closed_pages_take_a_fixed_number_of_queries(closed_month: World):
    accountant = client_of(closed_month, "lead_accountant")
    endings = ("then-and-now/", "")
    before = [queries_of(accountant, address(closed_month, ending)) for ending in endings]
    for number in range(1, 5):
        corrected_price(closed_month, on=f"2025-12-{19 + number} 09:00", pence=1750_00 + number)
    assert [queries_of(accountant, address(closed_month, ending)) for ending in endings] == before


def queries_of(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def test_contract_begins_with_nothing_charged(open_month: World):
    page = page_of(client_of(open_month, "auditor"), f"/contracts/{open_month.contract.pk}/")
    assert ("of £599,800.00" in page, "No month is closed yet." in page, "<svg" in page) == (True, True, False)


def test_every_figure_and_every_part_of_a_fact_has_words():
    document = json.loads((SCENARIOS / "carer-fee-refund.expected.json").read_bytes())["statements"][-1]
    assert {figure.name for figure, _ in figures_of(document)} - {"adjustment"} <= set(FIGURE_WORDS)
    assert set(KIND_WORDS) == set(FACT_TYPES)
    parts = {part.name for kind in FACT_TYPES.values() for part in fields(kind)} - {"id", "kind"}
    assert parts == set(FIELD_WORDS)


# Many of everything


def many_children(here: World, *, on: str) -> None:
    """Three hundred more children, each like C01: moved on 12 November 2025."""
    known = current_facts(here.contract)
    facts: list[Fact] = []
    for child in (f"D{number:03}" for number in range(300)):
        facts.append(replace(known.children["C01"], id=child))
        facts += [replace(each, id=f"{child}{each.id[3:]}", child=child) for each in known.placements.values()]
        facts.append(Claim(f"{child}-T0", f"{child}-F0", "agreed"))
    recorded(here, facts, on=on)


@pytest.mark.slow
def test_pages_take_as_many_queries_for_three_hundred_children_as_for_one(open_month: World):
    officer = client_of(open_month, "finance_officer")
    proposed(open_month)
    corrected_price(open_month, on="2025-12-09 09:00")
    overview = f"/contracts/{open_month.contract.pk}/"
    paths = (address(open_month), address(open_month, "propose/"), overview, f"{overview}statements/")
    before = [queries_of(officer, path) for path in paths]
    many_children(open_month, on="2025-12-10 09:00")
    assert [queries_of(officer, path) for path in paths] == before
    page = page_of(officer, paths[1])
    assert "301 children have nights that count in this month" in page
    assert "And 1101 more, recorded later in that time." in page


@pytest.mark.slow
def test_list_of_contracts_takes_as_many_queries_for_thirty_as_for_two(closed_month: World):
    officer, accountant = client_of(closed_month, "finance_officer"), person(closed_month, "lead_accountant")
    another_contract(closed_month, "B 00", accountant)
    before = queries_of(officer, "/contracts/")
    for number in range(1, 29):
        another_contract(closed_month, f"B {number:02}", accountant)
    assert queries_of(officer, "/contracts/") == before
    assert page_of(officer, "/contracts/").count("Propose the statement of ") == 30
    assert officer.get("/")["Location"] == "/contracts/"


def another_contract(here: World, reference: str, by: Person) -> None:
    """Of the same parties, on the same terms, without a child."""
    own = here.contract
    made = create_contract(
        reference=reference,
        title=own.title,
        council=own.council,
        provider=own.provider,
        agent=own.agent,
        decision_reference=own.decision_reference,
        decision_on=own.decision_on,
        by=by,
        clock=at("2025-07-30 09:00"),
    )
    [terms] = current_facts(own).terms
    record_terms(contract=made, terms=terms, by=by, clock=at("2025-07-30 10:00"))
