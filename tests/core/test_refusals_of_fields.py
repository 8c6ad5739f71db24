"""What one term or one fact may not be: one broken place at a time, each asserting exactly the place named."""

import json

import pytest

from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.core.small_contract import (
    CHILD,
    CLAIM,
    EXPENSE,
    FAMILY,
    HOME_ENDED,
    HOME_OPEN,
    HOUSEHOLD,
    NOTICE,
    at,
    place,
    placement,
    places_of,
    problems_of,
    small,
    void,
    with_facts,
    with_value,
)

PATHS_OF_OBJECTS = [
    [],
    ["terms", 0],
    ["terms", 0, "phase2"],
    ["terms", 0, "phase3"],
    ["terms", 0, "success_fee"],
    ["terms", 0, "schedule", 0],
    ["terms", 0, "carer_fee_refund", 1],
    *(["facts", position] for position in range(8)),
    ["facts", CHILD, "baseline", 0],
    ["facts", FAMILY, "costs", 1],
    ["close", 0],
]
OPTIONAL = {
    "why",
    "schedule",
    "fixed_fee_limit",
    "fixed_fee_savings",
    "negative_savings",
    "annual_days",
    "basis",
    "carer_fee_refund",
    "carer_fee_trigger",
    "expenses_wait_for_savings",
    "family_settings",
    "contribution",
}


def test_the_small_contract_itself_is_taken():
    assert problems_of(small()) == []
    result = model(read_scenario(json.dumps(small()).encode()))
    assert result["statements"][0]["lines"] == [{"child": "C01", "nights": 30, "saving": "9571.43"}]


# Keys


@pytest.mark.parametrize("path", PATHS_OF_OBJECTS, ids=place)
def test_unknown_key(path):
    document = small()
    at(document, path)["wekly"] = "1.00"
    assert places_of(document) == [place([*path, "wekly"])]


@pytest.mark.parametrize("path", [[*path, key] for path in PATHS_OF_OBJECTS for key in at(small(), path)], ids=place)
def test_missing_key(path):
    document = small()
    del at(document, path[:-1])[path[-1]]
    if path[-1] in OPTIONAL:
        assert problems_of(document) == []
    else:
        assert place(path) in places_of(document)


def test_a_missing_key_is_said_to_be_missing():
    document = small()
    del document["facts"][EXPENSE]["amount"]
    (problem,) = problems_of(document)
    assert (problem.place, problem.message) == ("facts[7].amount", "is missing")


@pytest.mark.parametrize("section", ["terms", "close"])
def test_no_terms_or_nothing_to_close(section):
    assert section in places_of(small(**{section: []}))
    assert problems_of(small(facts=[])) == []


# Unknown words


@pytest.mark.parametrize(
    "path",
    [
        ["facts", CHILD, "type"],
        ["facts", HOME_OPEN, "setting"],
        ["facts", HOME_ENDED, "ended"],
        ["facts", HOUSEHOLD, "assessed_by"],
        ["facts", CLAIM, "status"],
        ["facts", NOTICE, "kind"],
        ["terms", 0, "success_fee", "basis"],
        ["terms", 0, "fixed_fee_limit"],
        ["terms", 0, "fixed_fee_savings"],
        ["terms", 0, "negative_savings"],
        ["terms", 0, "carer_fee_trigger"],
        ["terms", 0, "family_settings", 1],
    ],
    ids=place,
)
@pytest.mark.parametrize("word", ["", "Residential", "agreed ", "zzz"])
def test_unknown_word(path, word):
    assert place(path) in places_of(with_value(path, word))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (["facts", HOME_OPEN, "setting"], ["residential", "unregistered"]),
        (["facts", FAMILY, "setting"], ["fostering_in_house", "fostering_external", "connected_carers"]),
        (["facts", HOME_ENDED, "ended"], ["planned", "breakdown"]),
        (["facts", HOUSEHOLD, "assessed_by"], ["provider", "council"]),
        (["facts", CLAIM, "status"], ["submitted", "queried", "agreed", "rejected", "withdrawn"]),
        (["facts", NOTICE, "kind"], ["notice", "retainer", "support"]),
        (["terms", 0, "success_fee", "basis"], ["run_rate", "realised"]),
        (["terms", 0, "fixed_fee_limit"], ["schedule", "cap"]),
        (["terms", 0, "fixed_fee_savings"], ["month", "to_date"]),
        (["terms", 0, "negative_savings"], ["net", "zero"]),
        (["terms", 0, "carer_fee_trigger"], ["placed", "approved"]),
    ],
    ids=lambda value: value[-1],
)
def test_every_known_word_is_taken(path, words):
    for word in words:
        assert problems_of(with_value(path, word)) == []


@pytest.mark.parametrize("setting", ["special_guardianship", "reunification", "supported_living", "other"])
def test_every_other_setting_is_taken_for_a_placement_without_claim(setting):
    document = with_facts(void("claim", "C01-T0"), placement("C01-F0", "2026-03-02", setting=setting))
    assert problems_of(document) == []


# Dates, months, money, rates, whole numbers

DATES = [
    ["terms", 0, "recorded"],
    ["terms", 0, "effective_from"],
    ["terms", 0, "phase2", "from"],
    ["terms", 0, "phase3", "until"],
    ["facts", CHILD, "recorded"],
    ["facts", CHILD, "joined"],
    ["facts", CHILD, "left"],
    ["facts", CHILD, "baseline", 0, "from"],
    ["facts", HOME_ENDED, "until"],
    ["facts", FAMILY, "from"],
    ["facts", FAMILY, "costs", 1, "from"],
    ["facts", HOUSEHOLD, "panel_approved"],
    ["facts", NOTICE, "until"],
    ["facts", EXPENSE, "date"],
    ["close", 0, "as_known_on"],
]
NO_DATES = [
    "",
    "2026-02-30",
    "20260302",
    "2026-W10-1",
    "2026-3-2",
    "2026-03-02T00:00",
    "2026-03-02\n",
    "２０２６-03-02",
]


@pytest.mark.parametrize("path", DATES, ids=place)
def test_a_date_that_is_no_date(path):
    for text in [*NO_DATES, "2025-02-29", "0000-01-01", "02/03/2026", "2026-06-31", " 2026-03-02", "-026-03-02"]:
        assert place(path) in places_of(with_value(path, text)), text


@pytest.mark.parametrize("path", [["close", 0, "month"], ["terms", 0, "schedule", 0, "month"]], ids=place)
def test_a_month_that_is_no_month(path):
    for text in ["", "2026-3", "2026-13", "2026-00", "202603", "2026-03-01", "2026-03\n", "２０２６-03", "0000-01"]:
        assert place(path) in places_of(with_value(path, text)), text


MONEY = [
    ["terms", 0, "phase2", "fee"],
    ["terms", 0, "phase3", "fee"],
    ["terms", 0, "success_fee", "threshold"],
    ["terms", 0, "carer_fee"],
    ["terms", 0, "maximum_value"],
    ["terms", 0, "schedule", 1, "amount"],
    ["facts", CHILD, "baseline", 0, "weekly"],
    ["facts", CHILD, "baseline", 0, "contribution"],
    ["facts", FAMILY, "costs", 0, "weekly"],
    ["facts", NOTICE, "weekly"],
    ["facts", EXPENSE, "amount"],
]
NO_FIGURES = [
    "",
    "+1",
    "-1",
    "1.",
    ".5",
    "1e3",
    " 1",
    "1 ",
    "1\n",
    "１",
    "1_0",
    "1,000",
    "NaN",
    "Infinity",
    "0x1",
    "£1",
]


@pytest.mark.parametrize("path", MONEY, ids=place)
def test_money_that_is_no_money(path):
    for text in [*NO_FIGURES, "1.234", "1.000", 7100, 7100.0, 0, None, True, ["1.00"], "9" * 5000]:
        assert place(path) in places_of(with_value(path, text)), text


@pytest.mark.parametrize("text", ["0", "7", "7.5", "7.05", "0.00", "0007000.00", "123456.78"])
def test_money_with_up_to_two_decimals_is_taken(text):
    assert problems_of(with_value(["facts", EXPENSE, "amount"], text)) == []


@pytest.mark.parametrize(
    "path", [["terms", 0, "success_fee", "rate"], ["terms", 0, "carer_fee_refund", 1, "share"]], ids=place
)
def test_a_rate_that_is_no_rate(path):
    for text in [*NO_FIGURES, "0.12345", "0.10000", 1, 0.1, None, True, "9" * 5000]:
        assert places_of(with_value(path, text)) == [place(path)], text
    for text in ["0", "1", "0.1", "0.1234", "0.5000", "00.5", "1.0000"]:
        assert problems_of(with_value(path, text)) == [], text


def test_a_share_above_one():
    share = ["terms", 0, "carer_fee_refund", 0, "share"]
    assert places_of(with_value(share, "1.0001")) == ["terms[0].carer_fee_refund[0].share"]
    assert problems_of(with_value(["terms", 0, "success_fee", "rate"], "1.0001")) == []


@pytest.mark.parametrize(
    "path", [["terms", 0, "annual_days"], ["terms", 0, "carer_fee_refund", 0, "within_nights"]], ids=place
)
def test_a_number_of_days_that_is_no_whole_number(path):
    for value in [-1, 1.5, 28.0, True, "28", None, [28], 10**4000]:
        assert places_of(with_value(path, value)) == [place(path)], value
    for value in [1, 28, 366]:
        assert problems_of(with_value(path, value)) == [], value


# Periods


@pytest.mark.parametrize("end", ["2025-10-01", "2025-09-30"], ids=["empty", "backwards"])
@pytest.mark.parametrize(
    "path", [["terms", 0, "phase3", "until"], ["facts", HOME_OPEN, "until"], ["facts", NOTICE, "until"]], ids=place
)
def test_a_period_that_is_empty_or_runs_backwards(path, end):
    start = {"phase3": "2025-10-01"}.get(path[2])
    document = with_value(path, end)
    if start is None:
        at(document, path[:-1])["from"] = "2025-10-01"
    if path[1] == HOME_OPEN:
        document["facts"][HOME_OPEN]["ended"] = "planned"
    assert places_of(document) == [place(path)]


@pytest.mark.parametrize("end", ["2025-08-06", "2025-08-05"], ids=["empty", "backwards"])
def test_a_phase_2_or_a_membership_that_is_empty_or_runs_backwards(end):
    assert places_of(with_value(["terms", 0, "phase2", "until"], end)) == ["terms[0].phase2.until"]
    assert places_of(with_value(["facts", CHILD, "left"], end)) == ["facts[0].left"]
    assert problems_of(with_value(["facts", CHILD, "left"], "2025-08-07")) == []


def test_phase_3_starting_before_phase_2_ends():
    start = ["terms", 0, "phase3", "from"]
    assert places_of(with_value(start, "2025-09-30")) == ["terms[0].phase3.from"]
    assert problems_of(with_value(start, "2025-10-02")) == []


def test_an_end_without_its_manner_or_a_manner_without_its_end():
    assert places_of(with_value(["facts", HOME_ENDED, "ended"], None)) == ["facts[3].ended"]
    assert places_of(with_value(["facts", FAMILY, "ended"], "planned")) == ["facts[4].ended"]


# Rate lists


@pytest.mark.parametrize("path", [["facts", CHILD, "baseline"], ["facts", HOME_OPEN, "costs"]], ids=place)
class TestRates:
    def test_an_empty_list(self, path):
        assert places_of(with_value(path, [])) == [place(path)]

    @pytest.mark.parametrize("second", ["2024-01-01", "2023-12-31"], ids=["repeated", "falling"])
    def test_a_list_not_in_rising_order(self, path, second):
        rates = [{"from": "2024-01-01", "weekly": "1"}, {"from": second, "weekly": "2"}]
        assert places_of(with_value(path, rates)) == [place([*path, 1, "from"])]

    def test_a_list_that_does_not_reach_back(self, path):
        day = {"baseline": "2025-08-06", "costs": "2024-01-01"}[path[-1]]
        next_day = {"baseline": "2025-08-07", "costs": "2024-01-02"}[path[-1]]
        assert problems_of(with_value(path, [{"from": day, "weekly": "1"}])) == []
        assert places_of(with_value(path, [{"from": next_day, "weekly": "1"}])) == [place(path)]

    def test_a_contribution_above_its_weekly_amount(self, path):
        rate = {"from": "2024-01-01", "weekly": "100.00"}
        assert problems_of(with_value(path, [{**rate, "contribution": "100.00"}])) == []
        assert places_of(with_value(path, [{**rate, "contribution": "100.01"}])) == [place([*path, 0, "contribution"])]


# The schedule


def test_a_schedule_that_repeats_a_month():
    rows = [{"month": "2025-09", "amount": "35400.00"}, {"month": "2025-09", "amount": "564400.00"}]
    assert places_of(with_value(["terms", 0, "schedule"], rows)) == ["terms[0].schedule[1].month"]


@pytest.mark.parametrize("amount", ["564400.01", "564399.99", "0"])
def test_a_schedule_that_does_not_add_up_to_the_two_fees(amount):
    assert places_of(with_value(["terms", 0, "schedule", 1, "amount"], amount)) == ["terms[0].schedule"]
    assert problems_of(with_value(["terms", 0, "schedule"], None)) == []
