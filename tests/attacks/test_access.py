"""What is not somebody's: refused and noted by keys alone, and what anybody reads of children is noted too."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cohort.models import Child, Claim, Evidence
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.observability.security import routes_of_children
from tests.api.programs import Program
from tests.observing import SecurityLog
from tests.pages.test_routes import ROUTES
from tests.pages.world import World, world
from tests.signing_in import signed_in
from tests.uploads import files

pytestmark = pytest.mark.django_db

ABOUT_CHILDREN = {
    *("child_id", "claim_id", "evidence_id", "expense_id", "extra_cost_id", "fact_id", "household_id", "import_id"),
    *("month", "placement_id", "proposal_id", "scenario_id"),
}


@pytest.fixture
def here(db: None) -> World:
    return world(months=0)


def program_of(here: World, side: str) -> Program:
    """A program of that side's council, with everything that it can hold."""
    administrator = here.people[f"{side} council administrator"]
    return Program.of(administrator.organisation, by=administrator)


def test_who_reads_which_childs_page_is_noted_by_keys(here: World, security_log: SecurityLog) -> None:
    officer, child = here.people["own council finance_officer"], Child.objects.filter(contract=here.contract)[0]
    client = signed_in(officer)
    client.get(f"/contracts/{here.contract.pk}/cohort/{child.pk}/")
    client.get("/account/")
    (line,) = security_log.lines
    assert {name: value for name, value in line.items() if name not in {"time", "request_id"}} == {
        "level": "INFO",
        "logger": "pbr_ledger.security",
        "message": "child.read",
        "person_id": officer.pk,
        "organisation_id": officer.organisation_id,
        "method": "GET",
        "route": "child",
        "status": 200,
        "contract_id": here.contract.pk,
        "child_id": child.pk,
    }
    assert child.reference not in security_log.text


def test_program_that_reads_a_child_is_noted_as_itself(here: World, security_log: SecurityLog) -> None:
    program = program_of(here, "own")
    child = Child.objects.filter(contract=here.contract)[0]
    assert program.get(f"children/chd_{child.pk}").status_code == 200
    (line,) = security_log.of("child.read")
    assert (line["route"], line["row"], line["client_id"]) == ("api-child", child.pk, program.made.client.pk)


def test_every_route_about_a_child_is_one_whose_readers_are_noted() -> None:

    about = {name for name, parts in ROUTES.items() if parts & ABOUT_CHILDREN}
    assert about - routes_of_children() == {"statement-documents"}  # which names no child
    assert routes_of_children() - set(ROUTES) == set()


def test_asking_for_what_is_not_ones_own_is_noted(here: World, security_log: SecurityLog) -> None:
    stranger, clerk = here.people["other council finance_officer"], here.people["own agent payments_clerk"]
    assert signed_in(stranger).get(f"/contracts/{here.contract.pk}/cohort/").status_code == 404
    assert signed_in(clerk).get("/people/").status_code == 403
    assert Client().get("/never-was/").status_code == 404
    told = [(line["message"], line["person_id"], line["route"], line["level"]) for line in security_log.lines]
    assert told == [
        ("not-there.asked", stranger.pk, "cohort", "WARNING"),
        ("permission.refused", clerk.pk, "people", "WARNING"),
    ]


def test_strangers_programs_put_nothing_into_a_contract_and_ours_name_nothing_of_theirs(here: World) -> None:
    before = AuditEvent.objects.filter(stream__name=f"contract {here.contract.reference}").count()
    own, other = f"con_{here.contract.pk}", f"con_{here.other_contract.pk}"
    theirs = program_of(here, "other")
    child = Child.objects.filter(contract=here.contract)[0]
    expense = {"reference": "E1", "day": "2025-11-12", "category": "mileage", "amount": "1.00", "description": "Miles"}
    cost = {"reference": "X1", "child": child.reference, "category": "support", "start": "2025-11-11", "weekly": "1.00"}
    for scope, body in (("expenses", expense), ("extra-costs", cost), ("proposals", {"month": "2025-12"})):
        for answer in (theirs.post(scope, body | {"contract": own}), theirs.get(f"{scope}?contract={own}")):
            told = answer.json()
            assert answer.status_code in {404, 422} or told["items"] == [], (scope, told)
            assert child.reference not in json.dumps(told)
    for answer in (
        theirs.get(f"children/chd_{child.pk}"),
        theirs.get(f"children/chd_{child.pk}/versions"),
        theirs.post(f"children/chd_{child.pk}/retraction", {}, If_Match="*"),
    ):
        assert answer.status_code == 404
    ours = program_of(here, "own")
    assert ours.post("extra-costs", cost | {"contract": other}).status_code in {404, 422}
    unknown = ours.post("extra-costs", cost | {"contract": own, "child": "STRANGER"})
    assert unknown.status_code == 422
    extra = ours.post("expenses", expense | {"contract": own, "recorded_by": 1, "status": "agreed"})
    assert {each["pointer"] for each in extra.json()["errors"]} == {"/recorded_by", "/status"}
    assert AuditEvent.objects.filter(stream__name=f"contract {here.contract.reference}").count() == before


HOSTILE = (
    *("../../etc/passwd.pdf", "..\\..\\boot.pdf", 'a"; filename="b.exe.pdf', "x\r\nSet-Cookie: a=b.pdf"),
    *("\u202efdp.exe", "=cmd|' /C calc'!A0.pdf"),
)


def test_a_hostile_name_of_a_file_is_a_name_and_nothing_else(here: World) -> None:
    claim = Claim.objects.filter(contract=here.contract)[0]
    client, address = signed_in(here.people["own provider provider_staff"]), f"/contracts/{here.contract.pk}/evidence/"
    for name in HOSTILE:
        upload = SimpleUploadedFile("x.pdf", files.PDF)
        upload.__dict__["_name"] = name  # past what Django's own class would clean
        assert client.post(f"{address}claim/{claim.pk}/attach/", {"evidence": upload}).status_code == 302
        kept = Evidence.objects.latest("pk")
        assert not set(kept.name) & set('/\\\r\n"\u202e|')
        download = client.get(f"{address}{kept.pk}/")
        assert download["Content-Disposition"].startswith("attachment; filename")
        assert (download["X-Content-Type-Options"], download.content) == ("nosniff", files.PDF)
        assert "Set-Cookie" not in download.headers
