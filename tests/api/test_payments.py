"""Money that programs say has moved: once, whatever happens on the way."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import connections

from invoicing.models import Payment
from pbr_ledger.clients.models import KeptAnswer
from tests.api.programs import Ground, Program, payment_of
from tests.ledger.billing import findings

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "agent"])


def slug(answer) -> tuple[int, str]:
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert said["status"] == answer.status_code
    return answer.status_code, said["type"].removeprefix("/api/v1/problems/")


def test_a_payment_is_recorded_and_answered_as_the_agent_may_see_it(here: Ground):
    gross = str(here.approved.gross)
    made = here.agent.post("payments", payment_of(here.approved, gross))
    said = made.json()
    assert made.status_code == 201
    assert said | {"id": "", "recorded_at": ""} == {
        "id": "",
        "contract": f"con_{here.contract.pk}",
        "kind": "payment",
        "amount": gross,
        "paid_on": "2026-06-09",
        "remittance_reference": "BACS 1",
        "allocations": [{"invoice": f"inv_{here.approved.pk}", "amount": gross}],
        "recorded_at": "",
        "reverses": None,
        "reversed_by": None,
        "reason": "",
    }
    assert made["Location"] == f"/api/v1/payments/{said['id']}"
    again = here.agent.get(f"payments/{said['id']}")
    assert (again.json(), again["ETag"]) == (said, made["ETag"])
    assert here.agent.get(f"invoices/inv_{here.approved.pk}").json()["status"] == "paid"
    assert here.agent.get(f"payments?invoice=inv_{here.approved.pk}").json()["items"] == [said]
    assert findings(here.contract) == []


def test_the_same_key_gets_the_same_answer_and_moves_no_money_twice(here: Ground):
    body = payment_of(here.approved, "100.00")
    first = here.agent.post("payments", body, Idempotency_Key="run-7")
    again = here.agent.post("payments", dict(reversed(body.items())), Idempotency_Key="run-7")
    assert (again.status_code, again.content, again["Location"]) == (201, first.content, first["Location"])
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    other = here.agent.post("payments", payment_of(here.approved, "101.00"), Idempotency_Key="run-7")
    assert slug(other) == (422, "idempotency-key-reused")
    assert slug(here.agent.post("payments", body, Idempotency_Key="")) == (400, "idempotency-key-missing")
    assert slug(here.agent.post("payments", body)) == (409, "payment-recorded-before")
    assert Payment.objects.filter(contract=here.contract).count() == 1
    assert KeptAnswer.objects.count() == 1


def test_what_was_refused_is_not_kept_and_can_be_sent_again_once_it_is_right(here: Ground):
    wrong = payment_of(here.held, "10.00")
    assert slug(here.agent.post("payments", wrong, Idempotency_Key="a")) == (409, "not-payable")
    here.world.approve(here.issued, "2026-06-09 12:00")
    right = payment_of(here.issued, "10.00")
    assert here.agent.post("payments", right, Idempotency_Key="a").status_code == 201


def test_fifty_identical_payments_at_once_make_one(here: Ground):
    body, together = payment_of(here.approved, "100.00"), Barrier(50)

    def pay(_number: int):
        program = Program(here.agent.made, here.agent.token)
        together.wait(30)
        try:
            return program.post("payments", body, Idempotency_Key="the-same")
        finally:
            connections.close_all()

    with ThreadPoolExecutor(50) as threads:
        answers = list(threads.map(pay, range(50)))
    assert {(each.status_code, each.content) for each in answers} == {(201, answers[0].content)}
    assert sorted("Idempotency-Replayed" in each for each in answers) == [False, *[True] * 49]
    assert [each.amount for each in Payment.objects.filter(contract=here.contract)] == [Decimal("100.00")]
    assert findings(here.contract) == []


def test_a_request_with_the_key_of_one_in_flight_is_told_to_come_back(here: Ground, monkeypatch: pytest.MonkeyPatch):
    from hashlib import sha256

    monkeypatch.setattr("pbr_ledger.clients.api.answers.PATIENCE", "200ms")
    name = f"{here.agent.made.client.pk} busy"
    number = int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)
    with connections["agent"].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
        answer = here.agent.post("payments", payment_of(here.approved, "1.00"), Idempotency_Key="busy")
        cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    assert slug(answer) == (409, "request-in-flight")
    assert answer["Retry-After"] == "1"
    assert here.agent.post("payments", payment_of(here.approved, "1.00"), Idempotency_Key="busy").status_code == 201


def test_each_payment_that_cannot_be_gets_its_problem(here: Ground, subtests: pytest.Subtests):
    pay = payment_of
    gross, one = here.approved.gross, here.approved
    cases = [
        (pay(one, f"{gross + 1}"), 409, "more-than-owed", []),
        (pay(here.held, "1.00"), 409, "not-payable", []),
        (pay(here.issued, "1.00"), 409, "not-payable", []),
        (pay(here.credit, "1.00"), 409, "not-payable", []),
        (pay(here.other, "1.00"), 422, "invalid", ["/allocations/0/invoice"]),
        (pay(one, "0.00"), 422, "invalid", ["/amount"]),
        (pay(one, "1.00", amount=1), 422, "invalid", ["/amount"]),
        (pay(one, "1.00", amount="1.0"), 422, "invalid", ["/amount"]),
        (pay(one, "1.00", amount="-1.00"), 422, "invalid", ["/amount"]),
        (pay(one, "1.00", amount="2.00"), 422, "invalid", ["/allocations"]),
        (pay(one, "1.00", paid_on="2026-06-07"), 422, "invalid", ["/paid_on"]),
        (pay(one, "1.00", paid_on="2999-06-07"), 422, "invalid", ["/paid_on"]),
        (pay(one, "1.00", paid_on="7 June"), 422, "invalid", ["/paid_on"]),
        (pay(one, "1.00", remittance_reference=" "), 422, "invalid", ["/remittance_reference"]),
        (pay(one, "1.00", remittance_reference="x" * 101), 422, "invalid", ["/remittance_reference"]),
        (pay(one, "1.00", note="hello"), 422, "invalid", ["/note"]),
        (pay(one, "1.00", allocations=[]), 422, "invalid", ["/allocations"]),
        (
            pay(one, "1.00", allocations=[{"invoice": "inv_0", "amount": "1.00"}]),
            422,
            "invalid",
            ["/allocations/0/invoice"],
        ),
        ({}, 422, "invalid", ["/allocations", "/amount", "/paid_on", "/remittance_reference"]),
        ([], 400, "malformed", []),
        ("{", 400, "malformed", []),
    ]
    for body, status, kind, places in cases:
        with subtests.test(f"{body}"):
            answer = here.agent.post("payments", body)
            assert slug(answer) == (status, kind)
            assert sorted({each["pointer"] for each in answer.json().get("errors", [])}) == places
    twice = [{"invoice": f"inv_{one.pk}", "amount": "1.00"}] * 2
    assert slug(here.agent.post("payments", pay(one, "2.00", allocations=twice))) == (422, "invalid")
    assert Payment.objects.filter(contract=here.contract).count() == 0
    assert findings(here.contract) == []


def test_a_payment_is_reversed_once_by_who_has_read_it(here: Ground):
    paid = here.agent.post("payments", payment_of(here.approved, "100.00"))
    address, reason = f"payments/{paid.json()['id']}/reversal", {"reason": "Sent to the wrong account"}
    assert slug(here.agent.post(address, reason)) == (428, "if-match-missing")
    assert slug(here.agent.post(address, reason, If_Match='"stale"')) == (412, "changed-since")
    assert slug(here.agent.post(address, {}, If_Match=paid["ETag"])) == (422, "invalid")
    done = here.agent.post(address, reason, If_Match=paid["ETag"], Idempotency_Key="back")
    assert (done.status_code, done.json()["reverses"]) == (201, paid.json()["id"])
    assert here.agent.get(f"payments/{paid.json()['id']}").json()["reversed_by"] == done.json()["id"]
    assert here.agent.post(address, reason, If_Match=paid["ETag"], Idempotency_Key="back").content == done.content
    assert slug(here.agent.post(address, reason, If_Match=paid["ETag"])) == (412, "changed-since")
    assert slug(here.agent.post(address, reason, If_Match="*")) == (409, "already-reversed")
    assert here.agent.get(f"invoices/inv_{here.approved.pk}").json()["outstanding"] == str(here.approved.gross)
    assert findings(here.contract) == []


def test_credit_is_set_off_or_repaid_and_taken_back(here: Ground):
    credit, owed = f"inv_{here.credit.pk}", f"inv_{here.approved.pk}"
    used = here.agent.post("set-offs", {"credit_note": credit, "invoice": owed, "amount": "10.00"})
    assert used.status_code == 201
    back = here.agent.post(f"set-offs/{used.json()['id']}/reversal", {"reason": "Another month"}, If_Match=used["ETag"])
    assert (back.status_code, back.json()["reverses"]) == (201, used.json()["id"])
    repaid = here.agent.post(
        "repayments",
        {"credit_note": credit, "amount": "5.00", "paid_on": "2026-06-09", "remittance_reference": "Back 1"},
    )
    assert (repaid.status_code, repaid.json()["kind"]) == (201, "repayment")
    assert [each["id"] for each in here.agent.get("payments?kind=repayment").json()["items"]] == [repaid.json()["id"]]
    assert [each["reason"] for each in here.agent.get("set-offs").json()["items"]] == ["", "Another month"]
    assert here.agent.get(f"invoices/{credit}").json()["settled"] == "5.00"
    wrong = here.agent.post("set-offs", {"credit_note": owed, "invoice": credit, "amount": "10.00"})
    assert slug(wrong) == (409, "not-payable")
    assert findings(here.contract) == []


def test_nobody_else_records_payments(here: Ground):
    body = payment_of(here.approved, "1.00")
    assert slug(here.council.post("payments", body)) == (403, "insufficient-scope")
    assert slug(here.provider.post("payments", body)) == (403, "insufficient-scope")
    assert slug(here.stranger.post("payments", body)) == (422, "invalid")
    powerless = Program.of(here.world.parties.agent, roles=[])
    assert slug(powerless.post("payments", body)) == (422, "invalid")
    reader = Program.of(here.world.parties.agent, "payments:read")
    refused = reader.post("payments", body)
    assert slug(refused) == (403, "insufficient-scope")
    assert (
        refused["WWW-Authenticate"] == 'Bearer realm="pbr-ledger", error="insufficient_scope", scope="payments:write"'
    )
