"""Planned changes as rows keep them: JSON objects in the manner of scenario files (docs/scenario.md)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date
from types import MappingProxyType
from typing import Any

from cohort.core.facts import SETTINGS
from cohort.core.terms import Terms
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.money import pounds_text
from savings.core.scenario.fields import Node
from savings.core.scenario.json_text import JsonObject
from savings.core.scenario.terms import read_terms
from savings.core.scenario.written import Written, terms_written
from savings.core.what_if.changes import PRICED, Breakdown, Change, Joining, Leaving, Move, OtherTerms, Price

KINDS: Mapping[str, type[Change]] = MappingProxyType(
    {each.kind: each for each in (Move, Breakdown, Price, Joining, Leaving, OtherTerms)}
)
_PENCE = "_pence"


def change_written(change: Change) -> Written:
    """The change as a row keeps it."""
    return {"kind": change.kind} | {
        field.name.removesuffix(_PENCE): _value_written(field.name, getattr(change, field.name))
        for field in fields(change)
    }


def _value_written(name: str, value: Any) -> Any:
    if isinstance(value, Terms):
        return terms_written(value)
    if isinstance(value, date):
        return value.isoformat()
    return pounds_text(value) if name.endswith(_PENCE) else value


def changes_read(written: Sequence[Mapping[str, Any]]) -> tuple[Change, ...]:
    """The changes that a row keeps. Raises `Refused`, with places, for what no row of ours holds."""
    problems: list[Problem] = []
    found = [_read(Node(_as_object(each), f"changes[{index}]", problems)) for index, each in enumerate(written)]
    changes = tuple(change for change in found if change is not None)
    if problems:
        raise Refused(problems)
    return changes


def _as_object(value: Any) -> Any:
    """JSON as a row gives it, in the form in which documents are read."""
    if isinstance(value, Mapping):
        return JsonObject({key: _as_object(each) for key, each in value.items()})
    return [_as_object(each) for each in value] if isinstance(value, list) else value


def _read(node: Node) -> Change | None:
    before = len(node.problems)
    kind = node.at("kind").choice(tuple(KINDS))
    if not kind:
        return None
    names = [field.name for field in fields(KINDS[kind])]
    keys = node.keys(("kind", *(name.removesuffix(_PENCE) for name in names)))
    values = {name: _READERS[name](keys[name.removesuffix(_PENCE)]) for name in names}
    return None if node.has_problems_since(before) else KINDS[kind](**values)


def _reference_or_none(node: Node) -> str | None:
    return None if node.is_null else node.reference()


_READERS: Mapping[str, Callable[[Node], Any]] = MappingProxyType(
    {
        "child": Node.reference,
        "placement": Node.reference,
        "claim": Node.reference,
        "reference": Node.reference,
        "household": _reference_or_none,
        "household_found": Node.yes_or_no,
        "setting": lambda node: node.choice(SETTINGS),
        "of": lambda node: node.choice(PRICED),
        "start": Node.day,
        "until": Node.day,
        "joined": Node.day,
        "left": Node.day,
        "weekly_pence": Node.pence,
        "contribution_pence": Node.pence,
        "terms": read_terms,
    }
)
