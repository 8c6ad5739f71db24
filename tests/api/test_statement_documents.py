"""The documents of a closed statement over the API: the bytes that the pages give, with their digest."""

import hashlib
from base64 import b64encode

import pytest

from savings.models import ClosedStatement
from savings.services import Parties, statement_text
from tests.api.programs import Program
from tests.pages.world import keep_report, keep_workbook
from tests.savings import ledger
from tests.stage import Stage

pytestmark = pytest.mark.django_db(databases=["default", "agent"])


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


@pytest.fixture
def closed(parties: Parties) -> ClosedStatement:
    contract = ledger.load(ledger.scenario("mid-month-move"), parties)
    return ClosedStatement.objects.filter(contract=contract).latest("month_start")


def repr_digest(content: bytes) -> str:
    return f"sha-256=:{b64encode(hashlib.sha256(content).digest()).decode()}:"


def test_report_and_workbook_come_with_their_digest_whole_or_in_part(parties: Parties, closed: ClosedStatement):
    here = f"statements/stm_{closed.pk}"
    for program in (Program.of(parties.council), Program.of(parties.provider)):
        for name in ("reconciliation.pdf", "workbook.xlsx"):
            assert program.get(f"{here}/{name}").status_code == 404
    report, workbook = keep_report(closed), keep_workbook(closed)
    for program in (Program.of(parties.council), Program.of(parties.provider)):
        for name, content, media_type in (
            ("reconciliation.pdf", report, "application/pdf"),
            ("workbook.xlsx", workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("statement.json", statement_text(closed).encode(), "application/json"),
        ):
            whole = program.get(f"{here}/{name}", Accept=media_type)
            assert (whole.status_code, whole.content, whole["Content-Type"]) == (200, content, media_type)
            assert whole["Repr-Digest"] == repr_digest(content)
            assert whole["Content-Disposition"].startswith("attachment; filename=")
            assert program.get(f"{here}/{name}", If_None_Match=whole["ETag"]).status_code == 304
            part = program.get(f"{here}/{name}", Range="bytes=2-5")
            if media_type == "application/json":  # a part of it would be no JSON
                assert (part.status_code, part.content, part["Accept-Ranges"]) == (200, content, "none")
                continue
            assert (part.status_code, part.content) == (206, content[2:6])
            assert program.get(f"{here}/{name}", Range="bytes=999999-").status_code == 416
    listed = program.get(here).json()["documents"]
    assert [(each["name"], each["sha256"]) for each in listed] == [
        ("reconciliation.pdf", hashlib.sha256(report).hexdigest()),
        ("workbook.xlsx", hashlib.sha256(workbook).hexdigest()),
    ]
    assert program.get(listed[0]["address"].removeprefix("/api/v1/")).content == report


def test_nobody_else_gets_them(parties: Parties, closed: ClosedStatement):
    keep_report(closed)
    agent, stranger = Program.of(parties.agent), Program.of(ledger.organisation("Other Provider", "provider"))
    for name in ("reconciliation.pdf", "workbook.xlsx", "statement.json"):
        assert agent.get(f"statements/stm_{closed.pk}/{name}").status_code == 403
        assert stranger.get(f"statements/stm_{closed.pk}/{name}").status_code == 404
