"""What the database itself refuses of endpoints and deliveries: by constraint, trigger, privilege."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from pbr_ledger.accounts.models import Person
from pbr_ledger.webhooks.models import Attempt, Delivery, Endpoint, EndpointSecret
from tests.refusals import execute, forbidden, refused_by
from tests.savings import ledger

AT = datetime(2026, 6, 9, tzinfo=UTC)
CHECKS = """
    SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype IN ('c', 'u') AND starts_with(relname, 'webhooks_') AND NOT starts_with(conname, 'webhooks_')
    UNION SELECT indexname FROM pg_indexes
    WHERE starts_with(tablename, 'webhooks_') AND indexdef LIKE '%%UNIQUE%%WHERE%%'
"""
TRIGGERS = """
    SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND starts_with(relname, 'webhooks_')
"""


def names(question: str) -> set[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute(question, [])
        return {name for (name,) in cursor.fetchall()}


def endpoint(by: Person, **changes: Any) -> Endpoint:
    right = {
        "organisation": by.organisation,
        "url": "https://hooks.example.org/",
        "events": ["invoice.approved"],
        "created_by": by,
        "created_at": AT,
        "moved_at": AT,
    }
    return Endpoint(**(right | changes))


def secret(of: Endpoint, **changes: Any) -> EndpointSecret:
    right = {"endpoint": of, "enciphered": "x", "made_by": of.created_by, "made_at": AT}
    return EndpointSecret(**(right | changes))


def delivery(of: Endpoint, **changes: Any) -> Delivery:
    right = {"endpoint": of, "message_id": "evt_1", "kind": "invoice.approved", "at": AT, "data": {}}
    return Delivery(**(right | changes))


def attempt(of: Delivery, **changes: Any) -> Attempt:
    right = {"delivery": of, "round": 1, "number": 1, "at": AT, "milliseconds": 1, "status": 204}
    return Attempt(**(right | changes))


def test_every_constraint_refuses_the_row_that_it_is_there_against(db: None):
    ledger.parties()
    by = ledger.administrator()
    here = endpoint(by)
    here.save()
    secret(here).save()
    sent = delivery(here)
    sent.save()
    attempt(sent).save()
    other = {"url": "https://other.example.org/"}
    wrong: list[tuple[str, Any]] = [
        ("endpoint_state_known", endpoint(by, **other, state="asleep")),
        ("endpoint_of_something", endpoint(by, **other, events=[])),
        ("endpoint_of_something", endpoint(by, url="")),
        ("endpoint_active_was_verified", endpoint(by, **other, state="active")),
        ("endpoint_disabled_says_why", endpoint(by, **other, state="disabled", verified_at=AT, disabled_at=AT)),
        ("endpoint_disabled_says_why", endpoint(by, **other, disabled_at=AT)),
        ("endpoint_closed_by_someone", endpoint(by, **other, state="closed", closed_at=AT)),
        ("endpoint_closed_by_someone", endpoint(by, **other, closed_at=AT, closed_by=by)),
        ("endpoint_once_an_address", endpoint(by)),
        ("endpoint_secret_one_without_end", secret(here)),
        ("endpoint_secret_ends_after_it_began", secret(here, ends_at=AT.replace(year=2025))),
        ("delivery_once_an_endpoint", delivery(here)),
        ("delivery_state_known", delivery(here, message_id="x", state="lost", ended_at=AT)),
        ("delivery_of_something", delivery(here, message_id="")),
        ("delivery_of_something", delivery(here, message_id="x", kind="")),
        ("delivery_round_from_one", delivery(here, message_id="x", round=0)),
        ("delivery_ended_exactly_when_not_waiting", delivery(here, message_id="x", state="delivered")),
        ("delivery_ended_exactly_when_not_waiting", delivery(here, message_id="x", ended_at=AT)),
        ("attempt_once_a_number", attempt(sent)),
        ("attempt_counted_from_one", attempt(sent, number=0)),
        ("attempt_that_failed_says_why", attempt(sent, number=2, status=None)),
        ("attempt_that_failed_says_why", attempt(sent, number=2, status=302)),
    ]
    for name, row in wrong:
        with refused_by(name):
            row.save(force_insert=True)
    assert {name for name, _ in wrong} == names(CHECKS)


def test_application_changes_no_message_no_attempt_and_no_secret_and_deletes_nothing(db: None):
    ledger.parties()
    by = ledger.administrator()
    here = endpoint(by)
    here.save()
    secret(here).save()
    sent = delivery(here)
    sent.save()
    attempt(sent).save()
    for statement in (
        "UPDATE webhooks_endpoint SET organisation_id = organisation_id",
        "UPDATE webhooks_endpoint SET created_at = now()",
        "UPDATE webhooks_endpointsecret SET enciphered = 'y'",
        "UPDATE webhooks_delivery SET data = '{}'",
        "UPDATE webhooks_delivery SET kind = 'x'",
        "UPDATE webhooks_attempt SET status = 200",
        *(f"DELETE FROM webhooks_{table}" for table in ("endpoint", "endpointsecret", "delivery", "attempt")),
    ):
        with forbidden():
            execute(statement)
    execute("UPDATE webhooks_endpointsecret SET ends_at = '2026-07-01'")
    for later in ("NULL", "'2026-07-02'"):
        with refused_by("endpoint_secret_only_ends"):
            execute(f"UPDATE webhooks_endpointsecret SET ends_at = {later}")
    execute("UPDATE webhooks_delivery SET round = 2")
    with refused_by("delivery_message_stays"):
        execute("UPDATE webhooks_delivery SET round = 1")
    execute(f"UPDATE webhooks_endpoint SET state = 'closed', closed_at = now(), closed_by_id = {by.pk}")
    with refused_by("endpoint_closed_stays_closed"):
        execute("UPDATE webhooks_endpoint SET state = 'unverified', closed_at = NULL, closed_by_id = NULL")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_neither_deletes_nor_changes_them():
    ledger.parties()
    here = endpoint(ledger.administrator())
    here.save()
    secret(here).save()
    sent = delivery(here)
    sent.save()
    attempt(sent).save()
    attacks = {
        "endpoint_closed_stays_closed": "UPDATE webhooks_endpoint SET created_at = now()",
        "endpoint_secret_only_ends": "UPDATE webhooks_endpointsecret SET enciphered = 'y', ends_at = now()",
        "delivery_message_stays": "UPDATE webhooks_delivery SET data = '{\"child\": 1}'",
        "attempt_never_changed": "UPDATE webhooks_attempt SET id = id",
    }
    tables = {"endpoint": "endpoint", "endpoint_secret": "endpointsecret", "delivery": "delivery", "attempt": "attempt"}
    for short, table in tables.items():
        attacks[f"{short}_never_deleted"] = f"DELETE FROM webhooks_{table}"
    for name, statement in attacks.items():
        with refused_by(name, "owner"):
            execute(statement, alias="owner")
    # What goes with a table is asked in an order of PostgreSQL's own, so each is truncated with what hangs on it gone.
    for short, table in reversed(tables.items()):
        with refused_by(f"{short}_never_truncated", "owner"):
            for other, name in tables.items():
                if other != short:
                    execute(f"ALTER TABLE webhooks_{name} DISABLE TRIGGER {other}_never_truncated", alias="owner")
            execute(f"TRUNCATE webhooks_{table} CASCADE", alias="owner")
        attacks[f"{short}_never_truncated"] = ""
    assert set(attacks) == names(TRIGGERS)


HELD = {
    "webhooks_endpoint": {"SELECT", "INSERT"},
    "webhooks_endpointsecret": {"SELECT", "INSERT"},
    "webhooks_delivery": {"SELECT", "INSERT"},
    "webhooks_attempt": {"SELECT", "INSERT"},
}


@pytest.mark.django_db(databases=["default", "owner"])
def test_application_has_no_more_than_it_needs_and_the_agent_nothing():
    held = {}
    for table in HELD:
        for role in ("pbr_application", "pbr_agent"):
            with connections["owner"].cursor() as cursor:
                cursor.execute(
                    "SELECT privilege FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[])"
                    " AS privilege WHERE has_table_privilege(%s, %s, privilege)",
                    [role, table],
                )
                held[role, table] = {privilege for (privilege,) in cursor.fetchall()}
    expected = {("pbr_application", table): privileges for table, privileges in HELD.items()}
    assert held == expected | {("pbr_agent", table): set() for table in HELD}
