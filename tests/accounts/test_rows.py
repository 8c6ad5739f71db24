"""The constraints, triggers and privileges of people and roles."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.db import connections

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from tests.accounts.conftest import at
from tests.refusals import execute, forbidden, refused_by

JULY = datetime(2025, 7, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("organisation_kind_known", {"kind": "charity"}),
        ("organisation_named", {"name": ""}),
        ("organisation_named", {"reference": ""}),
        ("organisation_vat_number_british", {"vat_number": "GB12345678"}),
        ("organisation_vat_number_british", {"vat_number": "123456782"}),
        ("organisation_vat_number_british", {"vat_number": "GBGD500"}),
        ("organisation_vat_number_british", {"vat_number": "DE123456788"}),
        ("organisation_company_number_british", {"company_number": "1234567"}),
        ("organisation_company_number_british", {"company_number": "sc123456"}),
        ("organisation_electronic_address_whole", {"electronic_scheme": "0088"}),
        ("organisation_electronic_address_whole", {"electronic_identifier": "5060012349998"}),
        ("organisation_electronic_address_whole", {"electronic_scheme": "0001", "electronic_identifier": "1"}),
    ],
)
def test_organisation_has_a_name_a_known_kind_and_numbers_of_their_form(
    db: None, constraint: str, changes: dict[str, str]
) -> None:
    with refused_by(constraint):
        Organisation.objects.create(**{"reference": "x", "name": "X", "kind": "agent", **changes})


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("person_email_lower_case", {"email": "X@x.example"}),
        ("person_email_lower_case", {"email": ""}),
        ("person_named", {"full_name": ""}),
        ("person_closed_is_inactive", {"closed_at": JULY}),
    ],
)
def test_person_has_a_name_and_an_address_in_lower_case(officer: Person, constraint: str, changes: dict) -> None:
    columns = {"organisation_id": officer.organisation_id, "email": "x@x.example", "full_name": "X", **changes}
    with refused_by(constraint):
        Person.objects.create(**columns)
    with refused_by(constraint), connections["default"].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO accounts_person (password, is_active, {', '.join(columns)})"
            f" VALUES ('', true, {', '.join(['%s'] * len(columns))})",
            list(columns.values()),
        )


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("role_grant_role_known", {"role": "king"}),
        ("role_grant_has_a_giver", {"granted_by": None}),
        ("role_grant_revoked_by_someone_later", {"revoked_at": datetime(2025, 8, 1, tzinfo=UTC)}),
    ],
)
def test_role_grant_is_given_by_somebody(administrator: Person, officer: Person, constraint: str, changes) -> None:
    right: dict[str, Any] = {"person": officer, "role": "auditor", "granted_by": administrator, "granted_at": JULY}
    with refused_by(constraint):
        RoleGrant.objects.create(**{**right, **changes})


def test_role_grant_is_revoked_after_it_was_granted_by_somebody(administrator: Person, officer: Person) -> None:
    wrong: list[dict[str, Any]] = [{"revoked_at": JULY, "revoked_by": administrator}, {"revoked_by": administrator}]
    for changes in wrong:
        with refused_by("role_grant_revoked_by_someone_later"):
            RoleGrant.objects.create(
                person=officer, role="auditor", granted_by=administrator, granted_at=JULY, **changes
            )


def test_database_too_lets_nobody_grant_themselves_a_role(administrator: Person) -> None:
    with refused_by("role_grant_not_to_oneself"):
        RoleGrant.objects.create(
            person=administrator, role="lead_accountant", granted_by=administrator, granted_at=JULY
        )
    with refused_by("role_grant_not_to_oneself"):
        execute(
            "INSERT INTO accounts_rolegrant (person_id, role, granted_by_id, granted_at)"
            f" VALUES ({administrator.pk}, 'lead_accountant', {administrator.pk}, now())"
        )


def test_grant_can_be_revoked_once_and_not_changed(administrator: Person, officer: Person) -> None:
    grant = services.grant_role(person=officer, role="auditor", by=administrator, clock=at(2025, 7, 10))
    services.revoke_role(grant=grant, by=administrator, clock=at(2025, 7, 11))

    wrong: list[dict[str, Any]] = [{"revoked_at": None, "revoked_by": None}, {"revoked_at": JULY}]
    for changes in wrong:
        with refused_by("role_grant_only_revoked"):
            RoleGrant.objects.filter(pk=grant.pk).update(**changes)
    for column in ["role", "person_id", "granted_by_id", "granted_at", "until", "id"]:
        with forbidden():
            execute(f"UPDATE accounts_rolegrant SET {column} = {column}")


def test_person_stays_with_their_organisation_and_a_leaver_stays_closed(administrator: Person, officer: Person) -> None:
    provider = services.create_organisation(
        reference="reconnect", name="Reconnect", kind="provider", by=administrator, clock=at(2025, 7, 3)
    )
    with refused_by("person_stays"):
        Person.objects.filter(pk=officer.pk).update(organisation=provider)
    services.close_person(person=officer, by=administrator, clock=at(2025, 9, 1))
    with refused_by("person_stays"):
        Person.objects.filter(pk=officer.pk).update(closed_at=None, is_active=True)


def test_application_deletes_nobody(administrator: Person) -> None:
    for table in ["accounts_organisation", "accounts_person", "accounts_rolegrant"]:
        for statement in [f"DELETE FROM {table}", f"TRUNCATE {table} CASCADE"]:
            with forbidden():
                execute(statement)
    for column in ["kind", "reference", "id"]:
        with forbidden():
            execute(f"UPDATE accounts_organisation SET {column} = {column}")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_owner_deletes_nobody_and_changes_no_grant(administrator: Person) -> None:
    for table, name in [
        ("accounts_organisation", "organisation"),
        ("accounts_person", "person"),
        ("accounts_rolegrant", "role_grant"),
    ]:
        with refused_by(f"{name}_never_deleted", "owner"):
            execute(f"DELETE FROM {table}", alias="owner")
        with refused_by(f"{name}_never_truncated", "owner"):
            execute(f"TRUNCATE {table} CASCADE", alias="owner")
    for change in ["role = 'auditor'", "until = '2030-01-01'", "granted_at = now()", "revoked_by_id = person_id"]:
        with refused_by("role_grant_only_revoked", "owner"):
            execute(f"UPDATE accounts_rolegrant SET {change}", alias="owner")


def test_application_keeps_sessions_and_passwords(administrator: Person) -> None:
    assert authenticate(email="ada@plymouth.example", password="a long enough pass phrase") == administrator
    assert authenticate(email="ada@plymouth.example", password="another pass phrase") is None
    administrator.set_password("quite another pass phrase")
    administrator.save()
    execute("INSERT INTO django_session VALUES ('key', 'data', now())")
    execute("DELETE FROM django_session")
