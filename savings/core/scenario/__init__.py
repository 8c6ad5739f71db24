"""Scenario documents: a contract's terms, everything that became known, and the months to close (docs/scenario.md)."""

from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Fact, Retraction
from cohort.core.known import RecordedFact
from cohort.core.terms import Terms
from pbr_ledger.errors import Problem, Refused
from savings.core.scenario.closing import Closing, read_closings
from savings.core.scenario.facts import FactLine, read_fact
from savings.core.scenario.fields import Node
from savings.core.scenario.json_text import MAXIMUM_BYTES, parse, too_large
from savings.core.scenario.terms import read_terms
from savings.core.scenario.timeline import order_problems, relation_problems


@dataclass(frozen=True, slots=True)
class Scenario:
    """A sound scenario: everything in it holds together, so the arithmetic can run on it."""

    contract: str
    why: str
    terms: tuple[Terms, ...]
    facts: tuple[RecordedFact, ...]
    closings: tuple[Closing, ...]


def read_scenario(data: bytes) -> Scenario:
    """The scenario in these bytes. Raises `Refused` with every problem, each named by its place in the file."""
    problems: list[Problem] = []
    document = Node(parse(data), "", problems)
    keys = document.keys(("contract", "terms", "facts", "close"), ("why",))
    contract = keys["contract"].reference()
    why = keys["why"].text() if "why" in keys else ""
    terms, terms_sound = _terms(keys["terms"])
    lines = [read_fact(item) for item in keys["facts"].items()]
    problems.extend(order_problems(lines))
    problems.extend(relation_problems(lines, terms=terms, terms_sound=terms_sound))
    closings = read_closings(keys["close"], terms, terms_sound=terms_sound)
    if problems:
        raise Refused(problems)
    return Scenario(contract, why, terms, tuple(_recorded(line) for line in lines), closings)


def _terms(node: Node) -> tuple[tuple[Terms, ...], bool]:
    """The versions that could be read, and whether that is all of them."""
    before = len(node.problems)
    versions = [read_terms(item) for item in node.items()]
    if not versions and not node.has_problems_since(before):
        node.wrong("has no version of the terms")
    return tuple(version for version in versions if version), not node.has_problems_since(before)


def _recorded(line: FactLine) -> RecordedFact:
    day: date | None = line.recorded
    content: Fact | Retraction | None = line.content
    if day is None or content is None:
        raise Refused([Problem(line.place, "could not be read")])
    return RecordedFact(day, content)


__all__ = ["MAXIMUM_BYTES", "Closing", "Scenario", "read_scenario", "too_large"]
