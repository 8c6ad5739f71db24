"""Scenarios with one term read otherwise, edited as their files are written, and what `manage.py model` gives then.

The edits share nothing with the product but the names of terms and readings.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from cohort.models import Contract
from savings.core.model import model
from savings.core.scenario import Scenario
from savings.pages.readings.page import readings_content
from savings.pages.readings.table import TERM_READINGS
from tests.savings import ledger

Version = dict[str, Any]
Document = dict[str, Any]
Edit = Callable[[Version], Version]

AS_CHARGED = "as charged"
LONG_AFTER = datetime(2030, 1, 1, tzinfo=UTC)
FIVE = ["fostering_in_house", "fostering_external", "connected_carers", "special_guardianship", "reunification"]


def _set(key: str, value: object) -> Edit:
    return lambda version: {**version, key: value}


def _basis(word: str) -> Edit:
    return lambda version: {**version, "success_fee": {**version["success_fee"], "basis": word}}


def _settings(*wanted: str) -> Edit:
    return _set("family_settings", list(wanted))


def _back(*rows: tuple[int, str]) -> Edit:
    return _set("carer_fee_refund", [{"within_nights": nights, "share": share} for nights, share in rows])


def _months(version: Version) -> Version:
    """Phase 2's fee in its last month, Phase 3's in equal parts over the months that begin in it."""
    rows = {_last_month(version["phase2"]["until"]): Decimal(version["phase2"]["fee"])}
    begins, last = version["phase3"]["from"], _last_month(version["phase3"]["until"])
    months = [begins[:7]]
    while months[-1] < last:
        months.append(_after(months[-1]))
    months = [month for month in months if f"{month}-01" >= begins] or [last]
    fee = Fraction(version["phase3"]["fee"])
    for number, month in enumerate(months):
        part = _penny(fee * (number + 1) / len(months)) - _penny(fee * number / len(months))
        rows[month] = rows.get(month, Decimal(0)) + part
    return {**version, "schedule": [{"month": month, "amount": f"{rows[month]:.2f}"} for month in sorted(rows)]}


def _penny(amount: Fraction) -> Decimal:
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


def _after(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02d}"


def _last_month(until: str) -> str:
    """The month of the night before."""
    year, number, day = map(int, until.split("-"))
    if day > 1:
        return until[:7]
    return f"{year - 1}-12" if number == 1 else f"{year}-{number - 1:02d}"


EDITS: Mapping[str, Mapping[str, Edit]] = {
    "schedule": {"days": _set("schedule", None), "months": _months},
    "fixed_fee_limit": {word: _set("fixed_fee_limit", word) for word in ("schedule", "cap")},
    "fixed_fee_savings": {word: _set("fixed_fee_savings", word) for word in ("month", "to_date")},
    "family_settings": {
        "every": _settings(*FIVE),
        "named": _settings("fostering_in_house", "fostering_external", "connected_carers", "reunification"),
        "fostering": _settings("fostering_in_house", "fostering_external"),
    },
    "negative_savings": {word: _set("negative_savings", word) for word in ("net", "zero")},
    "success_fee.basis": {word: _basis(word) for word in ("run_rate", "realised")},
    "annual_days": {str(days): _set("annual_days", days) for days in (365, 364, 366)},
    "carer_fee_trigger": {word: _set("carer_fee_trigger", word) for word in ("placed", "approved")},
    "carer_fee_refund": {
        "none": _back(),
        "half": _back((1_000_000, "0.5")),
        "all": _back((1_000_000, "1")),
        "in_time": _back((28, "1"), (84, "0.50")),
    },
    "expenses_wait_for_savings": {
        "yes": _set("expenses_wait_for_savings", True),
        "no": _set("expenses_wait_for_savings", False),
    },
}
"""By the term's key in a scenario file and the reading's word: how a version in the file is written then."""


def document_of(name: str) -> Document:
    """The worked example's file."""
    document: Document = json.loads(ledger.scenario_path(name).read_bytes())
    return document


def edited(document: Document, edit: Edit) -> Scenario:
    """The scenario with every version of its terms edited.

    The terms are read as a file's; the facts stay as they were, claims for settings that are no families by now too.
    """
    without_facts = {**document, "facts": [], "terms": [edit(version) for version in document["terms"]]}
    return replace(ledger.read_from(document), terms=ledger.read_from(without_facts).terms)


def charged_by_model(scenario: Scenario) -> dict[str, int]:
    """The sum of what the statements of the result document charge, by kind, in pence."""
    charged: dict[str, int] = {}
    for statement in model(scenario)["statements"]:
        for kind, amount in statement["charges"].items():
            charged[kind] = charged.get(kind, 0) + int(Decimal(amount) * 100)
    return charged


def is_as_it_was(document: Document, edit: Edit) -> bool:
    """Whether the edit leaves every version of the terms saying what it said, however it is written."""
    was, now = ledger.read_from(document).terms, edited(document, edit).terms
    return all(_plain(one) == _plain(other) for one, other in zip(was, now, strict=True))


def _plain(terms: Any) -> Any:
    rows = None if terms.schedule is None else frozenset(terms.schedule)
    return replace(terms, schedule=rows, family_settings=frozenset(terms.family_settings))


Figures = dict[str, int]


def readings_shown(contract: Contract) -> dict[tuple[str, str], Figures]:
    """What the page shows of every reading, by term and word; of the one that all versions have, what was charged."""
    content = readings_content(contract, at=LONG_AFTER)
    named = {(reading.term, choice.name): choice.key for reading in TERM_READINGS for choice in reading.choices}
    shown: dict[tuple[str, str], Figures] = {}
    for reading in content.readings:
        for row in reading.rows:
            word = named.get((reading.key, row.name), AS_CHARGED)
            figures = asdict(row.charges)
            assert row.charges.minus(row.difference) == reading.rows[0].charges
            shown[reading.key, word] = figures
    return shown


def readings_modelled(document: Document) -> dict[tuple[str, str], Figures]:
    """The same from the model: the scenario as it is, and with its terms edited."""
    as_it_was = charged_by_model(ledger.read_from(document))
    found: dict[tuple[str, str], Figures] = {}
    for term, edits in EDITS.items():
        found |= {(term, word): charged_by_model(edited(document, edit)) for word, edit in edits.items()}
        if not any(is_as_it_was(document, edit) for edit in edits.values()):
            found[term, AS_CHARGED] = as_it_was
    return found


def differing(document: Document) -> set[tuple[str, str]]:
    """The readings under which the model charges something else."""
    as_it_was = charged_by_model(ledger.read_from(document))
    return {key for key, figures in readings_modelled(document).items() if figures != as_it_was}
