"""What each part of the rule for carer fees is worth: without it, a hand-worked example comes out otherwise.

Every fault is a small change of the slow calculator's text, as somebody might misread the paragraph.
"""

import importlib.util
import json
from pathlib import Path

import pytest

from tests.oracle import day_by_day

SOURCE = Path(day_by_day.__file__).read_text(encoding="utf-8")
SCENARIOS = Path(__file__).parent.parent / "scenarios"
EXAMPLES = (
    "approval-fee-refund",
    "carer-fee-on-approval",
    "carer-fee-refund",
    "carer-fee-trigger-varied",
    "one-fee-a-household",
    "panel-after-placement",
)
FAULTS = {
    "approval never pays": (
        'if terms.get("carer_fee_trigger", "placed") == "approved":',
        "if False:",
    ),
    "approval always pays": (
        'if terms.get("carer_fee_trigger", "placed") == "approved":',
        "if True:",
    ),
    "approval pays where nothing is said": (
        'terms.get("carer_fee_trigger", "placed")',
        'terms.get("carer_fee_trigger", "approved")',
    ),
    "the statement's month says what pays": (
        "terms = self.terms_of(month_of(approved))",
        "terms = self.terms",
    ),
    "the month of the move says what pays": (
        "terms = self.terms_of(month_of(approved))",
        "terms = self.terms_of(month_of(min(candidates)[0] if candidates else approved))",
    ),
    "an approval before the programme pays": (
        "return approved if in_programme(terms, approved) else None",
        "return approved",
    ),
    "an approval pays once somebody is placed": (
        "return approved if in_programme(terms, approved) else None",
        "return approved if candidates and in_programme(terms, approved) else None",
    ),
    "an approval pays on the day of the move": (
        "return approved if in_programme(terms, approved) else None",
        "return max([approved, *(date for date, _ in candidates[:1])]) if in_programme(terms, approved) else None",
    ),
    "the council's households earn too": (
        'if household["assessed_by"] != "provider" or household["panel_approved"] is None:',
        'if household["panel_approved"] is None:',
    ),
    "each placement earns a fee": (
        'fee = Fraction(terms["carer_fee"])',
        'fee = Fraction(terms["carer_fee"]) * max(1, len(candidates))',
    ),
    "the statement's month says how much": (
        'fee = Fraction(terms["carer_fee"])',
        'fee = Fraction(self.terms["carer_fee"])',
    ),
    "the month of the approval says how much": (
        'fee = Fraction(terms["carer_fee"])',
        'fee = Fraction(self.terms_of(month_of(day(household["panel_approved"])))["carer_fee"])',
    ),
    "a placement before the approval gives back": (
        'and covers(placement["from"], placement["until"], due)',
        "",
    ),
    "the last placement gives back": ("_, identity = min(candidates)", "_, identity = max(candidates)"),
    "an approval's fee never comes back": (
        "if not candidates:\n            return fee",
        'if terms.get("carer_fee_trigger", "placed") == "approved":\n            return fee',
    ),
}


def faulty(fault, folder):
    """The calculator with one change in its text."""
    right, wrong = FAULTS[fault]
    assert SOURCE.count(right) == 1, "the fault no longer has its place"
    changed = folder / "faulty.py"
    changed.write_text(SOURCE.replace(right, wrong), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("faulty", changed)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.result_of


def wrong_examples(result_of):
    return [name for name in EXAMPLES if result_of(read(name)) != read(f"{name}.expected")]


def read(name):
    return json.loads((SCENARIOS / f"{name}.json").read_bytes())


def test_the_calculator_as_it_is_gives_every_example():
    assert wrong_examples(day_by_day.result_of) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_a_hand_worked_example_shows_the_fault(fault, tmp_path):
    assert wrong_examples(faulty(fault, tmp_path)) != []
