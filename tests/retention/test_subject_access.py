"""A request of access: everything held about one child is in the file, and nothing about any other."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from cohort.models import Child
from cohort.services import act_on_claim
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotFound, NotPermitted
from savings.services.subject_access import SubjectFile, subject_access
from savings.services.what_if import import_scenario
from tests.invoicing.settling import World
from tests.retention.ground import attach
from tests.savings import ledger
from tests.signing_in import signed_in
from tests.stage import Stage

PARTS = (
    *("activity", "baselines", "claim-messages", "disputes", "evidence"),
    *("facts", "imports", "proposals", "scenarios", "statements"),
)


@pytest.fixture
def world(stage: Stage, settings, tmp_path: Path) -> World:
    """Two children, C01 and C02, with words about both."""
    settings.EVIDENCE_DIR = tmp_path / "evidence"
    return stage.of(two_children)


def two_children() -> World:
    """The worked example of two children, with words about both wherever they can stand."""
    source = ledger.scenario_path("carer-fee-refund").read_bytes()
    world = World.of(ledger.read_from(json.loads(source)))
    parties, contract, clock = world.parties, world.contract, DATABASE_CLOCK
    claims = {"C01": "C01-T0", "C02": "C02-T0"}
    for child, claim in claims.items():
        told = {"contract": contract, "claim": claim, "clock": clock}
        act_on_claim(**told, action="query", text=f"Where is {child}, and is it with C01 or C02?", by=parties.officer)
    attach(world, "C01")
    import_scenario(contract=contract, name="As a file", content=source, by=parties.accountant, clock=clock)
    return world


def opened(made: SubjectFile) -> dict[str, Any]:
    """The parts by name as they are in JSON, and everything else as bytes."""
    with zipfile.ZipFile(io.BytesIO(made.content)) as archive:
        found = {name: archive.read(name) for name in archive.namelist()}
    return {name: json.loads(content) if name.endswith(".json") else content for name, content in found.items()}


def asked(world: World, child: str) -> dict[str, Any]:
    """What the Lead Accountant gets."""
    by = world.parties.accountant
    return opened(subject_access(contract=world.contract, child=child, by=by, clock=DATABASE_CLOCK))


def test_everything_about_the_child_is_in_the_file(world: World) -> None:
    found = asked(world, "C01")
    assert set(found) == {
        "index.txt",
        *(f"{part}.{ending}" for part in PARTS for ending in ("json", "csv")),
        "evidence/1.pdf",
    }
    facts = {(row["fact"], row["reference"]) for row in found["facts.json"]}
    assert facts == {
        ("child", "C01"),
        ("placement", "C01-R0"),
        ("placement", "C01-F0"),
        ("placement", "C01-R1"),
        ("claim", "C01-T0"),
    }
    stated = {(row["month"], row["figure"]): row["amount"] for row in found["statements.json"]}
    assert stated == {
        ("March 2026", "saving of the month"): "24000.00",
        ("March 2026", "run rate, a year"): "292000.00",
        ("March 2026", "carer fee, due on 2026-03-02"): "10000.00",
        ("April 2026", "saving of the month"): "20800.00",
        ("April 2026", "carer fee, due on 2026-03-02"): "10000.00",
        ("May 2026", "carer fee, due on 2026-03-02"): "10000.00",
    }
    (why,) = [row["why"] for row in found["statements.json"] if row["amount"] == "20800.00"]
    assert "26 nights: the nights of 1 April 2026 to 26 April 2026" in why
    told = [row["did"] for row in found["activity.json"]]
    assert told.count("fact.recorded") == 8
    assert {"baselines.loaded", "evidence.attached", "claim.queried"} & set(told) == {"evidence.attached"}
    assert [row["said"][:25] for row in found["scenarios.json"]][:1] == ['{"recorded": "2025-08-06"']
    assert found["evidence/1.pdf"].endswith(b"C01")


def test_no_other_child_is_in_the_file(world: World) -> None:
    for child, other in (("C01", "C02"), ("C02", "C01")):
        found = asked(world, child)
        others = [name for name, content in found.items() if other in str(content) and not name.startswith("evidence/")]
        assert others == []
        (message,) = found["claim-messages.json"]
        assert "[another child]" in message["text"]
        assert child in message["text"]


def test_the_making_is_in_the_log_with_the_hash_and_the_index_says_for_whom(world: World) -> None:
    by = world.parties.accountant
    made = subject_access(contract=world.contract, child="C01", by=by, clock=DATABASE_CLOCK)
    event = AuditEvent.objects.get(action="subject_access.made")
    assert (event.subject, json.loads(event.detail)) == ("child C01", {"files": 1, "sha256": made.sha256})
    assert made.name == "EXAMPLE-child-C01.zip"
    index = opened(made)["index.txt"].decode()
    assert index.startswith("What the ledger holds about child C01 under contract EXAMPLE\n=====")
    assert f"Made for {by.full_name}, Plymouth City Council, on " in index
    assert (
        "- facts.json and facts.csv: every version of every fact, who recorded it, and until when it was known (8 rows)"
        in index
    )


def test_only_the_lead_accountant_of_the_council_gets_it_and_only_for_a_child_that_there_was(world: World) -> None:
    people = world.parties
    for by in (people.officer, people.provider_staff, world.clerk, ledger.administrator()):
        with pytest.raises(NotPermitted):
            subject_access(contract=world.contract, child="C01", by=by, clock=DATABASE_CLOCK)
    with pytest.raises(NotFound, match=r"^EXAMPLE has no child C99\.$"):
        subject_access(contract=world.contract, child="C99", by=people.accountant, clock=DATABASE_CLOCK)
    assert not AuditEvent.objects.filter(action="subject_access.made").exists()


def test_command_writes_the_file_for_its_owner_alone_and_never_over_another(world: World, tmp_path: Path) -> None:
    out, path = io.StringIO(), tmp_path / "C01.zip"
    told = {"contract": "EXAMPLE", "child": "C01", "by": world.parties.accountant.email, "output": path}
    call_command("subject_access", **told, stdout=out)
    assert (path.stat().st_mode & 0o777, out.getvalue().startswith(f"{path}: ")) == (0o600, True)
    with pytest.raises(CommandError, match=r"^Nothing was written: "):
        call_command("subject_access", **told)


def test_page_asks_who_it_is_and_then_gives_the_file(world: World, settings) -> None:
    child = Child.objects.get(contract=world.contract, reference="C01")
    address = reverse("child-access", args=[world.contract.pk, child.pk])
    accountant = signed_in(world.parties.accountant)
    page = accountant.get(address)
    assert (page.status_code, b"Make the file" in page.content) == (200, True)
    assert address in accountant.get(reverse("child", args=[world.contract.pk, child.pk])).content.decode()
    answer = accountant.post(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert "index.txt" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    late = signed_in(world.parties.accountant, Client(), minutes_ago=6).post(address)
    assert (
        late["Content-Type"].startswith("text/html"),
        AuditEvent.objects.filter(action="subject_access.made").count(),
    ) == (True, 1)
    for file in settings.EVIDENCE_DIR.rglob("*"):
        if file.is_file():
            file.write_bytes(b"changed")
    refused = accountant.post(address, follow=True).content.decode()
    assert "The file was not made. The file is not what it was when it was attached." in refused
    officer = signed_in(world.parties.officer)
    assert (officer.get(address).status_code, officer.post(address).status_code) == (403, 403)
    assert address not in officer.get(reverse("child", args=[world.contract.pk, child.pk])).content.decode()
