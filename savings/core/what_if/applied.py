"""Planned changes applied to what is known, one after the other, each held to the rules of facts and terms."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from cohort.core.facts import Claim, Fact, KnownFacts, Placement
from cohort.core.known import known_with
from cohort.core.terms import Terms
from cohort.core.validity import (
    claim_problems,
    journeys_of,
    overlaps_among,
    reference_problems,
    shape_problems,
    terms_problems,
)
from pbr_ledger.errors import Problem
from savings.core.what_if.changes import Change, DoesNotFit, OtherTerms, facts_of


@dataclass(frozen=True, slots=True)
class Applied:
    """What would be known with the changes: the facts and terms that they stand for, in order, and all together.

    `misfits` says by the number of a change (from 1) why it does not fit what is known by now; it is left out.
    """

    known: KnownFacts
    facts: tuple[Fact, ...]
    terms: tuple[Terms, ...]
    misfits: Mapping[int, str]


def applied(known: KnownFacts, changes: Sequence[Change], *, on: date) -> Applied:
    """The changes applied in their order, as if recorded on the day (docs/contract.md 11.1, 11.3)."""
    facts: list[Fact] = []
    terms: list[Terms] = []
    misfits: dict[int, str] = {}
    for number, change in enumerate(changes, start=1):
        try:
            known, added = _with(known, change, on)
        except DoesNotFit as misfit:
            misfits[number] = str(misfit)
            continue
        if isinstance(added, Terms):
            terms.append(added)
        else:
            facts += added
    return Applied(known, tuple(facts), tuple(terms), misfits)


def _with(known: KnownFacts, change: Change, on: date) -> tuple[KnownFacts, Terms | tuple[Fact, ...]]:
    """What is known with the change, and what it adds. Raises `DoesNotFit` with what the rules say against it."""
    if isinstance(change, OtherTerms):
        terms = replace(change.terms, recorded=on)
        _refuse(terms_problems(terms))
        return replace(known, terms=(*known.terms, terms)), terms
    facts = facts_of(change, known)
    _refuse([problem for fact in facts for problem in shape_problems(fact)])
    after = known_with(known, facts)
    _refuse(list(_problems_among(facts, after)))
    return after, facts


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise DoesNotFit("; ".join(dict.fromkeys(problem.message for problem in problems)))


def _problems_among(facts: Sequence[Fact], after: KnownFacts) -> Iterator[Problem]:
    """The rules by which facts are recorded: references, claims, and nights in one place only."""
    journeys = journeys_of(after)
    for fact in facts:
        missing = reference_problems(fact, after)
        yield from missing
        if isinstance(fact, Claim) and not missing:
            yield from claim_problems(fact, after, journeys)
    for child in sorted({fact.child for fact in facts if isinstance(fact, Placement)}):
        for first, second in overlaps_among(journeys.placements_of.get(child, ())):
            yield Problem("from", f"placement {second} begins while placement {first} runs")
