"""What the database itself refuses of clients and of the answers kept for them: by constraint, trigger, privilege."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from pbr_ledger.clients.models import ApiClient, KeptAnswer
from savings.services import Parties
from tests.api.programs import Program
from tests.refusals import execute, forbidden, refused_by
from tests.savings import ledger
from tests.stage import Stage

AT = datetime(2099, 1, 1, tzinfo=UTC)
CHECKS = """
    SELECT conname FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid
    WHERE contype IN ('c', 'u') AND starts_with(relname, 'clients_') AND NOT starts_with(conname, 'clients_')
"""
TRIGGERS = """
    SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
    WHERE NOT tgisinternal AND starts_with(relname, 'clients_')
"""


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


def names(question: str) -> set[str]:
    with connections["default"].cursor() as cursor:
        cursor.execute(question, [])
        return {name for (name,) in cursor.fetchall()}


def answer(client: ApiClient, **changes: Any) -> KeptAnswer:
    right = {"client": client, "key": "k", "digest": "0" * 64, "status": 201, "body": "{}"}
    return KeptAnswer(**(right | changes))


def test_every_constraint_refuses_the_row_that_it_is_there_against(parties: Parties):
    client = Program.of(parties.agent).made.client
    other = Program.of(parties.agent).made.client
    answer(client).save()
    copied = {field.attname: getattr(other, field.attname) for field in ApiClient._meta.concrete_fields}
    wrong: list[tuple[str, Any]] = [
        ("kept_answer_once_a_key", answer(client)),
        ("kept_answer_has_a_key", answer(client, key="")),
        ("kept_answer_digest_is_sha256", answer(client, key="x", digest="0")),
        ("kept_answer_was_done", answer(client, key="x", status=409)),
        ("api_client_named_and_may_something", ApiClient(**(copied | {"id": None, "name": ""}))),
        ("api_client_named_and_may_something", ApiClient(**(copied | {"id": None, "scopes": []}))),
        ("api_client_closed_by_someone", ApiClient(**(copied | {"id": None, "closed_at": AT}))),
    ]
    for name, row in wrong:
        with refused_by(name):
            row.save(force_insert=True)
    with refused_by("request_count_above_zero"):
        execute("INSERT INTO clients_requestcount (source, minute, requests) VALUES ('x', 1, 0)")
    assert {name for name, _ in wrong} | {"request_count_above_zero"} == names(CHECKS)


def test_application_closes_a_client_once_and_changes_nothing_else(parties: Parties):
    client = Program.of(parties.agent).made.client
    by = ledger.administrator().pk
    answer(client).save()
    for statement in (
        "UPDATE clients_apiclient SET scopes = '{payments:write}'",
        "UPDATE clients_keptanswer SET body = '{}'",
        "DELETE FROM clients_apiclient",
        "DELETE FROM clients_keptanswer",
        "UPDATE oauth2_provider_application SET client_secret = 'x'",
        "UPDATE oauth2_provider_accesstoken SET expires = now() + interval '1 year'",
    ):
        with forbidden():
            execute(statement)
    execute(f"UPDATE clients_apiclient SET closed_at = now(), closed_by_id = {by}")
    with refused_by("api_client_only_closed"):
        execute("UPDATE clients_apiclient SET closed_at = NULL, closed_by_id = NULL")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_neither_deletes_nor_changes_them():
    client = Program.of(ledger.parties().agent).made.client
    answer(client).save()
    tried = {"api_client_only_closed"}
    with refused_by("api_client_only_closed", "owner"):
        execute("UPDATE clients_apiclient SET scopes = '{payments:write}'", alias="owner")
    attacks = {
        "never_deleted": "DELETE FROM {}",
        "never_truncated": "TRUNCATE {} CASCADE",
        "never_changed": "UPDATE {} SET id = id",
    }
    for table, short in (("clients_apiclient", "api_client"), ("clients_keptanswer", "kept_answer")):
        for ending, statement in attacks.items():
            if (trigger := f"{short}_{ending}") != "api_client_never_changed":
                tried.add(trigger)
                # A client goes with its answers, which are asked first.
                first = "kept_answer_never_truncated" if statement.startswith("TRUNCATE") else trigger
                with refused_by(first if table == "clients_keptanswer" else trigger, "owner"):
                    execute(statement.format(table), alias="owner")
    assert tried == names(TRIGGERS)


HELD = {
    "clients_apiclient": {"SELECT", "INSERT"},
    "clients_keptanswer": {"SELECT", "INSERT"},
    "clients_requestcount": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "oauth2_provider_application": {"SELECT", "INSERT"},
    "oauth2_provider_accesstoken": {"SELECT", "INSERT", "DELETE"},
    "oauth2_provider_refreshtoken": {"SELECT"},
    "oauth2_provider_grant": {"SELECT"},
    "oauth2_provider_idtoken": {"SELECT"},
    "oauth2_provider_devicegrant": {"SELECT"},
    "invoicing_event": {"SELECT"},
}


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(("table", "expected"), HELD.items())
def test_application_has_no_more_than_it_needs_and_the_agent_nothing(table: str, expected: set[str]):
    held = {}
    for role in ("pbr_application", "pbr_agent"):
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT privilege FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[])"
                " AS privilege WHERE has_table_privilege(%s, %s, privilege)",
                [role, table],
            )
            held[role] = {privilege for (privilege,) in cursor.fetchall()}
    assert held == {"pbr_application": expected, "pbr_agent": set()}
