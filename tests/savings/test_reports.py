"""The reconciliation report: asked for by the closing, made by a job, stored once, and written out by a command."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.jobs.models import MOST_ATTEMPTS, Job
from pbr_ledger.release import RELEASE
from savings.documents.reconciliation import reconciliation_pdf
from savings.models import ClosedStatement, StatementReport
from savings.pages.readings.page import readings_content
from savings.queries import statement_report
from savings.services import (
    Parties,
    StatementNotReproduced,
    reconciliation_content,
    statement_text,
    store_report,
)
from tests.jobs.processes import environment
from tests.savings import ledger

PDF = "reconciliation.pdf"


@pytest.fixture
def statement(parties: Parties) -> ClosedStatement:
    """The one closed month of a small scenario, 2025-11."""
    ledger.load(ledger.scenario("mid-month-move"), parties, reference="M 1")
    return ClosedStatement.objects.select_related("contract").get()


def stored(statement: ClosedStatement) -> StatementReport:
    return StatementReport.objects.get(statement=statement, name=PDF)


# The job


def test_closing_asks_for_one_report_and_a_dispatcher_makes_it(
    statement: ClosedStatement, capsys: pytest.CaptureFixture[str]
) -> None:
    (job,) = Job.objects.filter(kind=PDF)
    assert (job.kind, job.key, job.subject) == (PDF, str(statement.pk), f"M 1 {statement.month}")
    assert (job.state, job.input_digest) == ("waiting", statement.digest)
    assert statement_report(statement=statement, name=PDF) is None

    call_command("dispatch", "--inline")

    report = stored(statement)
    content = bytes(report.content)
    assert f"done    {job.pk}  reconciliation.pdf {statement.pk}\n" in capsys.readouterr().out
    assert (report.name, report.media_type, report.release) == (PDF, "application/pdf", RELEASE)
    assert content.startswith(b"%PDF-")
    assert report.sha256 == hashlib.sha256(content).hexdigest()
    job.refresh_from_db()
    assert (job.state, job.output_digest) == ("done", report.sha256)
    event = AuditEvent.objects.get(action="report.made", subject=str(report))
    assert json.loads(event.detail) == {"release": RELEASE, "sha256": report.sha256}


def test_report_is_stored_once_and_the_first_one_stays(statement: ClosedStatement) -> None:
    first = store_report(statement=statement, name=PDF, media_type="application/pdf", content=b"%PDF- first")
    again = store_report(statement=statement, name=PDF, media_type="application/pdf", content=b"%PDF- again")

    assert again == first
    assert bytes(stored(statement).content) == b"%PDF- first"
    assert AuditEvent.objects.filter(action="report.made").count() == 1


def test_every_closing_of_a_contract_asks_for_its_own_report(parties: Parties) -> None:
    ledger.load(ledger.scenario("cost-uplift"), parties)

    keys = [str(key) for key in ClosedStatement.objects.order_by("month_start").values_list("pk", flat=True)]
    assert len(keys) > 1
    assert list(Job.objects.filter(kind=PDF).order_by("pk").values_list("key", flat=True)) == keys


# Between processes


@pytest.fixture
def committed(transactional_db: None) -> ClosedStatement:
    """The closed month, for other processes to see."""
    ledger.load(ledger.scenario("mid-month-move"), ledger.parties(), reference="M 1")
    return ClosedStatement.objects.select_related("contract").get()


def test_report_made_again_in_another_process_has_the_same_bytes(committed: ClosedStatement, tmp_path: Path) -> None:
    dispatched = subprocess.run(
        [sys.executable, "manage.py", "dispatch", "--inline"],
        cwd=ledger.ROOT,
        env=environment(var=tmp_path, broker_url=""),
        capture_output=True,
        check=False,
    )

    assert dispatched.returncode == 0, dispatched.stderr
    assert reconciliation_pdf(reconciliation_content(committed)) == bytes(stored(committed).content)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_no_report_is_made_of_a_statement_that_was_tampered_with(
    committed: ClosedStatement, capsys: pytest.CaptureFixture[str]
) -> None:
    """The owner can switch triggers off; the facts do not lie with it."""
    more = committed.document.replace('"total":"', '"total":"1').replace('"carer_fees":"', '"carer_fees":"1')
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE savings_closedstatement DISABLE TRIGGER USER")
        cursor.execute("UPDATE savings_closedstatement SET document = %s", [more])
        cursor.execute("ALTER TABLE savings_closedstatement ENABLE TRIGGER USER")

    with pytest.raises(CommandError, match="A job failed"):
        call_command("dispatch", "--inline")

    job = Job.objects.get(kind=PDF)
    assert (job.state, job.attempts) == ("failed", MOST_ATTEMPTS)
    assert "StatementNotReproduced: Worked out again, M 1 2025-11 does not come to the figures" in job.error
    assert "StatementNotReproduced" in capsys.readouterr().out
    assert StatementReport.objects.count() == 0
    committed.refresh_from_db()
    with pytest.raises(StatementNotReproduced):
        reconciliation_content(committed)
    with pytest.raises(StatementNotReproduced, match="the closed months do not come to what they charged"):
        readings_content(committed.contract, at=committed.closed_at)


# The export


def export(*arguments: str | Path) -> None:
    call_command("export", *map(str, arguments))


def refused(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[object, str]:
    """The exit status and the words with which the export is refused; nothing on standard output."""
    with pytest.raises(SystemExit) as exited:
        export(*arguments)
    said = capsys.readouterr()
    assert said.out == ""
    return exited.value.code, said.err


@pytest.fixture
def with_report(statement: ClosedStatement) -> ClosedStatement:
    """The closed month with a report stored for it."""
    store_report(statement=statement, name=PDF, media_type="application/pdf", content=b"%PDF-2.0 \xff")
    return statement


def test_report_and_document_are_written_to_files(with_report: ClosedStatement, tmp_path: Path) -> None:
    at = ("--contract", "M 1", "--month", str(with_report.month), "-o")
    export(PDF, *at, tmp_path / "a.pdf")
    export("statement.json", *at, tmp_path / "a.json")
    export(PDF, *at, tmp_path / "a.json")

    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF-2.0 \xff"
    assert (tmp_path / "a.json").read_bytes() == b"%PDF-2.0 \xff"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.json", "a.pdf"]


def test_document_goes_to_standard_output_as_the_closed_month_alone(
    statement: ClosedStatement, capsys: pytest.CaptureFixture[str]
) -> None:
    export("statement.json", "--contract", "M 1", "--month", str(statement.month))

    said = capsys.readouterr().out
    assert said == statement_text(statement)
    assert json.loads(said) == {**ledger.expected("mid-month-move"), "contract": "M 1"}


def test_report_goes_to_standard_output_byte_for_byte(
    with_report: ClosedStatement, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    export(PDF, "--contract", "M 1", "--month", str(with_report.month))

    assert capsysbinary.readouterr().out == b"%PDF-2.0 \xff"


@pytest.mark.parametrize(
    ("contract", "month", "message"),
    [
        ("M 2", "2025-11", "There is no contract M 2."),
        ("M 1", "2025-10", "2025-10 of M 1 is not closed."),
        ("M 1", "2025-13", "“2025-13” is no month; write it as 2026-03"),
        (
            "M 1",
            "2025-11",
            "The report of M 1 2025-11 is not made yet; `manage.py dispatch --inline` makes what waits.",
        ),
    ],
)
def test_export_says_what_is_not_there(
    contract: str,
    month: str,
    message: str,
    statement: ClosedStatement,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    said = refused(capsys, PDF, "--contract", contract, "--month", month, "-o", tmp_path / "a.pdf")

    assert said == (1, f"reconciliation.pdf was not written: {message}\n")
    assert list(tmp_path.iterdir()) == []


def test_export_refuses_a_document_that_there_is_not(db: None) -> None:
    with pytest.raises(CommandError, match=r"invalid choice: 'nothing\.pdf'"):
        export("nothing.pdf", "--contract", "M 1", "--month", "2025-11")


def test_file_that_cannot_be_written_leaves_no_half_of_it(
    with_report: ClosedStatement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder")
    (tmp_path / "folder").mkdir()
    before = sorted(path.name for path in tmp_path.rglob("*"))
    for target, reason in {
        tmp_path / "missing" / "a.pdf": "No such file or directory",
        tmp_path / "file" / "a.pdf": "Not a directory",
        tmp_path / "folder": "Is a directory",
    }.items():
        status, said = refused(capsys, PDF, "--contract", "M 1", "--month", str(with_report.month), "-o", target)
        assert (status, reason in said, "Traceback" in said) == (1, True, False), said
    assert sorted(path.name for path in tmp_path.rglob("*")) == before


def test_full_disk_leaves_the_file_as_it_was(
    with_report: ClosedStatement, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Written beside it first: here, over a link to a device that is always full."""
    target = tmp_path / "a.pdf"
    target.write_bytes(b"as it was")
    (tmp_path / ".a.pdf.part").symlink_to("/dev/full")

    status, said = refused(capsys, PDF, "--contract", "M 1", "--month", str(with_report.month), "-o", target)

    assert (status, "No space left on device" in said) == (1, True)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a.pdf", b"as it was")]
