"""Where somebody starts, what needs them, and what the pages cost with many contracts and children."""

import json
from dataclasses import fields, replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cohort.core.facts import FACT_TYPES, Claim, Fact
from cohort.models import Contract
from cohort.queries import current_facts
from cohort.services import create_contract, record_terms
from pbr_ledger import landing
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import Need
from savings.core.document import figures_of
from savings.pages.changes import FIELD_WORDS, FIGURE_WORDS, KIND_WORDS
from savings.pages.needs import waiting_on
from savings.services import agree, dispute, withdraw_dispute
from tests.pages.months import (
    DECEMBER,
    address,
    agreed,
    at,
    client_of,
    corrected_price,
    page_of,
    person,
    proposed,
    queries_of,
    recorded,
    second_officer,
)
from tests.pages.world import SCENARIOS, World
from tests.signing_in import signed_in

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
    assert administrator.get("/")["Location"] == "/people/"
    clerk = signed_in(open_month.people["own agent payments_clerk"])
    assert clerk.get("/")["Location"] == "/payables/"
    monkeypatch.setattr(landing, "_landings", [landing.Landing("manage_people", "sign-in", place=10)])
    assert administrator.get("/")["Location"] == "/sign-in/"
    nobody = signed_in(open_month.people["own council nobody"])
    assert nobody.get("/")["Location"] == "/contracts/"


def test_menu_leads_only_to_pages_that_show_the_person_something(open_month: World):
    clerk = page_of(signed_in(open_month.people["own agent payments_clerk"]), "/account/")
    assert (">Payables</a>" in clerk, ">Contracts</a>" in clerk) == (True, False)
    administrator = page_of(client_of(open_month, "administrator"), "/account/")
    assert (">People</a>" in administrator, ">Contracts</a>" in administrator) == (True, False)
    officer = page_of(client_of(open_month, "finance_officer"), "/account/")
    assert (">Payables</a>" in officer, ">Contracts</a>" in officer) == (False, True)


def bare_contract(here: World, reference: str) -> Contract:
    """A contract of the same parties, without terms."""
    return create_contract(
        reference=reference,
        council=here.contract.council,
        provider=here.contract.provider,
        agent=here.contract.agent,
        title="A contract without terms",
        decision_reference="Decision",
        decision_on=date(2026, 1, 5),
        by=here.people["own council lead_accountant"],
        clock=DATABASE_CLOCK,
    )


def test_contract_without_terms_waits_for_the_lead_accountant(open_month: World):
    accountant, officer = (open_month.people[f"own council {role}"] for role in ("lead_accountant", "finance_officer"))
    bare = bare_contract(open_month, "Bare")
    (need,) = waiting_on(accountant, [bare.pk], today=date(2026, 2, 1))
    assert need.text == "Record the terms: nothing can be worked out without them"
    assert need.address == f"/contracts/{bare.pk}/terms/record/"
    assert list(waiting_on(officer, [bare.pk], today=date(2026, 2, 1))) == []


def test_list_shows_what_waits_longest_and_how_much_waits_in_each_contract(open_month: World):
    accountant = person(open_month, "lead_accountant")
    bare = [bare_contract(open_month, f"Bare {number:02d}") for number in range(1, 26)]
    page = page_of(signed_in(accountant), "/contracts/")
    needs = page[page.index('id="needs"') : page.index('id="contracts"')]
    assert needs.count('<li class="ledger-need">') == 20
    assert "Propose the statement of" in needs[: needs.index("</li>")]
    assert "6 more wait" in needs
    one_thing = f'<a class="govuk-link" href="/contracts/{bare[0].pk}/#needs">1 thing needs you<'
    assert one_thing in page
    assert "more wait" not in page_of(client_of(open_month, "provider_staff"), "/contracts/")


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
    another_contract(closed_month, "Z 00", accountant)
    before = queries_of(officer, "/contracts/")
    for number in range(1, 29):
        another_contract(closed_month, f"Z {number:02}", accountant)
    assert queries_of(officer, "/contracts/") == before
    cards = [page_of(officer, "/contracts/", page=number).count("1 thing needs you<") for number in ("1", "2")]
    assert cards == [25, 5]
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
