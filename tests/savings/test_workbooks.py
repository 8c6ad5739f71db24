"""The stored workbook of a closed month: made by its own job, kept once, and written by `export`."""

import hashlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import load_workbook

from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.jobs.models import Job
from savings.documents.workbook.reconciliation import workbook_xlsx
from savings.models import ClosedStatement, StatementReport
from savings.services import Parties, workbook_content
from tests.savings import ledger
from tests.workbook import samples

WORKBOOK = "workbook.xlsx"
MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture
def statements(parties: Parties) -> list[ClosedStatement]:
    """The four closed months of a contract with a breakdown that is reported late, as contract W 1."""
    ledger.load(ledger.scenario("breakdown-reported-late"), parties, reference="W 1")
    return list(ClosedStatement.objects.select_related("contract").order_by("month_start"))


def test_closing_asks_for_a_workbook_and_a_dispatcher_makes_it(statements: list[ClosedStatement]) -> None:
    last = statements[-1]
    job = Job.objects.get(kind=WORKBOOK, key=str(last.pk))
    assert (job.state, job.input_digest, job.subject) == ("waiting", last.digest, "W 1 2026-05")

    call_command("dispatch", "--inline")

    kept = StatementReport.objects.get(statement=last, name=WORKBOOK)
    content = bytes(kept.content)
    assert (kept.media_type, kept.sha256) == (MEDIA_TYPE, hashlib.sha256(content).hexdigest())
    assert content == workbook_xlsx(workbook_content(last))
    job.refresh_from_db()
    assert (job.state, job.output_digest) == ("done", kept.sha256)
    assert AuditEvent.objects.filter(action="report.made", subject=str(kept)).count() == 1
    assert load_workbook(BytesIO(content), data_only=True)["Read me"]["B4"].value == "W 1"


def test_what_earlier_statements_stated_and_charged_comes_from_their_stored_documents(
    statements: list[ClosedStatement],
) -> None:
    stored, modelled = workbook_content(statements[-1]), samples.last_content("breakdown-reported-late")
    assert stored.statement == modelled.statement
    assert stored.earlier == modelled.earlier
    assert stored.known == modelled.known
    assert len(stored.earlier) == 3


def test_export_writes_the_stored_workbook_and_refuses_while_it_is_not_made(
    statements: list[ClosedStatement], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "may.xlsx"
    options = {"contract": "W 1", "month": "2026-05", "output": file}
    with pytest.raises(SystemExit):
        call_command("export", WORKBOOK, **options)
    assert "The workbook of W 1 2026-05 is not made yet" in capsys.readouterr().err
    assert not file.exists()

    call_command("dispatch", "--inline")
    call_command("export", WORKBOOK, **options)

    assert file.read_bytes() == bytes(StatementReport.objects.get(statement=statements[-1], name=WORKBOOK).content)
