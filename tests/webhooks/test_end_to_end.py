"""Committed and worked as an installation does it; the worked receiver of docs/api.md; and nothing of a child."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from socket import create_connection, create_server

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.db import transaction
from django.db.models.functions import Now

from invoicing.services.invoices import release
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import DONE, Job
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.events import WEBHOOK, every_kind
from pbr_ledger.webhooks.models import Attempt, Delivery, Endpoint
from tests.accounts.test_deployment import PRODUCTION, manage
from tests.api.test_canary import CANARY, planted
from tests.invoicing.settling import World, at
from tests.jobs.processes import wait_until
from tests.savings import ledger
from tests.webhooks.ground import active, committed, registered, states, work
from tests.webhooks.receiver import Receiver, listening

API = Path(configured.BASE_DIR) / "docs" / "api.md"


def only_webhooks() -> None:
    """Leave out the documents that are to be made: they are not what is looked at here."""
    Job.objects.exclude(kind=WEBHOOK).update(state=DONE, attempts=1, started_at=Now(), finished_at=Now())


def dispatched() -> str:
    said = StringIO()
    call_command("dispatch", inline=True, stdout=said)
    return said.getvalue()


@pytest.mark.django_db(transaction=True)
def test_committed_change_is_told_and_one_that_is_undone_is_not(tmp_path: Path, receiver: Receiver):
    world = World.of(ledger.scenario("mid-month-move"))
    first = world.issue(world.drafts()[0])
    endpoint = registered(receiver, world.parties.agent)
    only_webhooks()
    assert f"done    {Job.objects.get(kind=WEBHOOK).pk}" in dispatched()
    with transaction.atomic():
        world.approve(first)
        transaction.set_rollback(True)
    assert states(endpoint) == []
    world.approve(first)
    hints = len(list((tmp_path / "broker").glob("*.webhooks.msg")))
    assert hints == 2
    only_webhooks()
    receiver.down = True
    dispatched()
    assert states(endpoint) == [("invoice.approved", "waiting")]
    assert dispatched() == ""
    receiver.down = False
    Job.objects.filter(kind=WEBHOOK).exclude(state=DONE).update(run_after=Now())
    dispatched()
    assert dispatched() == ""
    assert receiver.types == ["invoice.approved"]


def test_nothing_of_a_child_or_a_carer_is_in_any_message_log_line_or_row(
    db: None, receiver: Receiver, caplog: pytest.LogCaptureFixture
):
    source = json.loads(ledger.scenario_path("carer-fee-refund").read_bytes())
    world = World.of(ledger.read_from(planted(source)))
    with listening() as councils:
        active(receiver, world.parties.agent)
        active(councils, world.parties.council)
        caplog.set_level(0)
        caplog.clear()
        first, *others = world.all_issued()
        held = world.hold(first, reason=f"{CANARY}-C01 moved")
        release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason=f"{CANARY}-C01 did not")
        for number, each in enumerate((first, *others)):
            world.approve(each, f"2026-06-09 13:{number:02}")
        ledger.load(ledger.read_from(planted(source)), world.parties, reference="SECOND")
        work()
    sent = [f"{headers} {body}" for _, headers, body in (*receiver.requests, *councils.requests)]
    assert {"invoice.held", "invoice.released", "invoice.approved"} <= set(receiver.types)
    assert set(councils.types) == {*receiver.types, "statement.closed"}
    log = [f"{record.getMessage()} {record.args} {record.__dict__}" for record in caplog.records]
    kept = [str(row) for rows in (Delivery, Attempt, Endpoint) for row in rows.objects.values()]
    kept += [str(row) for row in AuditEvent.objects.filter(stream="webhooks").values()]
    kept += [str(row) for row in Job.objects.filter(kind=WEBHOOK).values()]
    assert [text for text in (*sent, *kept) if CANARY in text] == []
    assert [text for text in log if CANARY in text and "webhook" in text] == []
    assert [text for text in sent if re.search("child|carer|household|placement", text)] == []
    for _, _, body in receiver.requests:
        message = json.loads(body)
        ids = {name for each in every_kind() for name, _ in each.data} | {"challenge"}
        assert set(message) == {"type", "timestamp", "data"}
        assert set(message["data"]) <= ids


@contextmanager
def documented_receiver(secret: str, folder: Path) -> Iterator[int]:
    """The receiver of docs/api.md as a process of its own, with the port on which it listens."""
    block = next(each for each in re.findall(r"```python\n(.*?)```", API.read_text(), re.DOTALL) if "Webhook(" in each)
    with create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    program = folder / "receiver.py"
    program.write_text(block.replace("8080", str(port)))
    environ = {"WEBHOOK_SECRET": secret, "PATH": ""}
    process = subprocess.Popen(
        [sys.executable, "-u", str(program)], env=environ, cwd=folder, stdout=subprocess.PIPE, text=True
    )

    def answers() -> bool:
        try:
            create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            return False
        return True

    try:
        wait_until(answers)
        yield port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_worked_receiver_of_the_documentation_verifies_and_is_told(db: None, tmp_path: Path):
    world = World.of(ledger.scenario("mid-month-move"))
    first = world.issue(world.drafts()[0])
    by = ledger.administrator()
    with listening() as nobody:
        endpoint = registered(nobody, world.parties.agent)
        secret = nobody.secret
    with documented_receiver(secret, tmp_path) as port:
        services.change_endpoint(
            endpoint=endpoint,
            url=f"http://127.0.0.1:{port}/hooks",
            events=endpoint.events,
            description="",
            by=by,
            clock=DATABASE_CLOCK,
        )
        work()
        endpoint.refresh_from_db()
        assert endpoint.state == "active", Attempt.objects.values_list("error", "excerpt")
        world.approve(first)
        committed()
        work()
        assert states(endpoint) == [("invoice.approved", "delivered")]
    with documented_receiver("whsec_" + "A" * 43 + "=", tmp_path) as port:
        services.change_endpoint(
            endpoint=endpoint,
            url=f"http://127.0.0.1:{port}/",
            events=endpoint.events,
            description="",
            by=by,
            clock=DATABASE_CLOCK,
        )
        work()
        assert Attempt.objects.latest("pk").status == 400


@pytest.mark.slow
def test_deployment_check_refuses_webhooks_to_this_machine():
    ended = manage("check", "--deploy", **PRODUCTION, WEBHOOKS_LOOPBACK="true")
    assert ended.returncode != 0
    assert "webhooks.E001" in ended.stderr
