"""The activity log in the browser: every action in words, what is asked for, and the chain."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.services import stream_of
from invoicing.pages.activity_words import ACTIONS
from pbr_ledger.audit.models import AuditEvent
from tests.pages.billing import billed
from tests.pages.test_contracts import page_of
from tests.pages.world import World, world
from tests.signing_in import signed_in
from tests.stage import Stage

ROOMS = ("pbr_ledger", "cohort", "savings", "invoicing")
PARTS = {
    "invoice.kind": ("invoice", "credit_note"),
    "payment.kind": ("payment", "repayment"),
    "kind": ("payment", "repayment"),
    "done": ("held", "released"),
}
"""What the changing parts of an action can be, by their source text."""
PLACE_OF_ACTION = {"note": 2, "_audit": 1, "record": 1, "Entry": 0}


def actions_written() -> Iterator[str]:
    """Every action that any module of ours hands to the activity log."""
    for room in ROOMS:
        for path in sorted((Path(settings.BASE_DIR) / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from (action for value in _actions(node) for action in _texts(value))


def _actions(call: ast.Call) -> Iterator[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in {"record", "Entry", "stored_once"}:
        yield from (keyword.value for keyword in call.keywords if keyword.arg == "action")
    place = PLACE_OF_ACTION.get(name)
    if place is not None and len(call.args) > place:
        yield call.args[place]


def _texts(value: ast.expr) -> Iterator[str]:
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    if isinstance(value, ast.IfExp):
        yield from (*_texts(value.body), *_texts(value.orelse))
    if isinstance(value, ast.JoinedStr):
        choices = [
            (str(part.value),) if isinstance(part, ast.Constant) else PARTS[ast.unparse(part.value)]
            for part in value.values
            if isinstance(part, ast.Constant | ast.FormattedValue)
        ]
        yield from ("".join(parts) for parts in product(*choices))


def test_every_action_that_is_written_has_words():
    written = {action for action in actions_written() if re.fullmatch(r"[a-z_]+\.[a-z_]+|job run again", action)}
    assert {"fact.retracted", "credit_note.held", "repayment.reversed", "role.granted", "report.made"} <= written
    assert written - set(ACTIONS) == set()


@pytest.fixture
def late(stage: Stage) -> World:
    return stage.of(billed)


@pytest.fixture
def auditor(late: World, client: Client) -> Client:
    return signed_in(late.people["own council auditor"], client)


def log(late: World, query: str = "") -> str:
    return f"/contracts/{late.contract.pk}/activity/{query}"


def test_log_says_who_did_what_when_and_leads_to_it(late: World, auditor: Client):
    page = page_of(auditor, log(late))
    for words in (
        "Held the invoice",
        "No order number",
        "Took a payment back",
        "Another contract’s",
        "Sam Second",
        "Plymouth City Council",
        "The ledger",
        "May 2026, proposal 1</a>",
        "credit note 4</a>",
        "terms from 6 August 2025",
        "placement C01-F0",
    ):
        assert words in page
    assert f'href="/contracts/{late.contract.pk}/statements/2026-05/"' in page
    for action in ACTIONS:
        assert f">{action}<" not in page


def test_log_shows_what_is_asked_for_and_no_more(late: World, auditor: Client):
    assert (
        page_of(auditor, log(late, "?action=invoice.approved")).count('<td class="govuk-table__cell" data-label="Who">')
        == 2
    )
    clerk = late.people["own agent payments_clerk"]
    page = page_of(auditor, log(late, f"?person={clerk.pk}"))
    assert "Recorded a payment</span>" in page
    assert "Held the invoice</span>" not in page
    system = page_of(auditor, log(late, "?person=0"))
    assert system.count("Drafted the invoice</span>") == 3
    assert "Issued the invoice</span>" not in system
    page = page_of(auditor, log(late, "?since=2026-03-01&until=2026-03-31"))
    assert page.count("Closed the statement</span>") == 1
    assert "Nothing like this was done." in page_of(auditor, log(late, "?until=2020-01-01"))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?since=yesterday", "From: enter a date, like 2026-03-31"),
        ("?since=2026-03-02&until=2026-03-01", "To: enter the same day as From, or a later one"),
        ("?action=nothing", "Choose from the list what was done"),
        ("?person=999999", "Choose a person from the list"),
    ],
)
def test_what_cannot_be_asked_for_is_said_at_its_field(late: World, auditor: Client, query: str, words: str):
    assert page_of(auditor, log(late, query)).count(words) == 2


def test_chain_is_checked_only_when_somebody_asks(late: World, auditor: Client):
    page = page_of(auditor, log(late))
    assert "Check the chain" in page
    assert "the chain is whole" not in page
    assert "the chain is whole" in page_of(auditor, log(late, "?verify=1"))


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_broken_chain_is_said_with_its_place(client: Client):
    late = world("breakdown-reported-late", months=1)
    signed_in(late.people["own council auditor"], client)
    with connections["owner"].cursor() as cursor:  # only the owner of the tables can, with the triggers off
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE audit_auditevent SET subject = 'X' WHERE sequence = 3 AND stream = %s", [stream_of(late.contract)]
        )
        cursor.execute("ALTER TABLE audit_auditevent ENABLE TRIGGER USER")
    page = page_of(client, log(late, "?verify=1"))
    assert "The chain is broken." in page
    assert "Event 3: its hash is not that of what it says." in page


def test_log_costs_as_many_queries_with_a_full_page_as_with_a_few_rows(late: World, auditor: Client):
    assert AuditEvent.objects.filter(stream=stream_of(late.contract)).count() > 40

    def queries(query: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(auditor, log(late, query))
        return len(captured)

    assert queries("") == queries("?action=invoice.held")
