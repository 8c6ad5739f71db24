"""A contract with a word planted in everything about children and carers, one next to it, and another day for both."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connections

from cohort.models import Claim, Contract, Evidence, PendingImport
from cohort.services import Upload, attach_evidence, withdraw_evidence
from invoicing.models import InvoiceDocument, ParkedStatement
from pbr_ledger.backups.postgres import path_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job, JobReport
from pbr_ledger.notices.models import Notice
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement
from savings.services import store_report
from savings.services.what_if import import_scenario, make_scenario
from tests.api.programs import Program
from tests.api.test_canary import CANARY, approved_with_documents, plant_more, planted
from tests.documents.reading import printed_text
from tests.invoicing.settling import World
from tests.savings import ledger
from tests.uploads import files

NEIGHBOUR = "NEIGHBOUR"
"""The word in what the contract next to it says of children and carers."""
SOURCE = "carer-fee-refund"

CHILD_LEVEL = {
    "audit_auditevent",
    "cohort_baselineproposal",
    "cohort_child",
    "cohort_claim",
    "cohort_claimnote",
    "cohort_evidence",
    "cohort_evidencewithdrawal",
    "cohort_expense",
    "cohort_expenseversion",
    "cohort_extracost",
    "cohort_household",
    "cohort_pendingimport",
    "cohort_placement",
    "invoicing_invoiceaction",
    "invoicing_parkedstatement",
    "jobs_job",
    "jobs_jobreport",
    "savings_closedstatement",
    "savings_dispute",
    "savings_keptscenario",
    "savings_proposal",
    "savings_scenarioversion",
    "savings_statementreport",
}
"""Tables in which the word stands in the end: wherever somebody writes of a child or a carer."""


@dataclass(frozen=True)
class Ground:
    """The contract that is over, and the one next to it, whose reference begins with the same words."""

    world: World
    neighbour: World

    @property
    def contract(self) -> Contract:
        """The one that is over."""
        return self.world.contract


def ground() -> Ground:
    """Both, with invoices approved and their documents made; the word in every field that people fill in."""
    source = json.loads(ledger.scenario_path(SOURCE).read_bytes())
    world = World.of(ledger.read_from(planted(source)))
    approved_with_documents(world)
    plant_more(world, Program.of(world.parties.council), Program.of(world.parties.provider))
    _plant_the_rest(world, json.dumps(planted(source)).encode())
    beside = json.loads(json.dumps(planted(source)).replace(CANARY, NEIGHBOUR))
    neighbour = World.of(ledger.read_from(beside), reference=f"{world.contract.reference} next")
    attach(neighbour, NEIGHBOUR)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ANALYZE")
    return Ground(world, neighbour)


def attach(world: World, word: str) -> Evidence:
    """A file with the word in its name and its content, beside the first claim."""
    (row,) = attach_evidence(
        contract=world.contract,
        kind="claim",
        fact=Claim.objects.filter(contract=world.contract).order_by("pk")[0],
        files=[Upload(f"{word}.pdf", files.PDF + word.encode())],
        by=world.parties.provider_staff,
        clock=DATABASE_CLOCK,
    )
    return row


def _plant_the_rest(world: World, scenario: bytes) -> None:
    by, contract, clock = world.parties.officer, world.contract, DATABASE_CLOCK
    withdrawn = {"contract": contract, "evidence": attach(world, CANARY), "reason": f"It is of {CANARY}-C02"}
    withdraw_evidence(**withdrawn, by=world.parties.provider_staff, clock=clock)
    make_scenario(contract=contract, name=f"If {CANARY}-C02 stays", by=by, clock=clock)
    import_scenario(contract=contract, name=f"{CANARY} as a file", content=scenario, by=by, clock=clock)
    PendingImport.objects.create(
        contract=contract,
        brought_by=by,
        brought_at=clock.read(after=None),
        file_name=f"{CANARY}.csv",
        file_sha256="0" * 64,
        rows={"children": [[2, f"{CANARY}-C09", "2025-04-01", "", "7100.00", ""]]},
    )
    for closed in ClosedStatement.objects.filter(contract=contract):
        for name in (RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK):
            store_report(statement=closed, name=name, media_type="application/pdf", content=CANARY.encode())
    parked = ParkedStatement.objects.create(statement=closed, findings="A charge", parked_at=clock.read(after=None))
    ParkedStatement.objects.filter(pk=parked.pk).update(
        released_at=clock.read(after=None), released_by=world.parties.accountant, reason=f"{CANARY}-C01 moved"
    )
    Job.objects.filter(subject=str(closed)).update(error=f"KeyError: {CANARY}-C01", progress=f"{CANARY}-C02")
    lines = [f"{contract.reference} 2026-05: {CANARY}-C01 differs", f"{contract.reference} next 2026-05: differs"]
    job = Job.objects.create(kind="check", key="1", subject="Check")
    JobReport.objects.create(job=job, organisation=world.parties.council, findings=2, lines="\n".join(lines))
    said = Notice.objects.create(
        kind="claims", about=contract.reference, text="A claim is agreed", page="claim", at=clock.read(after=None)
    )
    said.organisations.set([world.parties.council, world.parties.provider])
    said.copies.create(person=by, at_once=True)


# The day


@contextmanager
def on_the_day(day: str) -> Iterator[None]:
    """Inside, the day by which the database reckons how long contracts are kept is this one: its owner says so."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef('retention_today()'::regprocedure)")
        (true,) = cursor.fetchone()
        cursor.execute(
            "CREATE OR REPLACE FUNCTION retention_today() RETURNS date LANGUAGE sql VOLATILE"
            f" SET search_path = pg_catalog, public, pg_temp RETURN DATE '{day}'"
        )
        try:
            yield
        finally:
            cursor.execute(true)


# Looking everywhere


def tables_with(word: str) -> dict[str, list[str]]:
    """Every row of every table of the database in which the word stands, whatever its columns are, by table."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        found = {table: [row for row in _rows(cursor, table) if word in row] for (table,) in cursor.fetchall()}
    return {table: sorted(rows) for table, rows in found.items() if rows}


def _rows(cursor, table: str) -> Iterator[str]:
    cursor.execute(f'SELECT * FROM "{table}"')
    for row in cursor.fetchall():
        yield " ".join(_text(value) for value in row)


def _text(value: object) -> str:
    if isinstance(value, bytes | memoryview):
        content = bytes(value)
        return content.decode("latin-1") + (printed_text(content) if content.startswith(b"%PDF") else "")
    return json.dumps(value, default=str, ensure_ascii=False)


def tables_sampled_with(word: str) -> set[str]:
    """The tables of which the planner keeps values with the word in them."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_stats WHERE schemaname = 'public'"
            " AND concat(most_common_vals::text, histogram_bounds::text) LIKE %s",
            [f"%{word}%"],
        )
        return {name for (name,) in cursor.fetchall()}


def dump_text(dumped: Path) -> str:
    """A dump as SQL text."""
    command = [path_of("pg_restore", server=18), "--file=-", str(dumped)]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def invoice_documents(contract: Contract) -> list[tuple[int, str, bytes]]:
    """The stored bytes of each document of its invoices."""
    rows = InvoiceDocument.objects.filter(invoice__contract=contract).order_by("invoice", "name")
    return [(key, name, bytes(content)) for key, name, content in rows.values_list("invoice", "name", "content")]
