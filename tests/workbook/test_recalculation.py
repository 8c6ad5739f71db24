"""The workbook's formulas, worked out anew by LibreOffice, against the stored statement and every value kept in it.

Each workbook is first spoilt: a wrong value is kept beside every formula. LibreOffice shows such values as they are
unless it is told to recalculate, so a test that forgot to tell it would fail and not pass.
"""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, seed, settings

from savings.core.scenario import read_scenario
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.reconciliation import workbook_xlsx
from tests.oracle.strategies import contracts
from tests.workbook import recalculation, samples

NORMAL_MONTHS = ("2026-01", "2026-04", "2026-09")
GENERATED_SEED = 20260411
MOST_BATCHES = 8
KINDS = ("fixed_fee", "success_fee", "carer_fees", "expenses")


def outcome(workbook: bytes, opened: bytes, content: WorkbookContent) -> dict[str, Any]:
    """What LibreOffice made of the workbook: cells unlike those kept, the sum of differences, and the charges."""
    kept, found = recalculation.values(workbook), recalculation.values(opened)
    formulas = recalculation.formulas(workbook)
    return {
        "unlike": {
            place: (kept.get(place), found.get(place)) for place in formulas if kept.get(place) != found.get(place)
        },
        "sum of differences": found[recalculation.named(workbook, "All_checks")],
        "figures that differ": found[recalculation.named(workbook, "Failed_checks")],
        "enough checks": found[recalculation.named(workbook, "Checked")] >= len(KINDS) + 7,
        "charges": [Decimal(str(found["Charges", f"E{row}"])).quantize(Decimal("0.01")) for row in range(5, 9)],
        "stored": [Decimal(content.stored()["charges"][kind]) for kind in KINDS],
    }


def faults_of(contents: dict[str, WorkbookContent], folder: Path) -> dict[str, dict[str, Any]]:
    """The outcomes of those workbooks that are not right in every respect."""
    workbooks = {name: workbook_xlsx(content) for name, content in contents.items()}
    opened = recalculation.recalculated(
        {name: recalculation.spoilt(workbook) for name, workbook in workbooks.items()}, folder
    )
    outcomes = {name: outcome(workbooks[name], opened[name], content) for name, content in contents.items()}
    return {name: each for name, each in outcomes.items() if not is_right(each)}


def is_right(outcome: dict[str, Any]) -> bool:
    """Every formula gives the value kept with it, every check shows zero, and the charges are those stored."""
    return (
        outcome["unlike"] == {}
        and (outcome["sum of differences"], outcome["figures that differ"], outcome["enough checks"]) == (0, 0, True)
        and outcome["charges"] == outcome["stored"]
    )


def generated(count: int, *, batch: int = 0) -> list[dict[str, Any]]:
    """Random contracts, in each batch always the same."""
    documents: list[dict[str, Any]] = []

    @seed(GENERATED_SEED + batch)
    @settings(max_examples=count, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(contracts())
    def collect(document: dict[str, Any]) -> None:
        documents.append(document)

    collect()
    return documents


HARD: dict[str, Callable[[WorkbookContent], Any]] = {
    "late breakdown": lambda each: any(entry.saving_pence < 0 for entry in each.statement.adjustments),
    "varied terms": lambda each: len({each.version_number(each.terms_of(month)) for month in each.months}) > 1,
    "carer fee given back": lambda each: any(fee.refund for fee in each.statement.carer_fees),
    "fee on approval": lambda each: any(fee.trigger == "approved" for fee in each.statement.carer_fees),
    "fee without a placement": lambda each: any(fee.placement is None for fee in each.statement.carer_fees),
    "success fee": lambda each: each.statement.success_fee and each.statement.success_fee.amount_pence,
    "saved over Phase 3": lambda each: each.statement.success_fee and each.statement.success_fee.basis == "realised",
    "rows of its own": lambda each: each.statement.terms.schedule is not None and each.statement.lines,
    "negative as zero": lambda each: each.statement.terms.negative_savings == "zero" and each.statement.lines,
    "expenses held back": lambda each: each.known.expenses and not each.statement.expenses,
    "extra costs": lambda each: each.known.extra_costs and each.statement.lines,
}
"""What makes a statement hard to work out."""


def first_of_each_hard_kind() -> dict[str, WorkbookContent]:
    """For each thing that makes a statement hard, the first random one that has it."""
    found: dict[str, WorkbookContent] = {}
    for batch in range(MOST_BATCHES):
        documents = generated(40, batch=batch)
        for contract in contents_of([*documents, *map(with_fees_given_back, documents)]):
            for content in contract:
                found |= {name: content for name, is_hard in HARD.items() if name not in found and is_hard(content)}
        if len(found) == len(HARD):
            break
    return found


def with_fees_given_back(document: dict[str, Any]) -> dict[str, Any]:
    """The contract with every placement broken down, every household approved, and a part of each fee returned."""
    rows = [{"within_nights": 400, "share": "0.3333"}, {"within_nights": 28, "share": "0.5"}]
    return {
        **document,
        "terms": [{**terms, "carer_fee": "3333.33", "carer_fee_refund": rows} for terms in document["terms"]],
        "facts": [{**fact, **_broken_down(fact)} for fact in document["facts"]],
    }


def _broken_down(fact: dict[str, Any]) -> dict[str, Any]:
    if fact["type"] == "household" and not fact.get("void"):
        return {"assessed_by": "provider", "panel_approved": "2025-06-01"}
    return {"ended": "breakdown"} if fact["type"] == "placement" and fact.get("until") else {}


def contents_of(documents: list[dict[str, Any]]) -> list[list[WorkbookContent]]:
    """The workbooks of the statements of each contract, in order."""
    return [list(samples.contents(read_scenario(json.dumps(each).encode()))) for each in documents]


def sample_months(wanted: Callable[[str], bool]) -> dict[str, WorkbookContent]:
    """The sample contract's months."""
    return {str(each.month): each for each in samples.contents(samples.scenario("plymouth")) if wanted(str(each.month))}


def test_months_of_the_sample_contract_agree_with_their_statements(tmp_path):
    months = sample_months(lambda month: month in NORMAL_MONTHS)
    assert tuple(months) == NORMAL_MONTHS
    assert faults_of(months, tmp_path) == {}


@pytest.mark.slow
def test_every_other_month_of_the_sample_contract_agrees_with_its_statement(tmp_path):
    months = sample_months(lambda month: month not in NORMAL_MONTHS)
    assert len(months) == 12
    assert faults_of(months, tmp_path) == {}


@pytest.mark.slow
def test_every_worked_example_agrees_with_its_last_statement(tmp_path):
    assert len(samples.NAMES) == 33
    assert faults_of({name: samples.last_content(name) for name in samples.NAMES}, tmp_path) == {}


def test_random_contracts_of_every_hard_kind_agree_with_their_statements(tmp_path):
    hard = first_of_each_hard_kind()
    assert sorted(hard) == sorted(HARD)
    assert faults_of(hard, tmp_path) == {}


@pytest.mark.slow
def test_random_contracts_agree_with_their_last_statements(tmp_path):
    documents = generated(30)
    ends = [contract[-1] for contract in contents_of([*documents[:20], *map(with_fees_given_back, documents[20:])])]
    assert faults_of({f"contract-{number}": each for number, each in enumerate(ends)}, tmp_path) == {}


def test_without_recalculation_the_wrong_values_would_be_seen(tmp_path):
    content = samples.content("mid-month-move", "2025-11")
    workbook = workbook_xlsx(content)
    spoilt = recalculation.spoilt(workbook)
    opened = recalculation.recalculated({"shown": spoilt}, tmp_path, mode=recalculation.NEVER)["shown"]
    found = outcome(workbook, opened, content)
    assert found["sum of differences"] == float(recalculation.WRONG)
    assert not is_right(found)


class TestByHand:
    def test_a_penny_or_a_day_changed_in_a_fact_shows_in_the_checks(self, tmp_path):
        workbook = workbook_xlsx(samples.content("plymouth", "2026-04"))
        kept = recalculation.values(workbook)
        assert [kept["Facts", cell] for cell in ("B31", "D31", "B87", "E87", "B163", "E163")] == [
            *("C01", 7815.6, "C20-F0", datetime(2026, 4, 6), "E01", 185.4)  # noqa: DTZ001 - a spreadsheet's day
        ]
        opened = recalculation.recalculated(
            {
                "as it was": workbook,
                "a penny more": recalculation.with_value(workbook, sheet="Facts", cell="D31", value="7815.61"),
                "a day later": recalculation.with_value(workbook, sheet="Facts", cell="E87", value="46119"),
                "a dearer journey": recalculation.with_value(workbook, sheet="Facts", cell="E163", value="185.41"),
            },
            tmp_path,
        )
        differing = {name: differing_figures(each) for name, each in opened.items()}
        assert differing == {
            "as it was": [],
            "a penny more": ["Savings of the month", "Savings to date", "Run rate", "C01: saving"],
            "a day later": ["Savings of the month", "Savings to date", "C20: nights", "C20: saving"],
            "a dearer journey": ["Charged by this statement", "Charged to date", "Headroom", "Charged: Expenses"],
        }


def differing_figures(workbook: bytes) -> list[str]:
    """The names of the figures whose check shows a difference, from the top."""
    cells = recalculation.values(workbook)
    rows = range(9, 9 + cells[recalculation.named(workbook, "Checked")])
    return [cells["Checks", f"A{row}"] for row in rows if cells["Checks", f"E{row}"] != 0]
