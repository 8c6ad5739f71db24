"""The constraints, triggers and privileges of links, resets, directory accounts, and the tables of signing in."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from pbr_ledger.accounts.models import DirectoryAccount, FactorReset, OneTimeLink, Person
from tests.refusals import execute, forbidden, refused_by

MADE = datetime(2025, 7, 10, tzinfo=UTC)
LATER = MADE + timedelta(hours=1)
EXPIRES = MADE + timedelta(days=7)
OWN_TABLES = ("onetimelink", "factorreset")


def link(person: Person, by: Person | None, **changes: Any) -> OneTimeLink:
    right = {
        "person": person,
        "purpose": "invitation",
        "seed": uuid.uuid4(),
        "token_hash": uuid.uuid4().hex * 2,
        "made_by": by,
        "made_at": MADE,
        "expires_at": EXPIRES,
    }
    return OneTimeLink.objects.create(**{**right, **changes})


def reset(person: Person, by: Person, **changes: Any) -> FactorReset:
    right = {"person": person, "reason": "Lost", "asked_by": by, "asked_at": MADE, "expires_at": EXPIRES}
    return FactorReset.objects.create(**{**right, **changes})


def directory_account(person: Person, **changes: Any) -> DirectoryAccount:
    right = {"person": person, "issuer": "https://directory.example", "subject": "42", "kept_at": MADE}
    return DirectoryAccount.objects.create(**{**right, **changes})


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("one_time_link_purpose_known", {"purpose": "party"}),
        ("one_time_link_hash_is_sha256", {"token_hash": "the token itself"}),
        ("one_time_link_expires_later", {"expires_at": MADE}),
        ("one_time_link_used_in_time", {"used_at": EXPIRES}),
        ("one_time_link_used_in_time", {"used_at": MADE}),
        ("one_time_link_used_or_withdrawn", {"used_at": LATER, "withdrawn_at": LATER}),
        ("one_time_link_invitation_by_another", {"made_by": None}),
    ],
)
def test_link_is_made_by_another_and_ends_once(
    administrator: Person, officer: Person, constraint: str, changes: dict[str, Any]
):
    with refused_by(constraint):
        link(officer, administrator, **changes)
    link(officer, administrator)


def test_nobody_invites_themselves_and_one_link_is_open(administrator: Person, officer: Person):
    with refused_by("one_time_link_invitation_by_another"):
        link(officer, officer)
    link(officer, None, purpose="password_reset")
    link(officer, administrator)
    with refused_by("one_time_link_one_open"):
        link(officer, administrator)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("factor_reset_has_a_reason", {"reason": ""}),
        ("factor_reset_expires_later", {"expires_at": MADE}),
        ("factor_reset_confirmed_in_time", {"confirmed_at": LATER}),
        ("factor_reset_confirmed_or_withdrawn", {"withdrawn_at": LATER}),
    ],
)
def test_reset_says_why_and_when(administrator: Person, officer: Person, constraint: str, changes: dict[str, Any]):
    with refused_by(constraint):
        reset(officer, administrator, **changes)


def test_reset_takes_three_people(administrator: Person, officer: Person):
    with refused_by("factor_reset_asked_by_another"):
        reset(officer, officer)
    for by in (administrator, officer):
        with refused_by("factor_reset_confirmed_by_a_third"):
            reset(officer, administrator, confirmed_by=by, confirmed_at=LATER)
    third = Person.objects.create(organisation=officer.organisation, email="t@x.example", full_name="Third")
    with refused_by("factor_reset_confirmed_in_time"):
        reset(officer, administrator, confirmed_by=third, confirmed_at=EXPIRES)
    with refused_by("factor_reset_confirmed_or_withdrawn"):
        reset(
            officer,
            administrator,
            confirmed_by=third,
            confirmed_at=LATER,
            withdrawn_by=administrator,
            withdrawn_at=LATER,
        )
    reset(officer, administrator)
    with refused_by("factor_reset_one_open"):
        reset(officer, administrator)


def test_what_was_decided_stays(administrator: Person, officer: Person):
    made = link(officer, administrator)
    OneTimeLink.objects.filter(pk=made.pk).update(used_at=LATER)
    with refused_by("one_time_link_only_ended"):
        OneTimeLink.objects.filter(pk=made.pk).update(used_at=None)
    asked = reset(officer, administrator)
    FactorReset.objects.filter(pk=asked.pk).update(withdrawn_at=LATER, withdrawn_by=administrator)
    with refused_by("factor_reset_only_decided"):
        FactorReset.objects.filter(pk=asked.pk).update(withdrawn_at=None, withdrawn_by=None)


def test_application_changes_nothing_else_and_deletes_none(administrator: Person, officer: Person):
    link(officer, administrator)
    reset(officer, administrator)
    for table in OWN_TABLES:
        for statement in (f"DELETE FROM accounts_{table}", f"TRUNCATE accounts_{table}"):
            with forbidden():
                execute(statement)
    for column in ("person_id", "purpose", "seed", "token_hash", "made_by_id", "made_at", "expires_at"):
        with forbidden():
            execute(f"UPDATE accounts_onetimelink SET {column} = {column}")
    for column in ("person_id", "reason", "asked_by_id", "asked_at", "expires_at"):
        with forbidden():
            execute(f"UPDATE accounts_factorreset SET {column} = {column}")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_neither_deletes_nor_changes_them(administrator: Person, officer: Person):
    link(officer, administrator)
    reset(officer, administrator)
    directory_account(officer)
    names = {
        "onetimelink": "one_time_link",
        "factorreset": "factor_reset",
        "directoryaccount": "directory_account",
    }
    for table, name in names.items():
        with refused_by(f"{name}_never_deleted", "owner"):
            execute(f"DELETE FROM accounts_{table}", alias="owner")
        with refused_by(f"{name}_never_truncated", "owner"):
            execute(f"TRUNCATE accounts_{table}", alias="owner")
    with refused_by("one_time_link_only_ended", "owner"):
        execute("UPDATE accounts_onetimelink SET expires_at = expires_at + interval '1 year'", alias="owner")
    with refused_by("factor_reset_only_decided", "owner"):
        execute("UPDATE accounts_factorreset SET reason = 'Another'", alias="owner")
    with refused_by("directory_account_only_released", "owner"):
        execute("UPDATE accounts_directoryaccount SET subject = '43'", alias="owner")


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("directory_account_named", {"issuer": ""}),
        ("directory_account_named", {"subject": ""}),
        ("directory_account_released_with_a_reason", {"released_at": LATER}),
        ("directory_account_released_with_a_reason", {"reason": "Replaced"}),
    ],
)
def test_directory_account_has_a_name_and_ends_for_a_reason(
    administrator: Person, officer: Person, constraint: str, changes: dict[str, Any]
):
    with refused_by(constraint):
        directory_account(officer, **changes)
    for wrong in ({"reason": ""}, {"released_by": None}, {"released_at": MADE}):
        right = {"released_at": LATER, "released_by": administrator, "reason": "Replaced"}
        with refused_by("directory_account_released_with_a_reason"):
            directory_account(officer, **{**right, **wrong})
    with refused_by("directory_account_released_by_another"):
        directory_account(officer, released_at=LATER, released_by=officer, reason="Replaced")


def test_directory_account_is_one_for_a_person_and_of_one_person(administrator: Person, officer: Person):
    kept = directory_account(officer)
    with refused_by("directory_account_one_for_a_person"):
        directory_account(officer, subject="43")
    with refused_by("directory_account_of_one_person"):
        directory_account(administrator)
    DirectoryAccount.objects.filter(pk=kept.pk).update(released_at=LATER, released_by=administrator, reason="Replaced")
    directory_account(officer)


def test_directory_account_is_released_once_and_not_changed(administrator: Person, officer: Person):
    kept = DirectoryAccount.objects.filter(pk=directory_account(officer).pk)
    for column in ("person_id", "issuer", "subject", "kept_at"):
        with forbidden():
            execute(f"UPDATE accounts_directoryaccount SET {column} = {column}")
    for statement in ("DELETE FROM accounts_directoryaccount", "TRUNCATE accounts_directoryaccount"):
        with forbidden():
            execute(statement)
    kept.update(released_at=LATER, released_by=administrator, reason="Replaced")
    with refused_by("directory_account_only_released"):
        kept.update(released_at=None, released_by=None, reason="")


SIGNING_IN_TABLES = {
    "shared_cache": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "mfa_authenticator": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "usersessions_usersession": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "socialaccount_socialapp": {"SELECT"},
    "socialaccount_socialaccount": {"SELECT"},
    "socialaccount_socialtoken": set(),
    "account_emailaddress": set(),
    "account_emailconfirmation": set(),
    "accounts_onetimelink": {"SELECT", "INSERT"},
    "accounts_factorreset": {"SELECT", "INSERT"},
    "accounts_directoryaccount": {"SELECT", "INSERT"},
}


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize(("table", "expected"), SIGNING_IN_TABLES.items())
def test_application_has_no_more_than_it_needs_and_the_agent_nothing(table: str, expected: set[str]):
    privileges = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    with connections["owner"].cursor() as cursor:
        held = {}
        for role in ("pbr_application", "pbr_agent"):
            cursor.execute(
                "SELECT privilege FROM unnest(%s::text[]) AS privilege WHERE has_table_privilege(%s, %s, privilege)",
                [list(privileges), role, table],
            )
            held[role] = {privilege for (privilege,) in cursor.fetchall()}
    assert held == {"pbr_application": expected, "pbr_agent": set()}
