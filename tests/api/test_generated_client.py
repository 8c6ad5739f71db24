"""A client that a generator made of the schema alone does the work of docs/api.md against a running ledger."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from importlib import import_module, invalidate_caches
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.test import Client

from cohort.queries import current_facts
from invoicing.models import Invoice, Payment
from invoicing.services.documents import store_invoice_document
from tests.api.programs import Ground, Program
from tests.ledger.billing import findings

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "agent"])
NAME = "generated_ledger_client"
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CONFIG = {
    "post_hooks": [],
    "content_type_overrides": dict.fromkeys(
        ["application/pdf", "application/xml", WORKBOOK], "application/octet-stream"
    ),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The client, generated offline; nothing in the schema is left out on the way."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "schema.json").write_bytes(Client().get("/api/v1/schema/").content)
    (folder / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    options = ["--path", "schema.json", "--config", "config.json", "--meta", "none", "--output-path", NAME]
    command = [sys.executable, "-m", "openapi_python_client", "generate", *options, "--fail-on-warning"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    sys.path.insert(0, str(folder))
    invalidate_caches()
    yield folder / NAME
    sys.path.remove(str(folder))


@pytest.fixture(autouse=True)
def _quiet(caplog: pytest.LogCaptureFixture) -> None:
    """The library's own log is none of ours."""
    caplog.set_level("WARNING", "httpx")


def part(path: str) -> Any:
    """A module of the client."""
    found: ModuleType = import_module(f"{NAME}.{path}")
    return found


def signed_in(address: str, program: Program) -> Any:
    """The generated client with a token of its own."""
    pair = (program.made.client_id, program.made.secret)
    answer = httpx.post(f"{address}/oauth/token", auth=pair, data={"grant_type": "client_credentials"})
    return part("client").AuthenticatedClient(base_url=address, token=answer.json()["access_token"])


def documents_of(invoice: Invoice) -> dict[str, bytes]:
    """Stand in for the invoice's documents where only their bytes matter."""
    kept = {"pdf": b"%PDF-1.7 of an invoice", "xml": b"<Invoice/>"}
    for ending, content in kept.items():
        name, media_type = f"invoice.{ending}", f"application/{ending}"
        store_invoice_document(invoice=invoice, name=name, media_type=media_type, content=content)
    return kept


def test_names_are_words_of_the_ledger(made: Path):
    models = {each.stem for each in (made / "models").glob("*.py")}
    assert {name for name in models if any(sign in name for sign in ("type_1", "inline", "request", "_0"))} == set()
    assert {"child", "child_to_record", "claim_status", "payment_to_record", "problem", "setting"} < models


def test_the_agents_client_lists_fetches_pays_replays_and_reads_events(here: Ground, live_server, made: Path):
    kept, models = documents_of(here.approved), part("models")
    with signed_in(live_server.url, here.agent) as client:
        page = part("api.invoices.list_invoices").sync(client=client, kind=models.InvoiceKind.INVOICE, payable=True)
        (invoice,) = page.items
        assert (invoice.reference, invoice.outstanding) == ("EXAMPLE 1", str(here.approved.gross))
        assert {each.sha256 for each in invoice.documents} == {
            hashlib.sha256(content).hexdigest() for content in kept.values()
        }
        for ending, content in kept.items():
            found = part(f"api.invoices.get_invoice_{ending}").sync(invoice.id, client=client)
            assert found.payload.read() == content
        share = models.AllocationToRecord(invoice=invoice.id, amount=invoice.outstanding)
        payment = models.PaymentToRecord(
            amount=invoice.outstanding,
            paid_on=date(2026, 6, 9),
            remittance_reference="BACS 4711",
            allocations=[share],
        )
        pay = part("api.payments.record_payment").sync_detailed
        first, again = (pay(client=client, body=payment, idempotency_key="run-1") for _ in range(2))
        assert (first.status_code, first.parsed.amount) == (201, str(here.approved.gross))
        assert (again.content, again.headers["Idempotency-Replayed"]) == (first.content, "true")
        refused = pay(client=client, body=payment, idempotency_key="run-2").parsed
        assert isinstance(refused, models.Problem)
        assert refused.type_ == "/api/v1/problems/payment-recorded-before"
        events = part("api.events.list_events").sync(client=client)
        assert [each.type_ for each in events.items][-1] == "payment.recorded"
        assert events.items[-1].payment == first.parsed.id
    assert [each.amount for each in Payment.objects.filter(contract=here.contract)] == [here.approved.gross]
    assert findings(here.contract) == []


def test_the_councils_client_records_and_corrects_a_child(here: Ground, live_server, made: Path):
    models = part("models")
    rate = models.RateToRecord(start=date(2026, 6, 1), weekly="7100.00")
    content = {"joined": date(2026, 6, 1), "left": None, "baseline": [rate]}
    child = models.ChildToRecord(contract=f"con_{here.contract.pk}", reference="C99", **content)
    with signed_in(live_server.url, here.council) as client:
        recorded = part("api.facts.record_child").sync_detailed(client=client, body=child, idempotency_key="C99")
        assert (recorded.status_code, recorded.parsed.reference) == (201, "C99")
        corrected = part("api.facts.correct_child").sync_detailed(
            recorded.parsed.id,
            client=client,
            body=models.ChildContent(**content | {"left": date(2026, 12, 1)}),
            if_match=recorded.headers["ETag"],
        )
        assert (corrected.status_code, corrected.parsed.left) == (200, date(2026, 12, 1))
        wrong = models.ChildContent(**content | {"left": date(2026, 6, 1)})
        refused = part("api.facts.correct_child").sync(
            recorded.parsed.id, client=client, body=wrong, if_match=corrected.headers["ETag"]
        )
        assert [each.pointer for each in refused.errors] == ["/left"]
        placements = part("api.facts.list_placements").sync(
            client=client, contract=f"con_{here.contract.pk}", setting=models.Setting.RESIDENTIAL
        )
        assert {each.setting for each in placements.items} == {models.Setting.RESIDENTIAL}
    assert current_facts(here.contract).children["C99"].left == date(2026, 12, 1)
