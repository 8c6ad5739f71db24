"""`manage.py demo [--no-serve]`: the sample contract, closed month by month, its documents written, its pages served.

Its invoices are issued, approved and paid on the way, the first in two parts. A second contract, for practice, has a
month's work left to do in the pages; a scenario is kept beside each of the two. A third, small one shows what a
breakdown that is reported late brings about: a credit note, repaid in cash. A fourth is another council's, with the
same provider. `make demo` runs it with an empty database of its own, a worker and the dispatcher beside.
"""

import os
import secrets
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cohort.models import Contract
from invoicing.documents.books import BOOKS
from invoicing.management import second_council
from invoicing.management.practice import load_practice
from invoicing.management.sample_scenarios import keep_sample_scenarios
from invoicing.management.second_council import SecondCouncil
from invoicing.management.sign_ins import Account, account_of, sign_ins, write_accounts
from invoicing.models import CREDIT_NOTE, InvoiceDocument
from invoicing.services.scenarios import Settlement
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.services import OrganisationDetails, correct_organisation
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import DONE, FAILED, Job
from pbr_ledger.provision.demonstration import is_own_embedded_server
from savings.management.parties import Cast, Member, member, standing_clerk, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.models import RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK, ClosedStatement, StatementReport
from savings.queries import closed_statements
from savings.services import Particulars, Parties, load_scenario, statement_text

SAMPLE = settings.BASE_DIR / "tests" / "scenarios" / "plymouth.json"
LATE_BREAKDOWN = settings.BASE_DIR / "tests" / "scenarios" / "breakdown-reported-late.json"
LATE_BREAKDOWN_REFERENCE = "Breakdown reported late"
NAMES = {"council": "Plymouth City Council", "provider": "Reconnect", "agent": "Team Matrix"}
DETAILS = {
    "council": OrganisationDetails(
        name=NAMES["council"],
        address="Ballard House\nWest Hoe Road\nPlymouth\nPL1 3BJ",
        electronic_scheme="0088",
        electronic_identifier="9999999000010",
    ),
    "provider": OrganisationDetails(
        name=NAMES["provider"],
        address="1 Sample Street\nExeter\nEX1 1AA",
        vat_number="GB999999973",
        company_number="00000042",
        electronic_scheme="9932",
        electronic_identifier="GB999999973",
    ),
    "agent": OrganisationDetails(name=NAMES["agent"], address="2 Sample Street\nPlymouth\nPL1 1AA"),
}
"""The council's address is real; the other addresses and all numbers are made up, in the form of real ones."""
PARTICULARS = Particulars(
    title="Support to step children in care from residential to family placements",
    decision_reference="Executive Decision L04 25/26",
    decision_on=date(2025, 7, 29),
)
LATE_BREAKDOWN_PARTICULARS = Particulars(
    title="A worked example: what a breakdown that is reported late brings about",
    decision_reference="Worked example",
    decision_on=date(2025, 7, 29),
)
PRACTICE_REFERENCE = "L04 25/26 practice"
PRACTICE_PARTICULARS = replace(PARTICULARS, title="A contract to practise on, with the work of May 2026 left to do")
ADMINISTRATOR = "Sam Whitford"
REPORTS = (RECONCILIATION_REPORT, RECONCILIATION_WORKBOOK)
LONGEST_WAIT_SECONDS = 300
SAID_EVERY = 10


@dataclass(frozen=True, slots=True)
class Others:
    """People beside the cast; a lost second factor is reset by two administrators together."""

    auditor: Member
    second_administrator: Member
    provider_administrator: Member
    agent_administrator: Member


class Command(BaseCommand):
    """Load, close, write and serve the demonstration; refuse any database that is not its own."""

    help = "Load and close the sample contract, write its documents to var/demo, and serve the pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whether to serve, and where."""
        parser.add_argument("--no-serve", action="store_true", help="end when the documents are written")
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help="of the pages")

    def handle(self, *_args: Any, no_serve: bool, port: int, **_options: Any) -> None:
        """One step after the other, each said as it begins."""
        _refuse_foreign_database()
        folder = _empty_folder(settings.VAR_DIR / "demo")
        cast, others = _cast()
        parties = _parties(cast, others)
        second = second_council.second_council(cast, _member)
        contracts = {
            folder: self._loaded(SAMPLE, "L04 25/26", PARTICULARS, parties, cast),
            folder / "breakdown-reported-late": self._loaded(
                LATE_BREAKDOWN, LATE_BREAKDOWN_REFERENCE, LATE_BREAKDOWN_PARTICULARS, parties, cast
            ),
            folder / "practice": self._practice(parties, cast),
            folder / "westmoor": self._second(second),
        }
        keep_sample_scenarios(
            finished=contracts[folder], in_hand=contracts[folder / "practice"], by=parties.officer, clock=DATABASE_CLOCK
        )
        self.stdout.write("Waiting for the worker to make the reports, workbooks and invoices …")
        _wait_for_documents(self.stdout.write)
        for place, contract in contracts.items():
            place.mkdir(exist_ok=True)
            for path in _written(contract, place):
                self.stdout.write(f"  {_shown(path)}")
        accounts = [*_accounts(cast, others), *map(account_of, second.members)]
        write_accounts(folder / "accounts.json", accounts)
        if not no_serve:
            self.stdout.write(sign_ins(accounts))
            _serve(port, self.stdout.write)

    def _loaded(self, path: Path, reference: str, particulars: Particulars, parties: Parties, cast: Cast) -> Contract:
        """The contract of the scenario, its months closed and their invoices settled."""
        scenario = read_scenario_file(path)
        months = len(scenario.closings)
        self.stdout.write(f"Loading {reference}, closing {months} months, and paying what they make payable …")
        return load_scenario(
            scenario=scenario,
            reference=reference,
            particulars=particulars,
            parties=parties,
            closing=True,
            follower=Settlement(parties=parties, clerk=standing_clerk(parties=parties, cast=cast)),
        )

    def _practice(self, parties: Parties, cast: Cast) -> Contract:
        """The contract with work left to do."""
        self.stdout.write(f"Loading {PRACTICE_REFERENCE}, and leaving a month's work on it …")
        return load_practice(
            scenario=read_scenario_file(SAMPLE),
            reference=PRACTICE_REFERENCE,
            particulars=PRACTICE_PARTICULARS,
            parties=parties,
            clerk=standing_clerk(parties=parties, cast=cast),
        )

    def _second(self, second: SecondCouncil) -> Contract:
        """The contract of the council that does not exist."""
        self.stdout.write(f"Loading {second_council.REFERENCE} of {second_council.NAME}, and closing its months …")
        by = Person.objects.get(full_name=ADMINISTRATOR)
        parties = second_council.second_parties(second, names=NAMES, by=by)
        clerk = standing_clerk(parties=parties, cast=second.cast)
        return second_council.load_second_contract(parties, clerk=clerk)


def _refuse_foreign_database() -> None:
    if is_own_embedded_server(os.environ):
        return
    if Person.objects.exists() or Organisation.objects.exists() or Contract.objects.exists():
        raise CommandError(
            "This database is not the demonstration's own: there are people or contracts in it. Run `make demo` "
            "without DATABASE_URL, or name an empty database that the demonstration may have."
        )


def _empty_folder(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _cast() -> tuple[Cast, Others]:
    """Who acts, and those who only read or look after people."""
    cast = Cast(
        administrator=_member(ADMINISTRATOR, "sam.whitford", "administrator"),
        accountant=_member("Morwenna Pascoe", "morwenna.pascoe", "lead_accountant"),
        officer=_member("Priya Shah", "priya.shah", "finance_officer"),
        second_officer=_member("Tom Hale", "tom.hale", "finance_officer"),
        provider_staff=_member("Dele Okafor", "dele.okafor", "provider_staff"),
        agent_clerk=_member("Joy Adeyemi", "joy.adeyemi", "payments_clerk"),
    )
    return cast, Others(
        auditor=_member("Ruth Lang", "ruth.lang", "auditor"),
        second_administrator=_member("Nia Bevan", "nia.bevan", "administrator"),
        provider_administrator=_member("Kit Brennan", "kit.brennan", "administrator"),
        agent_administrator=_member("Mina Duarte", "mina.duarte", "administrator"),
    )


def _parties(cast: Cast, others: Others) -> Parties:
    parties = standing_parties(names=NAMES, cast=cast)
    administrator = Person.objects.get(full_name=cast.administrator.name)
    for kind, details in DETAILS.items():
        organisation = Organisation.objects.get(kind=kind, name=details.name)
        correct_organisation(organisation=organisation, details=details, by=administrator, clock=DATABASE_CLOCK)
    for who in (others.auditor, others.second_administrator):
        member(who, organisation=parties.council, by=administrator)
    member(others.provider_administrator, organisation=parties.provider, by=administrator)
    member(others.agent_administrator, organisation=parties.agent, by=administrator)
    return parties


def _accounts(cast: Cast, others: Others) -> list[Account]:
    """The sign-ins of those who have pages to see."""
    council = (cast.accountant, cast.officer, cast.second_officer)
    people = (*council, cast.provider_staff, cast.agent_clerk, others.auditor)
    elsewhere = (others.provider_administrator, others.agent_administrator)
    administrators = (cast.administrator, others.second_administrator, *elsewhere)
    return [account_of(who) for who in (*people, *administrators)]


def _member(name: str, mailbox: str, role: str) -> Member:
    return Member(name, mailbox, role, password=secrets.token_urlsafe(12))


def _wait_for_documents(say: Any) -> None:
    """Until the worker has done every job. Raises `CommandError` when one fails, or nothing moves for long."""
    wanted, done, moved_at = Job.objects.count(), 0, time.monotonic()
    while done < wanted:
        time.sleep(0.2)
        failed = Job.objects.filter(state=FAILED).first()
        if failed:
            raise CommandError(f"{failed} failed: {failed.error.splitlines()[-1]}")
        now_done = Job.objects.filter(state=DONE).count()
        if now_done // SAID_EVERY > done // SAID_EVERY or now_done == wanted:
            say(f"  {now_done} of {wanted}")
        if now_done > done:
            done, moved_at = now_done, time.monotonic()
        elif time.monotonic() - moved_at > LONGEST_WAIT_SECONDS:
            raise CommandError("Nothing was made for five minutes: is a worker running? See var/log/worker.log.")


def _written(contract: Contract, folder: Path) -> Iterator[Path]:
    """Every document of the contract, as a file: months first, then invoices, then the books."""
    for statement in closed_statements(contract).select_related("contract"):
        for name in REPORTS:
            yield _written_report(statement, name, folder)
        yield _file(folder / f"statement-{statement.month}.json", statement_text(statement).encode())
    for document in InvoiceDocument.objects.filter(invoice__contract=contract).select_related("invoice").order_by("pk"):
        kind = "credit-note" if document.invoice.kind == CREDIT_NOTE else "invoice"
        yield _file(folder / f"{kind}-{document.invoice.number}{Path(document.name).suffix}", bytes(document.content))
    for name, book in BOOKS.items():
        yield _file(folder / name, book(contract, None))


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _written_report(statement: ClosedStatement, name: str, folder: Path) -> Path:
    """`reconciliation.pdf` of April 2026 is written as `reconciliation-2026-04.pdf`."""
    report = StatementReport.objects.get(statement=statement, name=name)
    kind, _, extension = name.partition(".")
    return _file(folder / f"{kind}-{statement.month}.{extension}", bytes(report.content))


def _serve(port: int, say: Any) -> None:
    """Serve the pages until Ctrl-C."""
    say(f"The pages are at http://127.0.0.1:{port}/ . Ctrl-C ends the demonstration.")
    command = [sys.executable, "-m", "gunicorn", "pbr_ledger.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    command += ["--log-level", "warning"]
    ended = subprocess.run(command, check=False, cwd=settings.BASE_DIR)  # noqa: S603 - our own web server
    if ended.returncode:
        raise CommandError(f"The web server could not run on port {port}. Choose another: PORT=8001 make demo")


def _shown(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else str(path)
