"""The example in docs/scenario.md is a sound scenario, and gives the result printed below it."""

import json
import re
from pathlib import Path

import pytest

from pbr_ledger.errors import Refused
from savings.core.model import model
from savings.core.scenario import read_scenario

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "scenario.md").read_text(encoding="utf-8")
EXAMPLE, RESULT, RETRACTION = re.findall(r"^```json\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def test_example_gives_the_result_printed_below_it() -> None:
    document = model(read_scenario(EXAMPLE.encode()))
    assert document == json.loads(RESULT)
    assert document["statements"][0]["total"] == "34243.00"
    assert list(document["statements"][0]) == list(json.loads(RESULT)["statements"][0])


def test_retracted_expense_is_credited_in_april() -> None:
    scenario = json.loads(EXAMPLE)
    scenario["facts"].append(json.loads(RETRACTION))
    scenario["close"].append({"month": "2026-04", "as_known_on": "2026-05-08"})
    april = model(read_scenario(json.dumps(scenario).encode()))["statements"][1]
    assert april["charges"]["expenses"] == "-243.00"
    assert april["savings_in_month"] == "24000.00"


def test_example_with_money_as_a_number_is_refused() -> None:
    scenario = json.loads(EXAMPLE)
    scenario["terms"][0]["carer_fee"] = 10000
    with pytest.raises(Refused) as refusal:
        read_scenario(json.dumps(scenario).encode())
    assert [problem.place for problem in refusal.value.problems] == ["terms[0].carer_fee"]
