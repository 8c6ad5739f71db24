"""What a contract would have paid: a scenario's months closed one after the other, nothing written anywhere."""

from collections.abc import Iterator

from cohort.core.known import as_known_on
from savings.core.document import Document, result_document, statement_document
from savings.core.results import NOTHING_STATED, Statement
from savings.core.scenario import Scenario
from savings.core.statement import statement


def statements(scenario: Scenario) -> Iterator[Statement]:
    """The statement of each month that the scenario closes, in order, from what was known at its cut-off."""
    position = NOTHING_STATED
    for closing in scenario.closings:
        known = as_known_on(closing.as_known_on, terms=scenario.terms, versions=scenario.facts)
        result = statement(month=closing.month, as_known_on=closing.as_known_on, known=known, position=position)
        position = result.position
        yield result


def model(scenario: Scenario) -> Document:
    """The result document of a scenario (docs/scenario.md)."""
    return result_document(scenario.contract, (statement_document(result) for result in statements(scenario)))
