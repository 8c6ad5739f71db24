"""Scenarios as a list shows them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models.functions import Lower

from pbr_ledger.listing import Column
from pbr_ledger.periods import day_of
from pbr_ledger.sorting import DAY, Sort
from pbr_ledger.words import count_shown, day_shown, instant_shown
from savings.models import ScenarioVersion


@dataclass(frozen=True, slots=True)
class ScenarioRow:
    """A scenario in the list."""

    key: int
    name: str
    starts_from: str
    changes: str
    changed: str
    by: str


COLUMNS: tuple[Column, ...] = (
    ("Scenario", lambda row: row.name),
    ("Starts from", lambda row: row.starts_from),
    ("Plans", lambda row: row.changes),
    ("Last changed", lambda row: row.changed),
    ("By", lambda row: row.by),
)
"""The list as a file."""
SORTS = (
    Sort("name", "Scenario", Lower("name")),
    Sort("changed", "Last changed", "recorded_at", DAY),
)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version in a scenario's history."""

    number: int
    at: str
    by: str
    what: str
    name: str


def scenario_rows(versions: Iterable[ScenarioVersion]) -> list[ScenarioRow]:
    """The scenarios, in their order."""
    return [
        ScenarioRow(
            key=version.scenario_id,
            name=version.name,
            starts_from="A scenario file"
            if version.scenario.document
            else f"The contract as known on {day_shown(day_of(version.known_at))}",
            changes=count_shown(len(version.changes), "planned change") if version.changes else "Nothing",
            changed=instant_shown(version.recorded_at),
            by=version.recorded_by.full_name,
        )
        for version in versions
    ]


def version_rows(versions: Iterable[ScenarioVersion]) -> list[VersionRow]:
    """The versions of a scenario, in their order."""
    return [
        VersionRow(each.number, instant_shown(each.recorded_at), each.recorded_by.full_name, each.what, each.name)
        for each in versions
    ]
