"""Whatever the paying agent opens, sends or keeps: nothing of a child, a carer or a reason is in it."""

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from invoicing.models import DOCUMENT_NAMES, Invoice
from invoicing.services import invoices
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import Job
from savings.core.scenario import read_scenario
from tests.documents.reading import printed_text
from tests.pages import billing
from tests.pages.routes.invoicing import ROUTES
from tests.pages.routes.table import PAYMENTS_CLERK
from tests.pages.world import SCENARIOS, World, world
from tests.signing_in import signed_in

CANARY = "canary"
WEEKLY_PRICES = ("7,000.00", "7000.00", "1,400.00", "1400.00")


def planted() -> bytes:
    """The breakdown that is reported late, with a household and an expense; every reference and text is a canary."""
    document = json.loads((SCENARIOS / "breakdown-reported-late.json").read_bytes())
    for fact in document["facts"]:
        for key in ("id", "child", "placement"):
            if key in fact:
                fact[key] = f"Canary-{fact[key]}"
        if str(fact["id"]).endswith("-F0"):
            fact["household"] = "Canary-house"
    document["facts"][3:3] = [_household(), _expense()]
    return json.dumps(document).encode()


def _household() -> dict[str, Any]:
    return {
        "recorded": "2026-02-10",
        "type": "household",
        "id": "Canary-house",
        "assessed_by": "provider",
        "panel_approved": "2026-02-09",
    }


def _expense() -> dict[str, Any]:
    return {
        "recorded": "2026-02-10",
        "type": "expense",
        "id": "Canary-miles",
        "date": "2026-02-10",
        "kind": "mileage",
        "amount": "45.00",
        "description": "Canary-journey of a child",
    }


@pytest.fixture
def here(db: None) -> World:
    """Everything approved, one invoice held with a reason before, one paid in part, and all documents really made."""
    here = world(read_scenario(planted()))
    contract = here.contract
    drafts = billing.drafted(contract)
    for draft in drafts:
        by, clock = billing.second_officer(contract), billing.ticking(contract)
        held = billing.held(contract, draft, "Canary-C01 had moved before")
        clock = billing.ticking(contract)
        released = invoices.release(invoice=held, reason="Canary-C01 had not", by=by, clock=clock)
        invoices.approve(invoice=released, by=by, clock=billing.ticking(contract))
    billing.paid(contract, drafts[0], "100.00")
    billing.set_off(contract, drafts[-1], drafts[1], "100.00")
    for job in Job.objects.filter(kind__in=DOCUMENT_NAMES):
        jobs.run(job_id=job.pk)
    return here


def said(answer: Any) -> str:
    """All that an answer says, its headers too, in small letters."""
    content = answer.content
    body = printed_text(content) if answer["Content-Type"] == "application/pdf" else unescape(content.decode())
    return f"{body} {content.decode('latin-1')} {dict(answer.headers)}".lower()


def walk(client: Client, start: str) -> Iterator[tuple[str, Any]]:
    """Every address that can be reached from the first by links, with its answer."""
    waiting, seen = [start], {start}
    while waiting:
        address = waiting.pop()
        answer = client.get(address)
        yield address, answer
        if answer["Content-Type"].startswith("text/html"):
            for link in map(unescape, re.findall(r'(?:href|hx-get)="(/[^"#]*)', answer.content.decode())):
                found = link if not link.startswith("?") else address.partition("?")[0] + link
                if found not in seen and not found.startswith("/static/"):
                    seen.add(found)
                    waiting.append(found)


def test_nothing_planted_comes_to_the_agent(here: World):
    clerk = signed_in(here.people["own agent payments_clerk"])
    opened: dict[str, str] = {}
    for address, answer in walk(clerk, "/payables/"):
        assert answer.status_code in {200, 302}, address
        opened[address] = said(answer)
    routes = {resolve(address.partition("?")[0]).url_name for address in opened}
    wanted = {name for name, route in ROUTES.items() if route.readers == PAYMENTS_CLERK} - {"payable-documents"} | {
        "set-off-take-back"
    }
    assert wanted <= routes
    for address in [
        address for address in opened if "/payables/" in address and not address.endswith((".pdf", ".xml"))
    ]:
        sent = clerk.post(address.partition("?")[0], {})
        if sent.status_code == 200:
            opened[f"{address}, sent"] = said(sent)
    assert Invoice.objects.filter(documents__isnull=False).distinct().count() == 4
    assert [address for address, text in opened.items() if CANARY in text] == []
    assert [address for address, text in opened.items() if any(price in text for price in WEEKLY_PRICES)] == []


def test_same_canaries_do_stand_on_the_councils_pages(here: World):
    reader = signed_in(here.people["own council lead_accountant"])
    contract = f"/contracts/{here.contract.pk}/"
    held = Invoice.objects.filter(contract=here.contract, number=1).get()
    for address in (f"{contract}statements/2026-02/", f"{contract}invoices/{held.pk}/", f"{contract}activity/"):
        assert CANARY in said(reader.get(address))
