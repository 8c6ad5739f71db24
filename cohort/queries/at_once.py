# ruff: noqa: S608 - what is put into the query is written here, beside it
"""The live facts of a contract in one question to PostgreSQL: what every change and every statement begins with.

Six kinds of fact and their prices would be eight questions, most of whose time is not spent on their answers.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from django.db import connection

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Fact, Household, Placement, Rate
from cohort.models import Contract

_HELD = """
    fact.contract_id = %(contract)s AND NOT version.retracted
        AND version.recorded_at <= coalesce(%(at)s::timestamptz, 'infinity')
        AND (version.superseded_at IS NULL OR version.superseded_at > %(at)s::timestamptz)
"""
_HELD_EVER = "fact.contract_id = %(contract)s AND NOT version.retracted"
_BEFORE = "(SELECT count(*) FROM unnest(%(instants)s::timestamptz[]) at WHERE at < {instant})"
_SPAN = (
    _BEFORE.format(instant="version.recorded_at")
    + ", "
    + _BEFORE.format(instant="coalesce(version.superseded_at, 'infinity')")
)
"""At which of the instants, which are in rising order, a version was known: from the first place until the second."""
_RATES = """
    (SELECT json_agg(json_build_array(start, (100 * weekly)::bigint, (100 * contribution)::bigint) ORDER BY start)
        FROM {rates} WHERE version_id = version.id)
"""


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where one kind of fact is kept, its columns in the order in which `build` takes them, and whatever they join."""

    columns: str
    build: Callable[..., Fact]
    joined: str = ""


def _question(columns: str, held: str) -> str:
    """Six answers: of each kind of fact the versions that are held so, with these columns before their own."""
    return "SELECT " + ", ".join(_query(kind, reading, columns, held) for kind, reading in _READINGS.items())


def _query(kind: str, reading: _Reading, columns: str, held: str) -> str:
    name = kind.replace("_", "")
    return f"""
        (SELECT json_agg(json_build_array({columns}, {reading.columns}))
        FROM cohort_{name} fact JOIN cohort_{name}version version ON version.fact_id = fact.id {reading.joined}
        WHERE {held})
    """


_CHILD = "JOIN cohort_child child ON child.id = version.child_id"


def _child(id_: str, joined: str, left: str | None, rates: list[list[Any]]) -> Child:
    return Child(id_, _day(joined), _day_or_none(left), _rates(rates))


def _placement(
    id_: str,
    child: str,
    setting: str,
    start: str,
    until: str | None,
    ended: str | None,
    household: str | None,
    block_contract: bool,
    rates: list[list[Any]],
) -> Placement:
    until_on = _day_or_none(until)
    return Placement(id_, child, setting, _day(start), until_on, ended, household, _rates(rates), block_contract)


def _household(id_: str, assessed_by: str, panel_approved: str | None) -> Household:
    return Household(id_, assessed_by, _day_or_none(panel_approved))


def _extra_cost(id_: str, child: str, category: str, start: str, until: str, pence: int) -> ExtraCost:
    return ExtraCost(id_, child, category, _day(start), _day(until), pence)


def _expense(id_: str, day: str, category: str, pence: int, description: str) -> Expense:
    return Expense(id_, _day(day), category, pence, description)


def _rates(rates: list[list[Any]]) -> tuple[Rate, ...]:
    return tuple(Rate(_day(start), weekly, contribution) for start, weekly, contribution in rates)


_day = date.fromisoformat


def _day_or_none(text: str | None) -> date | None:
    return _day(text) if text else None


_READINGS: Mapping[str, _Reading] = MappingProxyType(
    {
        "child": _Reading(f"joined, version.left, {_RATES.format(rates='cohort_baselinerate')}", _child),
        "placement": _Reading(
            "child.reference, setting, start, until, ended, household.reference, block_contract, "
            + _RATES.format(rates="cohort_placementrate"),
            _placement,
            f"{_CHILD} LEFT JOIN cohort_household household ON household.id = version.household_id",
        ),
        "claim": _Reading(
            "placement.reference, status", Claim, "JOIN cohort_placement placement ON placement.id = placement_id"
        ),
        "household": _Reading("assessed_by, panel_approved", _household),
        "extra_cost": _Reading("child.reference, category, start, until, (100 * weekly)::bigint", _extra_cost, _CHILD),
        "expense": _Reading("day, category, (100 * amount)::bigint, description", _expense),
    }
)
_LIVE = _question("fact.reference", _HELD)
_AT_EACH = _question(f"{_SPAN}, fact.reference", _HELD_EVER)


def live_facts(contract: Contract, at: datetime | None) -> dict[str, dict[str, Fact]]:
    """The facts known at the instant, by kind and then by id in rising order; those known now for None."""
    answers = _answers(_LIVE, {"contract": contract.pk, "at": at})
    return {
        kind: {row[0]: reading.build(*row) for row in sorted(answer or (), key=lambda row: row[0])}
        for (kind, reading), answer in zip(_READINGS.items(), answers, strict=True)
    }


def live_facts_at_each(contract: Contract, instants: Iterable[datetime]) -> dict[datetime, dict[str, dict[str, Fact]]]:
    """The facts known at each of the instants: what `live_facts` says of each.

    One question for all of them, and one value for a version however many of them knew it.
    """
    rising = sorted(set(instants))
    found: list[dict[str, dict[str, Fact]]] = [{kind: {} for kind in _READINGS} for _ in rising]
    answers = _answers(_AT_EACH, {"contract": contract.pk, "instants": rising})
    for (kind, reading), answer in zip(_READINGS.items(), answers, strict=True):
        for start, until, *row in sorted(answer or (), key=lambda row: row[2]):
            fact = reading.build(*row)
            for known in found[start:until]:
                known[kind][fact.id] = fact
    return dict(zip(rising, found, strict=True))


def _answers(question: str, given: Mapping[str, Any]) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(question, given)
        answers: Sequence[Any] = cursor.fetchone()
    return answers
