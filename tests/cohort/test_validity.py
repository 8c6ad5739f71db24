"""The rules by which facts and terms fit together, each refusal beside what passes."""

from dataclasses import replace
from datetime import date

import pytest

from cohort.core.facts import Claim, Household, KnownFacts, Placement, Rate, Retraction
from cohort.core.terms import CarerFeeRefund, Phase, ScheduleRow
from cohort.core.validity import (
    claim_problems,
    overlap_problems,
    overlaps_among,
    reference_problems,
    references_of,
    retraction_problems,
    shape_problems,
    terms_problems,
)
from pbr_ledger.periods import Month
from tests.cohort.sample import (
    AGREED,
    CHILD,
    CLAIM,
    EXPENSE,
    FOSTERING,
    HOUSEHOLD,
    NOTICE,
    RESIDENTIAL,
    RESIDENTIAL_ENDED,
    TERMS,
    TERMS_WITH_ROWS,
)


def known(*facts, terms=(TERMS,)) -> KnownFacts:
    """These facts, known."""
    of = {kind: {fact.id: fact for fact in facts if fact.kind == kind} for kind in ("child", "placement", "claim")}
    return KnownFacts(
        terms=terms,
        children=of["child"],
        placements=of["placement"],
        claims=of["claim"],
        households={fact.id: fact for fact in facts if isinstance(fact, Household)},
        extra_costs={fact.id: fact for fact in facts if fact.kind == "extra_cost"},
    )


def stay(id_: str, start: date, until: date | None, setting: str = "residential", child: str = "C01") -> Placement:
    """A placement of the child."""
    ended = None if until is None else "planned"
    return Placement(id_, child, setting, start, until, ended, None, (Rate(start, 100),))


def places(problems) -> list[str]:
    """Where the problems are."""
    return [problem.place for problem in problems]


@pytest.mark.parametrize("fact", [CHILD, RESIDENTIAL, RESIDENTIAL_ENDED, FOSTERING, CLAIM, HOUSEHOLD, NOTICE, EXPENSE])
def test_right_facts_have_no_problem(fact) -> None:
    assert shape_problems(fact) == []


@pytest.mark.parametrize(
    ("fact", "place"),
    [
        (replace(CHILD, left=date(2025, 8, 4)), "left"),
        (replace(CHILD, left=date(2025, 8, 3)), "left"),
        (replace(CHILD, baseline=()), "baseline"),
        (replace(CHILD, baseline=(Rate(date(2025, 8, 5), 1),)), "baseline"),
        (replace(CHILD, baseline=(Rate(date(2025, 8, 4), 1), Rate(date(2025, 8, 4), 1))), "baseline[1].from"),
        (replace(CHILD, baseline=(Rate(date(2025, 8, 4), 1, 2),)), "baseline[0].contribution"),
        (replace(CHILD, baseline=(Rate(date(2025, 8, 4), 1, -1),)), "baseline[0].contribution"),
        (replace(CHILD, id=""), "id"),
        (replace(RESIDENTIAL, until=date(2024, 3, 11), ended="planned"), "until"),
        (replace(RESIDENTIAL, until=date(2024, 3, 12)), "ended"),
        (replace(RESIDENTIAL, ended="planned"), "ended"),
        (replace(RESIDENTIAL_ENDED, ended="moved"), "ended"),
        (replace(RESIDENTIAL, setting="hotel"), "setting"),
        (replace(RESIDENTIAL, costs=()), "costs"),
        (replace(RESIDENTIAL, costs=(Rate(date(2024, 3, 12), 1),)), "costs"),
        (replace(FOSTERING, costs=(Rate(date(2026, 1, 19), 5, 5), Rate(date(2026, 1, 1), 5))), "costs[1].from"),
        (replace(CLAIM, status="accepted"), "status"),
        (replace(HOUSEHOLD, assessed_by="agent"), "assessed_by"),
        (replace(NOTICE, category="gift"), "kind"),
        (replace(NOTICE, until=date(2026, 1, 19)), "until"),
        (replace(NOTICE, weekly_pence=-1), "weekly"),
        (replace(EXPENSE, amount_pence=-1), "amount"),
        (replace(EXPENSE, category=" "), "kind"),
        (replace(EXPENSE, description="\0"), "description"),
        (Retraction("child", ""), "id"),
    ],
)
def test_each_fault_of_a_fact_is_named_at_its_place(fact, place: str) -> None:
    assert places(shape_problems(fact)) == [place]


def test_rate_paid_wholly_by_partners_is_no_fault() -> None:
    assert shape_problems(replace(CHILD, baseline=(Rate(date(2025, 8, 4), 5, 5),))) == []


@pytest.mark.parametrize("terms", [TERMS, TERMS_WITH_ROWS])
def test_right_terms_have_no_problem(terms) -> None:
    assert terms_problems(terms) == []


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"phase2": Phase(date(2025, 8, 4), date(2025, 8, 4), 3_540_000)}, "phase2.until"),
        ({"phase3": Phase(date(2025, 9, 29), date(2025, 9, 29), 56_440_000)}, "phase3.until"),
        ({"phase3": Phase(date(2025, 9, 28), date(2026, 9, 29), 56_440_000)}, "phase3.from"),
        ({"carer_fee_refund": (CarerFeeRefund(90, 10_001),)}, "carer_fee_refund[0].share"),
        ({"carer_fee_refund": (CarerFeeRefund(90, 1), CarerFeeRefund(-1, 1))}, "carer_fee_refund[1].within_nights"),
        ({"schedule": (ScheduleRow(Month(2025, 8), 59_979_999),)}, "schedule"),
        ({"schedule": ()}, "schedule"),
        ({"annual_days": 0}, "annual_days"),
        ({"fixed_fee_limit": "none"}, "fixed_fee_limit"),
        ({"fixed_fee_savings": "year"}, "fixed_fee_savings"),
        ({"negative_savings": "carry"}, "negative_savings"),
        ({"carer_fee_trigger": "panel"}, "carer_fee_trigger"),
        ({"family_settings": ("reunification", "hotel")}, "family_settings[1]"),
        ({"carer_fee_pence": -1}, "carer_fee"),
        ({"maximum_value_pence": -1}, "maximum_value"),
    ],
)
def test_each_fault_of_the_terms_is_named_at_its_place(changes, place: str) -> None:
    assert places(terms_problems(replace(TERMS, **changes))) == [place]


def test_month_stands_in_the_schedule_once_and_rows_add_up_to_the_penny() -> None:
    rows = (ScheduleRow(Month(2025, 8), 1), ScheduleRow(Month(2025, 9), 1), ScheduleRow(Month(2025, 8), 1))
    assert [str(problem) for problem in terms_problems(replace(TERMS, schedule=rows))] == [
        "schedule[2].month: August 2025 stands in the schedule twice",
        "schedule: adds up to £0.03, not to the two fees, £599,800.00",
    ]


def test_phases_may_touch() -> None:
    assert TERMS.phase2.until == TERMS.phase3.start
    assert terms_problems(TERMS) == []


def test_references_have_to_be_live() -> None:
    assert references_of(FOSTERING) == (("child", "C01"), ("household", "H01"))
    assert [str(problem) for problem in reference_problems(FOSTERING, known())] == [
        "child: child C01 is not known on that day",
        "household: household H01 is not known on that day",
    ]
    assert reference_problems(FOSTERING, known(CHILD, HOUSEHOLD)) == []
    assert [str(problem) for problem in reference_problems(CLAIM, known(CHILD))] == [
        "placement: placement C01-F0 is not known on that day"
    ]
    assert places(reference_problems(NOTICE, known())) == ["child"]
    assert reference_problems(EXPENSE, known()) == reference_problems(HOUSEHOLD, known()) == []


def test_retraction_stands_against_what_refers_to_it() -> None:
    after = known(FOSTERING, CLAIM, NOTICE)
    assert [str(problem) for problem in retraction_problems(Retraction("child", "C01"), after)] == [
        "id: placement C01-F0 still refers to child C01",
        "id: extra cost C01-N still refers to child C01",
    ]
    assert retraction_problems(Retraction("claim", "C01-T0"), known(FOSTERING)) == []
    assert retraction_problems(Retraction("child", "C01"), known(CHILD, FOSTERING)) == []  # restored on that day


def test_retraction_of_what_never_was_is_refused_and_a_second_one_is_harmless() -> None:
    retraction = Retraction("extra_cost", "C01-N")
    assert [str(problem) for problem in retraction_problems(retraction, known(), ever_recorded=set())] == [
        "id: there is no live extra cost C01-N to retract"
    ]
    assert retraction_problems(retraction, known(), ever_recorded={("extra_cost", "C01-N")}) == []


@pytest.mark.parametrize("status", ["submitted", "queried", "rejected", "withdrawn"])
def test_claim_of_any_status_needs_a_family_setting_but_only_an_agreed_one_a_move(status: str) -> None:
    claim = replace(CLAIM, status=status)
    assert claim_problems(claim, known(CHILD, FOSTERING)) == []
    assert places(claim_problems(claim, known(CHILD, replace(FOSTERING, setting="supported_living")))) == ["placement"]
    assert places(claim_problems(AGREED, known(CHILD, FOSTERING))) == ["placement"]


def test_family_settings_are_those_of_the_month_in_which_the_placement_starts() -> None:
    later = replace(TERMS, effective_from=date(2026, 2, 1), family_settings=("reunification",))
    assert claim_problems(CLAIM, known(CHILD, FOSTERING, terms=(TERMS, later))) == []
    in_february = replace(FOSTERING, start=date(2026, 2, 1))
    assert places(claim_problems(CLAIM, known(CHILD, in_february, terms=(TERMS, later)))) == ["placement"]


def test_claim_without_known_terms_or_placement() -> None:
    assert places(claim_problems(CLAIM, known(CHILD, FOSTERING, terms=()))) == ["placement"]
    assert claim_problems(CLAIM, known(CHILD)) == []  # said by reference_problems


@pytest.mark.parametrize(
    ("before", "allowed"),
    [
        (stay("B", date(2025, 1, 1), date(2026, 1, 19)), True),
        (stay("B", date(2025, 1, 1), date(2026, 1, 19), "unregistered"), True),
        (stay("B", date(2025, 1, 1), date(2026, 1, 18)), False),  # the night before was elsewhere
        (stay("B", date(2026, 1, 18), date(2026, 1, 19)), True),
        (stay("B", date(2025, 1, 1), date(2026, 1, 19), "supported_living"), False),
        (stay("B", date(2025, 1, 1), date(2026, 1, 19), "connected_carers"), False),  # family, but not claimed
        (stay("B", date(2025, 1, 1), date(2026, 1, 19), child="C02"), False),
    ],
)
def test_agreed_claim_asks_where_the_child_lived_the_night_before(before: Placement, allowed: bool) -> None:
    assert (claim_problems(AGREED, known(CHILD, before, FOSTERING)) == []) == allowed


@pytest.mark.parametrize(("status", "allowed"), [("agreed", True), ("submitted", False), ("withdrawn", False)])
def test_move_between_family_placements_needs_an_agreed_claim_for_the_first(status: str, allowed: bool) -> None:
    before = stay("B", date(2025, 1, 1), date(2026, 1, 19), "connected_carers")
    facts = known(CHILD, before, FOSTERING, Claim("T", "B", status))
    assert (claim_problems(AGREED, facts) == []) == allowed


def test_family_placement_before_is_judged_by_the_terms_of_its_last_night() -> None:
    before = stay("B", date(2025, 1, 1), date(2026, 2, 1), "connected_carers")
    after = replace(FOSTERING, start=date(2026, 2, 1))
    claims = [Claim("T", "B", "agreed"), AGREED]
    narrower = replace(TERMS, family_settings=("fostering_in_house",))
    wider_later = replace(TERMS, effective_from=date(2026, 2, 1))
    assert places(claim_problems(AGREED, known(before, after, *claims, terms=(narrower, wider_later)))) == ["placement"]
    narrower_later = replace(narrower, effective_from=date(2026, 2, 1))
    assert claim_problems(AGREED, known(before, after, *claims, terms=(TERMS, narrower_later))) == []


def test_placement_from_the_first_day_of_all_has_no_night_before() -> None:
    first = replace(FOSTERING, start=date.min)
    assert places(claim_problems(AGREED, known(CHILD, first))) == ["placement"]


def test_placements_of_one_child_that_share_a_night_overlap() -> None:
    a = stay("A", date(2025, 1, 1), date(2025, 3, 1))
    b = stay("B", date(2025, 2, 28), None)
    c = stay("C", date(2025, 3, 1), date(2025, 4, 1))
    d = stay("D", date(2025, 2, 1), date(2025, 2, 2), child="C02")
    assert overlaps_among([a, c]) == []
    assert overlaps_among([b, a]) == [("A", "B")]
    assert overlaps_among([a, b, c]) == [("A", "B"), ("B", "C")]
    assert overlap_problems(known(a, b, d)) == [("A", "B")]
    assert overlap_problems(known(a, c, d)) == []


def test_long_placement_overlaps_every_one_within_it() -> None:
    long = stay("L", date(2025, 1, 1), date(2026, 1, 1))
    short = [stay(f"S{month}", date(2025, month, 2), date(2025, month, 3)) for month in (2, 4)]
    assert overlaps_among([*short, long]) == [("L", "S2"), ("L", "S4")]


def test_child_is_known_by_its_own_text() -> None:
    assert places(reference_problems(FOSTERING, known(replace(CHILD, id="c01"), HOUSEHOLD))) == ["child"]
