"""Every worked example of the contract, by the engine and by the command, in the words of its own `why`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from savings.core.model import model
from savings.core.scenario import read_scenario
from tests.scenarios import make_westmoor

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in SCENARIOS.glob("*.expected.json"))


def scenario(name):
    return SCENARIOS / f"{name}.json"


def expected(name):
    return json.loads((SCENARIOS / f"{name}.expected.json").read_bytes())


def run_model(*arguments):
    command = [sys.executable, "manage.py", "model", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("name", NAMES)
def test_worked_example(name):
    data = scenario(name).read_bytes()
    why = json.loads(data).get("why", "the sample contract")
    assert model(read_scenario(data)) == expected(name), why


def test_every_scenario_has_its_expected_result():
    scenarios = [path.stem for path in SCENARIOS.glob("*.json") if ".expected" not in path.name]
    assert sorted(scenarios) == NAMES
    assert len(NAMES) == 33


def test_second_sample_is_what_its_script_writes():
    assert json.loads(scenario("westmoor").read_bytes()) == make_westmoor.document()


@pytest.mark.slow
class TestCommand:
    def test_prints_the_result_document(self):
        run = run_model(scenario("mid-month-move"))
        assert (run.returncode, run.stderr) == (0, "")
        assert json.loads(run.stdout) == expected("mid-month-move")
        assert len(run.stdout.splitlines()) > 10

    def test_prints_several_files_as_one_compact_line_each_in_their_order(self):
        names = ["plymouth", "leap-february", "expenses-wait"]
        run = run_model("--compact", *map(scenario, names))
        assert (run.returncode, run.stderr) == (0, "")
        assert [json.loads(line) for line in run.stdout.splitlines()] == [expected(name) for name in names]

    def test_a_refused_file_exits_2_with_its_problems_on_standard_error(self, tmp_path):
        document = json.loads(scenario("mid-month-move").read_bytes())
        document["facts"][1]["costs"][0]["weekly"] = 7000
        document["close"][0]["as_known_on"] = "2025-11-30"
        refused = tmp_path / "refused.json"
        refused.write_text(json.dumps(document))
        run = run_model(refused)
        assert (run.returncode, run.stdout) == (2, "")
        assert "facts[1].costs[0].weekly: " in run.stderr
        assert "close[0].as_known_on: " in run.stderr
        assert "Traceback" not in run.stderr

    def test_a_file_that_is_not_there_exits_2(self, tmp_path):
        run = run_model(tmp_path / "nowhere.json")
        assert (run.returncode, run.stdout) == (2, "")
        assert "nowhere.json" in run.stderr
        assert "Traceback" not in run.stderr
