"""When a contract's time is over, nothing about a child or a carer is left anywhere, and every total is."""

import io
import json
import re
import tarfile
from datetime import date
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from cohort.models import Erasure, Evidence
from invoicing.core.finance_codes import FinanceCode
from invoicing.queries.checks import check_everything
from invoicing.queries.ledger import trial_balance
from invoicing.services.finance_codes import record_finance_codes
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import head
from pbr_ledger.backups import make_backup
from pbr_ledger.clock import DATABASE_CLOCK
from savings.models import ClosedStatement
from savings.services.plans import record_savings_plan
from tests.api.test_canary import CANARY
from tests.retention.ground import (
    CHILD_LEVEL,
    NEIGHBOUR,
    Ground,
    dump_text,
    invoice_documents,
    tables_sampled_with,
    tables_with,
)

BOTH = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TOTALS = ("month", "savings_in_month", "savings_to_date", "charges", "total", "charged_to_date", "fixed_fee_by_month")


def retain(*arguments: str) -> str:
    """What `manage.py retain` prints."""
    out = io.StringIO()
    call_command("retain", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def findings() -> list[str]:
    """What check_ledger finds of everything."""
    return [str(each) for each in check_everything()]


def balance(here: Ground) -> object:
    """The trial balance today."""
    return trial_balance(of=here.contract, on=date(2033, 1, 1), as_known_at=DATABASE_CLOCK.read(after=None))


def statements(here: Ground) -> list[tuple[str, dict[str, object]]]:
    """The digest and the totals of each closed statement."""
    rows = ClosedStatement.objects.filter(contract=here.contract).order_by("month_start")
    return [
        (digest, {name: json.loads(text)[name] for name in TOTALS})
        for digest, text in rows.values_list("digest", "document")
    ]


@BOTH
def test_nothing_of_a_child_or_carer_is_left_and_every_total_is(here: Ground, in_2033: None, settings, tmp_path: Path):
    _codes_and_plan(here)
    assert set(tables_with(CANARY)) == CHILD_LEVEL
    before = balance(here), statements(here), invoice_documents(here.contract), tables_with(NEIGHBOUR)
    files = {row.kept_as for row in Evidence.objects.all()}
    assert tables_sampled_with(CANARY) >= {"cohort_child", "cohort_placement"}
    old = make_backup(into=tmp_path / "backups")
    said = retain("--contract", here.contract.reference)
    assert ("due since" in said, "2 files" in said, said.endswith("does it.\n")) == (True, True, True)

    accountant = here.world.parties.accountant
    done = retain("--contract", here.contract.reference, "--destroy", "--by", accountant.email)

    assert done.startswith(f"{here.contract.reference} is erased: ")
    assert (tables_with(CANARY), tables_sampled_with(CANARY)) == ({}, set())
    assert (balance(here), statements(here), invoice_documents(here.contract), tables_with(NEIGHBOUR)) == before
    assert findings() == []
    assert _kept_of_codes_and_plan() == [
        {"codes": {"5100": ["F 12", "4711"]}},
        {"year": 2025, "total": "24.00"},
    ]
    left = {path.name for path in Path(settings.EVIDENCE_DIR).rglob("*") if path.is_file()}
    assert (len(files), len(left), left < files) == (3, 1, True)
    assert (CANARY in dumped(old), CANARY in dumped(make_backup(into=tmp_path / "later"))) == (True, False)
    named = retain("--backups", str(tmp_path / "backups"))
    assert f"{old} still holds what was destroyed of {here.contract.reference}: destroy it." in named
    (tmp_path / "next").mkdir()
    (tmp_path / "next" / "ledger-20990101T020000Z.tar.age").touch()
    assert "still holds" not in retain("--backups", str(tmp_path / "next"))

    length = head(f"contract:{here.contract.reference}").length
    again = retain("--contract", here.contract.reference, "--destroy", "--by", accountant.email)
    assert again.endswith("There was nothing to do.\n")
    assert head(f"contract:{here.contract.reference}").length == length

    assert [table for table, count in Erasure.objects.get().rows.items() if count == 0] == []
    next_one = here.neighbour.contract
    retain("--contract", next_one.reference, "--destroy", "--by", accountant.email)
    assert (rows_left(), findings()) == ({}, [])


def _codes_and_plan(here: Ground) -> None:
    """Finance codes and a savings plan, which are kept; where the plan stands is somebody's own words, and goes."""
    said = {"contract": here.contract, "by": here.world.parties.accountant, "clock": DATABASE_CLOCK}
    record_finance_codes(codes={"5100": FinanceCode("F 12", "4711")}, **said)
    record_savings_plan(year=2025, amounts=[Decimal("2.00")] * 12, source="Line 7", **said)


def _kept_of_codes_and_plan() -> list[object]:
    """What the log still says of them, in their order."""
    events = AuditEvent.objects.filter(action__in=("finance_codes.recorded", "savings_plan.recorded"))
    return [json.loads(event.detail) for event in events.exclude(subject="").order_by("sequence")]


def rows_left() -> dict[str, int]:
    """How many rows are in the tables of which no contract is to have any."""
    counts = {}
    with connections["owner"].cursor() as cursor:
        for table in import_module("invoicing.migrations.0013_retention").DESTROYED:
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[table] = cursor.fetchone()[0]
    return {table: count for table, count in counts.items() if count}


def dumped(backup: Path) -> str:
    """Everything that a backup holds, as text."""
    text = ""
    with tarfile.open(backup) as archive:
        archive.extractall(backup.with_suffix(".d"), filter="data")
    for path in backup.with_suffix(".d").rglob("*"):
        if path.is_file():
            text += dump_text(path) if path.suffix == ".dump" else path.name + path.read_bytes().decode("latin-1")
    return text


@pytest.mark.django_db(databases=["owner"])
def test_schedule_names_every_table_of_the_database_and_says_what_the_command_does():
    migration = import_module("invoicing.migrations.0013_retention")
    done = dict.fromkeys(migration.DESTROYED, "destroyed") | dict.fromkeys(migration.REDUCED, "reduced")
    done["audit_auditevent"] = "reduced"
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        tables = {name for (name,) in cursor.fetchall()}
    text = (Path(__file__).parents[2] / "docs" / "data-protection" / "retention.md").read_text()
    rows = [line.split(" | ") for line in text.splitlines() if line.startswith("| `")]
    listed = [(name, row[1]) for row in rows for name in re.findall("`([a-z0-9_]+)`", row[0])]
    assert len(listed) == len(dict(listed))
    assert dict(listed) == {name: done.get(name, "kept") for name in tables}
