"""Workbook contents made from scenarios by the real arithmetic, as a closing would make them."""

from collections.abc import Iterator
from pathlib import Path

from cohort.core.known import as_known_on
from pbr_ledger.periods import Month
from savings.core.document import statement_document
from savings.core.model import statements
from savings.core.scenario import Scenario, read_scenario
from savings.documents.content import Before
from savings.documents.workbook.content import EarlierStatement, WorkbookContent
from tests.documents.samples import report_of

SCENARIOS = Path(__file__).parent.parent / "scenarios"
NAMES = sorted(path.name.removesuffix(".expected.json") for path in SCENARIOS.glob("*.expected.json"))


def scenario(name: str) -> Scenario:
    """The worked example of that name."""
    return read_scenario((SCENARIOS / f"{name}.json").read_bytes())


def contents(loaded: Scenario) -> Iterator[WorkbookContent]:
    """The workbook of every month that the scenario closes, in order."""
    earlier: list[EarlierStatement] = []
    for statement in statements(loaded):
        yield WorkbookContent(
            report=report_of(statement, scenario=loaded, closed=(), before=Before()),
            known=as_known_on(statement.as_known_on, terms=loaded.terms, versions=loaded.facts),
            earlier=tuple(earlier),
        )
        expenses = frozenset(expense for expense, _ in statement.expenses)
        earlier.append(EarlierStatement(statement.month, statement_document(statement), expenses))


def last_content(name: str) -> WorkbookContent:
    """The workbook of the last month that the worked example closes."""
    return list(contents(scenario(name)))[-1]


def content(name: str, month: str) -> WorkbookContent:
    """The workbook of one month of the worked example."""
    return next(each for each in contents(scenario(name)) if each.month == Month.parse(month))
