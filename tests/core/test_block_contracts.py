"""Beds under block contracts: how scenario files and sheets say so, and that no figure asks for it."""

import json
from dataclasses import replace

import pytest

from cohort.core.facts import Placement
from cohort.core.sheets.desk import Standing
from cohort.core.sheets.kinds import PLACEMENTS
from cohort.core.sheets.plan import planned
from cohort.core.sheets.rows import kept, kept_read
from pbr_ledger.errors import Refused
from savings.core.model import model
from savings.core.scenario import Scenario, read_scenario
from savings.core.scenario.written import scenario_written
from tests.core.test_sheets import KNOWN_FACTS
from tests.savings.ledger import expected, scenario, scenario_path


def with_every_bed_under_a_block_contract(found: Scenario) -> Scenario:
    facts = tuple(
        replace(fact, content=replace(fact.content, block_contract=True))
        if isinstance(fact.content, Placement)
        else fact
        for fact in found.facts
    )
    return replace(found, facts=facts)


@pytest.mark.parametrize("name", ["plymouth", "notice-still-paid", "late-breakdown-limited-by-schedule"])
def test_no_figure_changes_where_every_bed_is_under_a_block_contract(name: str) -> None:
    varied = with_every_bed_under_a_block_contract(scenario(name))
    assert varied != scenario(name)
    assert model(varied) == expected(name)


def test_a_scenario_says_it_where_it_is_so_and_reads_it_back() -> None:
    varied = with_every_bed_under_a_block_contract(scenario("mid-month-move"))
    written = scenario_written(varied)
    placements = [fact for fact in written["facts"] if fact["type"] == "placement"]
    assert [placement["block_contract"] for placement in placements] == [True] * len(placements)
    assert read_scenario(json.dumps(written).encode()) == varied
    assert "block_contract" not in json.dumps(scenario_written(scenario("mid-month-move")))


def test_what_is_neither_true_nor_false_is_refused_at_its_place_and_so_is_a_child_with_such_a_key() -> None:
    document = json.loads(scenario_path("mid-month-move").read_bytes())
    kinds = [fact["type"] for fact in document["facts"]]
    at_placement, at_child = kinds.index("placement"), kinds.index("child")
    document["facts"][at_placement]["block_contract"] = "yes"
    document["facts"][at_child]["block_contract"] = True
    with pytest.raises(Refused) as refusal:
        read_scenario(json.dumps(document).encode())
    assert {problem.place: problem.message for problem in refusal.value.problems} == {
        f"facts[{at_placement}].block_contract": "has to be true or false, not “yes”",
        f"facts[{at_child}].block_contract": "is not a key that is known here",
    }


@pytest.mark.parametrize(("cell", "before", "after"), [("Yes", False, True), ("no", True, False), ("", True, True)])
def test_a_row_says_yes_or_no_and_an_empty_cell_leaves_what_is_known(cell: str, *, before: bool, after: bool) -> None:
    home = replace(KNOWN_FACTS.placements["C01-R0"], block_contract=before)
    standing = Standing(replace(KNOWN_FACTS, placements={**KNOWN_FACTS.placements, home.id: home}))
    plan = planned(kept_read({"placements": [[2, *CELLS, cell]]}), standing)
    assert plan.wrong == ()
    assert (plan.desk.fact("placement", "C01-R0")) == replace(home, block_contract=after)


def test_rows_kept_before_the_column_came_are_read_as_saying_nothing_of_it() -> None:
    rows = kept_read({"placements": [[2, *CELLS]]})
    assert rows["placements"][0].values["block_contract"] is None
    assert kept(rows) == {"placements": [[2, *CELLS, ""]]}


CELLS = ["C01-R0", "C01", "Residential", "2024-01-01", "2026-03-12", "As planned", "", "0.01", "0.00"]
assert len(CELLS) + 1 == len(PLACEMENTS.columns)
