"""The days and pennies on which a rule turns, each side of them, with the figures worked out by hand.

One child costs 7,000.00 a week in residential care and 1,400.00 with a carer from 2 March 2026: 800.00 a night,
24,000.00 for the 30 nights of March, as many for April, a run rate of 292,000.00.
"""

import copy
import json

import pytest

from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.core.small_contract import CHILD, CLAIM, EXPENSE, FAMILY, HOUSEHOLD, NOTICE, SMALL, agreed, void
from tests.oracle import day_by_day

MARCH = {"month": "2026-03", "as_known_on": "2026-04-06"}
APRIL = {"month": "2026-04", "as_known_on": "2026-05-06"}
MAY = {"month": "2026-05", "as_known_on": "2026-06-06"}


def plain(*, close, **terms):
    """The small contract at 800.00 a night, without extra costs or expenses, under a fee limited by the cap alone."""
    document = copy.deepcopy(SMALL)
    document["terms"][0] |= {"schedule": None, "fixed_fee_limit": "cap", **terms}
    document["facts"][CHILD]["baseline"] = [{"from": "2024-01-01", "weekly": "7000.00"}]
    document["facts"][FAMILY]["costs"] = [{"from": "2026-03-02", "weekly": "1400.00"}]
    del document["facts"][NOTICE : EXPENSE + 1]
    document["close"] = close
    return document


def vary(document, effective_from, recorded="2026-01-01", **terms):
    document["terms"].append(
        {**copy.deepcopy(document["terms"][0]), "effective_from": effective_from, "recorded": recorded, **terms}
    )


def add(document, recorded, *facts):
    document["facts"] += [{"recorded": recorded, **fact} for fact in facts]


def phase3(until, begins="2025-10-01"):
    return {"from": begins, "until": until, "fee": "564400.00"}


def statements_of(document):
    """The engine's statements, which the day-by-day calculator has to share."""
    result = model(read_scenario(json.dumps(document).encode()))
    assert result == day_by_day.result_of(document)
    return result["statements"]


def charges(document, kind):
    return [statement["charges"][kind] for statement in statements_of(document)]


def test_the_plain_contract():
    march, april = statements_of(plain(close=[MARCH, APRIL]))
    assert (march["savings_in_month"], april["savings_in_month"]) == ("24000.00", "24000.00")
    assert (march["run_rate"], april["charges"]["fixed_fee"]) == ("292000.00", "24000.00")


# Carer fees


def broken_down(until, *, recorded="2026-05-06", **terms):
    document = plain(close=[MARCH, APRIL, MAY], **terms)
    add(document, recorded, {**document["facts"][FAMILY], "until": until, "ended": "breakdown", "recorded": recorded})
    return document


@pytest.mark.parametrize(
    ("until", "carer_fees"),
    [
        ("2026-03-29", ["10000.00", "-10000.00", "0.00"]),  # 27 nights: the whole of it
        ("2026-03-30", ["10000.00", "-5000.00", "0.00"]),  # 28 nights: not fewer than 28
        ("2026-04-30", ["10000.00", "-5000.00", "0.00"]),
        ("2026-05-01", ["10000.00", "0.00", "-5000.00"]),  # known by April's cut-off, but not April's
        ("2026-05-24", ["10000.00", "0.00", "-5000.00"]),  # 83 nights
        ("2026-05-25", ["10000.00", "0.00", "0.00"]),  # 84 nights
    ],
)
def test_refund_turns_on_the_nights_and_on_the_day_of_the_breakdown(until, carer_fees):
    assert charges(broken_down(until), "carer_fees") == carer_fees


def test_refund_is_for_breakdowns_before_the_programme_ends():
    assert charges(broken_down("2026-04-30", phase3=phase3("2026-05-01")), "carer_fees")[1] == "-5000.00"
    assert charges(broken_down("2026-05-01", phase3=phase3("2026-05-01")), "carer_fees")[1:] == ["0.00", "0.00"]


def test_refund_is_rounded_half_a_penny_up():
    assert charges(broken_down("2026-04-20", carer_fee="3333.33"), "carer_fees") == ["3333.33", "-1666.67", "0.00"]


def test_refund_follows_the_terms_of_the_month_in_which_the_fee_fell_due():
    document = broken_down("2026-04-20")
    vary(document, "2026-04-01", carer_fee="99.00", carer_fee_refund=[])
    assert charges(document, "carer_fees") == ["10000.00", "-5000.00", "0.00"]


@pytest.mark.parametrize(("left", "fee"), [("2026-03-02", "0.00"), ("2026-03-03", "10000.00")])
def test_carer_fee_needs_the_child_in_the_cohort_on_the_due_date(left, fee):
    document = plain(close=[MARCH])
    document["facts"][CHILD]["left"] = left
    assert charges(document, "carer_fees") == [fee]


@pytest.mark.parametrize(("joined", "fee"), [("2026-03-03", "0.00"), ("2026-03-02", "10000.00")])
def test_carer_fee_needs_the_child_to_have_joined_by_the_due_date(joined, fee):
    document = plain(close=[MARCH])
    document["facts"][CHILD]["joined"] = joined
    assert charges(document, "carer_fees") == [fee]


@pytest.mark.parametrize(("until", "fee"), [("2026-03-02", "0.00"), ("2026-03-03", "10000.00")])
def test_carer_fee_needs_the_due_date_inside_the_programme(until, fee):
    assert charges(plain(close=[MARCH], phase3=phase3(until)), "carer_fees") == [fee]


@pytest.mark.parametrize(("until", "fee"), [("2026-04-09", "0.00"), ("2026-04-10", "10000.00")])
def test_carer_fee_needs_a_placement_that_has_not_ended_by_the_due_date(until, fee):
    document = plain(close=[APRIL])
    document["facts"][HOUSEHOLD]["panel_approved"] = "2026-04-09"
    document["facts"][FAMILY] |= {"until": until, "ended": "planned"}
    assert charges(document, "carer_fees") == [fee]


def test_carer_fee_needs_a_family_setting_under_the_terms_of_its_month():
    document = plain(close=[MARCH, APRIL])
    document["facts"][HOUSEHOLD]["panel_approved"] = "2026-04-09"
    assert charges(document, "carer_fees") == ["0.00", "10000.00"]
    vary(document, "2026-04-01", family_settings=["connected_carers"])
    assert charges(document, "carer_fees") == ["0.00", "0.00"]
    assert statements_of(document)[1]["lines"] == []


@pytest.mark.parametrize(("broken", "april"), [("C10-F", "-5000.00"), ("b1-F", "0.00")])
def test_fee_of_siblings_placed_together_belongs_to_the_lowest_placement_id_as_text(broken, april):
    document = plain(close=[MARCH, APRIL])
    for identity in ("b1", "C10"):
        twin = {"recorded": "2026-03-02", "id": identity}
        home = {"child": identity, "id": f"{identity}-R"}
        family = {"child": identity, "id": f"{identity}-F"}
        if family["id"] == broken:
            family |= {"until": "2026-04-20", "ended": "breakdown"}
        child, household_home, placement = (document["facts"][position] for position in (CHILD, 3, FAMILY))
        add(document, "2026-03-02", {**child, **twin}, {**household_home, **home}, {**placement, **family})
        add(document, "2026-03-02", agreed(f"{identity}-F", f"{identity}-T"))
    document["facts"] = [fact for fact in document["facts"] if not fact["id"].startswith("C01")]
    document["facts"] = [
        {**fact, "recorded": "2026-03-02"} if fact["type"] != "household" else fact for fact in document["facts"]
    ]
    assert charges(document, "carer_fees") == ["10000.00", april]


def test_fee_belongs_to_the_placement_that_was_due_first_whatever_its_id():
    document = plain(close=[MARCH, APRIL])
    child, home, family = (document["facts"][position] for position in (CHILD, 3, FAMILY))
    ended = {**home, "id": "A-R", "child": "A", "until": "2026-03-03"}
    placed = {**family, "id": "A-F", "child": "A", "from": "2026-03-03"}
    costs = [{"from": "2026-03-03", "weekly": "1400.00"}]
    dated = {"recorded": "2026-03-03"}
    add(document, "2026-03-03", {**child, "id": "A", **dated}, {**ended, **dated}, {**placed, "costs": costs, **dated})
    add(document, "2026-03-03", agreed("A-F", "A-T"))
    add(document, "2026-04-20", {**family, "until": "2026-04-20", "ended": "breakdown", "recorded": "2026-04-20"})
    assert charges(document, "carer_fees") == ["10000.00", "-5000.00"]


@pytest.mark.parametrize(
    ("approved", "fees"),
    [
        ("2026-02-28", ["0.00", "0.00"]),
        ("2026-03-01", ["10000.00", "0.00"]),
        ("2026-04-20", ["0.00", "10000.00"]),
        ("2026-04-21", ["0.00", "0.00"]),
    ],
)
def test_a_fee_for_approval_needs_the_day_of_approval_inside_the_programme_and_no_placement(approved, fees):
    document = plain(
        close=[MARCH, APRIL],
        carer_fee_trigger="approved",
        phase2={"from": "2026-03-01", "until": "2026-03-02", "fee": "1.00"},
        phase3=phase3("2026-04-21", begins="2026-03-02"),
    )
    document["facts"] = [{**document["facts"][HOUSEHOLD], "panel_approved": approved}]
    assert charges(document, "carer_fees") == fees


def test_a_fee_for_approval_is_only_for_households_that_the_provider_assessed():
    document = plain(close=[MARCH], carer_fee_trigger="approved")
    document["facts"][HOUSEHOLD] |= {"panel_approved": "2026-03-02"}
    assert charges(document, "carer_fees") == ["10000.00"]
    document["facts"][HOUSEHOLD] |= {"assessed_by": "council"}
    assert charges(document, "carer_fees") == ["0.00"]


def test_an_approval_that_is_taken_back_gives_its_fee_back():
    document = plain(close=[MARCH, APRIL], carer_fee_trigger="approved")
    household = {**document["facts"][HOUSEHOLD], "panel_approved": "2026-03-02"}
    document["facts"] = [household]
    add(document, "2026-04-20", {**household, "panel_approved": None, "recorded": "2026-04-20"})
    assert charges(document, "carer_fees") == ["10000.00", "-10000.00"]


@pytest.mark.parametrize(
    ("approved", "trigger_of_february", "fees"),
    [
        ("2026-02-28", "placed", ["7.00", "0.00"]),  # by the placement of 2 March, as March's terms pay
        ("2026-02-28", "approved", ["5.00", "0.00"]),  # on 28 February, as February's do
        ("2026-03-02", "placed", ["7.00", "0.00"]),
        ("2026-04-10", "approved", ["0.00", "11.00"]),
    ],
)
def test_the_month_of_the_approval_says_whether_a_fee_waits_for_a_placement(approved, trigger_of_february, fees):
    document = plain(close=[MARCH, APRIL], carer_fee="5.00", carer_fee_trigger=trigger_of_february)
    others = {"placed": "approved", "approved": "placed"}
    vary(document, "2026-03-01", carer_fee="7.00", carer_fee_trigger=others[trigger_of_february])
    vary(document, "2026-04-01", carer_fee="11.00", carer_fee_trigger="approved")
    document["facts"][HOUSEHOLD]["panel_approved"] = approved
    assert charges(document, "carer_fees") == fees


def broken_down_after_approval(until, *, approved="2026-02-20", **terms):
    document = broken_down(until, carer_fee_trigger="approved", **terms)
    document["facts"][HOUSEHOLD]["panel_approved"] = approved
    return document


@pytest.mark.parametrize(
    ("until", "carer_fees"),
    [
        ("2026-03-29", ["10000.00", "-10000.00", "0.00"]),  # 27 nights of the placement, 37 days after approval
        ("2026-03-30", ["10000.00", "-5000.00", "0.00"]),
        ("2026-05-24", ["10000.00", "0.00", "-5000.00"]),
        ("2026-05-25", ["10000.00", "0.00", "0.00"]),
    ],
)
def test_refund_of_a_fee_for_approval_counts_the_nights_of_the_first_placement(until, carer_fees):
    assert charges(broken_down_after_approval(until), "carer_fees") == carer_fees


def test_refund_of_a_fee_for_approval_follows_the_terms_of_the_month_of_the_approval():
    document = broken_down_after_approval("2026-04-20")
    vary(document, "2026-03-01", carer_fee="99.00", carer_fee_refund=[])
    assert charges(document, "carer_fees") == ["10000.00", "-5000.00", "0.00"]


@pytest.mark.parametrize(("approved", "refund"), [("2026-03-19", "-10000.00"), ("2026-03-20", "0.00")])
def test_refund_of_a_fee_for_approval_needs_a_placement_that_outlasted_the_approval(approved, refund):
    assert charges(broken_down_after_approval("2026-03-20", approved=approved), "carer_fees")[1] == refund


# Success fee and run rate


@pytest.mark.parametrize(
    ("until", "fees"), [("2026-05-01", ["29200.00", "0.00"]), ("2026-05-02", ["0.00", "29200.00"])]
)
def test_success_fee_is_due_in_the_month_whose_last_day_is_the_last_night(until, fees):
    rule = {"threshold": "0", "rate": "0.10"}
    assert charges(plain(close=[APRIL, MAY], phase3=phase3(until), success_fee=rule), "success_fee") == fees


def test_success_fee_and_run_rate_follow_the_terms_of_the_month_of_the_last_night():
    document = plain(close=[MAY], phase3=phase3("2026-04-16"), success_fee={"threshold": "0", "rate": "0.10"})
    vary(document, "2026-05-01", success_fee={"threshold": "0", "rate": "1"}, annual_days=1)
    (may,) = statements_of(document)
    assert (may["run_rate"], may["charges"]["success_fee"]) == ("292000.00", "29200.00")


def test_run_rate_uses_the_days_of_the_version_of_its_month():
    document = plain(close=[MARCH, APRIL])
    vary(document, "2026-04-01", annual_days=364)
    assert [statement["run_rate"] for statement in statements_of(document)] == ["292000.00", "291200.00"]


def test_the_end_of_phase_3_is_what_the_version_of_the_statements_month_says():
    document = plain(close=[APRIL], phase3=phase3("2026-05-15"), success_fee={"threshold": "0", "rate": "0.10"})
    vary(document, "2026-05-01", phase3=phase3("2026-04-10"))
    (april,) = statements_of(document)
    assert (april["run_rate"], april["charges"]["success_fee"]) == ("292000.00", "0.00")


def test_success_fee_is_credited_when_phase_3_turns_out_not_to_be_over():
    document = plain(close=[APRIL, MAY], phase3=phase3("2026-05-01"), success_fee={"threshold": "0", "rate": "0.10"})
    vary(document, "2026-05-01", recorded="2026-05-20", phase3=phase3("2026-10-01"))
    assert charges(document, "success_fee") == ["29200.00", "-29200.00"]


def test_realised_savings_begin_where_the_version_of_the_last_night_says():
    rule = {"threshold": "0", "rate": "1", "basis": "realised"}
    document = plain(close=[MAY], phase3=phase3("2026-04-16"), success_fee=rule)
    assert charges(document, "success_fee") == ["36000.00"]  # 30 nights of March and 15 of April
    vary(document, "2026-05-01", phase3=phase3("2026-04-16", begins="2026-04-01"))
    assert charges(document, "success_fee") == ["36000.00"]
    vary(document, "2026-04-01", phase3=phase3("2026-04-16", begins="2026-04-01"))
    assert charges(document, "success_fee") == ["12000.00"]


@pytest.mark.parametrize(
    ("basis", "cost", "fee", "run_rate"),
    [
        ("realised", "6999.00", "4.28", "104.28"),  # 15 nights of 1/7 are 2.142857: 2.14 a child; 365/7 are 52.14
        ("run_rate", "6999.98", "2.08", "2.08"),  # 0.02 x 365/7 are 1.042857: 1.04 a child
    ],
)
def test_success_fee_rounds_each_child(basis, cost, fee, run_rate):
    rule = {"threshold": "0", "rate": "1", "basis": basis}
    document = plain(close=[APRIL], phase3=phase3("2026-05-01", begins="2026-04-16"), success_fee=rule)
    document["facts"][FAMILY]["costs"] = [{"from": "2026-03-02", "weekly": cost}]
    copies = [copy.deepcopy(fact) for fact in document["facts"] if fact["type"] != "household"]
    for fact in copies:
        fact["id"] = fact["id"].replace("C01", "C02")
        for key in ("child", "placement"):
            if key in fact:
                fact[key] = fact[key].replace("C01", "C02")
    document["facts"] = sorted(document["facts"] + copies, key=lambda fact: fact["recorded"])
    (april,) = statements_of(document)
    assert (april["charges"]["success_fee"], april["run_rate"]) == (fee, run_rate)


# Fixed fee


def test_savings_carry_forward_in_the_months_whose_version_says_so():
    rows = [{"month": "2026-04", "amount": "599800.00"}]
    document = plain(close=[MAY], schedule=rows, fixed_fee_limit="schedule")
    vary(document, "2026-04-01", fixed_fee_savings="to_date")
    vary(document, "2026-05-01")
    (may,) = statements_of(document)
    fees = [may["fixed_fee_by_month"][month] for month in ("2026-03", "2026-04", "2026-05")]
    assert fees == ["0.00", "48000.00", "24800.00"]


def test_nights_that_cost_more_count_as_nothing_in_the_months_whose_version_says_so():
    document = plain(close=[APRIL])
    document["facts"][FAMILY]["costs"] = [{"from": "2026-03-02", "weekly": "7007.00"}]
    vary(document, "2026-04-01", negative_savings="zero")
    (april,) = statements_of(document)
    assert april["lines"] == [{"child": "C01", "nights": 30, "saving": "0.00"}]
    assert april["adjustments"] == [{"child": "C01", "month": "2026-03", "saving": "-30.00"}]
    assert (april["savings_to_date"], april["run_rate"]) == ("-30.00", "0.00")


def test_each_months_fee_is_limited_by_the_version_of_its_own_month():
    rows = [{"month": "2026-09", "amount": "599800.00"}]
    document = plain(close=[APRIL], schedule=rows, fixed_fee_limit="schedule")
    vary(document, "2026-04-01", fixed_fee_limit="cap")
    (april,) = statements_of(document)
    assert (april["fixed_fee_by_month"]["2026-03"], april["charges"]["fixed_fee"]) == ("0.00", "24000.00")


def test_a_negative_month_lowers_no_other_months_fee():
    document = plain(close=[APRIL])
    document["facts"][FAMILY]["costs"].append({"from": "2026-04-01", "weekly": "7007.00"})
    (april,) = statements_of(document)
    assert (april["savings_in_month"], april["savings_to_date"]) == ("-30.00", "23970.00")
    assert april["charges"]["fixed_fee"] == "24000.00"


# Expenses


def expense(identity, amount, date="2026-03-10"):
    return {
        "type": "expense",
        "id": identity,
        "date": date,
        "kind": "mileage",
        "amount": amount,
        "description": "Visits",
    }


def test_the_first_savings_open_the_gate_for_good():
    document = plain(close=[MARCH, APRIL])
    add(document, "2026-04-10", agreed("C01-F0", "C01-T0", "withdrawn"), expense("E1", "50.00"))
    march, april = statements_of(document)
    assert (march["savings_to_date"], april["savings_to_date"]) == ("24000.00", "0.00")
    assert april["charges"]["expenses"] == "50.00"


def test_what_was_released_stays_released_when_later_terms_hold_expenses():
    document = plain(close=[MARCH, APRIL], expenses_wait_for_savings=False)
    document["facts"][CLAIM]["status"] = "submitted"
    vary(document, "2026-04-01", expenses_wait_for_savings=True)
    add(document, "2026-03-20", expense("E1", "50.00"))
    add(document, "2026-04-20", expense("E1", "60.00"), expense("E2", "5.00"))
    assert charges(document, "expenses") == ["50.00", "10.00"]


def test_savings_to_date_of_nothing_hold_expenses():
    document = plain(close=[MARCH, APRIL])
    document["facts"][CLAIM]["status"] = "submitted"
    add(document, "2026-03-20", expense("E1", "50.00"))
    add(document, "2026-05-06", agreed("C01-F0", "C01-T0"))
    assert charges(document, "expenses") == ["0.00", "50.00"]


@pytest.mark.parametrize(("date", "charged"), [("2026-03-31", ["7.00", "0.00"]), ("2026-04-01", ["0.00", "7.00"])])
def test_an_expense_belongs_to_the_month_of_its_date(date, charged):
    document = plain(close=[MARCH, APRIL])
    add(document, "2026-03-20", expense("E1", "7.00", date))
    assert charges(document, "expenses") == charged


def test_a_retracted_expense_that_is_restored_is_charged_again():
    document = plain(close=[MARCH, APRIL, MAY])
    add(document, "2026-03-20", expense("E1", "7.00"))
    add(document, "2026-04-20", void("expense", "E1"))
    add(document, "2026-05-20", expense("E1", "8.00"))
    assert charges(document, "expenses") == ["7.00", "-7.00", "8.00"]


# What was known


@pytest.mark.parametrize(("recorded", "expenses"), [("2026-04-06", ["7.00", "0.00"]), ("2026-04-07", ["0.00", "7.00"])])
def test_a_cut_off_includes_its_whole_day(recorded, expenses):
    document = plain(close=[MARCH, APRIL])
    add(document, recorded, expense("E1", "7.00"))
    assert charges(document, "expenses") == expenses


@pytest.mark.parametrize(("recorded", "headroom"), [("2026-04-06", "6000.00"), ("2026-04-07", "966000.00")])
def test_a_cut_off_includes_the_terms_of_its_day(recorded, headroom):
    document = plain(close=[MARCH])
    vary(document, "2026-03-01", recorded=recorded, maximum_value="40000.00")
    assert statements_of(document)[0]["headroom"] == headroom


@pytest.mark.parametrize(("effective_from", "rate"), [("2026-03-01", "291200.00"), ("2026-03-02", "292000.00")])
def test_a_version_holds_for_the_months_whose_first_day_it_is_in_effect(effective_from, rate):
    document = plain(close=[MARCH])
    vary(document, effective_from, annual_days=364)
    assert statements_of(document)[0]["run_rate"] == rate


def test_before_every_version_the_earliest_of_them_holds():
    document = plain(close=[MARCH], effective_from="2026-07-01", annual_days=100)
    vary(document, "2026-06-01", annual_days=200)
    vary(document, "2026-08-01", annual_days=300)
    assert statements_of(document)[0]["run_rate"] == "160000.00"


def test_the_programme_begins_with_the_earliest_phase_2_of_the_known_versions():
    document = plain(close=[MARCH, APRIL])
    phase2 = {"from": "2025-06-15", "until": "2025-10-01", "fee": "35400.00"}
    vary(document, "2026-09-01", recorded="2026-04-07", phase2=phase2)
    march, april = statements_of(document)
    assert next(iter(march["fixed_fee_by_month"])) == "2025-08"
    assert next(iter(april["fixed_fee_by_month"])) == "2025-06"


def test_of_versions_in_effect_from_one_day_the_latest_recorded_holds_then_the_later_in_the_file():
    document = plain(close=[MARCH])
    vary(document, "2026-03-01", recorded="2026-02-02", annual_days=100)
    vary(document, "2026-03-01", recorded="2026-02-01", annual_days=200)
    assert statements_of(document)[0]["run_rate"] == "80000.00"
    vary(document, "2026-03-01", recorded="2026-02-02", annual_days=300)
    assert statements_of(document)[0]["run_rate"] == "240000.00"


def test_lines_stand_in_the_order_of_their_text():
    document = plain(close=[APRIL])
    document["facts"] = json.loads(json.dumps(document["facts"]).replace("C01", "b1"))
    others = json.loads(json.dumps(SMALL["facts"][:2] + SMALL["facts"][3:6]).replace("C01", "C10"))
    document["facts"] = sorted(document["facts"] + others, key=lambda fact: fact["recorded"])
    assert [line["child"] for line in statements_of(document)[0]["lines"]] == ["C10", "b1"]
