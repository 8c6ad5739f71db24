"""What a contract would have paid: months closed one after the other, nothing written anywhere."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from cohort.core.facts import KnownFacts
from cohort.core.known import as_known_on
from cohort.core.terms import Terms
from pbr_ledger.periods import Month
from savings.core.document import Document, result_document, statement_document
from savings.core.results import NOTHING_STATED, Position, Statement
from savings.core.scenario import Scenario
from savings.core.statement import statement

VaryTerms = Callable[[Terms], Terms]
"""What is made of every version of the terms before the months are closed with it."""


@dataclass(frozen=True, slots=True)
class KnownMonth:
    """A month to close, with its cut-off and everything known by then."""

    month: Month
    as_known_on: date
    known: KnownFacts


def close_in_turn(
    months: Iterable[KnownMonth], *, vary: VaryTerms | None = None, position: Position = NOTHING_STATED
) -> Iterator[Statement]:
    """The statement of each month, given in rising order, each after those before it (docs/contract.md 4.5, 11.2).

    With `vary`, what is made of each version of the terms takes its place, in every month: the facts and cut-offs are
    those that were, the reading another. `position` is what was stated and charged before the first of the months.
    """
    for each in months:
        known = replace(each.known, terms=tuple(map(vary, each.known.terms))) if vary else each.known
        result = statement(month=each.month, as_known_on=each.as_known_on, known=known, position=position)
        position = result.position
        yield result


def known_months(scenario: Scenario) -> Iterator[KnownMonth]:
    """Each month that a scenario closes, with what was known at its cut-off (docs/contract.md 11.4)."""
    for closing in scenario.closings:
        known = as_known_on(closing.as_known_on, terms=scenario.terms, versions=scenario.facts)
        yield KnownMonth(closing.month, closing.as_known_on, known)


def statements(scenario: Scenario) -> Iterator[Statement]:
    """The statement of each month that the scenario closes, in order, from what was known at its cut-off."""
    return close_in_turn(known_months(scenario))


def model(scenario: Scenario) -> Document:
    """The result document of a scenario (docs/scenario.md)."""
    return result_document(scenario.contract, (statement_document(result) for result in statements(scenario)))
