"""Two months as their people live them: in Chromium, over PostgreSQL, with a worker in a process of its own.

The sums: from 12 November 2025 child C01 lives in a home that costs £1,400.00 a week instead of £7,000.00, £800.00 a
night; so 19 nights of November come to £15,200.00. It turns out to cost £1,750.00, £750.00 a night: £14,250.00. After
November is closed and paid, the provider reports that the placement broke down on 27 November: 15 nights remain,
£11,250.00. December, whose 31 nights would have come to £23,250.00, credits £3,000.00 instead.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from cohort.core.facts import Claim
from cohort.services import stream_of
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.documents import AUDIT_STREAM
from savings.core.scenario import read_scenario
from tests.jobs.conftest import send_to
from tests.jobs.processes import redis_server, worker
from tests.pages import money_acts as money
from tests.pages import month_acts as month
from tests.pages.cast import Cast, looking, not_looking
from tests.pages.world import SCENARIOS, World, world

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

NOVEMBER, DECEMBER = "November 2025", "December 2025"

OFFICER, SECOND, ACCOUNTANT = "Olga Officer", "Sam Second", "Lee Accountant"
PROVIDER, CLERK = "Priya Provider", "Clara Clerk"

CLAIM, PLACEMENT = "claim C01-T1", "placement C01-F0"

ACTS = [
    (PROVIDER, "fact.recorded", CLAIM),
    (PROVIDER, "evidence.attached", ""),
    (OFFICER, "fact.recorded", CLAIM),
    (PROVIDER, "fact.recorded", CLAIM),
    (OFFICER, "fact.recorded", CLAIM),
    (OFFICER, "statement.proposed", ""),
    (PROVIDER, "statement.disputed", ""),
    (OFFICER, "fact.recorded", PLACEMENT),
    (OFFICER, "statement.proposed", ""),
    (PROVIDER, "statement.agreed", ""),
    (SECOND, "statement.agreed", ""),
    (ACCOUNTANT, "statement.closed", ""),
    (PROVIDER, "invoice.issued", ""),
    (SECOND, "invoice.approved", ""),
    (CLERK, "payment.recorded", ""),
    (CLERK, "payment.recorded", ""),
    (PROVIDER, "fact.recorded", PLACEMENT),
    (OFFICER, "statement.proposed", ""),
    (PROVIDER, "statement.agreed", ""),
    (SECOND, "statement.agreed", ""),
    (ACCOUNTANT, "statement.closed", ""),
    (PROVIDER, "credit_note.issued", ""),
    (SECOND, "credit_note.approved", ""),
    (CLERK, "repayment.recorded", ""),
]
"""Who did what, in the order in which it was done, and to which fact; claims are facts with a status."""

DRAFTED = ["invoice.drafted", "credit_note.drafted"]
"""What the worker did of itself in the contract's log."""

MADE = [*["document.made"] * 4, *["report.made"] * 4]
"""What it put into the log of documents, which all contracts share."""


@pytest.fixture
def here(transactional_db: None) -> World:
    """One child moved on 12 November 2025; nothing is claimed, and no month is closed."""
    scenario = read_scenario((SCENARIOS / "mid-month-move.json").read_bytes())
    facts = tuple(fact for fact in scenario.facts if not isinstance(fact.content, Claim))
    return world(replace(scenario, facts=facts, closings=()))


@contextmanager
def worker_at_work(broker: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker that hears of each job over a Redis server or over the folder."""
    if broker == "redis":
        with redis_server(folder=folder) as url, worker(var=folder, broker_url=url):
            send_to(monkeypatch, url=url)
            yield
        return
    place = str(folder / "broker")
    send_to(monkeypatch, url="folder://", options={"data_folder_in": place, "data_folder_out": place})
    with worker(var=folder):
        yield


def live_through_november(cast: Cast, folder: Path) -> None:
    """From the claim to the invoice that is paid."""
    month.claim_with_evidence(cast, folder)
    month.propose(cast, NOVEMBER, "The statement of November 2025 charges the council £15,200.00.")
    month.dispute(cast, NOVEMBER, "Child C01: £15,200.00 (19 nights)")
    month.correct_the_price(cast, "1750.00")
    month.propose_again(
        cast,
        NOVEMBER,
        price="weekly cost: £1,400.00 from 12 November 2025 became £1,750.00",
        before="£15,200.00",
        after="£14,250.00",
        difference="−£950.00",
    )
    month.agree_for_both_sides(cast, NOVEMBER)
    month.close(cast, NOVEMBER, skipping=True)
    statement = month.take_the_documents(cast, NOVEMBER)
    draft = money.drafted(statement)
    need = "Issue the draft invoice of November 2025: £14,250.00"
    invoice = money.issue(cast, draft, need=need, kind="invoice", reference="RC-2025-11")
    money.proposer_is_not_offered_approval(cast, invoice, "invoice")
    money.approve(cast, need="Approve invoice 1: £14,250.00", kind="invoice")
    money.pay(cast, invoice, "4,000.00", "BACS 1")
    money.provider_sees(cast, invoice, "Part paid", "£10,250.00 is to be paid by Team Matrix")
    money.pay(cast, invoice, "10,250.00", "BACS 2")
    money.provider_sees(cast, invoice, "Paid", "Nothing is left to pay.")


def live_through_december(cast: Cast) -> None:
    """From the breakdown that is reported late to the credit that is repaid."""
    month.report_breakdown(
        cast,
        date(2025, 11, 27),
        closed="The savings of November 2025, closed, fall by £3,000.00: all closed months together come to £11,250.00 "
        "instead of £14,250.00.",
        charge="The next statement, of December 2025, comes to a credit of £3,000.00 instead of £23,250.00: "
        "£26,250.00 less for the council to pay.",
    )
    month.propose(cast, DECEMBER, "The statement of December 2025 is a credit of £3,000.00 to the council.")
    month.agree_for_both_sides(cast, DECEMBER)
    month.close(cast, DECEMBER)
    draft = money.drafted(month.take_the_documents(cast, DECEMBER))
    need = "Issue the draft credit note of December 2025: £3,000.00"
    credit = money.issue(cast, draft, need=need, kind="credit note", reference="RC-2025-12")
    money.proposer_is_not_offered_approval(cast, credit, "credit note")
    money.approve(cast, need="Approve credit note 2: £3,000.00", kind="credit note")
    money.repay(cast, credit, "3,000.00", "CHAPS 1")
    money.provider_sees(cast, credit, "Used", "All of the credit has been used or repaid.")


def check_the_log(cast: Cast, *, since: int) -> None:
    """It names every act and by whom; the Lead Accountant reads it, and finds its chain whole."""
    events = AuditEvent.objects.filter(stream=stream_of(cast.contract), sequence__gt=since).order_by("sequence")
    acts = [
        (each.actor_name, each.action, each.subject if each.action == "fact.recorded" else "")
        for each in events.exclude(actor_id=None)
    ]
    assert acts == ACTS
    assert list(events.filter(actor_id=None).values_list("action", flat=True)) == DRAFTED
    made = AuditEvent.objects.filter(stream=AUDIT_STREAM).values_list("action", "actor_id")
    assert sorted(made) == [(action, None) for action in MADE]
    accountant = cast.at("accountant", "activity/?verify=1")
    expect(accountant.page.get_by_text("Every hash was worked out again just now: the chain is whole.")).to_be_visible()
    expect(accountant.page.locator("tbody tr").first).to_contain_text(CLERK)
    expect(accountant.page.locator("tbody tr").first).to_contain_text("Recorded a repayment of credit")


WAYS: dict[str, tuple[str, dict[str, Any]]] = {
    "with a mouse, over Redis": ("redis", {}),
    "by keyboard alone": ("folder", {}),
    "without JavaScript": ("folder", {"java_script_enabled": False}),
    "at 320 px": ("folder", {"viewport": {"width": 320, "height": 800}}),
}


@pytest.mark.parametrize("way", WAYS)
def test_two_months_from_the_claim_to_the_credit_repaid(
    browser: Browser,
    live_server: LiveServer,
    here: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    way: str,
) -> None:
    (broker, options), found = WAYS[way], dict[str, list[str]]()
    look = looking(found) if "viewport" in options else not_looking
    cast = Cast(browser, live_server.url, here, look, by_keyboard="keyboard" in way, options=options)
    before = AuditEvent.objects.filter(stream=stream_of(here.contract)).count()
    with closing(cast), worker_at_work(broker, tmp_path, monkeypatch):
        live_through_november(cast, tmp_path)
        live_through_december(cast)
        check_the_log(cast, since=before)
    assert found == {name: [] for name in found}
    call_command("check_ledger")
    assert capsys.readouterr().out == "Nothing found.\n"
