"""A word planted in every field about a child or a carer, and everything walked that the paying agent can reach."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from cohort.core.facts import Rate
from cohort.queries.history import IDENTITIES
from cohort.services import propose_baseline
from invoicing.documents.pdf import invoice_pdf
from invoicing.documents.ubl import ubl_document
from invoicing.models import Invoice
from invoicing.queries.documents import invoice_content
from invoicing.services.documents import store_invoice_document
from invoicing.services.invoices import release
from pbr_ledger.clock import DATABASE_CLOCK
from tests.api.programs import Program, payment_of
from tests.documents.reading import printed_text
from tests.invoicing.settling import World, at
from tests.savings import ledger
from tests.uploads import files

CANARY = "CANARY"
QUANTITIES = ("InvoicedQuantity", "CreditedQuantity")
UBL = {
    each: f"urn:oasis:names:specification:ubl:schema:xsd:Common{name}Components-2"
    for each, name in (("cac", "Aggregate"), ("cbc", "Basic"))
}
PREFIXES = {
    "chd": "child",
    "plc": "placement",
    "clm": "claim",
    "hou": "household",
    "xco": "extra_cost",
    "exp": "expense",
}


def planted(scenario: dict[str, Any]) -> dict[str, Any]:
    """The scenario with the word in every reference of a fact."""
    text = json.dumps(scenario)
    names = {fact["id"] for fact in scenario["facts"]} | {
        str(fact[name]) for fact in scenario["facts"] for name in ("child", "placement", "household") if fact.get(name)
    }
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(json.dumps(name), json.dumps(f"{CANARY}-{name}"))
    planted: dict[str, Any] = json.loads(text)
    return planted


def plant_more(world: World, council: Program, provider: Program) -> dict[str, str]:
    """The word in everything else that people write about children and carers; by what was written, how it reads."""
    row, of = world.contract, f"con_{world.contract.pk}"
    expense = {"contract": of, "reference": f"{CANARY}-E", "day": "2026-05-12", "category": f"{CANARY}-kind"}
    cost = {"contract": of, "reference": f"{CANARY}-X", "child": f"{CANARY}-C02", "category": "support"}
    done = [
        provider.post("expenses", expense | {"amount": "1.00", "description": f"{CANARY} was visited"}),
        council.post("extra-costs", cost | {"start": "2026-05-11", "until": "2026-06-01", "weekly": "1.00"}),
    ]
    (claim, *_) = council.get(f"claims?contract={of}&status=agreed").json()["items"]
    address = f"claims/{claim['id']}"
    done.append(council.post(f"{address}/query", {"text": f"Is {CANARY} there?"}, If_Match="*"))
    done.append(provider.post(f"{address}/answer", {"text": f"{CANARY} is"}, If_Match="*"))
    form = {"file": SimpleUploadedFile(f"{CANARY}.pdf", files.PDF)}
    bearer = {"Authorization": f"Bearer {provider.token}"}
    done.append(provider.browser.post(f"/api/v1/{address}/evidence", form, headers=bearer))
    proposal = council.post("proposals", {"contract": of, "month": "2026-06"})
    objection = {"about": f"{CANARY}-C02", "reason": f"{CANARY} moved later"}
    done += [proposal, provider.post(f"proposals/{proposal.json()['id']}/dispute", objection, If_Match="*")]
    assert {each.status_code for each in done} <= {200, 201}, [each.content for each in done]
    rates = [Rate(ledger.instant("2024-01-01 00:00").date(), 700_100)]
    asked = {"contract": row, "child": f"{CANARY}-C02", "rates": rates, "reason": f"{CANARY} was dearer"}
    propose_baseline(**asked, by=world.parties.officer, clock=DATABASE_CLOCK)
    return {
        "expense": json.dumps(council.get(f"expenses?contract={of}").json()),
        "claim": json.dumps(council.get(f"{address}/notes").json()),
        "evidence": json.dumps(council.get(f"{address}/evidence").json()),
        "extra cost": json.dumps(council.get(f"extra-costs?contract={of}").json()),
        "dispute": _asked("SELECT string_agg(about || reason, '') FROM savings_dispute"),
        "baseline": _asked("SELECT string_agg(reason, '') FROM cohort_baselineproposal"),
        "invoice": _asked("SELECT string_agg(reason, '') FROM invoicing_invoiceaction"),
    }


def _asked(question: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return str(cursor.fetchone()[0])


def walked(agent: Program) -> Iterator[str]:
    """Every answer that the agent can get by reading lists, rows and events, with its headers."""
    for resource in ("contracts", "invoices", "payments", "set-offs"):
        for each in agent.get(f"{resource}?limit=200").json()["items"]:
            one = agent.get(f"{resource}/{each['id']}")
            yield json.dumps(one.json()) + str(dict(one.headers))
    yield json.dumps(agent.get("events?limit=200").json())


def tried(agent: Program, world: World) -> Iterator[tuple[str, str]]:
    """What the agent is told at every address that there is, of rows that are there, by reading and by writing."""
    ids = {
        prefix: [f"{prefix}_{key}" for key in IDENTITIES[kind].objects.values_list("pk", flat=True)[:1]]
        for prefix, kind in PREFIXES.items()
    }
    ids |= {"con": [f"con_{world.contract.pk}"], "evd": ["evd_1"]}
    for path, operations in Client().get("/api/v1/schema/").json()["paths"].items():
        for method, operation in operations.items():
            patterns = [
                each["schema"]["pattern"][1:4] for each in operation.get("parameters", ()) if each["name"] == "row"
            ]
            found = ids.get(patterns[0], [f"{patterns[0]}_1"]) if patterns else [""]
            for row in found:
                address = path.removeprefix("/api/v1/").replace("{row}", row)
                answer = agent.get(address) if method == "get" else agent.post(address, {}, If_Match="*")
                yield operation["operationId"], answer.content.decode("latin-1") + str(dict(answer.headers))


def documents(agent: Program) -> Iterator[str]:
    """Every document, as printed and as stored, with its headers."""
    for each in agent.get("invoices?limit=200").json()["items"]:
        for listed in each["documents"]:
            answer = agent.get(listed["address"].removeprefix("/api/v1/"))
            yield str(dict(answer.headers)) + answer.content.decode("latin-1")
            if listed["name"] == "document.pdf":
                yield printed_text(answer.content)


@pytest.mark.django_db(transaction=True, databases=["default", "agent"])
def test_no_token_planted_in_what_is_known_of_a_child_or_a_carer_is_ever_shown_to_the_agent(
    settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    caplog.set_level(0)
    source = json.loads(ledger.scenario_path("carer-fee-refund").read_bytes())
    world = World.of(ledger.read_from(planted(source)))
    invoices = approved_with_documents(world)
    written = plant_more(world, Program.of(world.parties.council), Program.of(world.parties.provider))
    assert [what for what, text in written.items() if CANARY not in text] == []
    agent = Program.of(world.parties.agent)
    owed = next(each for each in invoices if each.kind == "invoice")
    said = [agent.post("payments", payment_of(owed, "1.00")).content.decode()]
    for body in ({}, payment_of(owed, "99999999.00"), payment_of(owed, "1.00"), {"allocations": [1]}, [], "{"):
        answer = agent.post("payments", body)
        assert answer.status_code >= 400
        said.append(answer.content.decode())
    said += walked(agent)
    told = dict(tried(agent, world))
    shown = [*documents(agent), agent.get("schema/").content.decode()]
    assert (len(said) > 10, len(told) > 80, len(shown)) == (True, True, 1 + 3 * len(invoices))
    fees = {(f"Fixed fee of {month} 2026", "1") for month in ("March", "April", "May")}
    assert lines_shown(agent) == fees | {("Carer fees", "1"), ("Carer fees", "-1")}
    log = "\n".join(f"{record.getMessage()} {record.args} {record.__dict__}" for record in caplog.records)
    assert [text for text in (*said, *told.values(), *shown, log) if CANARY in text] == []
    assert [text for text in said if re.search("child|carer|success|household|placement", text)] == []


def lines_shown(agent: Program) -> set[tuple[str, str]]:
    """All that lines of the agent's invoices say beside amounts: the name of a kind of charge, and a quantity."""
    found = set()
    for each in agent.get("invoices?limit=200").json()["items"]:
        parsed = ET.fromstring(agent.get(f"invoices/{each['id']}/document.xml").content)
        for line in (*parsed.iterfind(".//cac:InvoiceLine", UBL), *parsed.iterfind(".//cac:CreditNoteLine", UBL)):
            names = [str(name.text) for name in line.iterfind(".//cac:Item/cbc:Name", UBL)]
            numbers = [quantity.text for tag in QUANTITIES for quantity in line.iterfind(f"cbc:{tag}", UBL)]
            assert line.findall(".//cbc:Note", UBL) == line.findall(".//cbc:Description", UBL) == []
            found |= {(*names, *numbers)}
    return found


def approved_with_documents(world: World) -> list[Invoice]:
    """Everything approved, one invoice after it was held with the word as the reason, and all documents really made."""
    first, *others = world.all_issued()
    held = world.hold(first, reason=f"{CANARY}-C01 moved")
    release(invoice=held, by=world.parties.officer, clock=at("2026-06-09 12:00"), reason=f"{CANARY}-C01 did not")
    invoices = [world.approve(each, f"2026-06-09 13:{number:02}") for number, each in enumerate((first, *others))]
    for invoice in invoices:
        content = invoice_content(Invoice.objects.select_related("contract", "statement").get(pk=invoice.pk))
        for name, media_type, made in (
            ("invoice.pdf", "application/pdf", invoice_pdf(content)),
            ("invoice.xml", "application/xml", ubl_document(content)),
        ):
            store_invoice_document(invoice=invoice, name=name, media_type=media_type, content=made)
    return invoices
