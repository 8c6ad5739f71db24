"""`manage.py demo [--no-serve]`: the sample contract, closed month by month, its documents written, its pages served.

`make demo` runs it with an empty database of its own, a worker and the dispatcher beside it.
"""

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cohort.models import Contract
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.jobs.models import DONE, FAILED, Job
from pbr_ledger.provision.demonstration import is_own_embedded_server
from savings.core.scenario import Scenario
from savings.management.parties import Cast, Member, member, standing_parties
from savings.management.scenario_files import read_scenario_file
from savings.models import RECONCILIATION_REPORT, ClosedStatement, StatementReport
from savings.queries import closed_statements
from savings.services import Particulars, load_scenario, statement_text

SAMPLE = settings.BASE_DIR / "tests" / "scenarios" / "plymouth.json"
NAMES = {"council": "Plymouth City Council", "provider": "Reconnect", "agent": "Team Matrix"}
PARTICULARS = Particulars(
    title="Support to step children in care from residential to family placements",
    decision_reference="Executive Decision L04 25/26",
    decision_on=date(2025, 7, 29),
)
LONGEST_WAIT_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of the demonstration, as its page and its terminal print it."""

    name: str
    role: str
    organisation: str
    email: str
    password: str


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
        scenario = read_scenario_file(SAMPLE)
        self.stdout.write(f"Loading {scenario.contract}, and closing {len(scenario.closings)} months …")
        contract, accounts = _load(scenario)
        self.stdout.write("Waiting for the worker to make the reports …")
        _wait_for_reports(contract, self.stdout.write)
        for path in _written(contract, folder):
            self.stdout.write(f"  {_shown(path)}")
        _write_accounts(folder / "accounts.json", accounts)
        if not no_serve:
            self.stdout.write(_sign_ins(accounts))
            _serve(port, self.stdout.write)


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


def _load(scenario: Scenario) -> tuple[Contract, list[Account]]:
    cast = Cast(
        administrator=_member("Sam Whitford", "sam.whitford", "administrator"),
        accountant=_member("Morwenna Pascoe", "morwenna.pascoe", "lead_accountant"),
        officer=_member("Priya Shah", "priya.shah", "finance_officer"),
        second_officer=_member("Tom Hale", "tom.hale", "finance_officer"),
        provider_staff=_member("Dele Okafor", "dele.okafor", "provider_staff"),
    )
    auditor = _member("Ruth Lang", "ruth.lang", "auditor")
    parties = standing_parties(names=NAMES, cast=cast)
    administrator = Person.objects.get(full_name=cast.administrator.name)
    member(auditor, organisation=parties.council, by=administrator)
    contract = load_scenario(
        scenario=scenario,
        reference=scenario.contract,
        particulars=PARTICULARS,
        parties=parties,
        closing=True,
    )
    people = (cast.accountant, cast.officer, cast.second_officer, cast.provider_staff, auditor, cast.administrator)
    return contract, [_account(who) for who in people]


def _member(name: str, mailbox: str, role: str) -> Member:
    return Member(name, mailbox, role, password=secrets.token_urlsafe(12))


def _account(who: Member) -> Account:
    person = Person.objects.select_related("organisation").get(full_name=who.name)
    return Account(who.name, ROLES[who.role].name, person.organisation.name, person.email, who.password or "")


def _wait_for_reports(contract: Contract, say: Any) -> None:
    """Until every report is made by the worker. Raises `CommandError` when one fails, or nothing moves for long."""
    wanted = closed_statements(contract).count()
    made, moved_at = 0, time.monotonic()
    while made < wanted:
        time.sleep(0.2)
        failed = Job.objects.filter(state=FAILED).first()
        if failed:
            raise CommandError(f"{failed} failed: {failed.error.splitlines()[-1]}")
        now_made = Job.objects.filter(kind=RECONCILIATION_REPORT, state=DONE).count()
        if now_made > made:
            made, moved_at = now_made, time.monotonic()
            say(f"  {made} of {wanted}")
        elif time.monotonic() - moved_at > LONGEST_WAIT_SECONDS:
            raise CommandError("No report was made for five minutes: is a worker running? See var/log/worker.log.")


def _written(contract: Contract, folder: Path) -> Iterator[Path]:
    for statement in closed_statements(contract).select_related("contract"):
        yield _written_report(statement, folder)
        path = folder / f"statement-{statement.month}.json"
        path.write_text(statement_text(statement), encoding="utf-8")
        yield path


def _written_report(statement: ClosedStatement, folder: Path) -> Path:
    report = StatementReport.objects.get(statement=statement, name=RECONCILIATION_REPORT)
    path = folder / f"reconciliation-{statement.month}.pdf"
    path.write_bytes(bytes(report.content))
    return path


def _write_accounts(path: Path, accounts: list[Account]) -> None:
    """For the sign-in page of the demonstration, readable by its owner alone."""
    rows = [
        {
            "name": account.name,
            "role": account.role,
            "organisation": account.organisation,
            "email": account.email,
            "password": account.password,
        }
        for account in accounts
    ]
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=2)


def _sign_ins(accounts: list[Account]) -> str:
    lines = [
        f"  {account.email:45} {account.password:18} {account.role}, {account.organisation}" for account in accounts
    ]
    return "\n".join(["", "Sign in as one of these (they work in this demonstration only):", *lines, ""])


def _serve(port: int, say: Any) -> None:
    """Serve the pages until Ctrl-C."""
    say(f"The pages are at http://127.0.0.1:{port}/ . Ctrl-C ends the demonstration.")
    command = [sys.executable, "-m", "gunicorn", "pbr_ledger.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    ended = subprocess.run([*command, "--log-level", "warning"], check=False, cwd=settings.BASE_DIR)
    if ended.returncode:
        raise CommandError(f"The web server could not run on port {port}. Choose another: PORT=8001 make demo")


def _shown(path: Path) -> str:
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else str(path)
