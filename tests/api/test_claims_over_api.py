"""Claims over the API: submitted by the provider's program, decided by the council's, with what is said and shown."""

import hashlib
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile

from cohort.models import Contract, Evidence
from cohort.queries import current_facts
from pbr_ledger.clients.models import KeptAnswer
from savings.services import Parties
from tests.api.programs import Program
from tests.cohort import sample
from tests.ledger.billing import findings
from tests.savings import ledger
from tests.stage import Stage
from tests.uploads import files

pytestmark = pytest.mark.django_db(databases=["default", "agent"])


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return tmp_path


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


@pytest.fixture
def row(parties: Parties) -> Contract:
    """The small contract with a move that nobody has claimed yet."""
    contract = ledger.small_contract(parties)
    withdrawn = sample.Claim("C01-T0", "C01-F0", "rejected")
    ledger.record(contract, withdrawn, by=parties.officer, at="2026-01-22 09:00")
    return contract


@pytest.fixture
def council(parties: Parties, row: Contract) -> Program:
    return Program.of(parties.council)


@pytest.fixture
def provider(parties: Parties, row: Contract) -> Program:
    return Program.of(parties.provider)


def kind_of(answer: Any) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json", answer.content
    return answer.status_code, answer.json()["type"].removeprefix("/api/v1/problems/")


def claim(row: Contract, **changes: Any) -> dict[str, Any]:
    return {"contract": f"con_{row.pk}", "placement": "C01-F0", "text": "Moved on 19 January", **changes}


def test_a_claim_is_submitted_queried_answered_and_agreed(row: Contract, council: Program, provider: Program):
    made = provider.post("claims", claim(row), Idempotency_Key="claim-1")
    assert made.status_code == 201, made.content
    assert made.json() | {"id": "", "recorded_at": ""} == {
        "id": "",
        "contract": f"con_{row.pk}",
        "reference": "C01-T1",
        "retracted": False,
        "recorded_at": "",
        "placement": "C01-F0",
        "status": "submitted",
    }
    again = provider.post("claims", claim(row), Idempotency_Key="claim-1")
    assert (again.json(), again["Idempotency-Replayed"]) == (made.json(), "true")
    assert kind_of(provider.post("claims", claim(row))) == (409, "already-claimed")
    address = f"claims/{made.json()['id']}"
    assert kind_of(council.post(f"{address}/query", {"text": "Which carers?"})) == (428, "if-match-missing")
    asked = council.post(f"{address}/query", {"text": "Which carers?"}, If_Match=made["ETag"])
    assert asked.json()["status"] == "queried"
    assert kind_of(provider.post(f"{address}/answer", {"text": "Theirs"}, If_Match=made["ETag"])) == (
        412,
        "changed-since",
    )
    answered = provider.post(f"{address}/answer", {"text": "Household H01"}, If_Match=asked["ETag"])
    assert answered.json()["status"] == "submitted"
    refused = council.post(f"{address}/agreement", {}, If_Match=answered["ETag"])
    assert kind_of(refused) == (409, "baseline-not-agreed")
    (child,) = provider.get(f"children?contract=con_{row.pk}").json()["items"]
    seen = provider.get(f"children/{child['id']}")["ETag"]
    assert kind_of(council.post(f"children/{child['id']}/baseline-agreement", {}, If_Match=seen)) == (
        403,
        "insufficient-scope",
    )
    assert provider.post(f"children/{child['id']}/baseline-agreement", {}, If_Match=seen).status_code == 200
    assert kind_of(provider.post(f"children/{child['id']}/baseline-agreement", {}, If_Match=seen)) == (409, "conflict")
    agreed = council.post(f"{address}/agreement", {"text": "Seen"}, If_Match=answered["ETag"])
    assert (agreed.status_code, agreed.json()["status"]) == (200, "agreed")
    assert kind_of(council.post(f"{address}/agreement", {}, If_Match=agreed["ETag"])) == (409, "conflict")
    notes = provider.get(f"{address}/notes").json()["items"]
    assert [(each["side"], each["status"], each["text"]) for each in notes] == [
        ("provider", "submitted", "Moved on 19 January"),
        ("council", "queried", "Which carers?"),
        ("provider", "submitted", "Household H01"),
        ("council", "agreed", "Seen"),
    ]
    history = council.get(f"{address}/versions").json()["items"]
    assert [each["status"] for each in history] == ["submitted", "queried", "submitted", "agreed"]
    assert findings(row) == []


def test_an_agreed_baseline_is_not_changed_by_one_side_alone(row: Contract, council: Program, provider: Program):
    (child,) = provider.get(f"children?contract=con_{row.pk}").json()["items"]
    address, seen = f"children/{child['id']}", provider.get(f"children/{child['id']}")["ETag"]
    provider.post(f"{address}/baseline-agreement", {}, If_Match=seen)
    body = {name: child[name] for name in ("joined", "left", "baseline")}
    body["baseline"] = [body["baseline"][0] | {"weekly": "9999.00"}]
    refused = council.post(f"{address}/versions", body, If_Match=seen)
    assert kind_of(refused) == (422, "invalid")
    assert [each["pointer"] for each in refused.json()["errors"]] == ["/baseline"]


def test_each_side_takes_its_own_steps_and_says_why(row: Contract, council: Program, provider: Program):
    assert kind_of(council.post("claims", claim(row))) == (403, "insufficient-scope")
    wrong = provider.post("claims", claim(row, placement="C01-R0"))
    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/placement"]
    for body in (claim(row, text=" "), claim(row, text="x" * 4001), claim(row, note="x"), claim(row, placement="X")):
        assert kind_of(provider.post("claims", body)) == (422, "invalid")
    made = provider.post("claims", claim(row))
    address = f"claims/{made.json()['id']}"
    assert kind_of(council.post(f"{address}/rejection", {}, If_Match=made["ETag"])) == (422, "invalid")
    for step in ("agreement", "query", "rejection"):
        assert kind_of(provider.post(f"{address}/{step}", {"text": "x"}, If_Match=made["ETag"])) == (
            403,
            "insufficient-scope",
        )
    for step in ("answer", "withdrawal"):
        assert kind_of(council.post(f"{address}/{step}", {"text": "x"}, If_Match=made["ETag"])) == (
            403,
            "insufficient-scope",
        )
    gone = provider.post(f"{address}/withdrawal", {"text": "Our mistake"}, If_Match=made["ETag"])
    assert gone.json()["status"] == "withdrawn"
    auditor = Program.of(row.council, roles=["auditor"])
    assert kind_of(auditor.post("agreed-moves", claim(row))) == (403, "not-permitted")


def test_a_move_that_both_sides_know_of_is_agreed_at_once(row: Contract, council: Program, provider: Program):
    assert kind_of(provider.post("agreed-moves", claim(row))) == (403, "insufficient-scope")
    assert kind_of(council.post("agreed-moves", claim(row))) == (409, "baseline-not-agreed")
    (child,) = provider.get(f"children?contract=con_{row.pk}").json()["items"]
    seen = provider.get(f"children/{child['id']}")["ETag"]
    provider.post(f"children/{child['id']}/baseline-agreement", {}, If_Match=seen)
    made = council.post("agreed-moves", claim(row, text="Said at the review"))
    assert (made.status_code, made.json()["status"], made.json()["reference"]) == (201, "agreed", "C01-T1")
    assert current_facts(row).claims["C01-T1"].status == "agreed"


# Evidence


def attach(program: Program, address: str, content: bytes, name: str = "plan.pdf", **more: Any) -> Any:
    key = {"Idempotency-Key": more.pop("key")} if "key" in more else {}
    form = {"file": SimpleUploadedFile(name, content)} | more
    return program.browser.post(f"/api/v1/{address}", form, headers={"Authorization": f"Bearer {program.token}"} | key)


def test_a_file_is_attached_listed_and_opened_with_its_digest(row: Contract, council: Program, provider: Program):
    address = f"claims/{provider.post('claims', claim(row)).json()['id']}/evidence"
    made = attach(provider, address, files.PDF, key="file-1")
    assert made.status_code == 201, made.content
    kept = Evidence.objects.get()
    assert made.json() | {"attached_at": ""} == {
        "id": f"evd_{kept.pk}",
        "name": "plan.pdf",
        "media_type": "application/pdf",
        "size": len(files.PDF),
        "sha256": hashlib.sha256(files.PDF).hexdigest(),
        "attached_at": "",
        "withdrawn_because": None,
        "address": f"/api/v1/evidence/evd_{kept.pk}/file",
    }
    assert attach(provider, address, files.PDF, key="file-1")["Idempotency-Replayed"] == "true"
    assert kind_of(attach(provider, address, files.PDF, "other.pdf", key="file-1")) == (422, "idempotency-key-reused")
    assert KeptAnswer.objects.get(key="file-1").body == str(kept.pk)
    assert Evidence.objects.count() == 1
    assert council.get(address).json()["items"] == [made.json()]
    whole = council.get(f"evidence/evd_{kept.pk}/file", Accept="application/pdf")
    assert (whole.content, whole["Content-Type"]) == (files.PDF, "application/pdf")
    digest = b64encode(hashlib.sha256(files.PDF).digest()).decode()
    assert whole["Repr-Digest"] == f"sha-256=:{digest}:"
    assert whole["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert council.get(f"evidence/evd_{kept.pk}/file", Range="bytes=0-3").content == b"%PDF"


def test_files_that_the_pages_refuse_are_refused_here_too(row: Contract, council: Program, provider: Program):
    address = f"claims/{provider.post('claims', claim(row)).json()['id']}/evidence"
    for content in (b"", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff", b"x" * (10 * 1024 * 1024 + 1)):
        refused = attach(provider, address, content, "a.exe")
        assert kind_of(refused) == (422, "invalid")
        assert [each["pointer"] for each in refused.json()["errors"]] == ["/file"]
    assert kind_of(attach(provider, address, files.PDF, note="x")) == (422, "invalid")
    assert kind_of(provider.post(address, {"file": "x"})) == (415, "unsupported-media-type")
    auditor = Program.of(row.council, roles=["auditor"])
    assert kind_of(attach(auditor, address, files.PDF)) == (403, "not-permitted")
    assert kind_of(attach(Program.of(row.agent), address, files.PDF)) == (403, "insufficient-scope")
    stranger = Program.of(ledger.organisation("Other Provider", "provider"))
    assert kind_of(attach(stranger, address, files.PDF)) == (404, "not-found")
    assert Evidence.objects.count() == 0
    for resource in ("households", "placements", "expenses"):
        (fact, *_) = council.get(f"{resource}?contract=con_{row.pk}").json()["items"]
        assert attach(provider, f"{resource}/{fact['id']}/evidence", files.PDF).status_code == 201
    for made in Evidence.objects.all():
        assert kind_of(stranger.get(f"evidence/evd_{made.pk}/file")) == (404, "not-found")
