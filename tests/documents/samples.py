"""Report contents made from the worked examples by the real arithmetic, with people and instants of our own."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from cohort.core.known import as_known_on
from pbr_ledger.periods import LONDON, Month
from savings.core.document import as_text, digest_of, result_document, statement_document
from savings.core.model import statements
from savings.core.nights import journeys, priced_nights
from savings.core.results import PricedNights, Statement
from savings.core.scenario import Scenario, read_scenario
from savings.documents.content import Before, ClosedMonth, ReportContent, Signature

SCENARIOS = Path(__file__).parent.parent / "scenarios"


def reports(name: str) -> Iterator[ReportContent]:
    """The report of every month that the scenario closes, in order."""
    scenario = read_scenario((SCENARIOS / f"{name}.json").read_bytes())
    closed: list[ClosedMonth] = []
    before = Before()
    for statement in statements(scenario):
        yield report_of(statement, scenario=scenario, closed=tuple(closed), before=before)
        closed.append(ClosedMonth(statement.month, statement.charges))
        before = Before.of(statement)


def report(name: str, month: str) -> ReportContent:
    """The report of one month of the scenario."""
    return next(content for content in reports(name) if content.month == Month.parse(month))


def report_of(
    statement: Statement, *, scenario: Scenario, closed: tuple[ClosedMonth, ...], before: Before
) -> ReportContent:
    """The report that a closing on the day after the cut-off would make."""
    known = as_known_on(statement.as_known_on, terms=scenario.terms, versions=scenario.facts)
    cut_off = datetime.combine(statement.as_known_on, time(17, 30), LONDON)
    document = statement_document(statement)
    nights: list[PricedNights] = []
    for journey in journeys(known).values():
        nights.extend(priced_nights(journey, month=statement.month, terms=statement.terms))
    return ReportContent(
        contract_reference=scenario.contract,
        contract_title="Supporting children in care to progress from residential children’s homes to family settings",
        decision="Executive Decision L04 25/26, 29 July 2025",
        council="Plymouth City Council",
        provider="Reconnect",
        paying_agent="Team Matrix",
        statement=statement,
        closed=closed,
        before=before,
        nights=tuple(nights),
        expenses=known.expenses,
        proposed_by=_signature("council", "A. Finance", "Finance officer", cut_off),
        agreements=(
            _signature("provider", "B. Provider", "Contract lead", cut_off + timedelta(hours=16)),
            _signature("council", "C. Finance", "Finance officer", cut_off + timedelta(hours=17)),
        ),
        closed_by=_signature("council", "D. Accountant", "Lead Accountant", cut_off + timedelta(hours=20)),
        closed_at=(cut_off + timedelta(hours=20)).astimezone(UTC),
        known_at=cut_off,
        digest=digest_of(scenario.contract, document),
        audit_head="5f" * 32,
        document_json=as_text(result_document(scenario.contract, [document])),
        release="0.1.0",
    )


def _signature(side: str, name: str, role: str, at: datetime) -> Signature:
    organisation = "Plymouth City Council" if side == "council" else "Reconnect"
    return Signature(side, name, role, organisation, at)
