"""Two contracts of different councils and providers, closed by the real services, and people of every part."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

from cohort.models import Contract
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import StatedClock
from savings.core.scenario import Scenario, read_scenario
from savings.documents.reconciliation import reconciliation_pdf
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement
from savings.queries import closed_statements
from savings.services import Particulars, Parties, load_scenario, reconciliation_content, store_report
from tests.signing_in import PASSWORD

SCENARIOS = Path(__file__).parent.parent / "scenarios"

FOUNDED = datetime(2025, 7, 1, 9, tzinfo=UTC)
TITLE = "Supporting children in care to progress from residential children’s homes to family settings"


@dataclass(frozen=True)
class World:
    """Everybody by `side role` (`own council auditor`), and the two contracts."""

    people: dict[str, Person]
    contract: Contract
    other_contract: Contract


def world(
    scenario: str | Scenario = "mid-month-move",
    months: int | None = None,
    *,
    reference: str = "L04 25/26",
    other: str | Scenario = "penny-rounding",
) -> World:
    """The own contract from the scenario, or the worked example of this name; another council's from a small one.

    Nobody of the one is in the other.

    Only the last so many `months` that the scenario lists are closed, or all of them.
    """
    people, parties = peopled()
    return World(
        people,
        _contract(scenario, reference, parties["own"], months),
        _contract(other, "X99", parties["other"], None),
    )


def shared_world() -> World:
    """The same two councils, but both contracts are with the provider and the paying agent of the own one."""
    people, parties = peopled()
    own = parties["own"]
    other = replace(parties["other"], provider=own.provider, agent=own.agent, provider_staff=own.provider_staff)
    return World(
        people, _contract("mid-month-move", "OWN 1", own, None), _contract("penny-rounding", "X99", other, None)
    )


def peopled() -> tuple[dict[str, Person], dict[str, Parties]]:
    """Everybody, and the parties of the two sides, without any contract: enough, and quick, for pages about people."""
    clock = StatedClock(FOUNDED + timedelta(seconds=number) for number in count())
    installer = accounts.install_first_administrator(
        organisation_name="Plymouth City Council",
        organisation_reference="plymouth",
        email="installer@plymouth.example",
        full_name="Ivy Installer",
        password=PASSWORD,
        clock=clock,
    )
    people: dict[str, Person] = {}
    parties = {
        side: _parties(side, people, installer, clock, council=installer.organisation if side == "own" else None)
        for side in ("own", "other")
    }
    return people, parties


def store_made_report(statement: ClosedStatement) -> bytes:
    """The statement's report, made and stored as the job does it."""
    content = reconciliation_pdf(reconciliation_content(statement))
    store_report(statement=statement, name=RECONCILIATION_REPORT, media_type="application/pdf", content=content)
    return content


def keep_report(statement: ClosedStatement) -> bytes:
    """Stands in for the report where only its bytes matter."""
    content = f"%PDF-1.7 of {statement}".encode()
    store_report(statement=statement, name=RECONCILIATION_REPORT, media_type="application/pdf", content=content)
    return content


def keep_workbook(statement: ClosedStatement) -> bytes:
    """Stands in for the workbook where only its bytes matter."""
    content = f"PK of {statement}".encode()
    media_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    store_report(statement=statement, name=RECONCILIATION_WORKBOOK, media_type=media_type, content=content)
    return content


def last_statement(contract: Contract) -> ClosedStatement:
    """The contract's last closed statement."""
    latest = closed_statements(contract).select_related("contract").last()
    assert latest is not None
    return latest


def _parties(
    side: str, people: dict[str, Person], installer: Person, clock: StatedClock, *, council: Organisation | None
) -> Parties:
    def organisation(name: str, kind: str) -> Organisation:
        reference = name.lower().replace(" ", "-")
        return accounts.create_organisation(reference=reference, name=name, kind=kind, by=installer, clock=clock)

    def person(where: Organisation, name: str, role: str = "") -> Person:
        email = f"{name.lower().replace(' ', '.')}@{where.reference}.example"
        made = accounts.create_person(
            organisation=where, email=email, full_name=name, password=PASSWORD, by=installer, clock=clock
        )
        if role:
            accounts.grant_role(person=made, role=role, by=installer, clock=clock)
        people[f"{side} {where.kind} {role or 'nobody'}"] = made
        return made

    council = council or organisation("Elsewhere Council", "council")
    provider = organisation("Reconnect" if side == "own" else "Other Provider", "provider")
    agent = organisation("Team Matrix" if side == "own" else "Other Agent", "agent")
    for where in (council, provider, agent):
        person(where, "Ada Administrator", "administrator")
        person(where, "Nora Nobody")
    person(council, "Ugo Auditor", "auditor")
    person(agent, "Clara Clerk", "payments_clerk")
    return Parties(
        council=council,
        provider=provider,
        agent=agent,
        second_officer=person(council, "Sam Second", "finance_officer"),
        officer=person(council, "Olga Officer", "finance_officer"),
        accountant=person(council, "Lee Accountant", "lead_accountant"),
        provider_staff=person(provider, "Priya Provider", "provider_staff"),
    )


def _contract(found: str | Scenario, reference: str, parties: Parties, months: int | None) -> Contract:
    scenario = found if isinstance(found, Scenario) else read_scenario((SCENARIOS / f"{found}.json").read_bytes())
    closings = scenario.closings if months is None else scenario.closings[len(scenario.closings) - months :]
    particulars = Particulars(
        title=TITLE, decision_reference="Executive Decision L04 25/26", decision_on=date(2025, 7, 29)
    )
    return load_scenario(
        scenario=replace(scenario, closings=closings),
        reference=reference,
        particulars=particulars,
        parties=parties,
        closing=True,
    )
