"""Log lines are JSON, say on whose behalf, and hold nothing that came out of a fact, an address or a person.

The canary below stands wherever a library or a request could bring personal data; no line of any logger may hold it.
"""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.registry import JobKind, _kinds, register
from pbr_ledger.jobs.services import enqueue, run
from pbr_ledger.observability.context import on_behalf_of
from pbr_ledger.observability.logs import NoPersonalData, OneLine, logging_settings

CANARY = "canary-child-4711"


class Lines:
    """What was logged, as JSON and as it was written."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["message"] == message]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line that the root's handler would write with LOG_FORMAT=json."""
    found = Lines()
    handler = logging.StreamHandler(found.stream)
    handler.setFormatter(OneLine())
    handler.addFilter(NoPersonalData())
    logging.getLogger().addHandler(handler)
    yield found
    logging.getLogger().removeHandler(handler)


def poisoned(job: Job) -> str:
    raise ValueError(f"{CANARY} has no price")


def refused_by_the_database(job: Job) -> str:
    with transaction.atomic():
        Organisation.objects.create(reference=CANARY, name=CANARY, kind=CANARY)
    return ""


@pytest.fixture
def canary_kinds() -> Iterator[list[str]]:
    kinds = {"tests.canary": poisoned, "tests.canary_row": refused_by_the_database}
    for name, work in kinds.items():
        register(JobKind(name, work=work, store=lambda _job, output: output))
    yield list(kinds)
    for name in kinds:
        del _kinds[name]


@pytest.mark.django_db
def test_failing_job_leaves_its_number_and_the_errors_name_but_not_what_it_said(
    lines: Lines, canary_kinds: list[str]
) -> None:
    for kind in canary_kinds:
        job = enqueue(kind=kind, key=CANARY, subject=CANARY)
        run(job_id=job.pk)
        job.refresh_from_db()
        assert CANARY in job.error  # for the administrator of the database
        assert any(line.get("job_id") == job.pk for line in lines.all)
    said = [line["message"] for line in lines.all if line["logger"].startswith("pbr_ledger.jobs")]
    assert "ValueError" in said[0]
    assert "IntegrityError" in said[1]
    assert CANARY not in lines.text


@pytest.mark.django_db
def test_request_leaves_one_line_with_its_number_and_no_address(lines: Lines, client: Client) -> None:
    answer = client.get(f"/contracts/?child={CANARY}", headers={"X-Request-ID": "0123456789abcdef"})
    assert answer.headers["X-Request-ID"] == "0123456789abcdef"
    (line,) = lines.of("request")
    assert {name: line[name] for name in ("request_id", "method", "route", "status")} == {
        "request_id": "0123456789abcdef",
        "method": "GET",
        "route": "contracts",
        "status": 302,
    }
    assert CANARY not in lines.text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [f"/{CANARY}/", f"/contracts/{CANARY}/?a={CANARY}", f"/sign-in/?next=/{CANARY}", f"/contracts/7/{CANARY}"],
)
def test_no_address_brings_what_somebody_typed_into_the_log(lines: Lines, client: Client, address: str) -> None:
    client.get(address, headers={"User-Agent": CANARY, "Referer": f"https://example.org/{CANARY}"})
    client.post(address, {"username": f"{CANARY}@example.org", "password": CANARY})
    client.get(address, headers={"Host": f"{CANARY}.example.org"})
    client.get("/", headers={"X-Request-ID": CANARY + "\n injected"})
    assert len(lines.of("request")) == 4
    assert CANARY not in lines.text


@pytest.mark.django_db
def test_request_that_breaks_is_told_by_where_it_broke(
    lines: Lines, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise IntegrityError(f"Key (reference)=({CANARY}) already exists")

    monkeypatch.setattr("pbr_ledger.observability.views.readiness", broken)
    answer = Client(raise_request_exception=False).get("/health/ready")
    assert answer.status_code == 500
    (line,) = [line for line in lines.all if "error" in line]
    assert line["error"].startswith("IntegrityError\n")
    assert "observability/views.py" in line["error"]
    assert line["request_id"]
    assert CANARY not in lines.text


@pytest.mark.django_db
def test_what_libraries_are_handed_is_left_out(lines: Lines) -> None:
    stranger = logging.getLogger("kombu.connection")
    stranger.error("Task %(name)s[%(id)s] raised: %(exc)s", {"name": "jobs.run", "id": 7, "exc": repr(CANARY)})
    stranger.warning("lost %s after %s s: %s", f"redis://:{CANARY}@redis/0", 3, ValueError(CANARY))
    stranger.info(f"refused “{CANARY}” and '{CANARY}' from {CANARY}@example.org at https://{CANARY}/")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT %s::int", [CANARY])
    except DataError:
        stranger.exception("it broke", stack_info=True, extra={"request": CANARY, "data": {"child": CANARY}})
    messages = [line["message"] for line in lines.all]
    assert messages[0] == "Task …[7] raised: …"
    assert messages[1] == "lost … after 3 s: ValueError"
    assert messages[2] == "refused … and … from … at …"
    assert CANARY not in lines.text


def test_line_says_on_whose_behalf_and_forgets_it_after(lines: Lines) -> None:
    ours = logging.getLogger("pbr_ledger.tests")
    with on_behalf_of(request_id="abcdefgh"), on_behalf_of(job_id=7):
        ours.warning("inside")
    ours.warning("outside")
    inside, outside = lines.all
    assert (inside["request_id"], inside["job_id"], inside["level"]) == ("abcdefgh", 7, "WARNING")
    assert set(outside) == {"time", "level", "logger", "message"}


def test_both_formats_leave_out_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    for log_format in ("json", "text"):
        given = logging_settings(log_format)
        assert given["handlers"]["standard_error"]["filters"] == ["no_personal_data"]
        assert given["handlers"]["standard_error"]["formatter"] == log_format
    assert sys.stderr is not None
