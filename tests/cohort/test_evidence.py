"""Evidence stands beside facts: on disk before its row, append-only, withdrawn with a reason, at most twenty files."""

import hashlib
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from cohort import models, services
from cohort.models import Contract, Evidence, EvidenceWithdrawal
from cohort.models.evidence import SUBJECTS
from cohort.queries import current_facts
from cohort.queries.evidence import evidence_in, evidence_of, live_evidence_counts
from cohort.services import Upload
from cohort.services.evidence import AlreadyWithdrawn
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from tests.cohort import sample
from tests.cohort.conftest import Record
from tests.cohort.sample import Parties
from tests.uploads import files
from tests.uploads.scanner import clamd, closed_port

PLAN = Upload("plan of canary.pdf", files.PDF)


def clock(day: int = 4) -> StatedClock:
    return StatedClock(datetime(2026, 3, day, 9, second, tzinfo=UTC) for second in count())


@pytest.fixture(autouse=True)
def folder(settings: LazySettings, tmp_path: Path) -> Path:
    settings.EVIDENCE_DIR = tmp_path
    return tmp_path


@pytest.fixture
def moved(contract: Contract, record: Record) -> Contract:
    record(*sample.MOVE)
    return contract


def attach(
    contract: Contract, parties: Parties, *uploads: Upload, kind: str = "claim", **changes: Any
) -> list[Evidence]:
    fact = SUBJECTS[kind]._default_manager.get(contract=contract)
    right = {"kind": kind, "fact": fact, "files": uploads, "by": parties.provider_staff, "clock": clock()}
    return services.attach_evidence(contract=contract, **{**right, **changes})


def on_disk(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_files_are_kept_under_made_names_with_their_hash_and_who_attached_them(
    moved: Contract, parties: Parties, folder: Path
) -> None:
    attach(moved, parties, PLAN, Upload("miles.csv", b"a,b\n"))
    rows = list(evidence_of("claim", models.Claim.objects.get()))
    assert [(row.name, row.media_type, row.size, row.scan, row.attached_by.full_name) for row in rows] == [
        ("plan of canary.pdf", "application/pdf", len(files.PDF), "not_scanned", "Pro Vider"),
        ("miles.csv", "text/csv", 4, "not_scanned", "Pro Vider"),
    ]
    assert [row.sha256 for row in rows] == [hashlib.sha256(content).hexdigest() for content in (files.PDF, b"a,b\n")]
    assert on_disk(folder) == {rows[0].kept_as: files.PDF, rows[1].kept_as: b"a,b\n"}
    assert "canary" not in "".join(f"{event.subject}{event.detail}" for event in AuditEvent.objects.all())
    assert live_evidence_counts("claim", moved) == {models.Claim.objects.get().pk: 2}


def test_evidence_stands_beside_facts_of_four_kinds(moved: Contract, parties: Parties) -> None:
    references = {"household": "H01", "expense": "E01", "claim": "C01-T0"}
    for day, (kind, reference) in enumerate(references.items(), start=4):
        assert attach(moved, parties, PLAN, kind=kind, clock=clock(day))[0].fact.reference == reference
    family = models.Placement.objects.get(contract=moved, reference="C01-F0")
    services.attach_evidence(
        contract=moved, kind="placement", fact=family, files=[PLAN], by=parties.officer, clock=clock(9)
    )
    assert evidence_in(moved).count() == 4


def test_one_wrong_file_refuses_all_and_leaves_nothing(moved: Contract, parties: Parties, folder: Path) -> None:
    with pytest.raises(Refused) as refused:
        attach(moved, parties, PLAN, Upload("virus.exe", b"MZ\x90\x00" + b"\0" * 99), Upload("empty.txt", b""))
    assert [problem.place for problem in refused.value.problems] == ["files", "files"]
    assert (Evidence.objects.count(), on_disk(folder)) == (0, {})
    with pytest.raises(Refused, match="choose a file"):
        attach(moved, parties)


def test_at_most_twenty_stand_beside_a_fact_not_counting_the_withdrawn(moved: Contract, parties: Parties) -> None:
    with pytest.raises(Refused, match="at most 20 files"):
        attach(moved, parties, *[PLAN] * 21)
    rows = attach(moved, parties, *[PLAN] * 20)
    with pytest.raises(Refused, match="at most 20 files can be attached, and there are 20 already"):
        attach(moved, parties, PLAN, clock=clock(5))
    services.withdraw_evidence(
        contract=moved, evidence=rows[0], reason="Twice", by=parties.provider_staff, clock=clock(6)
    )
    attach(moved, parties, PLAN, clock=clock(7))


def test_only_people_who_record_attach(moved: Contract, parties: Parties, folder: Path) -> None:
    with pytest.raises(NotPermitted):
        attach(moved, parties, PLAN, by=parties.auditor)
    with pytest.raises(NotFound):
        attach(moved, parties, PLAN, by=parties.agent_administrator)
    elsewhere = models.Claim.objects.create(contract=sample.contract_of(parties, "another"), reference="theirs")
    with pytest.raises(NotFound):
        attach(moved, parties, PLAN, fact=elsewhere)
    with pytest.raises(NotFound):
        attach(moved, parties, PLAN, fact=models.Household.objects.get())
    assert on_disk(folder) == {}


def test_evidence_is_withdrawn_by_its_own_side_with_a_reason_and_stays(
    moved: Contract, parties: Parties, folder: Path
) -> None:
    (row,) = attach(moved, parties, PLAN)
    withdraw: dict[str, Any] = {"contract": moved, "evidence": row, "clock": clock(5)}
    with pytest.raises(Refused, match="say why"):
        services.withdraw_evidence(**withdraw, reason=" ", by=parties.provider_staff)
    with pytest.raises(NotPermitted):
        services.withdraw_evidence(**withdraw, reason="no", by=parties.officer)
    with pytest.raises(NotFound):
        services.withdraw_evidence(**withdraw, reason="no", by=parties.agent_administrator)

    services.withdraw_evidence(**withdraw, reason="Another child’s plan", by=parties.provider_staff)

    assert EvidenceWithdrawal.objects.get().reason == "Another child’s plan"
    assert on_disk(folder) == {row.kept_as: files.PDF}
    with pytest.raises(AlreadyWithdrawn):
        services.withdraw_evidence(**withdraw, reason="again", by=parties.provider_staff)


def test_claim_and_its_evidence_are_recorded_together_or_not_at_all(
    contract: Contract, parties: Parties, record: Record
) -> None:
    record(*(fact for fact in sample.MOVE if fact.kind != "claim"))
    submit: dict[str, Any] = {
        "contract": contract,
        "placement": "C01-F0",
        "text": "Moved on 19 January",
        "by": parties.provider_staff,
    }
    with pytest.raises(Refused, match="is empty"):
        services.submit_claim(**submit, files=[PLAN, Upload("empty.txt", b"")], clock=clock())
    assert (current_facts(contract).claims, Evidence.objects.count()) == ({}, 0)

    claim = services.submit_claim(**submit, files=[PLAN], clock=clock())
    assert [row.name for row in evidence_of("claim", claim)] == ["plan of canary.pdf"]


def test_configured_scanner_marks_what_it_passed_and_keeps_the_rest_out(
    moved: Contract, parties: Parties, settings: LazySettings, folder: Path
) -> None:
    settings.CLAMD_HOST = "127.0.0.1"
    with clamd() as server:
        settings.CLAMD_PORT = server.port
        assert [row.scan for row in attach(moved, parties, PLAN)] == ["clean"]
        with pytest.raises(Refused, match="the virus scanner found something"):
            attach(moved, parties, Upload("note.txt", files.EICAR), clock=clock(5))
    settings.CLAMD_PORT = closed_port()
    with pytest.raises(Refused, match="the virus scanner does not answer"):
        attach(moved, parties, PLAN, clock=clock(6))
    assert len(on_disk(folder)) == 1


def test_picture_is_scanned_as_it_came(moved: Contract, parties: Parties, settings: LazySettings) -> None:
    original = files.jpeg_from_a_telephone() + files.EICAR
    with clamd() as server:
        settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", server.port
        with pytest.raises(Refused, match="the virus scanner found something"):
            attach(moved, parties, Upload("photo.jpg", original))
