"""Endpoints over the API: made, verified, changed, disabled, sent to again; each organisation its own."""

import json
from collections.abc import Iterator

import pytest

from pbr_ledger.clients.models import KeptAnswer
from pbr_ledger.webhooks.models import Endpoint
from savings.services import Parties
from tests.api.programs import Program
from tests.savings import ledger
from tests.webhooks.ground import work
from tests.webhooks.receiver import Receiver, listening

EVENTS = ["invoice.approved", "payment.recorded"]


@pytest.fixture
def parties(db: None, settings) -> Parties:
    settings.WEBHOOKS_LOOPBACK = True
    return ledger.parties()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening() as found:
        yield found


def test_a_program_keeps_an_endpoint_from_its_making_to_its_closing(parties: Parties, receiver: Receiver):
    agent = Program.of(parties.agent, "webhooks:read", "webhooks:write", roles=[])
    made = agent.post("webhook-endpoints", {"url": receiver.url, "events": EVENTS, "description": "Payments run"})
    said = made.json()
    receiver.secret = said.pop("secret")
    assert made.status_code == 201
    assert made["Location"] == f"/api/v1/webhook-endpoints/{said['id']}"
    assert said == {
        "id": said["id"],
        "url": receiver.url,
        "description": "Payments run",
        "events": EVENTS,
        "state": "unverified",
        "disabled_because": None,
        "created_at": said["created_at"],
        "verified_at": None,
    }
    here = f"webhook-endpoints/{said['id']}"
    read = agent.get(here)
    assert (read.json(), read["ETag"]) == (said, made["ETag"])
    work()
    assert agent.get(here).json()["state"] == "active"

    tested = agent.post(f"{here}/test", {})
    assert tested.status_code == 202
    delivery = f"webhook-deliveries/{tested.json()['id']}"
    work()
    again = agent.post(f"{delivery}/resending", {})
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    work()
    logged = agent.get(delivery).json()
    assert (logged["type"], logged["state"]) == ("endpoint.test", "delivered")
    assert [(each["status"], each["error"]) for each in logged["attempts"]] == [(204, ""), (204, "")]
    listed = agent.get(f"{here}/deliveries?state=delivered").json()["items"]
    assert [each["type"] for each in listed] == ["endpoint.verification", "endpoint.test"]

    rotated = agent.post(f"{here}/secret", {}).json()
    assert rotated["secret"] not in ("", receiver.secret)
    assert agent.post(f"{here}/secret/earlier/end", {}).status_code == 200
    receiver.secret = rotated["secret"]

    steps = ("disabling", "enabling")
    assert [agent.post(f"{here}/{step}", {}).json()["state"] for step in steps] == ["disabled", "active"]
    stale = agent.post(f"{here}/changes", {"events": ["invoice.held"]}, If_Match='"other"')
    assert (stale.status_code, stale.json()["type"]) == (412, "/api/v1/problems/changed-since")
    etag = agent.get(here)["ETag"]
    changed = agent.post(f"{here}/changes", {"events": ["invoice.held"]}, If_Match=etag).json()
    assert (changed["events"], changed["url"], changed["state"]) == (["invoice.held"], receiver.url, "active")
    moved = agent.post(f"{here}/changes", {"url": f"{receiver.url}&x"}, If_Match=agent.get(here)["ETag"]).json()
    assert moved["state"] == "unverified"
    challenged = agent.post(f"{here}/verification", {})
    assert (challenged.status_code, challenged.json()["type"]) == (202, "endpoint.verification")
    work()
    assert agent.get(here).json()["state"] == "active"
    assert agent.post(f"{here}/closing", {}).json()["state"] == "closed"
    assert [each["state"] for each in agent.get("webhook-endpoints").json()["items"]] == ["closed"]
    assert agent.get("webhook-endpoints?state=active").json()["items"] == []
    refused = agent.post(f"{here}/enabling", {})
    assert (refused.status_code, refused.json()["type"]) == (409, "/api/v1/problems/endpoint-not-open")


def test_no_secret_is_kept_or_said_twice(parties: Parties, receiver: Receiver):
    agent = Program.of(parties.agent, "webhooks:read", "webhooks:write")
    said = agent.post("webhook-endpoints", {"url": receiver.url, "events": EVENTS}).json()
    work()
    elsewhere = [
        agent.get(f"webhook-endpoints/{said['id']}").content.decode(),
        agent.get("webhook-endpoints").content.decode(),
        agent.get(f"webhook-endpoints/{said['id']}/deliveries").content.decode(),
        json.dumps(list(KeptAnswer.objects.values_list("body", flat=True))),
        json.dumps(list(Endpoint.objects.values_list("secrets__enciphered", flat=True))),
    ]
    assert not [text for text in elsewhere if said["secret"].removeprefix("whsec_") in text]


def test_each_organisation_sees_and_keeps_its_own_and_reading_is_not_writing(parties: Parties, receiver: Receiver):
    agent = Program.of(parties.agent)
    here = agent.post("webhook-endpoints", {"url": receiver.url, "events": EVENTS}).json()["id"]
    delivery = agent.get(f"webhook-endpoints/{here}/deliveries").json()["items"][0]["id"]
    reads = (f"webhook-endpoints/{here}", f"webhook-endpoints/{here}/deliveries", f"webhook-deliveries/{delivery}")
    steps = ("changes", "verification", "test", "disabling", "enabling", "closing", "secret", "secret/earlier/end")
    writes = (*(f"webhook-endpoints/{here}/{step}" for step in steps), f"webhook-deliveries/{delivery}/resending")
    for stranger in (Program.of(parties.council), Program.of(parties.provider)):
        assert stranger.get("webhook-endpoints").json()["items"] == []
        assert {stranger.get(address).status_code for address in reads} == {404}
        assert {stranger.post(address, {}).status_code for address in writes} == {404}
    reader = Program.of(parties.agent, "webhooks:read")
    assert {reader.get(address).status_code for address in reads} == {200}
    assert {reader.post(address, {}).json()["type"] for address in (*writes, "webhook-endpoints")} == {
        "/api/v1/problems/insufficient-scope"
    }
    assert {Program.of(parties.agent, "events:read").get(address).status_code for address in reads} == {403}


def test_what_is_wrong_is_said_at_its_place(parties: Parties):
    agent = Program.of(parties.agent)
    right = {"url": "http://127.0.0.1:9/", "events": EVENTS}
    assert agent.post("webhook-endpoints", right).status_code == 201
    again = agent.post("webhook-endpoints", right)
    assert (again.status_code, again.json()["type"]) == (409, "/api/v1/problems/endpoint-registered")
    wrong: dict[str, dict[str, object]] = {
        "/url": {"url": "https://169.254.169.254/latest"},
        "/events": {"events": ["statement.closed"]},
        "/events/0": {"events": [7, None]},
        "/secret": {"secret": "mine"},
        "/description": {"description": "x" * 101},
    }
    for pointer, changes in wrong.items():
        answer = agent.post("webhook-endpoints", right | changes)
        assert (answer.status_code, answer.json()["type"]) == (422, "/api/v1/problems/invalid")
        assert pointer in {each["pointer"] for each in answer.json()["errors"]} or pointer == "/events/0"
    assert agent.get("webhook-endpoints?state=lost").status_code == 400


def test_schema_lists_every_message_with_an_example_that_fits_it():
    from django.test import Client
    from jsonschema import Draft202012Validator

    schema = Client().get("/api/v1/schema/").json()
    assert set(schema["webhooks"]) == {
        "invoice.approved",
        "invoice.held",
        "invoice.released",
        "credit_note.approved",
        "credit_note.held",
        "credit_note.released",
        "payment.recorded",
        "payment.reversed",
        "repayment.recorded",
        "repayment.reversed",
        "statement.closed",
        "endpoint.verification",
        "endpoint.test",
    }
    for name, operations in schema["webhooks"].items():
        content = operations["post"]["requestBody"]["content"]["application/json"]
        Draft202012Validator(content["schema"]).validate(content["example"])
        assert content["example"]["type"] == name
        headers = [each["name"] for each in operations["post"]["parameters"]]
        assert headers == ["webhook-id", "webhook-timestamp", "webhook-signature"]
