"""The terms in versions: read, recorded after a check, a schedule that adds up, and what that does to closed months."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort import services
from cohort.core.terms import Phase, ScheduleRow
from cohort.models import Contract, TermsVersion
from cohort.queries import terms_history, terms_of
from pbr_ledger.periods import Month
from savings.models import ClosedStatement
from tests.cohort import sample
from tests.cohort.sample import Parties
from tests.pages.test_contracts import proposed_next
from tests.pages.world import World, world
from tests.signing_in import signed_in
from tests.stage import Stage

FEES = {"phase2_fee": "35,400", "phase3_fee": "£564,400.00"}
DAYS = {
    "effective_from": date(2026, 5, 1),
    "phase2_from": date(2025, 8, 4),
    "phase2_until": date(2025, 9, 29),
    "phase3_from": date(2025, 9, 29),
    "phase3_until": date(2026, 9, 29),
}
TYPED = {
    **FEES,
    "schedule": "even",
    "fixed_fee_limit": "schedule",
    "fixed_fee_savings": "month",
    "family_settings": ["fostering_in_house", "reunification"],
    "negative_savings": "net",
    "success_fee_threshold": "3,000,000",
    "success_fee_rate": "12.5%",
    "success_fee_basis": "run_rate",
    "annual_days": "365",
    "carer_fee": "10,000",
    "carer_fee_trigger": "placed",
    "refund_nights_0": "28",
    "refund_share_0": "100",
    "refund_nights_1": "",
    "refund_share_1": "",
    "expenses_wait_for_savings": "no",
    "maximum_value": "1,000,000",
    "response_days": "7",
}
"""What a person types into the form of a version."""


def typed(days: Mapping[str, date] = DAYS, **changed: Any) -> dict[str, Any]:
    boxes = {
        f"{name}_{box}": str(part)
        for name, day in days.items()
        for box, part in enumerate((day.day, day.month, day.year))
    }
    return {**boxes, **TYPED, **changed}


def words_of(client: Client, address: str, posted: Mapping[str, Any] | None = None) -> str:
    answer = client.get(address) if posted is None else client.post(address, posted)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split()).replace("&#x27;", "'")


@pytest.fixture
def parties(db: None) -> Parties:
    """The people of a contract."""
    return sample.parties()


@pytest.fixture
def contract(parties: Parties) -> Contract:
    """A contract with one version of the terms, whose schedule has own amounts from September 2025."""
    contract = sample.contract_of(parties)
    rows = [ScheduleRow(Month(2025, 9), 3_540_000), ScheduleRow(Month(2026, 9), 4_703_337)]
    rows += [ScheduleRow(Month(2025, 10).plus(number), 4_703_333) for number in range(11)]
    terms = replace(sample.TERMS, schedule=tuple(rows))
    services.record_terms(contract=contract, terms=terms, by=parties.lead_accountant, clock=sample.founded())
    return contract


@pytest.fixture
def accountant(parties: Parties, client: Client) -> Client:
    return signed_in(parties.lead_accountant, client)


@pytest.fixture
def terms(contract: Contract) -> str:
    return f"/contracts/{contract.pk}/terms/"


def test_terms_say_every_term_with_its_clause_and_what_it_does(accountant: Client, terms: str):
    page = words_of(accountant, terms)
    for words in (
        "In force now: version 1",
        "£599,800.00",
        "13 monthly amounts, September 2025 to September 2026",
        "The two fees together: all months together charge no more.",
        "August 2025 to September 2026",
        '<a class="govuk-link" href="/how-the-ledger-reads-the-contract/#4.3">4.3</a>',
        "Lea Ledger, 1 July 2025, 10:00",
        "Record a new version",
    ):
        assert words in page


@pytest.mark.parametrize("who", ["provider_staff", "auditor", "officer"])
def test_terms_are_read_but_not_recorded_by_others(
    parties: Parties, contract: Contract, client: Client, terms: str, who: str
):
    signed_in(getattr(parties, who), client)
    assert "Record a new version" not in words_of(client, terms)
    for ending in ("record/", "schedule/"):
        assert client.get(terms + ending).status_code == 403
        assert client.post(terms + ending, typed(step="record", versions_seen="1")).status_code == 403
    assert TermsVersion.objects.filter(contract=contract).count() == 1


def test_form_starts_from_the_version_in_force(accountant: Client, terms: str):
    page = words_of(accountant, f"{terms}record/")
    assert 'name="phase3_fee" value="564400.00"' in page
    assert 'name="effective_from_0" type="text" inputmode="numeric" autocomplete="off" value=""' in page
    assert 'name="phase3_fee" value="564400.00"' in words_of(accountant, f"{terms}record/?from=1")
    assert accountant.get(f"{terms}record/?from=2").status_code == 404


def test_every_empty_field_has_words_of_its_own(accountant: Client, terms: str):
    page = words_of(accountant, f"{terms}record/", {"step": "check"})
    assert "This field is required" not in page
    for words in (
        "Enter the day from which these terms hold",
        "Enter the first day after Phase 3",
        "Choose what limits the fixed fee",
        "Choose at least one family setting",
        "Enter the rate of the success fee",
        "Choose when a carer fee falls due",
        "Choose whether expenses wait for savings",
        "Enter the days to answer a proposal",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"phase2_until_2": "2024"}, "Phase 2 must end after its first day"),
        ({"phase3_from_1": "8"}, "Phase 3 must not start before Phase 2 is over"),
        ({"phase3_until_2": "2146"}, "The programme must end within 20 years"),
        ({"success_fee_rate": "100.01"}, "Enter a percentage from 0 to 100"),
        ({"success_fee_rate": "1e1"}, "Enter a percentage from 0 to 100"),
        ({"success_fee_rate": "10.125"}, "Enter a percentage from 0 to 100"),
        ({"success_fee_rate": "٣"}, "Enter a percentage from 0 to 100"),
        ({"annual_days": "0"}, "Enter a whole number from 1 to 1,000"),
        ({"refund_nights_1": "84"}, "Enter the share of row 2, or leave the row empty"),
        ({"refund_share_1": "50"}, "Enter the nights of row 2, or leave the row empty"),
        ({"carer_fee": "-1"}, "The amount must not be below zero"),
        ({"family_settings": ["tent"]}, "Choose family settings from the list"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(accountant: Client, terms: str, changed: dict[str, Any], said: str):
    page = words_of(accountant, f"{terms}record/", typed(**changed, step="check"))
    assert said in page
    assert "There is a problem" in page


def test_check_says_what_changes_and_nothing_is_recorded_by_it(contract: Contract, accountant: Client, terms: str):
    page = words_of(accountant, f"{terms}record/", typed(step="check"))
    for words in (
        "May 2026 to September 2026",
        "Months that stay with version 1",
        "Rate of the success fee",
        "before: 10%",
        "12.5%",
        "100% within 28 nights",
        "before: Nothing comes back",
    ):
        assert words in page
    assert TermsVersion.objects.filter(contract=contract).count() == 1


def test_terms_are_recorded_as_they_were_checked(parties: Parties, contract: Contract, accountant: Client, terms: str):
    answer = accountant.post(f"{terms}record/", typed(step="record", versions_seen="1"))
    assert (answer.status_code, answer["Location"]) == (302, terms)
    row = terms_history(contract)[-1]
    recorded = terms_of(row)
    assert recorded.phase3 == Phase(date(2025, 9, 29), date(2026, 9, 29), 56_440_000)
    assert (recorded.success_fee.rate, recorded.carer_fee_refund[0].share) == (1_250, 10_000)
    assert (recorded.expenses_wait_for_savings, recorded.schedule, row.response_days) == (False, None, 7)
    assert row.recorded_by == parties.lead_accountant
    page = words_of(accountant, terms)
    assert "Terms recorded, effective from 1 May 2026" in page
    version = words_of(accountant, f"{terms}2/")
    assert "Changed</strong> before: 10%" in version


def test_fee_on_approval_is_shown_as_a_change_recorded_and_offered_again(
    contract: Contract, accountant: Client, terms: str
):
    page = words_of(accountant, f"{terms}record/", typed(carer_fee_trigger="approved", step="check"))
    assert "When a carer fee falls due" in page
    assert "before: Approved and placed" in page
    accountant.post(f"{terms}record/", typed(carer_fee_trigger="approved", step="record", versions_seen="1"))
    assert [terms_of(row).carer_fee_trigger for row in terms_history(contract)] == ["placed", "approved"]
    version = words_of(accountant, f"{terms}2/")
    assert "A carer fee falls due on the day of panel’s approval, whether or not a child ever lives there." in version
    assert "comes back when the first placement breaks down" in version
    assert 'name="carer_fee_trigger" value="approved" checked' in words_of(accountant, f"{terms}record/?from=2")


def test_recording_twice_or_over_somebody_elses_terms_is_refused(contract: Contract, accountant: Client, terms: str):
    accountant.post(f"{terms}record/", typed(step="record", versions_seen="1"))
    again = typed(step="record", versions_seen="1", carer_fee="12,500")
    page = words_of(accountant, f"{terms}record/", again)
    assert "Other terms were recorded meanwhile. Check once more what yours would change." in page
    assert 'name="versions_seen" value="2"' in page
    assert TermsVersion.objects.filter(contract=contract).count() == 2
    accountant.post(f"{terms}record/", {**again, "versions_seen": "2"})
    assert TermsVersion.objects.filter(contract=contract).count() == 3


def test_check_says_which_months_go_on_with_terms_that_hold_from_a_later_day(accountant: Client, terms: str):
    posted = typed({**DAYS, "effective_from": date(2025, 8, 3)}, step="check")
    page = words_of(accountant, f"{terms}record/", posted)
    assert 'Months that would use them</dt><dd class="govuk-summary-list__value">August 2025</dd>' in page
    stay = '<dd class="govuk-summary-list__value">September 2025 to September 2026</dd>'
    assert f"Months that stay with version 1</dt>{stay}" in page


@pytest.mark.parametrize("seen", ["", "-1", "1e0", "9" * 40, "²"])
def test_recording_without_having_checked_is_refused(contract: Contract, accountant: Client, terms: str, seen: str):
    words_of(accountant, f"{terms}record/", typed(step="record", versions_seen=seen))
    assert TermsVersion.objects.filter(contract=contract).count() == 1


def test_check_offers_nothing_to_record_where_nothing_changes(contract: Contract, accountant: Client, terms: str):
    accountant.post(f"{terms}record/", typed(step="record", versions_seen="1"))
    page = words_of(accountant, f"{terms}record/", typed(step="check"))
    assert "There is nothing to record." in page
    assert "Record these terms" not in page
    assert "Change something" in page


# The schedule


def amounts(**changed: str) -> dict[str, str]:
    """Fourteen months: £35,400 in September, £47,033.33 and £47,033.37 after it."""
    months = [Month(2025, 8).plus(number) for number in range(14)]
    rows = {f"amount_{month}": "47033.33" for month in months[2:13]}
    return {**rows, "amount_2025-08": "", "amount_2025-09": "35,400", "amount_2026-09": "47,033.37", **changed}


def schedule(**changed: str) -> dict[str, str]:
    day = {"effective_from_0": "4", "effective_from_1": "8", "effective_from_2": "2025"}
    return {**day, "amounts": "typed", **amounts(), **changed}


def test_editor_begins_with_the_amounts_in_force_beside_those_of_even_accrual(accountant: Client, terms: str):
    page = words_of(accountant, f"{terms}schedule/")
    assert page.count('name="amount_') == 14
    assert page.count('value="47033.33"') == 11
    assert "£17,700.00" in page  # 35,400.00 × 28 ÷ 56 accrue in August 2025
    assert "<dd data-schedule-placed>£599,800.00</dd>" in page
    assert "Nothing is left to place" in page


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("47,033.36", "The amounts must add up to £599,800.00. £0.01 is still to be placed."),
        ("47,033.38", "The amounts must add up to £599,800.00. £0.01 too much is placed."),
        ("", "The amounts must add up to £599,800.00. £47,033.37 is still to be placed."),
        ("47,033.370", "September 2026: enter an amount in pounds and pence"),
        ("-47,033.37", "September 2026: the amount must not be below zero"),
    ],
)
def test_amounts_that_do_not_add_up_are_refused_with_the_difference(
    contract: Contract, accountant: Client, terms: str, last: str, said: str
):
    for step in ("check", "record"):
        posted = schedule(**{"amount_2026-09": last, "step": step, "versions_seen": "1"})
        page = words_of(accountant, f"{terms}schedule/", posted)
        assert said in page
    assert TermsVersion.objects.filter(contract=contract).count() == 1


def test_adding_up_shows_what_is_still_to_place_and_keeps_what_was_typed(accountant: Client, terms: str):
    posted = schedule(**{"amount_2026-09": "7,033.37", "step": "total"})
    page = words_of(accountant, f"{terms}schedule/", posted)
    assert "<dd data-schedule-difference>£40,000.00 is still to be placed</dd>" in page
    assert 'value="7,033.37"' in page
    assert 'name="effective_from_2" type="text" inputmode="numeric" autocomplete="off" value="2025"' in page
    assert "There is a problem" not in page


def test_schedule_that_adds_up_is_checked_and_recorded_with_the_other_terms_as_they_are(
    contract: Contract, accountant: Client, terms: str
):
    page = words_of(accountant, f"{terms}schedule/", schedule(step="check"))
    assert "14 monthly amounts, August 2025 to September 2026" in page
    assert "before: 13 monthly amounts, September 2025 to September 2026" in page
    answer = accountant.post(f"{terms}schedule/", schedule(step="record", versions_seen="1"))
    assert answer.status_code == 302
    before, after = map(terms_of, terms_history(contract))
    assert after.schedule[:2] == (ScheduleRow(Month(2025, 8), 0), ScheduleRow(Month(2025, 9), 3_540_000))
    assert sum(row.amount_pence for row in after.schedule) == before.cap_pence
    assert (after.phase3, after.success_fee) == (before.phase3, before.success_fee)
    assert "47,033.37" in words_of(accountant, terms)
    editor = words_of(accountant, f"{terms}schedule/")
    assert 'value="47033.37"' in editor
    assert "Go back to even accrual by day" in editor


def test_column_pasted_fills_the_months_in(accountant: Client, terms: str):
    column = "\n".join(["August\t0", "35,400.00", *["47033.33"] * 11, "£47,033.37"])
    page = words_of(accountant, f"{terms}schedule/", schedule(step="paste", column=column))
    assert "Nothing is left to place" in page
    assert 'value="35400.00"' in page


@pytest.mark.parametrize(
    ("column", "said"),
    [
        ("", "Paste the amounts, one in a line"),
        ("1\n2\n3", "There are 3 amounts for 14 months"),
        ("12", "There is 1 amount for 14 months"),
        ("\n".join(["a lot", *["1"] * 13]), "August 2025: “a lot” is no amount like 1,234.50"),
    ],
)
def test_column_that_does_not_fit_is_refused(accountant: Client, terms: str, column: str, said: str):
    page = words_of(accountant, f"{terms}schedule/", schedule(step="paste", column=column))
    assert said in page
    assert 'value="35,400"' in page


def test_even_amounts_can_be_filled_in_again(accountant: Client, terms: str):
    page = words_of(accountant, f"{terms}schedule/", schedule(step="even-amounts"))
    assert "<dd data-schedule-placed>£599,800.00</dd>" in page
    assert 'value="17700.00"' in page
    assert 'value="35,400"' not in page


def test_own_amounts_follow_on_a_page_of_their_own(contract: Contract, accountant: Client, terms: str):
    begun = words_of(accountant, f"{terms}record/", typed(schedule="rows", step="check"))
    assert "Schedule of the fixed fee" in begun
    assert '<input type="hidden" name="success_fee_rate" value="12.5%">' in begun
    wrong = words_of(
        accountant, f"{terms}record/", typed(schedule="rows", step="check", **schedule(**{"amount_2025-09": "0"}))
    )
    assert "£35,400.00 is still to be placed" in wrong
    posted = {**typed(schedule="rows"), **amounts(), "amounts": "typed"}
    assert "Check before these terms" in words_of(accountant, f"{terms}record/", {**posted, "step": "check"})
    accountant.post(f"{terms}record/", {**posted, "step": "record", "versions_seen": "1"})
    assert len(terms_of(terms_history(contract)[-1]).schedule) == 14


def test_fixed_number_of_queries_whatever_the_versions(contract: Contract, accountant: Client, terms: str):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            words_of(accountant, terms)
        return len(found)

    one = queries()
    for number in range(30):
        posted = typed(step="record", versions_seen=str(number + 1), carer_fee=str(1000 + number))
        assert accountant.post(f"{terms}record/", posted).status_code == 302
    words_of(accountant, terms)
    assert queries() == one


@pytest.fixture
def late(stage: Stage) -> World:
    """A contract with closed months, the last of them September 2026: everything is charged."""
    return stage.of(world, "late-breakdown-limited-by-schedule", 2)


def test_check_says_what_the_next_statement_would_give_back(late: World, client: Client):
    signed_in(late.people["own council lead_accountant"], client)
    terms = f"/contracts/{late.contract.pk}/terms/"
    closed = ClosedStatement.objects.filter(contract=late.contract).count()
    posted = typed({**DAYS, "effective_from": date(2025, 9, 1)}, phase3_fee="500,000", step="check")
    page = words_of(client, f"{terms}record/", posted)
    import re

    print(re.sub(r"<[^>]+>", " ", page)[2500:])
    assert "For months that are closed, the next statement would give the council £59,100.00 back." in page
    assert page.count("−£64,400.00") == 1  # the fixed fee: its cap falls
    assert page.count("+£5,300.00") == 1  # the success fee: 12.5% of £212,000.00 instead of 10%
    assert "−£33,487.67" in page  # June 2026
    assert ClosedStatement.objects.filter(contract=late.contract).count() == closed
    assert "would lapse" not in page
    proposed_next(late)
    page = words_of(client, f"{terms}record/", posted)
    assert "The proposal of October 2026 would lapse, and with it who has agreed to it." in page
    later = typed({**DAYS, "effective_from": date(2027, 1, 1)}, step="check")
    page = words_of(client, f"{terms}record/", later)
    assert "the next statement charges and credits nothing for them" in page
    assert "No month" in page
    assert "would lapse" not in page
