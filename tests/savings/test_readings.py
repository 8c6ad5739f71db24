"""How the contract is read: every term of the format, and figures that are the model's on the edited terms."""

import re
from dataclasses import MISSING, fields, replace
from datetime import date
from typing import Any

import pytest

from cohort import services as cohort
from cohort.core.terms import Phase, SuccessFee, Terms
from cohort.pages.terms.words import TermsStated, terms_shown
from savings.core.readings import equal_months
from savings.core.results import Charges
from savings.documents.readings.content import ReadingsContent, ReadingShown
from savings.pages.readings.page import readings_content
from savings.pages.readings.table import TERM_READINGS
from savings.services import Parties
from tests.cohort import sample
from tests.savings import ledger
from tests.savings.readings import EDITS, Document, differing, document_of, readings_modelled, readings_shown

ONE_EACH = ledger.instant("2026-12-01 09:00")


def test_every_term_that_a_scenario_file_may_leave_out_has_its_readings() -> None:
    with_default = {each.name for each in fields(Terms) if each.default is not MISSING}
    of_the_success_fee = {f"success_fee.{each.name}" for each in fields(SuccessFee) if each.default is not MISSING}
    text = (ledger.ROOT / "docs" / "scenario.md").read_text(encoding="utf-8")
    optional = text.split("Optional, with what holds")[1].split("## ")[0]
    documented = set(re.findall(r"^\| `([a-z_.]+)` \|", optional, re.MULTILINE))

    assert [reading.term for reading in TERM_READINGS] == list(EDITS)
    assert set(EDITS) == with_default | of_the_success_fee == documented
    assert {(reading.term, choice.key) for reading in TERM_READINGS for choice in reading.choices} == {
        (term, word) for term, edits in EDITS.items() for word in edits
    }


def test_the_first_reading_of_each_term_is_what_holds_where_nothing_is_said() -> None:
    assert [reading.term for reading in TERM_READINGS if reading.choices[0].vary(sample.TERMS) != sample.TERMS] == []
    assert [
        (reading.term, choice.key)
        for reading in TERM_READINGS
        for choice in reading.choices[1:]
        if choice.vary(sample.TERMS) == sample.TERMS
    ] == []


def test_every_reading_has_its_words_its_clause_and_a_quotation_with_its_place() -> None:
    shown = {term.key: term for term in terms_shown(TermsStated(sample.TERMS, 10))}
    for reading in TERM_READINGS:
        assert reading.clause == shown[reading.term].clause
        assert reading.open.endswith((".", "?"))
        assert all(quotation.text and ", paragraph " in quotation.source for quotation in reading.quotations)
        assert len({choice.name for choice in reading.choices}) == len(reading.choices) > 1
        assert all(choice.does.endswith(".") for choice in reading.choices)


def test_equal_months_add_up_to_the_two_fees() -> None:
    """564,400.00 over twelve months: 47,033.33, 47,033.34, 47,033.33, four times over."""
    rows = equal_months(ledger.scenario("plymouth").terms[0])

    assert [(str(row.month), row.amount_pence) for row in rows[:4]] == [
        ("2025-09", 3_540_000),
        ("2025-10", 4_703_333),
        ("2025-11", 4_703_334),
        ("2025-12", 4_703_333),
    ]
    assert str(rows[-1].month) == "2026-09"
    assert sum(row.amount_pence for row in rows) == 59_980_000

    short = Phase(date(2025, 10, 10), date(2025, 10, 20), 101)
    assert [(str(row.month), row.amount_pence) for row in equal_months(replace(sample.TERMS, phase3=short))] == [
        ("2025-09", 3_540_000),
        ("2025-10", 101),
    ]


# The model's figures, where they differ


def closed_so_far(name: str, months: int) -> Document:
    document = document_of(name)
    return {**document, "close": document["close"][:months]}


def without_refund() -> Document:
    document = document_of("carer-fee-refund")
    return {**document, "terms": [{**version, "carer_fee_refund": []} for version in document["terms"]]}


def with_a_guardian() -> Document:
    document = document_of("mid-month-move")
    facts = [_guardian(fact) for fact in document["facts"]]
    return {**document, "facts": facts}


def _guardian(fact: dict[str, Any]) -> dict[str, Any]:
    return {**fact, "setting": "special_guardianship"} if fact.get("setting") == "fostering_in_house" else fact


@pytest.mark.parametrize(
    ("name", "term", "word"),
    [
        ("savings-in-month", "schedule", "months"),
        ("savings-to-date", "fixed_fee_savings", "month"),
        ("notice-as-zero", "negative_savings", "net"),
        ("notice-still-paid", "negative_savings", "zero"),
        ("success-fee-realised", "success_fee.basis", "run_rate"),
        ("success-fee-half-penny", "success_fee.basis", "realised"),
        ("success-fee-exactly-at", "annual_days", "366"),
        ("one-fee-a-household", "carer_fee_trigger", "approved"),
        ("carer-fee-refund", "carer_fee_refund", "none"),
    ],
)
def test_worked_examples_turn_their_terms(name: str, term: str, word: str) -> None:
    """So that the test of each example, which compares page and model, compares figures that differ."""
    assert (term, word) in differing(document_of(name))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (closed_so_far("expenses-wait", 1), {("expenses_wait_for_savings", "no")}),
        (
            closed_so_far("plymouth", 8),
            {
                ("family_settings", "fostering"),
                ("fixed_fee_savings", "to_date"),
                ("negative_savings", "zero"),
                ("carer_fee_trigger", "approved"),
            },
        ),
        (without_refund(), {("carer_fee_refund", word) for word in ("half", "all", "in_time")}),
        (with_a_guardian(), {("family_settings", "named"), ("family_settings", "fostering")}),
    ],
    ids=["expenses", "sample", "refunds", "guardian"],
)
def test_where_readings_differ_the_page_shows_what_the_model_gives(
    parties: Parties, document: Document, expected: set[tuple[str, str]]
) -> None:
    assert differing(document) == expected
    contract = ledger.load(ledger.read_from(document), parties)
    before = ledger.row_counts()

    assert readings_shown(contract) == readings_modelled(document)
    assert ledger.row_counts() == before


def test_what_a_cap_without_a_schedule_would_have_charged_of_the_sample_contract(parties: Parties) -> None:
    """To the end of May 2026 the schedule lets 414,243.84 through, and the savings would have paid 599,800.00."""
    document = closed_so_far("plymouth", 10)
    assert differing(document) == {
        ("fixed_fee_limit", "cap"),
        ("schedule", "months"),
        ("carer_fee_trigger", "approved"),
    }
    contract = ledger.load(ledger.read_from(document), parties)
    assert readings_shown(contract) == readings_modelled(document)
    limit = reading_of(readings_content(contract, at=ONE_EACH), "fixed_fee_limit")

    assert [(row.name, row.status) for row in limit.rows] == [("The schedule", "In force"), ("The cap alone", "")]
    assert [row.charges.fixed_fee for row in limit.rows] == [41_424_384, 59_980_000]
    assert [row.difference for row in limit.rows] == [Charges(), Charges(fixed_fee=18_555_616)]
    assert next((each.name, each.amount, each.change) for each in limit.rows[1].amounts) == (
        "Fixed fee",
        "£599,800.00",
        "+£185,556.16",
    )
    assert limit.remark == ""


# Who set it, and when


def reading_of(content: ReadingsContent, term: str) -> ReadingShown:
    return next(reading for reading in content.readings if reading.key == term)


def statuses(reading: ReadingShown) -> list[tuple[str, str]]:
    return [(row.name, row.status) for row in reading.rows]


def test_a_reading_that_versions_changed_shows_each_of_them_and_every_reading_from_the_first_month(
    parties: Parties,
) -> None:
    contract = ledger.load(ledger.scenario("savings-to-date"), parties)
    (first,) = ledger.scenario("savings-to-date").terms
    later = replace(first, effective_from=date(2026, 1, 1), fixed_fee_savings="month", annual_days=360)
    cohort.record_terms(contract=contract, terms=later, by=parties.accountant, clock=ledger.clock("2026-02-20 10:30"))

    content = readings_content(contract, at=ONE_EACH)
    savings, days = reading_of(content, "fixed_fee_savings"), reading_of(content, "annual_days")

    assert statuses(savings) == [
        ("As charged", ""),
        ("Savings of the month", "In force now"),
        ("Savings to date", ""),
    ]
    assert [row.difference.fixed_fee for row in savings.rows] == [0, -2_066_466, 0]
    assert [
        (each.version, each.value, each.effective_from, each.recorded_by, each.recorded_at, each.is_in_force)
        for each in savings.settings
    ] == [
        (1, "Savings to date", "6 August 2025", "Scenario Lead Accountant", "29 July 2025, 00:00", False),
        (2, "Savings of the month", "1 January 2026", "Scenario Lead Accountant", "20 February 2026, 10:30", True),
    ]
    assert statuses(days) == [("As charged", ""), ("365 days", ""), ("52 weeks", ""), ("366 days", "")]
    before = readings_content(contract, at=ledger.instant("2025-12-31 12:00"))
    assert statuses(reading_of(before, "fixed_fee_savings"))[2] == ("Savings to date", "In force now")


def test_amounts_of_their_own_are_what_was_charged_and_the_other_readings_stand_beside(parties: Parties) -> None:
    document = document_of("whole-year-twelfths")
    document["terms"][0]["schedule"][0]["amount"] = "30000.00"
    document["terms"][0]["schedule"][1]["amount"] = "52433.33"
    contract = ledger.load(ledger.read_from({**document, "close": document["close"][:1]}), parties)

    schedule = reading_of(readings_content(contract, at=ONE_EACH), "schedule")

    assert statuses(schedule) == [
        ("13 monthly amounts, September 2025 to September 2026", "In force"),
        ("Evenly, by day", ""),
        ("In equal monthly parts", ""),
    ]


# What cannot be compared


def test_success_fee_readings_say_until_when_they_make_no_difference(parties: Parties) -> None:
    contract = ledger.load(ledger.read_from(closed_so_far("expenses-wait", 1)), parties)
    content = readings_content(contract, at=ONE_EACH)

    assert reading_of(content, "success_fee.basis").remark == (
        "The success fee is due in the statement of September 2026: until then it makes no difference."
    )
    assert reading_of(content, "fixed_fee_limit").remark == (
        "By October 2025 all of them have charged the same, month by month."
    )


def test_without_a_closed_month_or_without_terms_nothing_is_compared(parties: Parties) -> None:
    unclosed = ledger.load(ledger.scenario("leap-february"), parties, closing=False)
    content = readings_content(unclosed, at=ONE_EACH)
    assert (content.months, content.last_closed, content.differing) == ("", "", ())
    assert content.compared == "No month is closed yet, so no reading has charged anything."
    assert len(content.readings) == len(TERM_READINGS)

    empty = cohort.create_contract(
        reference="L05 26/27",
        title="t",
        council=parties.council,
        provider=parties.provider,
        agent=parties.agent,
        decision_reference="L05 26/27",
        decision_on=date(2026, 4, 1),
        by=parties.accountant,
        clock=ledger.clock("2026-04-01 09:00"),
    )
    assert readings_content(empty, at=ONE_EACH).readings == ()
