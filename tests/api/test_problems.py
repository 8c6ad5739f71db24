"""Every kind of problem: told as problem details, explained at its own address, and met by a test."""

import pytest
from django.test import Client

from pbr_ledger.clients.api import views
from pbr_ledger.clients.api.problems import PROBLEMS
from pbr_ledger.urls import urlpatterns
from tests.api.programs import Program
from tests.savings import ledger

ELSEWHERE = {
    # tests/api/test_payments.py
    "already-reversed",
    "changed-since",
    "idempotency-key-missing",
    "idempotency-key-reused",
    "if-match-missing",
    "insufficient-scope",
    "invalid",
    "more-than-owed",
    "not-payable",
    "payment-recorded-before",
    "request-in-flight",
    # tests/api/test_facts.py
    "reference-in-use",
    # tests/api/test_claims_over_api.py
    "already-claimed",
    "baseline-not-agreed",
    # tests/retention/test_erased_pages.py
    "erased",
    # tests/api/test_webhooks.py
    "endpoint-not-open",
    "endpoint-registered",
    # tests/api/test_reading.py
    "range-not-satisfiable",
    # tests/api/test_clients.py
    "not-authenticated",
    "not-permitted",
    "token-expired",
    "too-many-requests",
    # tests/api/test_statements.py
    "conflict",
    "figures-have-changed",
    "already-closed",
}
HERE = {
    "malformed",
    "invalid-query",
    "not-found",
    "method-not-allowed",
    "not-acceptable",
    "unsupported-media-type",
    "internal-error",
}


@pytest.fixture
def program(db: None) -> Program:
    return Program.of(ledger.parties().council)


def kind_of(answer) -> str:
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert set(said) - {"errors"} == {"type", "title", "status", "detail"}
    assert said["status"] == answer.status_code
    kind = PROBLEMS[said["type"].removeprefix("/api/v1/problems/")]
    assert (kind.status, kind.title) == (answer.status_code, said["title"])
    return kind.slug


def test_every_kind_is_met_by_some_test_and_explained_at_its_address():
    assert urlpatterns
    assert set(PROBLEMS) == ELSEWHERE | HERE
    for slug, kind in PROBLEMS.items():
        explained = Client().get(f"/api/v1/problems/{slug}")
        assert explained.json() == {
            "type": f"/api/v1/problems/{slug}",
            "status": kind.status,
            "title": kind.title,
            "remedy": kind.remedy,
        }
    assert kind_of(Client().get("/api/v1/problems/nothing")) == "not-found"


def test_what_is_asked_in_another_way_than_the_api_answers(program: Program):
    assert kind_of(program.get("nothing")) == "not-found"
    for address in ("", "contracts/", "contracts/%0A", "a/b%0Ac"):
        assert kind_of(program.get(address)) == "not-found"
    assert kind_of(program.get("contracts/con_0")) == "not-found"
    assert kind_of(program.get("contracts/inv_1")) == "not-found"
    assert kind_of(program.get(f"contracts/con_{'9' * 18}")) == "not-found"
    wrong = program.post("contracts", {})
    assert (kind_of(wrong), wrong["Allow"]) == ("method-not-allowed", "GET, HEAD")
    for method in ("put", "patch", "delete", "options"):
        answer = getattr(program.browser, method)(
            "/api/v1/contracts", headers={"Authorization": f"Bearer {program.token}"}
        )
        assert kind_of(answer) == "method-not-allowed"
    assert kind_of(program.get("contracts", Accept="text/html")) == "not-acceptable"
    assert program.get("contracts", Accept="*/*").status_code == 200


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("satus=approved", ["/satus"]),
        ("status=draft", ["/status"]),
        ("status=held&status=paid", ["/status"]),
        ("due_before=tomorrow", ["/due_before"]),
        ("changed_since=yesterday", ["/changed_since"]),
        ("contract=7", ["/contract"]),
        ("limit=0", ["/limit"]),
        ("limit=201", ["/limit"]),
        ("after=!", ["/after"]),
        ("after=abc", ["/after"]),
        ("payable=perhaps&kind=gift", ["/kind", "/payable"]),
    ],
)
def test_a_wrong_query_is_never_passed_over(program: Program, query: str, places: list[str]):
    answer = program.get(f"invoices?{query}")
    assert kind_of(answer) == "invalid-query"
    assert sorted(each["pointer"] for each in answer.json()["errors"]) == places


def test_bodies_of_another_kind_are_refused(db: None):
    agent = Program.of(ledger.parties().agent)
    for text in ("{", "nul", "[1,", '{"amount": NaN}', b"\xff"):
        assert kind_of(agent.post("payments", text)) == "malformed"
    form = agent.browser.post(
        "/api/v1/payments", {"a": "b"}, headers={"Authorization": f"Bearer {agent.token}", "Idempotency-Key": "k"}
    )
    assert kind_of(form) == "unsupported-media-type"


def test_what_fails_inside_says_nothing_of_the_inside(program: Program, monkeypatch: pytest.MonkeyPatch):
    def fail(*_args, **_options):
        raise RuntimeError("the inside of C01")

    monkeypatch.setattr(views, "seconds_to_wait", fail)
    answer = program.get("contracts")
    assert kind_of(answer) == "internal-error"
    assert "C01" not in answer.content.decode()
