"""Every refusal of the scenario format, one broken place at a time, each asserting exactly the place named."""

import copy
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
    places_of,
    problems_of,
    small,
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
    "expenses_wait_for_savings",
    "family_settings",
    "contribution",
}


def place(path):
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def at(document, path):
    for step in path:
        document = document[step]
    return document


def with_value(path, value):
    document = small()
    at(document, path[:-1])[path[-1]] = value
    return document


def with_facts(*added):
    document = small()
    document["facts"] += [{"recorded": "2026-06-01", **fact} for fact in added]
    return document


def placement(identity, begins, until=None, ended=None, setting="fostering_in_house", **other):
    costs = [{"from": begins, "weekly": "900.00"}]
    return {
        "type": "placement",
        "id": identity,
        "child": "C01",
        "setting": setting,
        "from": begins,
        "until": until,
        "ended": ended,
        "household": None,
        "costs": costs,
        **other,
    }


def agreed(placement_id, identity="T", status="agreed"):
    return {"type": "claim", "id": identity, "placement": placement_id, "status": status}


def void(kind, identity):
    return {"type": kind, "id": identity, "void": True}


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


@pytest.mark.parametrize(
    "path", [[*path, key] for path in PATHS_OF_OBJECTS for key in at(small(), path)], ids=place
)
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
    ],
    ids=lambda value: place(value) if isinstance(value[-1], str) and "facts" in value or "terms" in value else "",
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
NO_DATES = ["", "2026-02-30", "20260302", "2026-W10-1", "2026-3-2", "2026-03-02T00:00", "2026-03-02\n", "２０２６-03-02"]


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
NO_FIGURES = ["", "+1", "-1", "1.", ".5", "1e3", " 1", "1 ", "1\n", "１", "1_0", "1,000", "NaN", "Infinity", "0x1", "£1"]


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


# Overlaps


class TestOverlap:
    def test_is_refused_at_the_placement_recorded_later(self):
        assert places_of(with_facts(placement("X", "2025-01-01", "2025-01-02", "planned", "other"))) == ["facts[8].from"]
        assert places_of(with_facts(placement("X", "2030-01-01"))) == ["facts[8].from"]
        assert places_of(with_facts(placement("X", "2020-01-01", "2024-01-02", "planned"))) == ["facts[8].from"]

    def test_touching_is_none(self):
        assert problems_of(with_facts(placement("X", "2020-01-01", "2024-01-01", "planned"))) == []

    def test_counts_at_the_end_of_the_day_only(self):
        document = small()
        document["facts"][HOME_ENDED], document["facts"][FAMILY] = (
            document["facts"][FAMILY],
            document["facts"][HOME_ENDED],
        )
        assert problems_of(document) == []

    def test_counts_on_a_day_in_between_although_it_is_put_right_later(self):
        document = small()
        document["facts"][HOME_ENDED]["recorded"] = "2026-03-03"
        for position in (CLAIM, NOTICE):
            document["facts"][position]["recorded"] = "2026-03-03"
        document["facts"][HOME_ENDED], document["facts"][FAMILY] = (
            document["facts"][FAMILY],
            document["facts"][HOME_ENDED],
        )
        assert places_of(document) == ["facts[3].from"]

    def test_comes_from_a_correction_too(self):
        longer = {**small()["facts"][HOME_ENDED], "recorded": "2026-06-01", "until": "2026-03-03"}
        assert places_of(with_facts(longer)) == ["facts[8].from"]

    def test_is_none_with_another_child_or_a_retracted_placement(self):
        other = {**small()["facts"][CHILD], "recorded": "2026-06-01", "id": "C02"}
        assert problems_of(with_facts(other, placement("X", "2024-01-01", child="C02"))) == []
        gone = [void("claim", "C01-T0"), void("placement", "C01-F0")]
        assert problems_of(with_facts(*gone, placement("X", "2026-03-02"))) == []


# References


@pytest.mark.parametrize(
    "path",
    [
        ["facts", HOME_OPEN, "child"],
        ["facts", FAMILY, "household"],
        ["facts", CLAIM, "placement"],
        ["facts", NOTICE, "child"],
    ],
    ids=place,
)
class TestReference:
    def test_to_nothing(self, path):
        assert place(path) in places_of(with_value(path, "nobody"))

    def test_to_another_kind_of_fact_of_that_name(self, path):
        assert place(path) in places_of(with_value(path, "E01"))

    def test_to_a_name_written_otherwise(self, path):
        named = at(small(), path)
        assert place(path) in places_of(with_value(path, named.lower()))
        assert place(path) in places_of(with_value(path, f"{named} "))


def test_reference_to_what_is_recorded_later_that_day_is_taken():
    document = small()
    household = document["facts"].pop(HOUSEHOLD)
    document["facts"].insert(HOME_ENDED + 1, {**household, "recorded": "2026-03-02"})
    assert problems_of(document) == []


def test_reference_to_what_is_recorded_a_day_later_is_refused():
    document = small()
    household = document["facts"].pop(HOUSEHOLD)
    document["facts"].insert(NOTICE, {**household, "recorded": "2026-03-03"})
    assert places_of(document) == ["facts[3].household"]


def test_reference_to_what_was_retracted_is_refused():
    earlier = placement("X", "2020-01-01", "2021-01-01", "planned", household="H02")
    document = with_facts({**void("household", "H02"), "recorded": "2026-05-31"}, earlier)
    document["facts"].insert(HOUSEHOLD, {**document["facts"][HOUSEHOLD], "id": "H02"})
    assert places_of(document) == ["facts[10].household"]


@pytest.mark.parametrize(
    ("kind", "identity"), [("child", "C01"), ("household", "H01"), ("placement", "C01-F0")], ids=str
)
def test_retracting_what_a_live_fact_refers_to_is_refused(kind, identity):
    assert set(places_of(with_facts(void(kind, identity)))) == {"facts[8].id"}


def test_retracting_what_only_retracted_facts_refer_to_is_taken():
    everything = [
        void("claim", "C01-T0"),
        void("placement", "C01-F0"),
        void("household", "H01"),
        void("placement", "C01-R0"),
        void("extra_cost", "C01-N"),
        void("child", "C01"),
        void("expense", "E01"),
    ]
    assert problems_of(with_facts(*everything)) == []
    assert problems_of(with_facts(*reversed(everything))) == []


def test_what_was_retracted_can_be_restored():
    restored = {**small()["facts"][CLAIM], "recorded": "2026-06-01"}
    assert problems_of(with_facts(void("claim", "C01-T0"), restored)) == []


# Claims


class TestClaim:
    @pytest.mark.parametrize("status", ["submitted", "queried", "agreed", "rejected", "withdrawn"])
    def test_for_a_setting_that_is_no_family_setting(self, status):
        assert places_of(with_facts(agreed("C01-R0", status=status))) == ["facts[8].placement"]

    def test_for_a_setting_that_the_terms_leave_out(self):
        document = with_value(["facts", FAMILY, "setting"], "reunification")
        assert places_of(document) == ["facts[5].placement"]
        del document["terms"][0]["family_settings"]
        assert problems_of(document) == []

    @pytest.mark.parametrize(("effective", "refused"), [("2026-03-01", True), ("2026-03-02", False)])
    def test_goes_by_the_terms_of_the_month_of_the_placements_first_night(self, effective, refused):
        document = small()
        later = copy.deepcopy(document["terms"][0])
        document["terms"].append({**later, "effective_from": effective, "family_settings": ["connected_carers"]})
        assert places_of(document) == (["facts[5].placement"] if refused else [])

    @pytest.mark.parametrize(("setting", "refused"), [("supported_living", True), ("other", True), ("unregistered", False)])
    def test_agreed_must_come_from_care(self, setting, refused):
        document = small()
        for position in (HOME_OPEN, HOME_ENDED):
            document["facts"][position]["setting"] = setting
        assert places_of(document) == (["facts[5].placement"] if refused else [])
        document["facts"][CLAIM]["status"] = "submitted"
        assert problems_of(document) == []

    def test_agreed_after_a_night_somewhere_unknown(self):
        document = with_value(["facts", HOME_ENDED, "until"], "2026-03-01")
        assert places_of(document) == ["facts[5].placement"]

    def test_agreed_after_a_family_placement_needs_an_agreed_claim_for_that_one(self):
        ended = {**small()["facts"][FAMILY], "until": "2026-05-01", "ended": "planned", "recorded": "2026-06-01"}
        onward = [ended, placement("C01-F1", "2026-05-01"), agreed("C01-F1")]
        assert problems_of(with_facts(*onward)) == []
        for status in ("submitted", "queried", "rejected", "withdrawn"):
            not_agreed = with_facts(agreed("C01-F0", "C01-T0", status), *onward)
            assert places_of(not_agreed) == ["facts[11].placement"], status
        assert places_of(with_facts(void("claim", "C01-T0"), *onward)) == ["facts[11].placement"]

    def test_agreed_counts_what_is_known_at_the_end_of_that_day(self):
        ended = {**small()["facts"][FAMILY], "until": "2026-05-01", "ended": "planned", "recorded": "2026-06-01"}
        lines = [ended, placement("C01-F1", "2026-05-01"), agreed("C01-F1"), agreed("C01-F0", "C01-T0")]
        document = with_facts(*lines)
        document["facts"][CLAIM]["status"] = "submitted"
        assert problems_of(document) == []

    def test_agreed_stays_although_the_home_before_is_corrected_later(self):
        assert problems_of(with_facts(void("placement", "C01-R0"))) == []

    def test_agreed_may_be_recorded_before_the_child_joins(self):
        assert problems_of(with_value(["facts", CHILD, "joined"], "2026-04-01")) == []

    def test_agreed_for_a_child_that_always_lived_there(self):
        earliest = with_facts(
            {**small()["facts"][CHILD], "id": "C02", "recorded": "2026-06-01"},
            placement("X", "0001-01-01", child="C02"),
            agreed("X"),
        )
        assert places_of(earliest) == ["facts[10].placement"]


# The schedule


def test_a_schedule_that_repeats_a_month():
    rows = [{"month": "2025-09", "amount": "35400.00"}, {"month": "2025-09", "amount": "564400.00"}]
    assert places_of(with_value(["terms", 0, "schedule"], rows)) == ["terms[0].schedule[1].month"]


@pytest.mark.parametrize("amount", ["564400.01", "564399.99", "0"])
def test_a_schedule_that_does_not_add_up_to_the_two_fees(amount):
    assert places_of(with_value(["terms", 0, "schedule", 1, "amount"], amount)) == ["terms[0].schedule"]
    assert problems_of(with_value(["terms", 0, "schedule"], None)) == []


# Months to close


@pytest.mark.parametrize(
    ("rows", "places"),
    [
        ([("2026-04", "2026-05-06"), ("2026-03", "2026-05-06")], ["close[1].month"]),
        ([("2026-03", "2026-05-06"), ("2026-03", "2026-05-06")], ["close[1].month"]),
        ([("2025-07", "2025-09-06")], ["close[0].month"]),
        ([("2025-08", "2025-09-06")], []),
        ([("2026-03", "2026-03-31")], ["close[0].as_known_on"]),
        ([("2026-03", "2026-03-01")], ["close[0].as_known_on"]),
        ([("2026-03", "2026-04-01")], []),
        ([("2026-02", "2026-05-07"), ("2026-03", "2026-05-06")], ["close[1].as_known_on"]),
        ([("2026-02", "2026-05-07"), ("2026-03", "2026-05-07")], []),
        ([("2025-08", "2026-05-07"), ("2026-03", "2026-05-07")], []),
        ([("2027-03", "2027-05-07"), ("2031-03", "2031-05-07")], []),
    ],
)
def test_months_to_close(rows, places):
    closings = [{"month": month, "as_known_on": day} for month, day in rows]
    assert places_of(small(close=closings)) == places


# The order of the file


def test_a_fact_recorded_before_an_earlier_line():
    assert places_of(with_value(["facts", EXPENSE, "recorded"], "2026-03-01")) == ["facts[7].recorded"]
    assert problems_of(with_value(["facts", EXPENSE, "recorded"], "2026-03-02")) == []


def test_versions_of_the_terms_may_stand_in_any_order():
    document = small()
    document["terms"].insert(0, {**copy.deepcopy(document["terms"][0]), "recorded": "2026-01-05"})
    assert problems_of(document) == []


# Several at once


def test_all_problems_are_named_together():
    document = small(surprise=1)
    document["terms"][0]["success_fee"]["rate"] = 0.1
    document["facts"][CHILD]["baseline"][0]["contribution"] = "7000.01"
    document["facts"][HOME_ENDED]["ended"] = None
    del document["facts"][HOUSEHOLD]["assessed_by"]
    document["facts"][CLAIM]["status"] = "maybe"
    document["facts"][EXPENSE]["recorded"] = "2026-01-01"
    document["close"][1]["month"] = "2026-02"
    assert places_of(document) == sorted(
        [
            "surprise",
            "terms[0].success_fee.rate",
            "facts[0].baseline[0].contribution",
            "facts[3].ended",
            "facts[2].assessed_by",
            "facts[5].status",
            "facts[7].recorded",
            "close[1].month",
        ]
    )


def test_all_problems_of_one_version_of_the_terms_are_named_together():
    document = small()
    terms = document["terms"][0]
    terms["success_fee"]["rate"] = 0.1
    terms["phase3"]["from"] = "2025-09-01"
    terms["schedule"][1]["month"] = "2025-09"
    assert places_of(document) == ["terms[0].phase3.from", "terms[0].schedule[1].month", "terms[0].success_fee.rate"]


def test_all_problems_of_one_fact_are_named_together():
    document = small()
    fact = document["facts"][FAMILY]
    fact["setting"] = "castle"
    fact["until"] = "2026-03-01"
    fact["costs"] = [{"from": "2026-03-03", "weekly": 5}, {"from": "2026-03-03", "weekly": "5"}]
    assert set(places_of(document)) == {
        "facts[4].setting",
        "facts[4].until",
        "facts[4].ended",
        "facts[4].costs",
        "facts[4].costs[0].weekly",
        "facts[4].costs[1].from",
    }


def test_problems_between_facts_are_named_beside_the_others():
    document = with_facts(
        {**void("expense", "E01"), "amount": 1},
        placement("X", "2030-01-01"),
        agreed("C01-R0"),
        {"type": "extra_cost", "id": "N", "child": "C09", "kind": "fine", "from": "2026-03-02", "until": "2026-03-01"},
    )
    document["close"][0]["as_known_on"] = "2026-03-31"
    found = places_of(document)
    for expected in ("facts[9].from", "facts[10].placement", "facts[11].kind", "facts[11].weekly", "close[0].as_known_on"):
        assert expected in found
