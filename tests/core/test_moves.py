"""Moves, breakdowns and prices as facts, and the references that are suggested for them."""

from dataclasses import replace
from datetime import date

import pytest

from cohort.core.facts import Claim, KnownFacts, Placement, Rate
from cohort.core.moves import (
    broken_down,
    claim_statuses,
    moved,
    placement_on,
    rate_on,
    repriced,
    running_placement,
)
from cohort.core.suggestions import child_suggested, claim_suggested, extra_cost_suggested, placement_suggested

HOME = Placement(
    "C01-R0", "C01", "residential", date(2024, 3, 11), None, None, None, (Rate(date(2024, 3, 11), 710_000),)
)
FAMILY = Placement(
    "C01-F0", "C01", "fostering_in_house", date(2026, 1, 19), None, None, None, (Rate(date(2026, 1, 19), 78_500),)
)
ENDED = replace(HOME, until=date(2026, 1, 19), ended="planned")
MOVED = KnownFacts(placements={"C01-F0": FAMILY, "C01-R0": ENDED})


def test_a_move_ends_the_running_placement_on_its_first_night():
    assert moved(HOME, FAMILY) == (ENDED, FAMILY)
    assert moved(None, FAMILY) == (FAMILY,)


def test_where_a_child_lives_changes_with_the_night_of_the_move():
    assert placement_on(MOVED, "C01", date(2026, 1, 18)) == ENDED
    assert placement_on(MOVED, "C01", date(2026, 1, 19)) == FAMILY
    assert placement_on(MOVED, "C01", date(2024, 3, 10)) is None
    assert running_placement(MOVED, "C01") == FAMILY
    assert running_placement(KnownFacts(placements={"C01-R0": ENDED}), "C01") is None


def test_a_breakdown_is_dated_by_the_first_night_elsewhere():
    assert broken_down(FAMILY, date(2026, 3, 2)) == replace(FAMILY, until=date(2026, 3, 2), ended="breakdown")


def test_a_price_from_a_date_stands_in_order_and_replaces_one_of_the_very_date():
    april = Rate(date(2026, 4, 1), 80_000, 1_000)
    assert repriced(FAMILY, april).costs == (*FAMILY.costs, april)
    assert repriced(repriced(FAMILY, april), replace(april, weekly_pence=81_000)).costs == (
        *FAMILY.costs,
        replace(april, weekly_pence=81_000),
    )
    assert rate_on(repriced(FAMILY, april).costs, date(2026, 3, 31)) == FAMILY.costs[0]
    assert rate_on(repriced(FAMILY, april).costs, date(2026, 4, 1)) == april
    assert rate_on(FAMILY.costs, date(2026, 1, 18)) is None


def test_of_several_claims_for_a_placement_the_agreed_one_is_said():
    claims = [Claim("T0", "F0", "agreed"), Claim("T1", "F0", "withdrawn"), Claim("T2", "F1", "queried")]
    assert claim_statuses(KnownFacts(claims={each.id: each for each in claims})) == {"F0": "agreed", "F1": "queried"}


@pytest.mark.parametrize(
    ("taken", "suggested"),
    [
        ([], "C01"),
        (["C01", "C02", "C21"], "C22"),
        (["C09"], "C10"),
        (["K-007", "K-008", "C01"], "K-009"),
        (["99"], "100"),
        (["someone"], "C01"),
    ],
)
def test_the_next_child_is_numbered_on_from_the_highest(taken: list[str], suggested: str):
    assert child_suggested(taken) == suggested


def test_references_below_a_child_say_what_they_are_and_skip_those_in_use():
    taken = {"C22-R0", "C22-F0", "C22-F1"}
    assert placement_suggested("C22", "residential", taken) == "C22-R1"
    assert placement_suggested("C22", "unregistered", ()) == "C22-R0"
    assert placement_suggested("C22", "fostering_external", taken) == "C22-F2"
    assert claim_suggested("C22", taken) == "C22-T0"
    assert [extra_cost_suggested("C22", kind, ()) for kind in ("notice", "retainer", "support")] == [
        "C22-N0",
        "C22-K0",
        "C22-S0",
    ]
