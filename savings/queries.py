"""Reading statements: worked out from what was known at an instant, and as they were closed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce

from django.db.models import QuerySet
from django.db.models.functions import Lower

from cohort.core.facts import KnownFacts, Retraction
from cohort.models import Contract
from cohort.queries import changes_between, facts_known_at, facts_known_at_each, terms_of, terms_versions
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month, day_of
from savings.core.document import (
    Document,
    charges_of,
    digest_of,
    position_after,
    result_document,
    statement_document,
)
from savings.core.model import KnownMonth
from savings.core.results import Charges, Position, Statement
from savings.core.scenario import read_scenario
from savings.core.statement import statement
from savings.core.what_if.files import History, Recorded, ground_in, history_in, history_of
from savings.core.what_if.outlook import ClosedFigures, Ground
from savings.lifecycles import OPEN_STATUSES
from savings.models import ClosedStatement, KeptScenario, Proposal, SavingsPlan, ScenarioVersion, StatementReport

BEFORE_ANYTHING = datetime(1, 1, 2, tzinfo=UTC)
AFTER_EVERYTHING = Month(9999, 12)


@dataclass(frozen=True, slots=True)
class WorkedStatement:
    """A month's statement worked out from the facts known at an instant, with its document and digest."""

    known: KnownFacts
    position: Position
    result: Statement
    document: Document
    digest: str


def worked_statement(*, contract: Contract, month: Month, known_at: datetime) -> WorkedStatement:
    """The month's statement from the facts known at the instant, after the statements closed for earlier months.

    Raises `NoTermsKnown` or `MonthBeforeProgramme` where nothing can be worked out (docs/contract.md 4.2, 11.4).
    """
    known = facts_known_at(contract=contract, at=known_at)
    position = position_before(contract=contract, month=month)
    result = statement(month=month, as_known_on=day_of(known_at), known=known, position=position)
    document = statement_document(result)
    return WorkedStatement(known, position, result, document, digest_of(contract.reference, document))


def position_before(*, contract: Contract, month: Month) -> Position:
    """What the statements closed for earlier months have stated and charged (docs/contract.md 4.5, 5.1)."""
    earlier = closed_statements(contract).filter(month_start__lt=month.first_day)
    rows = earlier.values_list("document", "expenses")
    return position_after((json.loads(document), expenses) for document, expenses in rows)


def position_now(*, contract: Contract) -> Position:
    """What all closed statements have stated and charged (docs/contract.md 4.5, 5.1)."""
    return position_before(contract=contract, month=AFTER_EVERYTHING)


def closed_statements(contract: Contract) -> QuerySet[ClosedStatement]:
    """The contract's closed statements, the earliest month first."""
    return ClosedStatement.objects.filter(contract=contract).order_by("month_start")


def last_closed_month(contract: Contract) -> Month | None:
    """The latest month that is closed; None before the first."""
    latest = closed_statements(contract).values_list("month_start", flat=True).last()
    return Month.of(latest) if latest else None


def months_as_closed(contract: Contract) -> list[KnownMonth]:
    """Each closed month with everything that was known when it was closed, the earliest first (11.4).

    With them `savings.core.model.close_in_turn` closes the months again, under other terms or the same; nothing is
    written. Takes the same number of queries for twenty months as for one.
    """
    closed = list(closed_statements(contract).values_list("month_start", "known_at"))
    known = facts_known_at_each(contract=contract, instants=[at for _, at in closed])
    return [KnownMonth(Month.of(start), day_of(at), known[at]) for start, at in closed]


def closed_statement(*, contract: Contract, month: Month) -> ClosedStatement | None:
    """The month's closed statement; None while it is not closed."""
    found = ClosedStatement.objects.filter(contract=contract, month_start=month.first_day)
    return found.select_related("contract", "proposal", "closed_by").first()


def open_proposal(*, contract: Contract, month: Month) -> Proposal | None:
    """The month's proposal that can still be agreed, disputed or closed; None when there is none."""
    return Proposal.objects.filter(contract=contract, month_start=month.first_day, status__in=OPEN_STATUSES).first()


def latest_proposal(*, contract: Contract, month: Month) -> Proposal | None:
    """The month's last proposal, whatever became of it."""
    found = Proposal.objects.filter(contract=contract, month_start=month.first_day)
    return found.select_related("proposed_by").order_by("number").last()


def numbered_proposal(*, contract: Contract, month: Month, number: int | None) -> Proposal | None:
    """The month's proposal of that number, its last one for None; None when there is no such proposal."""
    found = Proposal.objects.filter(contract=contract, month_start=month.first_day)
    if number is not None:
        found = found.filter(number=number)
    return found.select_related("contract", "dispute").order_by("number").last()


def statement_report(*, statement: ClosedStatement, name: str) -> StatementReport | None:
    """The stored document of that name; None while its job has not made it."""
    return StatementReport.objects.filter(statement=statement, name=name).first()


def closed_result_document(contract: Contract) -> Document:
    """The result document of everything closed so far, as read back from the closed statements (docs/scenario.md)."""
    documents = closed_statements(contract).values_list("document", flat=True)
    return result_document(contract.reference, (json.loads(text) for text in documents))


def charged_as_closed(contract: Contract) -> Charges:
    """What all closed statements together have charged, by kind, in pence: read back from what was closed."""
    documents = closed_statements(contract).values_list("document", flat=True)
    return reduce(Charges.plus, (charges_of(json.loads(text)) for text in documents), Charges())


def charges_in(closed: ClosedStatement) -> Charges:
    """What a closed statement charged, by kind, in pence."""
    return charges_of(json.loads(closed.document))


def savings_plans(contract: Contract) -> QuerySet[SavingsPlan]:
    """Every version of what the council's financial plan counts on, in the order of recording."""
    found = SavingsPlan.objects.filter(contract=contract).select_related("recorded_by")
    return found.order_by("recorded_at", "pk")


def savings_plans_now(contract: Contract) -> dict[int, SavingsPlan]:
    """The version that holds of each financial year's plan, by the year in which it begins; one query."""
    return {plan.financial_year: plan for plan in savings_plans(contract)}


def current_scenarios(contract: Contract, organisation: Organisation) -> QuerySet[ScenarioVersion]:
    """The version that holds of each scenario that the organisation keeps beside the contract, by name."""
    kept = ScenarioVersion.objects.filter(scenario__contract=contract, scenario__organisation=organisation)
    latest = kept.order_by("scenario", "-number").distinct("scenario")
    rows = ScenarioVersion.objects.filter(pk__in=latest.values("pk"), closed=False)
    return rows.select_related("scenario", "recorded_by").order_by(Lower("name"), "scenario")


def closed_scenarios(contract: Contract, organisation: Organisation) -> QuerySet[ScenarioVersion]:
    """The last version of each scenario that the organisation has closed, the latest first."""
    rows = ScenarioVersion.objects.filter(scenario__contract=contract, scenario__organisation=organisation)
    return rows.filter(closed=True).order_by("-recorded_at")


def scenario_version(contract: Contract, organisation: Organisation, key: int) -> ScenarioVersion | None:
    """The version that holds of the scenario with this key; None where the organisation keeps none such here."""
    rows = ScenarioVersion.objects.filter(scenario=key, scenario__contract=contract)
    rows = rows.filter(scenario__organisation=organisation).select_related("scenario__contract", "recorded_by")
    return rows.order_by("number").last()


def scenario_versions(scenario: KeptScenario) -> QuerySet[ScenarioVersion]:
    """Every version of the scenario, the latest first."""
    return scenario.versions.select_related("recorded_by").order_by("-number")


def scenario_ground(version: ScenarioVersion) -> Ground:
    """Where the projection of a kept scenario begins: the contract as known at its instant, or its file.

    A fixed number of queries. Raises `Refused` for a file that could not be imported today.
    """
    kept = version.scenario
    if kept.document:
        return ground_in(read_scenario(kept.document.encode()), day_of(version.known_at))
    return contract_ground(kept.contract, version.known_at)


def contract_ground(contract: Contract, at: datetime) -> Ground:
    """Where the contract's own projection begins, with what is known and closed at the instant (4.5, 11.4)."""
    closed = closed_statements(contract).filter(closed_at__lte=at)
    documents = [(json.loads(text), expenses) for text, expenses in closed.values_list("document", "expenses")]
    figures = tuple(
        ClosedFigures(
            Month.parse(document["month"]),
            charges_of(document),
            pence_of(Decimal(document["savings_to_date"])),
            pence_of(Decimal(document["run_rate"])),
        )
        for document, _ in documents
    )
    return Ground(facts_known_at(contract=contract, at=at), position_after(documents), figures)


def scenario_history(version: ScenarioVersion) -> History:
    """What happened before the scenario's plans, by days: the contract's whole history, or its file's."""
    kept = version.scenario
    if kept.document:
        return history_in(read_scenario(kept.document.encode()), day_of(version.known_at))
    return history_of(sorted(_recorded(kept.contract, version.known_at), key=lambda each: each.at))


def _recorded(contract: Contract, at: datetime) -> Iterator[Recorded]:
    """Terms and facts recorded by the instant, and months closed by it; at equal instants closings come last."""
    for row in terms_versions(contract, at):
        yield Recorded(row.recorded_at, terms_of(row))
    for change in changes_between(contract=contract, after=BEFORE_ANYTHING, until=at):
        yield Recorded(change.recorded_at, change.after or Retraction(change.kind, change.reference))
    for closed in closed_statements(contract).filter(closed_at__lte=at):
        yield Recorded(closed.known_at, closed.month)
