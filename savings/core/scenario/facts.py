"""Facts, as a scenario document writes them: one version of a fact a line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from cohort.core.facts import (
    ASSESSORS,
    CLAIM_STATUSES,
    ENDINGS,
    EXTRA_COST_KINDS,
    FACT_TYPES,
    SETTINGS,
    Child,
    Claim,
    Expense,
    ExtraCost,
    Fact,
    Household,
    Placement,
    Rate,
    Retraction,
)
from cohort.core.validity import shape_problems
from savings.core.scenario.fields import Node

T = TypeVar("T")

_HEAD = ("recorded", "type", "id")
_KEYS = {
    "child": ("joined", "left", "baseline"),
    "placement": ("child", "setting", "from", "until", "ended", "costs", "household"),
    "claim": ("placement", "status"),
    "household": ("assessed_by", "panel_approved"),
    "extra_cost": ("child", "kind", "from", "until", "weekly"),
    "expense": ("date", "kind", "amount", "description"),
}
_OPTIONAL_KEYS = {"placement": ("block_contract",)}

_FIRST_RATE_HANGS_ON = {
    "costs": ("from", "costs[0].from"),
    "baseline": ("joined", "baseline[0].from"),
}


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of the file: where it stands, its day, what it is about, and its content unless that is wrong."""

    place: str
    recorded: date | None
    kind: str
    id: str
    content: Fact | Retraction | None


def read_fact(node: Node) -> FactLine:
    """The line that stands here, with its problems noted; its content is None when something is wrong in it."""
    before = len(node.problems)
    kind = _kind_of(node)
    if not kind:
        known = (key for kinds in (_KEYS, _OPTIONAL_KEYS) for keys in kinds.values() for key in keys)
        node.keys(_HEAD, ("void", *known))
        return FactLine(node.place, None, "", node.at("id").value if node.has("id") else "", None)
    retracted = _is_retraction(node)
    optional = ("void", *_OPTIONAL_KEYS.get(kind, ()))
    keys = node.keys(_HEAD, (*_KEYS[kind], *optional)) if retracted else node.keys((*_HEAD, *_KEYS[kind]), optional)
    reference = keys["id"].reference()
    in_head = len(node.problems)
    recorded = keys["recorded"].day()
    day = None if node.has_problems_since(in_head) else recorded
    content = Retraction(kind, reference) if retracted else _READERS[kind](reference, keys)
    if not isinstance(content, Retraction):
        node.add_what_stands_alone(shape_problems(content), hangs_on=_FIRST_RATE_HANGS_ON)
    return FactLine(node.place, day, kind, reference, None if node.has_problems_since(before) else content)


def _kind_of(node: Node) -> str:
    """The type that stands there; empty when it is missing, which whoever reads the keys will say."""
    return node.at("type").choice(tuple(FACT_TYPES)) if node.has("type") else ""


def _is_retraction(node: Node) -> bool:
    return node.has("void") and node.at("void").yes_or_no()


def _child(reference: str, keys: dict[str, Node]) -> Child:
    return Child(
        id=reference,
        joined=keys["joined"].day(),
        left=_or_none(keys["left"], Node.day),
        baseline=_rates(keys["baseline"]),
    )


def _placement(reference: str, keys: dict[str, Node]) -> Placement:
    return Placement(
        id=reference,
        child=keys["child"].reference(),
        setting=keys["setting"].choice(SETTINGS),
        start=keys["from"].day(),
        until=_or_none(keys["until"], Node.day),
        ended=_or_none(keys["ended"], lambda node: node.choice(ENDINGS)),
        household=_or_none(keys["household"], Node.reference),
        costs=_rates(keys["costs"]),
        block_contract="block_contract" in keys and keys["block_contract"].yes_or_no(),
    )


def _claim(reference: str, keys: dict[str, Node]) -> Claim:
    return Claim(id=reference, placement=keys["placement"].reference(), status=keys["status"].choice(CLAIM_STATUSES))


def _household(reference: str, keys: dict[str, Node]) -> Household:
    return Household(
        id=reference,
        assessed_by=keys["assessed_by"].choice(ASSESSORS),
        panel_approved=_or_none(keys["panel_approved"], Node.day),
    )


def _extra_cost(reference: str, keys: dict[str, Node]) -> ExtraCost:
    return ExtraCost(
        id=reference,
        child=keys["child"].reference(),
        category=keys["kind"].choice(EXTRA_COST_KINDS),
        start=keys["from"].day(),
        until=keys["until"].day(),
        weekly_pence=keys["weekly"].pence(),
    )


def _expense(reference: str, keys: dict[str, Node]) -> Expense:
    return Expense(
        id=reference,
        day=keys["date"].day(),
        category=keys["kind"].reference(),
        amount_pence=keys["amount"].pence(),
        description=keys["description"].text(),
    )


_READERS: dict[str, Callable[[str, dict[str, Node]], Fact]] = {
    "child": _child,
    "placement": _placement,
    "claim": _claim,
    "household": _household,
    "extra_cost": _extra_cost,
    "expense": _expense,
}


def _or_none(node: Node, read: Callable[[Node], T]) -> T | None:
    return None if node.is_null else read(node)


def _rates(node: Node) -> tuple[Rate, ...]:
    rows = [item.keys(("from", "weekly"), ("contribution",)) for item in node.items()]
    return tuple(
        Rate(
            start=row["from"].day(),
            weekly_pence=row["weekly"].pence(),
            contribution_pence=row["contribution"].pence() if "contribution" in row else 0,
        )
        for row in rows
    )
