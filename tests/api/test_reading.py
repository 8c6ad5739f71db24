"""What programs read: contracts, invoices and their documents, payments and events."""

import hashlib
from base64 import b64encode

import pytest

from invoicing.services.documents import store_invoice_document
from tests.api.programs import Ground, payment_of

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "agent"])


def test_agent_reads_what_is_payable_in_totals(here: Ground):
    invoice = here.approved
    listed = here.agent.get("invoices?kind=invoice&payable=true").json()
    assert [each["id"] for each in listed["items"]] == [f"inv_{invoice.pk}"]
    assert listed["next"] is None
    one = here.agent.get(f"invoices/inv_{invoice.pk}")
    assert one.json() == listed["items"][0]
    assert one.json() | {"changed_at": ""} == {
        "id": f"inv_{invoice.pk}",
        "contract": f"con_{here.contract.pk}",
        "reference": "EXAMPLE 1",
        "kind": "invoice",
        "status": "approved",
        "number": 1,
        "provider_reference": "",
        "month": str(invoice.statement.month),
        "issued_on": "2026-06-08",
        "due_on": "2026-07-08",
        "net": str(invoice.net),
        "vat": "0.00",
        "gross": str(invoice.gross),
        "settled": "0.00",
        "outstanding": str(invoice.gross),
        "payable": True,
        "vat_breakdown": [{"treatment": "exempt", "rate": "0.0000", "net": str(invoice.net), "vat": "0.00"}],
        "corrects": [],
        "payee": {"name": "Reconnect", "address": "", "vat_number": ""},
        "buyer": "Plymouth City Council",
        "order_reference": "",
        "bank_reference": "",
        "documents": [],
        "changed_at": "",
    }
    assert here.agent.get(f"invoices/inv_{invoice.pk}", If_None_Match=one["ETag"]).status_code == 304


def test_filters_find_what_they_say_and_no_draft_is_ever_shown(here: Ground):
    def found(query: str) -> list[str]:
        return [each["id"] for each in here.agent.get(f"invoices{query}").json()["items"]]

    everything = [f"inv_{each.pk}" for each in (here.approved, here.held, here.issued, here.credit)]
    assert sorted(found("")) == sorted(everything)
    assert found("?status=held") == [f"inv_{here.held.pk}"]
    assert found("?kind=credit_note") == [f"inv_{here.credit.pk}"]
    assert found("?due_before=2026-07-08") == []
    assert sorted(found("?due_before=2026-07-09")) == sorted(everything)
    assert found("?changed_since=2026-06-09T10:30:00%2B01:00") == [f"inv_{here.held.pk}"]
    assert found("?contract=con_999") == []
    corrects = here.agent.get(f"invoices/inv_{here.credit.pk}").json()["corrects"]
    assert set(corrects) < set(everything)
    assert corrects


def test_pages_follow_one_another_without_loss(here: Ground):
    first = here.agent.get("invoices?limit=3").json()
    second = here.agent.get(first["next"].removeprefix("/api/v1/")).json()
    assert [len(first["items"]), len(second["items"]), second["next"]] == [3, 1, None]
    assert here.agent.get(f"invoices?after={second['cursor']}").json()["items"] == []


def test_documents_come_whole_or_in_part_with_their_digest(here: Ground):
    content = b"%PDF-1.7 what stands in for a document"
    store_invoice_document(invoice=here.approved, name="invoice.pdf", media_type="application/pdf", content=content)
    address = f"invoices/inv_{here.approved.pk}/document.pdf"
    whole = here.agent.get(address, Accept="application/pdf")
    assert (whole.status_code, whole.content, whole["Content-Type"]) == (200, content, "application/pdf")
    digest = hashlib.sha256(content)
    assert whole["Repr-Digest"] == f"sha-256=:{b64encode(digest.digest()).decode()}:"
    listed = here.agent.get(f"invoices/inv_{here.approved.pk}").json()["documents"]
    assert listed == [
        {
            "name": "document.pdf",
            "media_type": "application/pdf",
            "sha256": digest.hexdigest(),
            "address": f"/api/v1/{address}",
        }
    ]
    part = here.agent.get(address, Range="bytes=5-7")
    assert (part.status_code, part.content, part["Content-Range"]) == (206, b"1.7", f"bytes 5-7/{len(content)}")
    assert here.agent.get(address, Range="bytes=-8").content == b"document"
    assert here.agent.get(address, Range="bytes=9-").content == content[9:]
    past = here.agent.get(address, Range="bytes=99-")
    assert (past.status_code, past["Content-Range"]) == (416, f"bytes */{len(content)}")
    assert past.json()["type"] == "/api/v1/problems/range-not-satisfiable"
    assert here.agent.get(address, If_None_Match=whole["ETag"]).status_code == 304
    assert here.agent.get(f"invoices/inv_{here.approved.pk}/document.xml", Accept="application/xml").status_code == 404


def test_events_come_in_order_and_statements_only_to_the_parties(here: Ground):
    here.agent.post("payments", payment_of(here.approved, "10.00"))
    of_agent = here.agent.get("events").json()
    kinds = [each["type"] for each in of_agent["items"]]
    assert kinds == ["invoice.approved", "credit_note.approved", "invoice.held", "payment.recorded"]
    assert of_agent["items"][0] | {"id": "", "at": ""} == {
        "id": "",
        "type": "invoice.approved",
        "at": "",
        "contract": f"con_{here.contract.pk}",
        "invoice": f"inv_{here.approved.pk}",
        "payment": None,
        "statement": None,
    }
    assert here.agent.get(f"events?after={of_agent['cursor']}").json()["items"] == []
    of_council = [each["type"] for each in here.council.get("events?limit=200").json()["items"]]
    assert of_council.count("statement.closed") == 5
    of_provider = here.provider.get("events").json()["items"]
    assert [each["statement"] for each in of_provider if each["type"] == "statement.closed"] == [
        "2026-02",
        "2026-03",
        "2026-04",
        "2026-05",
    ]


def test_what_an_organisation_is_no_party_to_does_not_exist_for_it(here: Ground):
    for program in (here.stranger, here.provider, here.agent):
        for address in (f"invoices/inv_{here.other.pk}", f"contracts/con_{here.other.contract_id}"):
            assert program.get(address).status_code == 404
    assert here.stranger.get("invoices").json()["items"] == []
    assert here.stranger.get(f"invoices/inv_{here.approved.pk}").status_code == 404
    assert [each["reference"] for each in here.agent.get("contracts").json()["items"]] == ["EXAMPLE"]
    assert here.council.get(f"invoices/inv_{here.other.pk}").status_code == 200
