"""A what if says what closing the same facts for real would say: projection, file, model and ledger agree exactly.

Each worked example is cut in the middle: the ledger knows and has closed what was known by a cut-off, and a scenario
plans the rest.
"""

import json
from dataclasses import replace
from typing import Any

import pytest

from cohort.models import Contract
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.periods import day_of
from savings.core.document import Document, statement_document
from savings.core.model import model
from savings.core.scenario import Scenario, read_scenario
from savings.core.scenario.written import scenario_written
from savings.core.what_if.applied import Applied, applied
from savings.core.what_if.files import scenario_of
from savings.core.what_if.outlook import Outlook, outlook
from savings.core.what_if.written import changes_read
from savings.models import KeptScenario, ScenarioVersion
from savings.queries import closed_result_document, closed_statements, scenario_ground, scenario_history
from savings.services import Parties
from savings.services.what_if import make_scenario, plan_change
from tests.core.plans import plans_for
from tests.savings import ledger

EXAMPLES = ("breakdown-reported-late", "claim-agreed-late", "plymouth", "terms-varied")
"""tests/core holds every worked example to the file and the model; these are closed for real as well."""


def part_of(name: str) -> Scenario:
    """The example up to the cut-off in its middle: what was recorded by then, and the months closed by then."""
    whole = ledger.scenario(name)
    closings = whole.closings[: len(whole.closings) // 2]
    day = closings[-1].as_known_on if closings else max(fact.recorded for fact in whole.facts)
    return replace(
        whole,
        terms=tuple(terms for terms in whole.terms if terms.recorded <= day),
        facts=tuple(fact for fact in whole.facts if fact.recorded <= day),
        closings=closings,
    )


def planned(version: ScenarioVersion) -> tuple[Applied, Outlook]:
    """What the scenario comes to, as its page works it out."""
    ground = scenario_ground(version)
    found = applied(ground.known, changes_read(version.changes), on=day_of(version.known_at))
    return found, outlook(replace(ground, known=found.known))


def file_of(version: ScenarioVersion) -> bytes:
    found, projected = planned(version)
    scenario = scenario_of(
        contract=version.scenario.contract.reference,
        why=version.name,
        history=scenario_history(version),
        planned=found,
        projected=projected,
    )
    return json.dumps(scenario_written(scenario)).encode()


def figures(document: Document) -> list[dict[str, Any]]:
    """The statements of a result document, without the days of their cut-offs."""
    return [{key: value for key, value in each.items() if key != "as_known_on"} for each in document["statements"]]


def current(kept: KeptScenario) -> ScenarioVersion:
    version = kept.versions.select_related("scenario__contract").order_by("number").last()
    assert version is not None
    return version


def with_plans(contract: Contract, parties: Parties) -> KeptScenario:
    kept = make_scenario(contract=contract, name="All at once", by=parties.officer, clock=DATABASE_CLOCK)
    version = current(kept)
    for number, change in enumerate(plans_for(scenario_ground(version).known, day_of(version.known_at)), start=1):
        plan_change(scenario=kept, change=change, what="…", seen=number, by=parties.officer, clock=DATABASE_CLOCK)
    return kept


@pytest.mark.parametrize("name", EXAMPLES)
def test_projection_file_model_and_closed_months_agree(name: str, parties: Parties) -> None:
    contract = ledger.load(part_of(name), parties)
    version = current(with_plans(contract, parties))
    found, projected = planned(version)
    assert found.misfits == {}
    closed = figures(closed_result_document(contract))
    said = [*closed, *figures({"statements": [statement_document(each) for each in projected.projected]})]

    content = file_of(version)
    again = read_scenario(content)
    assert figures(model(again)) == said

    for_real = ledger.load(again, parties, reference="FOR REAL")
    assert figures(closed_result_document(for_real)) == said
    assert closed_statements(for_real).count() == len(said)
