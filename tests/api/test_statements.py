"""Statements and facts, for the council's and the provider's programs: the same services as the pages."""

import json
from dataclasses import replace

import pytest

from cohort.services import record
from pbr_ledger.clock import DATABASE_CLOCK
from savings.models import ClosedStatement, Proposal
from savings.services import Parties
from tests.api.programs import Program
from tests.cohort import sample
from tests.savings import ledger
from tests.stage import Stage

pytestmark = pytest.mark.django_db(databases=["default", "agent"])
JANUARY = "2026-01"


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


@pytest.fixture
def contract(parties: Parties) -> str:
    return f"con_{ledger.small_contract(parties).pk}"


def kind_of(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["type"].removeprefix("/api/v1/problems/")


def test_a_month_is_proposed_agreed_by_both_sides_and_closed(parties: Parties, contract: str):
    officer, accountant = (Program.of(parties.council, roles=[role]) for role in ("finance_officer", "lead_accountant"))
    provider = Program.of(parties.provider)
    made = officer.post("proposals", {"contract": contract, "month": JANUARY})
    assert (made.status_code, made.json()["status"], made.json()["month"]) == (201, "proposed", JANUARY)
    assert made["Location"] == f"/api/v1/proposals/{made.json()['id']}"
    address = f"proposals/{made.json()['id']}"
    assert kind_of(officer.post("proposals", {"contract": contract, "month": JANUARY})) == (409, "conflict")
    assert kind_of(provider.post(f"{address}/agreement", {})) == (428, "if-match-missing")
    assert kind_of(provider.post(f"{address}/agreement", {}, If_Match='"old"')) == (412, "changed-since")
    assert kind_of(officer.post(f"{address}/agreement", {}, If_Match=made["ETag"])) == (403, "not-permitted")
    first = provider.post(f"{address}/agreement", {}, If_Match=made["ETag"])
    assert (first.status_code, first.json()["status"]) == (200, "part_agreed")
    assert kind_of(accountant.post(f"{address}/closing", {}, If_Match=first["ETag"])) == (409, "conflict")
    second = accountant.post(f"{address}/agreement", {}, If_Match=first["ETag"])
    assert [each["side"] for each in second.json()["agreements"]] == ["provider", "council"]
    assert kind_of(officer.post(f"{address}/closing", {}, If_Match=second["ETag"])) == (403, "not-permitted")
    assert kind_of(accountant.post(f"{address}/closing", {}, If_Match=second["ETag"])) == (409, "conflict")
    reason = {"skipping_because": "Nobody had moved yet"}
    closed = accountant.post(f"{address}/closing", reason, If_Match=second["ETag"])
    assert closed.status_code == 201, closed.content
    assert closed.json()["digest"] == made.json()["digest"]
    listed = provider.get(f"statements?contract={contract}&month={JANUARY}").json()["items"]
    assert [each["id"] for each in listed] == [closed.json()["id"]]
    assert "document" not in listed[0]
    one = provider.get(f"statements/{closed.json()['id']}")
    kept = ClosedStatement.objects.get()
    assert (one.json()["document"], one["ETag"]) == (json.loads(kept.document), closed["ETag"])
    again = officer.post("proposals", {"contract": contract, "month": JANUARY})
    assert kind_of(again) == (409, "already-closed")
    assert [each["status"] for each in officer.get("proposals?status=closed").json()["items"]] == ["closed"]


def test_a_dispute_stops_a_proposal_until_it_is_withdrawn(parties: Parties, contract: str):
    officer, provider = Program.of(parties.council, roles=["finance_officer"]), Program.of(parties.provider)
    made = officer.post("proposals", {"contract": contract, "month": JANUARY})
    address = f"proposals/{made.json()['id']}"
    assert provider.post(f"{address}/dispute/withdrawal", {}, If_Match=made["ETag"]).status_code == 404
    assert kind_of(provider.post(f"{address}/dispute", {"about": "C01"}, If_Match=made["ETag"])) == (422, "invalid")
    stopped = provider.post(f"{address}/dispute", {"about": "C01", "reason": "Moved later"}, If_Match=made["ETag"])
    assert (stopped.status_code, stopped.json()["status"]) == (200, "disputed")
    assert kind_of(officer.post(f"{address}/dispute/withdrawal", {}, If_Match=stopped["ETag"])) == (
        403,
        "not-permitted",
    )
    assert provider.post(f"{address}/dispute/withdrawal", {}, If_Match=stopped["ETag"]).status_code == 200
    assert officer.post("proposals", {"contract": contract, "month": JANUARY}).status_code == 201


def test_figures_that_have_changed_are_told_and_the_proposal_has_lapsed(parties: Parties, contract: str):
    officer, provider = Program.of(parties.council, roles=["finance_officer"]), Program.of(parties.provider)
    made = officer.post("proposals", {"contract": contract, "month": JANUARY})
    proposal = Proposal.objects.select_related("contract").get()
    withdrawn = replace(sample.AGREED, status="queried")
    record(contract=proposal.contract, facts=[withdrawn], by=parties.officer, clock=DATABASE_CLOCK)
    answer = provider.post(f"proposals/{made.json()['id']}/agreement", {}, If_Match=made["ETag"])
    assert kind_of(answer) == (409, "figures-have-changed")
    proposal.refresh_from_db()
    assert proposal.status == "lapsed"


def test_facts_are_read_as_known_now_or_earlier(parties: Parties, contract: str):
    provider = Program.of(parties.provider)

    def ids(resource: str, more: str = "") -> list[str]:
        return [each["reference"] for each in provider.get(f"{resource}?contract={contract}{more}").json()["items"]]

    assert ids("children") == ["C01"]
    (child,) = provider.get(f"children?contract={contract}").json()["items"]
    assert set(child) == {
        *("id", "contract", "reference", "retracted", "recorded_at"),
        *("joined", "left", "baseline"),
    }
    assert {type(rate["weekly"]) for rate in child["baseline"]} == {str}
    assert ids("claims")
    assert ids("placements")
    assert ids("claims", "&known_at=2025-08-01T00:00:00Z") == []
    for resource in ("households", "extra-costs", "expenses"):
        assert provider.get(f"{resource}?contract={contract}").status_code == 200
    assert kind_of(provider.get("children")) == (400, "invalid-query")
    assert kind_of(provider.get("children?contract=con_999")) == (404, "not-found")


def test_the_agent_and_other_organisations_have_none_of_this(parties: Parties, contract: str):
    agent = Program.of(parties.agent)
    stranger = Program.of(ledger.organisation("Other Provider", "provider"))
    made = Program.of(parties.council).post("proposals", {"contract": contract, "month": JANUARY})
    for address in ("statements", "proposals", f"children?contract={contract}", f"claims?contract={contract}"):
        assert kind_of(agent.get(address)) == (403, "insufficient-scope")
    assert kind_of(stranger.get(f"children?contract={contract}")) == (404, "not-found")
    assert stranger.get("proposals").json()["items"] == []
    for step in ("", "/agreement", "/dispute", "/closing"):
        address = f"proposals/{made.json()['id']}{step}"
        body = {"about": "a", "reason": "b"} if step == "/dispute" else {}
        answer = stranger.post(address, body, If_Match="*") if step and step != "/closing" else stranger.get(address)
        assert kind_of(answer)[0] in ({404} if step != "/closing" else {405})
