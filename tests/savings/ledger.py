"""Scenarios and a small contract in PostgreSQL, put there through the services, and ways to look at what is there."""

import json
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection

from cohort import services as cohort
from cohort.core.facts import Fact, Retraction
from cohort.models import Contract
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import DATABASE_CLOCK, StatedClock
from pbr_ledger.periods import LONDON
from savings.core.document import Document
from savings.core.scenario import Scenario, read_scenario
from savings.management.parties import SCENARIO_CAST, standing_parties
from savings.services import Particulars, Parties, load_scenario
from tests.cohort import sample

ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = ROOT / "tests" / "scenarios"
SCENARIO_NAMES = sorted(path.name.removesuffix(".expected.json") for path in SCENARIOS.glob("*.expected.json"))

NAMES = {"council": "Plymouth City Council", "provider": "Reconnect", "agent": "Team Matrix"}
PARTICULARS = Particulars("Step-down from residential care", "L04 25/26", date(2025, 7, 29))


def scenario_path(name: str) -> Path:
    """The scenario's file."""
    return SCENARIOS / f"{name}.json"


@cache
def scenario(name: str) -> Scenario:
    """The worked example of that name."""
    return read_scenario(scenario_path(name).read_bytes())


def expected(name: str) -> Document:
    """What the worked example comes to."""
    document: Document = json.loads((SCENARIOS / f"{name}.expected.json").read_bytes())
    return document


def parties() -> Parties:
    """The organisations and people of the sample contract, made as commands make them."""
    return standing_parties(names=NAMES, cast=SCENARIO_CAST)


def load(loaded: Scenario, parties: Parties, *, reference: str | None = None, closing: bool = True) -> Contract:
    """The contract of the scenario."""
    return load_scenario(
        scenario=loaded,
        reference=reference or loaded.contract,
        particulars=PARTICULARS,
        parties=parties,
        closing=closing,
    )


def small_contract(parties: Parties, reference: str = "L04 25/26") -> Contract:
    """One child, moved to fostering on 19 January 2026 with an agreed claim; all of it known by the 21st."""
    contract = cohort.create_contract(
        reference=reference,
        title=PARTICULARS.title,
        council=parties.council,
        provider=parties.provider,
        agent=parties.agent,
        decision_reference=PARTICULARS.decision_reference,
        decision_on=PARTICULARS.decision_on,
        by=parties.accountant,
        clock=clock("2025-07-29 09:00"),
    )
    cohort.record_terms(contract=contract, terms=sample.TERMS, by=parties.accountant, clock=clock("2025-07-29 09:00"))
    facts = [fact for fact in (*sample.MOVE, sample.AGREED) if fact != sample.NOTICE]
    record(contract, *facts, by=parties.officer, at="2026-01-21 09:00")
    return contract


def record(contract: Contract, *facts: Fact | Retraction, by: Person, at: str) -> None:
    """Record the facts, from the stated time on."""
    cohort.record(contract=contract, facts=facts, by=by, clock=clock(at, readings=len(facts)))


def read_from(document: dict[str, Any]) -> Scenario:
    """The scenario in a document, by way of the bytes of a file."""
    return read_scenario(json.dumps(document).encode())


def administrator() -> Person:
    """The first administrator, who adds everybody else."""
    return Person.objects.get(full_name=SCENARIO_CAST.administrator.name)


def person(organisation: Organisation, full_name: str, role: str) -> Person:
    """One more person of the organisation, with the role."""
    by = administrator()
    email = f"{full_name.replace(' ', '.').lower()}@{organisation.reference}.example"
    made = accounts.create_person(
        organisation=organisation, email=email, full_name=full_name, password=None, by=by, clock=DATABASE_CLOCK
    )
    accounts.grant_role(person=made, role=role, by=by, clock=DATABASE_CLOCK)
    return made


def organisation(name: str, kind: str) -> Organisation:
    """One more organisation."""
    return accounts.create_organisation(
        reference=name.lower().replace(" ", "-"), name=name, kind=kind, by=administrator(), clock=DATABASE_CLOCK
    )


def instant(text: str) -> datetime:
    """The instant of a day and time in London, written `2026-02-03 10:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


def clock(text: str, *, readings: int = 1) -> StatedClock:
    """A clock that reads the stated time, then a microsecond later with each further reading."""
    return StatedClock(instant(text) + timedelta(microseconds=count) for count in range(readings))


def row_counts() -> dict[str, int]:
    """How many rows each table of the ledger holds that the application may read, as far as this transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' "
            "AND has_table_privilege(oid, 'SELECT')"
        )
        tables = sorted(name for (name,) in cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in tables))
        return dict(cursor.fetchall())
