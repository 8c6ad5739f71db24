"""What ifs: projections, files, the cliff of the success fee, and the band of placements that break down by chance."""

import json
from dataclasses import MISSING, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import pytest

from cohort.core.facts import Claim
from cohort.core.known import known_with
from cohort.core.moves import broken_down
from cohort.core.terms import CarerFeeRefund, Phase, ScheduleRow, SuccessFee, Terms
from pbr_ledger.periods import Month
from savings.core.document import Document, statement_document
from savings.core.model import model
from savings.core.scenario import Scenario, read_scenario
from savings.core.scenario.written import scenario_written
from savings.core.what_if.applied import applied
from savings.core.what_if.band import Simulation, Spread, band, risk_after, runs_for, spread
from savings.core.what_if.changes import Breakdown, Joining, Move
from savings.core.what_if.cliff import Step, cliff, cliff_of
from savings.core.what_if.files import Recorded, ground_in, history_in, history_of, scenario_of
from savings.core.what_if.lasting import draws_for, nights_lasted
from savings.core.what_if.outlook import Ground, outlook, programme_end
from savings.core.what_if.written import change_written, changes_read
from tests.core.plans import plans_for
from tests.savings.ledger import SCENARIO_NAMES, scenario_path

STEP_DOWN = date(2026, 3, 2)


@cache
def example(name: str) -> Scenario:
    """The worked example of that name."""
    return read_scenario(scenario_path(name).read_bytes())


def figures(document: Document) -> list[dict[str, Any]]:
    """The statements of a result document, without the days of their cut-offs."""
    return [{key: value for key, value in each.items() if key != "as_known_on"} for each in document["statements"]]


def whole(name: str) -> Ground:
    """The example with everything that it records known, and no month closed."""
    return ground_in(replace(example(name), closings=()), date.max)


# Projections and files


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_file_of_a_what_if_works_out_to_its_projection(name: str) -> None:
    scenario = example(name)
    on = scenario.closings[len(scenario.closings) // 2].as_known_on
    ground = ground_in(scenario, on)
    planned = applied(ground.known, plans_for(ground.known, on), on=on)
    projected = outlook(replace(ground, known=planned.known))
    assert planned.misfits == {}

    file = scenario_of(contract="X", why="", history=history_in(scenario, on), planned=planned, projected=projected)
    again = read_scenario(json.dumps(scenario_written(file)).encode())

    closed = figures(model(scenario))[: len(ground.closed)]
    said = [*closed, *figures({"statements": [statement_document(each) for each in projected.projected]})]
    assert figures(model(again)) == said
    assert replace(again, why="") == file


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_scenario_that_is_written_down_reads_the_same(name: str) -> None:
    scenario = example(name)
    assert read_scenario(json.dumps(scenario_written(scenario)).encode()) == scenario


OTHERWISE = Terms(
    recorded=date(2026, 1, 5),
    effective_from=date(2099, 1, 1),
    phase2=Phase(date(2025, 8, 4), date(2025, 9, 29), 35_400_00),
    phase3=Phase(date(2025, 9, 29), date(2026, 9, 29), 564_400_01),
    success_fee=SuccessFee(3_000_000_00, 1250, "realised"),
    carer_fee_pence=10_000_00,
    maximum_value_pence=1_000_000_00,
    schedule=(ScheduleRow(Month(2025, 8), 1), ScheduleRow(Month(2025, 9), 599_800_00)),
    fixed_fee_limit="cap",
    fixed_fee_savings="to_date",
    negative_savings="zero",
    annual_days=364,
    carer_fee_refund=(CarerFeeRefund(28, 10_000), CarerFeeRefund(84, 3333)),
    carer_fee_trigger="approved",
    expenses_wait_for_savings=False,
    family_settings=("connected_carers",),
)


def test_no_term_is_forgotten_in_a_file() -> None:
    """A term that is added to the contract has to be written too: every optional one here is not what is left out."""
    defaults = {field.name: field.default for field in fields(Terms) if field.default is not MISSING}
    assert [name for name, default in defaults.items() if getattr(OTHERWISE, name) == default] == []
    scenario = replace(example("plymouth"), terms=(example("plymouth").terms[0], OTHERWISE))
    assert read_scenario(json.dumps(scenario_written(scenario)).encode()).terms[1] == OTHERWISE


def test_last_month_projected_is_that_of_the_programme_s_last_night() -> None:
    scenario = example("plymouth")
    assert programme_end(scenario.terms) == Month(2026, 9)
    extended = replace(scenario.terms[-1], effective_from=date(2026, 9, 1), phase3=_until(scenario, date(2026, 12, 15)))
    assert programme_end((*scenario.terms, extended)) == Month(2026, 12)


def _until(scenario: Scenario, day: date) -> Any:
    return replace(scenario.terms[-1].phase3, until=day)


def test_what_comes_after_a_cut_off_on_its_day_is_written_as_of_the_day_after() -> None:
    """A file's cut-off takes in the whole of its day; the ledger's does not."""
    at = datetime(2026, 4, 8, 9, tzinfo=UTC)
    claims = [Claim("T", "P", status) for status in ("submitted", "queried", "agreed")]
    history = history_of(
        [
            Recorded(at, claims[0]),
            Recorded(at + timedelta(minutes=1), claims[1]),
            Recorded(at + timedelta(hours=1), Month(2026, 3)),
            Recorded(at + timedelta(hours=2), claims[2]),
        ]
    )
    assert [(fact.recorded, fact.content) for fact in history.facts] == [
        (date(2026, 4, 8), claims[1]),
        (date(2026, 4, 9), claims[2]),
    ]
    assert history.closings[0].as_known_on == date(2026, 4, 8)


# Planned changes


def test_changes_are_read_as_they_were_written() -> None:
    known = whole("plymouth").known
    changes = plans_for(known, date(2026, 1, 15))
    written = json.loads(json.dumps([change_written(each) for each in changes]))
    assert changes_read(written) == tuple(changes)


def test_change_that_does_not_fit_is_named_and_left_out() -> None:
    known = whole("mid-month-move").known
    child = next(iter(known.children))
    changes = [
        Breakdown("nowhere", date(2026, 5, 4)),
        Joining(child, date(2026, 5, 4), 700_000, 0, "NEW-R"),
        Move("C99", date(2026, 5, 4), "other", 100_00, 0, None, False, "C99-F", "C99-T"),
        Joining("C98", date(2026, 5, 4), 700_000, 0, "C98-R"),
    ]
    found = applied(known, changes, on=date(2026, 5, 1))
    assert found.misfits == {
        1: "there is no placement nowhere",
        2: f"{child} is in use",
        3: "there is no child C99",
    }
    assert [fact.id for fact in found.facts] == ["C98", "C98-R"]


def test_planned_move_takes_its_claim_as_agreed_only_into_a_family() -> None:
    known = known_with(whole("mid-month-move").known, ())
    joined = applied(known, [Joining("C98", date(2026, 5, 4), 700_000, 0, "C98-R")], on=date(2026, 5, 1)).known
    to = {
        setting: applied(
            joined,
            [Move("C98", date(2026, 5, 9), setting, 90_000, 0, None, False, "C98-F", "C98-T")],
            on=date(2026, 5, 1),
        )
        for setting in ("connected_carers", "supported_living")
    }
    assert [fact.kind for fact in to["connected_carers"].facts] == ["placement", "placement", "claim"]
    assert [fact.kind for fact in to["supported_living"].facts] == ["placement", "placement"]


# The cliff of the success fee, by sums worked out by hand

LAST_NIGHT = date(2026, 9, 27)
FEE = SuccessFee(threshold_pence=3_000_000_00, rate=1000)


def test_one_placement_less_can_take_the_whole_fee_with_it() -> None:
    """3,500,000 is 500,000 above: 50,000. Without C, 3,100,000: 10,000. Without A or B it is below: nothing."""
    parts = {"C": 400_000_00, "A": 1_600_000_00, "B": 1_500_000_00}
    found = cliff_of(parts, night=LAST_NIGHT, fee=FEE)
    assert (found.base, found.amount) == (3_500_000_00, 50_000_00)
    assert found.fewer == (
        Step("A", 1_900_000_00, 0, -50_000_00),
        Step("B", 2_000_000_00, 0, -50_000_00),
        Step("C", 3_100_000_00, 10_000_00, -40_000_00),
    )
    # 3,500,000 / 3 = 1,166,666.67 on average; with one more 4,666,666.67, of which 10% of 1,666,666.67
    assert found.average == 1_166_666_67
    assert found.more == Step("", 4_666_666_67, 166_666_67, 116_666_67)
    assert (found.fewer_to_nothing, found.more_to_threshold) == (1, 0)


def test_below_the_threshold_a_placement_more_may_open_the_fee() -> None:
    """2,400,000 of two placements: 600,000 short, 1,200,000 each. One more: 3,600,000, so 60,000."""
    found = cliff_of({"A": 1_000_000_00, "B": 1_400_000_00}, night=LAST_NIGHT, fee=FEE)
    assert (found.amount, found.more) == (0, Step("", 3_600_000_00, 60_000_00, 60_000_00))
    assert [step.difference for step in found.fewer] == [0, 0]
    assert (found.fewer_to_nothing, found.more_to_threshold) == (0, 1)


def test_without_a_placement_there_is_no_cliff() -> None:
    found = cliff_of({}, night=LAST_NIGHT, fee=FEE)
    assert (found.base, found.amount, found.average, found.fewer) == (0, 0, 0, ())


@pytest.mark.parametrize("name", ["plymouth", "success-fee-realised", "success-fee-half-penny"])
def test_cliff_stands_on_the_fee_of_the_last_statement(name: str) -> None:
    ground = whole(name)
    last = outlook(ground).last
    found = cliff(ground.known, last.month)
    assert last.success_fee is not None
    assert (found.base, found.amount) == (last.success_fee.base_pence, last.success_fee.amount_pence)


# The band


def test_share_that_is_stated_is_there_after_a_year() -> None:
    """Of all draws, 36 in a hundred are gone before 365 nights are over, and the others are not."""
    bound = (36 << 53) // 100
    assert nights_lasted(6400, 400, [0, bound - 1, bound + 1, (1 << 53) - 1]) == [0, 364, 365, 400]
    assert nights_lasted(10_000, 400, [0, (1 << 53) - 1]) == [400, 400]


def test_nights_lasted_are_on_average_what_chance_expects() -> None:
    """With q = 0.04^(1/365) a night, Σ qⁿ for n from 1 to 100 nights; 20,000 draws come within four standard errors."""
    runs, nights = 20_000, 100
    survival = 400
    lasted = nights_lasted(survival, nights, draws_for(1, "P", runs))
    q = (survival / 10_000) ** (1 / 365)
    expected = sum(q**night for night in range(1, nights + 1))
    square = sum((2 * night - 1) * q**night for night in range(1, nights + 1))
    error = ((square - expected**2) / runs) ** 0.5
    assert abs(sum(lasted) / runs - expected) < 4 * error


def one_placement() -> Ground:
    """One child in one placement that saves 800.00 a night, until the end of the programme."""
    return whole("mid-month-move")


def test_percentiles_are_those_of_a_placement_that_may_break_down_each_night() -> None:
    """Of one placement the chance to have saved no more than an amount is known: each percentile is near its own."""
    ground = one_placement()
    on = date(2025, 12, 1)
    found = band(ground, on=on, survival=400, runs=2000)
    (risk,) = Simulation(ground).at_risk(on)
    q = (400 / 10_000) ** (1 / 365)
    for percentile, amount in ((10, found.savings.low), (50, found.savings.middle)):
        nights = next(
            count
            for count in range(risk.nights)
            if Simulation(ground).outcomes([{risk.placement.id: risk.first + timedelta(days=count)}])[0].savings
            >= amount
        )
        below = 1 - q ** (nights + 1)
        assert abs(below - percentile / 100) < 4 * (0.25 / 2000) ** 0.5


def test_band_is_the_same_every_time_and_another_with_another_seed() -> None:
    ground = whole("plymouth")
    on = date(2026, 1, 15)
    found = band(ground, on=on, survival=6400, runs=60)
    assert band(ground, on=on, survival=6400, runs=60) == found
    assert band(ground, on=on, survival=6400, runs=60, seed=1) != found
    assert (found.runs, found.seed, found.at_risk) == (60, 64, 17)


def test_band_of_the_sample_to_the_penny() -> None:
    """Whatever machine works it out: the draws, and so every figure, are the same."""
    found = band(whole("plymouth"), on=date(2026, 1, 15), survival=6400)
    assert found.savings == Spread(1_698_282_70, 1_937_229_02, 2_097_126_83)
    assert found.fixed_fee == Spread(599_800_00, 599_800_00, 599_800_00)
    assert found.charged == Spread(677_663_30, 744_911_94, 796_236_16)
    assert found.net_benefit == Spread(998_184_87, 1_190_244_30, 1_315_969_79)


def test_where_all_placements_last_the_band_is_the_projection() -> None:
    ground = whole("plymouth")
    last = outlook(ground).last
    found = band(ground, on=date(2026, 1, 15), survival=10_000, runs=5)
    same = last.to_date.total
    assert found.charged == Spread(same, same, same)
    assert found.net_benefit == Spread(*[last.net_benefit_pence] * 3)


def test_another_placement_s_draws_are_not_touched_by_a_planned_one() -> None:
    assert draws_for(64, "C01-F0", 3) == draws_for(64, "C01-F0", 5)[:3]
    assert draws_for(64, "C01-F0", 3) != draws_for(64, "C02-F0", 3)


@pytest.mark.parametrize("name", ["plymouth", "carer-fee-refund", "success-fee-realised", "expenses-wait"])
def test_each_run_comes_to_what_its_statement_would_say(name: str) -> None:
    """The breakdowns of a run recorded as facts, and the last month's statement worked out from them all."""
    ground = whole(name)
    simulation = Simulation(ground)
    risks = list(simulation.at_risk(programme_end(ground.known.terms).plus(-9).first_day))
    lasted = zip(*(nights_lasted(500, each.nights, draws_for(3, each.placement.id, 6)) for each in risks), strict=True)
    runs = [
        {
            each.placement.id: each.first + timedelta(days=nights)
            for each, nights in zip(risks, drawn, strict=True)
            if nights < each.nights
        }
        for drawn in lasted
    ]
    assert any(runs)
    for run, outcome in zip(runs, simulation.outcomes(runs), strict=True):
        broken = [broken_down(each.placement, run[each.placement.id]) for each in risks if each.placement.id in run]
        last = outlook(replace(ground, known=known_with(ground.known, broken))).last
        assert (outcome.savings, outcome.charges) == (last.savings_to_date_pence, last.to_date)


def test_more_than_fifty_placements_get_fewer_runs() -> None:
    assert [runs_for(count) for count in (0, 17, 50, 51, 100, 250, 10_000)] == [500, 500, 500, 490, 250, 100, 100]


def test_lagging_ledger_forecasts_from_its_first_open_month() -> None:
    ground = ground_in(example("plymouth"), date(2026, 2, 10))
    assert [str(each.month) for each in ground.closed][-1:] == ["2026-01"]
    assert risk_after(ground, date(2026, 2, 10)) == date(2026, 2, 10)
    assert risk_after(ground, date(2026, 11, 26)) == date(2026, 2, 28)


def test_percentiles_are_the_amounts_that_so_many_do_not_exceed() -> None:
    assert spread([5, 1, 4, 2, 3, 6, 7, 8, 9, 10]) == Spread(1, 5, 9)
    assert spread([7]) == Spread(7, 7, 7)
