"""The cohort and a child as pages: what they say to whom, as known now and then, and at how many queries."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.core.facts import Child, Claim, ExtraCost, Placement, Rate, Retraction
from cohort.core.moves import broken_down
from cohort.models import Contract
from cohort.queries import current_facts, keys_of
from cohort.services import agree_baseline, create_contract, propose_baseline, record
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import Need
from pbr_ledger.periods import day_of
from savings.pages.cohort_needs import cohort_needs
from savings.pages.effects import effect_shown
from tests.pages.world import World, world
from tests.signing_in import signed_in

PRICE = (Rate(date(2024, 1, 1), 700_000),)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def cohort_address(contract: Contract) -> str:
    return f"/contracts/{contract.pk}/cohort/"


def child_address(contract: Contract, reference: str = "C01") -> str:
    return f"{cohort_address(contract)}{keys_of(contract=contract, kind='child')[reference]}/"


@pytest.fixture
def officer(here: World, client: Client) -> Client:
    signed_in(here.people["own council finance_officer"], client)
    return client


def note(here: World, *facts: object) -> None:
    who = here.people["own council finance_officer"]
    record(contract=here.contract, facts=facts, by=who, clock=DATABASE_CLOCK)


def homes(first: int, last: int) -> list[Child | Placement]:
    """Children in residential care since 1 January 2024."""
    return [
        fact
        for number in range(first, last + 1)
        for fact in (
            Child(f"C{number:03}", date(2025, 8, 6), None, PRICE),
            Placement(f"C{number:03}-R0", f"C{number:03}", "residential", PRICE[0].start, None, None, None, PRICE),
        )
    ]


def test_table_says_where_a_child_is_since_when_and_what_that_saves(here: World, officer: Client):
    page = page_of(officer, cohort_address(here.contract))
    assert "1 child, as known today" in page
    cells = ("6 August 2025", "In-house fostering", "12 November 2025", "£7,000.00", "£1,400.00", "£5,600.00")
    for words in (*cells, '<strong class="govuk-tag govuk-tag--green">Agreed</strong>'):
        assert words in page
    assert "Add a child" in page


def test_what_partners_pay_is_taken_off_and_what_is_not_agreed_saves_nothing(here: World, officer: Client):
    known = current_facts(here.contract)
    price = (Rate(date(2025, 11, 12), 140_000, 40_000),)
    rates = (Rate(date(2024, 1, 1), 700_000, 50_000),)
    proposal = propose_baseline(
        contract=here.contract,
        child="C01",
        rates=rates,
        reason="Health pays £500 a week.",
        by=here.people["own council finance_officer"],
        clock=DATABASE_CLOCK,
    )
    agree_baseline(proposal=proposal, by=here.people["own provider provider_staff"], clock=DATABASE_CLOCK)
    note(
        here,
        replace(known.placements["C01-F0"], costs=price),
        replace(known.claims["C01-T0"], status="queried"),
    )
    page = page_of(officer, cohort_address(here.contract))
    for words in ("£6,500.00", "£1,000.00", "Queried", 'data-label="Saving a week">–<'):
        assert words in page
    assert "£5,500.00" not in page


def test_picture_has_bars_breakdowns_claims_and_cut_offs_each_in_words(here: World, officer: Client):
    known = current_facts(here.contract)
    note(
        here,
        broken_down(known.placements["C01-F0"], date(2026, 3, 20)),
        Placement("C01-R1", "C01", "residential", date(2026, 3, 20), None, None, None, PRICE),
    )
    page = page_of(officer, cohort_address(here.contract))
    for words in (
        "<title>In-house fostering, C01-F0: from 12 November 2025 to 20 March 2026, broke down, claim agreed</title>",
        "<title>Residential, C01-R0: from 1 January 2024 to 12 November 2025</title>",
        "<title>Cut-off of the statement of November 2025</title>",
        "<title>Breakdown</title>",
        '<title id="timeline-title">Where 1 child lived, from 1 August 2025 to 30 September 2026</title>',
        '<desc id="timeline-desc">',
        "tl-foot-agreed",
        "A placement broke down on 20 March 2026",
    ):
        assert words in page


def test_provider_and_auditor_read_and_are_offered_nothing_to_record(here: World, client: Client):
    for who in ("own provider provider_staff", "own council auditor"):
        signed_in(here.people[who], client)
        assert "Add a child" not in page_of(client, cohort_address(here.contract))
        page = page_of(client, child_address(here.contract))
        assert "What each month earned" in page
        assert ("/breakdown/" in page) == (who == "own provider provider_staff")
        assert "/correct/" not in page
        assert "/retract/" not in page


def test_cohort_without_children_says_what_to_do(here: World, officer: Client, client: Client):
    kinds = (("claim", "C01-T0"), ("placement", "C01-F0"), ("placement", "C01-R0"), ("child", "C01"))
    gone = [Retraction(kind, reference) for kind, reference in kinds]
    address = child_address(here.contract)
    note(here, *gone)
    assert "No child is recorded yet. Add the first one" in page_of(officer, cohort_address(here.contract))
    assert "This child is retracted. Its versions are below." in page_of(officer, address)
    signed_in(here.people["own council auditor"], client)
    assert "The council’s officers add the children." in page_of(client, cohort_address(here.contract))


def test_long_cohort_is_paged(here: World, officer: Client):
    note(here, *homes(2, 60))
    first, second = (page_of(officer, f"{cohort_address(here.contract)}?page={page}") for page in (1, 2))
    assert "60 children" in first
    assert ("C049" in first, "C060" in first, "C060" in second, "C049</a>" in second) == (True, False, True, False)


def test_cohort_stands_before_any_terms_are_recorded(here: World, officer: Client):
    accountant = here.people["own council lead_accountant"]
    own = here.contract
    contract = create_contract(
        reference="NEW",
        title="A contract to come",
        council=own.council,
        provider=own.provider,
        agent=own.agent,
        decision_reference="L05",
        decision_on=date(2026, 1, 5),
        by=accountant,
        clock=DATABASE_CLOCK,
    )
    record(contract=contract, facts=homes(1, 2), by=accountant, clock=DATABASE_CLOCK)
    page = page_of(officer, cohort_address(contract))
    assert "No terms are recorded yet, so no night counts." in page
    assert "C002" in page
    assert "No night has counted yet." in page_of(officer, child_address(contract, "C002"))
    left = replace(homes(2, 2)[0], left=date(2026, 1, 1))
    assert effect_shown(contract=contract, facts=[left]).sentence == (
        "No terms are recorded yet, so nothing is worked out."
    )


def test_a_part_of_the_cohort_is_shown_by_its_address(here: World, officer: Client):
    claimed = replace(current_facts(here.contract).claims["C01-T0"], status="queried")
    today = day_of(DATABASE_CLOCK.read(after=None))
    gone = Child("C003", date(2025, 8, 6), today, PRICE)
    note(here, *homes(2, 2), claimed, gone, Child("C004", date(2025, 8, 6), None, PRICE))
    shown = {}
    for part in ("", "residential", "elsewhere", "undecided", "unrecorded", "left", "nonsense"):
        page = page_of(officer, f"{cohort_address(here.contract)}?show={part}")
        shown[part] = [name for name in ("C01", "C002", "C003", "C004") if f">{name}</a>" in page]
    everybody = ["C01", "C002", "C003", "C004"]
    assert shown == {
        "": everybody,
        "residential": ["C002"],
        "elsewhere": ["C01"],
        "undecided": ["C01"],
        "unrecorded": ["C004"],
        "left": ["C003"],
        "nonsense": everybody,
    }
    note(here, replace(gone, left=None))
    assert "There is no such child now." in page_of(officer, f"{cohort_address(here.contract)}?show=left")


def test_the_cohort_is_shown_as_it_lived_on_a_day_by_what_is_known_now(here: World, officer: Client):
    """The child moved on 12 November 2025; another joined in December, and was not there the day before."""
    note(here, replace(homes(2, 2)[0], joined=date(2025, 12, 1)), *homes(2, 2)[1:])
    address = cohort_address(here.contract)
    before = page_of(officer, f"{address}?on=2025-11-11")
    assert "1 child, as they are known today to have lived on 11 November 2025." in before
    assert 'data-label="Where"><span>Residential' in before
    assert 'data-label="Saving a week">–<' in before
    after = page_of(officer, f"{address}?on=2025-12-02&show=elsewhere")
    assert 'data-label="Where"><span>In-house fostering' in after
    assert ">C002</a>" not in after
    file = officer.get(address, {"on": "2025-11-11", "export": "csv"})
    assert "cohort-2025-11-11.csv" in file["Content-Disposition"]
    assert file.content.decode().count("\r\n") == 2
    wrong = page_of(officer, f"{address}?on=yesterday")
    assert "Enter the day on which the children lived there, like 2026-03-31" in wrong
    assert "as known today" in wrong


def test_officers_need_to_say_where_a_child_lives_after_a_breakdown(here: World):
    officer, provider = (here.people[f"own {who}"] for who in ("council finance_officer", "provider provider_staff"))
    contracts = [here.contract.pk, here.other_contract.pk]
    assert list(cohort_needs(officer, contracts)) == []
    note(here, broken_down(current_facts(here.contract).placements["C01-F0"], date(2026, 3, 20)))
    assert list(cohort_needs(officer, contracts)) == [
        Need(
            here.contract.pk,
            "Record where child C01 lives",
            f"{child_address(here.contract)}move/",
            date(2026, 3, 20),
            "since 20 March 2026",
            mailed="Record where a child lives",
        )
    ]
    assert list(cohort_needs(provider, contracts)) == []
    assert list(cohort_needs(here.people["other council finance_officer"], contracts)) == []
    with CaptureQueriesContext(connection) as one:
        list(cohort_needs(officer, contracts))
    note(here, *(Child(f"C{number:03}", date(2025, 8, 6), None, PRICE) for number in range(2, 32)))
    with CaptureQueriesContext(connection) as thirty:
        assert len(list(cohort_needs(officer, contracts))) == 31
    assert len(thirty) == len(one)


def queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_pages_cost_as_many_queries_with_three_hundred_children_as_with_one(here: World, officer: Client):
    addresses = (
        cohort_address(here.contract),
        child_address(here.contract),
        f"{child_address(here.contract)}move/",
        f"{cohort_address(here.contract)}add/",
    )
    before = [queries_of(officer, address) for address in addresses]
    note(here, *homes(2, 300))
    extra = [
        ExtraCost(f"C01-N{n}", "C01", "notice", date(2025, 12, 1), date(2025, 12, 2) + timedelta(days=n), 100)
        for n in range(20)
    ]
    note(here, *extra)
    assert [queries_of(officer, address) for address in addresses] == before


def test_child_says_what_each_month_earned_and_why(here: World, officer: Client):
    page = page_of(officer, child_address(here.contract))
    for words in (
        "In the cohort since 6 August 2025.",
        "Closed statements have stated £15,200.00 in all, which is also what is known now.",
        "Stated so far: £15,200.00. As now known: £15,200.00.",
        "19 nights: the nights of 12 November 2025 to 30 November 2025",
        "In-house fostering, placement C01-F0, counted under claim C01-T0 (2.1)",
        "Saving of November 2025: 19 × £5,600.00 ÷ 7, rounded once to the penny",
    ):
        assert words in page
    assert "against what was stated" not in page


def test_what_became_known_later_stands_beside_what_was_stated(here: World, officer: Client):
    note(here, broken_down(current_facts(here.contract).placements["C01-F0"], date(2025, 11, 20)))
    page = page_of(officer, child_address(here.contract))
    for words in (
        "Closed statements have stated £15,200.00 in all. As now known it is £6,400.00, which is £8,800.00 less",
        "−£8,800.00 against what was stated",
        "Stated so far: £15,200.00. As now known: £6,400.00. The difference is −£8,800.00.",
        "8 nights: the nights of 12 November 2025 to 19 November 2025",
    ):
        assert words in page


def test_month_in_which_no_night_counts_any_more_still_says_what_was_stated(here: World, officer: Client):
    note(here, Retraction("claim", "C01-T0"))
    page = page_of(officer, child_address(here.contract))
    assert "Stated so far: £15,200.00. As now known: £0.00. The difference is −£15,200.00." in page
    assert "No night of the month counts as now known." in page


def test_every_version_says_who_when_and_what_changed(here: World, officer: Client):
    known = current_facts(here.contract)
    note(here, replace(known.placements["C01-F0"], costs=(Rate(date(2025, 11, 12), 150_000),)))
    note(here, Retraction("claim", "C01-T0"))
    note(here, Claim("C01-T0", "C01-F0", "agreed"))
    page = page_of(officer, child_address(here.contract))
    assert (
        '<span class="govuk-visually-hidden">was </span>£1,400.00 from 12 November 2025</del> '
        '<ins class="ledger-is"><span class="govuk-visually-hidden">is now </span>£1,500.00 from 12 November 2025</ins>'
    ) in page
    for words in (
        "By Olga Officer, Plymouth City Council",
        "Recorded again",
        "Retracted",
        "3 versions",
        "Placement C01-R0",
    ):
        assert words in page


def test_auditor_reads_a_child_as_it_was_known(db: None, client: Client):
    late = world("breakdown-reported-late")
    signed_in(late.people["own council auditor"], client)
    address = child_address(late.contract)
    then, now = page_of(client, f"{address}?known=2026-05-31"), page_of(client, address)
    assert "As it was known at the end of 31 May 2026." in then
    assert ("Broke down" in then, "Broke down" in now) == (False, True)
    assert "Closed statements have stated £64,000.00 in all, which is also what was known on 31 May 2026." in then
    assert "Closed statements have stated £30,400.00 in all, which is also what is known now." in now
    assert ("C01-R1" in then, "C01-R1" in now) == (False, True)
    for page, cut_offs in ((then, (True, False)), (now, (True, True))):
        months = ("April 2026", "May 2026")
        assert tuple(f"Cut-off of the statement of {month}" in page for month in months) == cut_offs
    before = page_of(client, f"{address}?known=2025-08-05")
    assert "This child was not known then." in before
    assert "Nothing about this child had been recorded." in before


def test_earlier_day_is_asked_for_in_a_form_and_kept_in_the_address(here: World, officer: Client):
    address = child_address(here.contract)
    answer = officer.get(address, {"on_0": "31", "on_1": "3", "on_2": "2026"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?known=2026-03-31")
    wrong = page_of(officer, f"{address}?on_0=31&on_1=2&on_2=2026")
    assert "Show what was known on must be a real date, like 27 3 2026" in wrong
    assert officer.get(f"{address}?known=2026-02-31").status_code == 404


def test_child_of_another_contract_is_not_found(here: World, officer: Client):
    theirs = keys_of(contract=here.other_contract, kind="child")["C01"]
    assert officer.get(f"{cohort_address(here.contract)}{theirs}/").status_code == 404
    assert officer.get(f"{cohort_address(here.contract)}99999999999999999999/").status_code == 404


def test_nothing_on_the_pages_depends_on_a_name_being_short(here: World, officer: Client):
    long = "A/child." * 100
    today = day_of(DATABASE_CLOCK.read(after=None))
    note(here, Child(long, date(2025, 8, 6), today, PRICE))
    assert long in page_of(officer, cohort_address(here.contract))
    assert f"Child {long}" in page_of(officer, child_address(here.contract, long))
