"""What terms, facts and months may not be to each other: overlaps, references, claims, order; and several at once."""

import copy

import pytest

from tests.core.small_contract import (
    CHILD,
    CLAIM,
    EXPENSE,
    FAMILY,
    HOME_ENDED,
    HOME_OPEN,
    HOUSEHOLD,
    NOTICE,
    agreed,
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

# Overlaps


class TestOverlap:
    def test_is_refused_at_the_placement_recorded_later(self):
        assert places_of(with_facts(placement("X", "2025-01-01", "2025-01-02", "planned", "other"))) == [
            "facts[8].from"
        ]
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

    @pytest.mark.parametrize(
        ("setting", "refused"), [("supported_living", True), ("other", True), ("unregistered", False)]
    )
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
    for expected in (
        "facts[9].from",
        "facts[10].placement",
        "facts[11].kind",
        "facts[11].weekly",
        "close[0].as_known_on",
    ):
        assert expected in found
