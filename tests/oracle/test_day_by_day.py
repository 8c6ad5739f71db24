"""The slow calculator is itself held to the worked examples before it may judge anything."""

import json
from pathlib import Path

import pytest

from tests.oracle import day_by_day

SCENARIOS = Path(__file__).parent.parent / "scenarios"
EXPECTED = sorted(SCENARIOS.glob("*.expected.json"))


def test_every_worked_example_is_here():
    assert len(EXPECTED) == 33


@pytest.mark.parametrize("expected", EXPECTED, ids=lambda path: path.name.removesuffix(".expected.json"))
def test_slow_calculator_gives_the_worked_example(expected):
    document = json.loads(expected.with_name(expected.name.replace(".expected", "")).read_bytes())
    assert day_by_day.result_of(document) == json.loads(expected.read_bytes())
