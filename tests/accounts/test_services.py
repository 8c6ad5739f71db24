"""People, organisations and roles: who makes them, and what is refused."""

from datetime import UTC, date, datetime

import pytest

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from pbr_ledger.accounts.queries import permissions_now, permissions_of, roles_of
from pbr_ledger.accounts.roles import ROLES, permissions_in
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import verify
from pbr_ledger.errors import NotPermitted, Refused
from tests.accounts.conftest import at


def test_first_administrator_keeps_people_and_nothing_else(administrator: Person) -> None:
    assert permissions_now(administrator) == {"manage_people"}
    assert administrator.email == "ada@plymouth.example"
    assert administrator.check_password("a long enough pass phrase")
    assert (administrator.organisation.name, administrator.organisation.kind) == ("Plymouth City Council", "council")


def test_nobody_installs_a_second_first_administrator(administrator: Person) -> None:
    with pytest.raises(services.AlreadyInstalled):
        services.install_first_administrator(
            organisation_name="Another",
            organisation_reference="another",
            email="eve@another.example",
            full_name="Eve",
            password=None,
            clock=at(2025, 7, 2),
        )
    assert list(Organisation.objects.values_list("reference", flat=True)) == ["plymouth"]


def test_person_without_a_password_cannot_sign_in_by_password(officer: Person) -> None:
    assert not officer.has_usable_password()


def test_person_is_found_by_address_in_any_case(officer: Person) -> None:
    assert Person.objects.get_by_natural_key(" Fin@Plymouth.Example") == officer


def test_role_is_held_from_the_day_of_its_grant(administrator: Person, officer: Person) -> None:
    services.grant_role(person=officer, role="finance_officer", by=administrator, clock=at(2025, 7, 10, 15))

    assert roles_of(officer, date(2025, 7, 9)) == frozenset()
    assert roles_of(officer, date(2025, 7, 10)) == {"finance_officer"}
    assert permissions_of(officer, date(2025, 7, 10)) == ROLES["finance_officer"].permissions


def test_role_granted_after_midnight_in_london_counts_from_the_new_day(administrator: Person, officer: Person) -> None:
    services.grant_role(person=officer, role="auditor", by=administrator, clock=at(2025, 7, 9, 23, 30))

    assert roles_of(officer, date(2025, 7, 9)) == frozenset()
    assert roles_of(officer, date(2025, 7, 10)) == {"auditor"}


def test_deputy_holds_the_role_until_the_date(administrator: Person, officer: Person) -> None:
    services.grant_role(
        person=officer, role="lead_accountant", until=date(2025, 8, 1), by=administrator, clock=at(2025, 7, 10)
    )

    assert roles_of(officer, date(2025, 7, 31)) == {"lead_accountant"}
    assert roles_of(officer, date(2025, 8, 1)) == frozenset()
    assert permissions_now(officer) == frozenset()


def test_revoked_role_is_not_held_on_that_day_any_more(administrator: Person, officer: Person) -> None:
    grant = services.grant_role(person=officer, role="auditor", by=administrator, clock=at(2025, 7, 10))
    services.revoke_role(grant=grant, by=administrator, clock=at(2025, 7, 20, 12))

    assert roles_of(officer, date(2025, 7, 19)) == {"auditor"}
    assert roles_of(officer, date(2025, 7, 20)) == frozenset()
    with pytest.raises(services.AlreadyClosed):
        services.revoke_role(grant=grant, by=administrator, clock=at(2025, 7, 21))


def test_person_may_hold_several_roles(administrator: Person, officer: Person) -> None:
    for role in ["finance_officer", "auditor"]:
        services.grant_role(person=officer, role=role, by=administrator, clock=at(2025, 7, 10))

    both = frozenset({"finance_officer", "auditor"})
    assert roles_of(officer, date(2025, 7, 10)) == both
    assert permissions_of(officer, date(2025, 7, 10)) == permissions_in(both)


def test_nobody_grants_a_role_to_themselves(administrator: Person) -> None:
    with pytest.raises(services.RoleNotGrantable, match=r"^Nobody grants a role to themselves\.$"):
        services.grant_role(person=administrator, role="lead_accountant", by=administrator, clock=at(2025, 7, 10))
    assert RoleGrant.objects.count() == 1


def test_role_belongs_to_its_kind_of_organisation(administrator: Person, officer: Person) -> None:
    with pytest.raises(services.RoleNotGrantable, match=r"^Provider staff is no role in a council\.$"):
        services.grant_role(person=officer, role="provider_staff", by=administrator, clock=at(2025, 7, 10))
    with pytest.raises(Refused, match=r"^role: there is no role “king”$"):
        services.grant_role(person=officer, role="king", by=administrator, clock=at(2025, 7, 10))


def test_only_administrators_keep_people(administrator: Person, officer: Person) -> None:
    grant = services.grant_role(person=officer, role="lead_accountant", by=administrator, clock=at(2025, 7, 10))
    with pytest.raises(NotPermitted):
        services.create_organisation(reference="x", name="X", kind="provider", by=officer, clock=at(2025, 7, 11))
    with pytest.raises(NotPermitted):
        services.create_person(
            organisation=officer.organisation,
            email="x@x.example",
            full_name="X",
            password=None,
            by=officer,
            clock=at(2025, 7, 11),
        )
    with pytest.raises(NotPermitted):
        services.grant_role(person=administrator, role="auditor", by=officer, clock=at(2025, 7, 11))
    with pytest.raises(NotPermitted):
        services.revoke_role(grant=grant, by=officer, clock=at(2025, 7, 11))
    with pytest.raises(NotPermitted):
        services.close_person(person=administrator, by=officer, clock=at(2025, 7, 11))


def test_administrator_of_a_provider_keeps_its_own_people_only(administrator: Person, officer: Person) -> None:
    provider = services.create_organisation(
        reference="reconnect", name="Reconnect", kind="provider", by=administrator, clock=at(2025, 7, 3)
    )
    theirs = services.create_person(
        organisation=provider,
        email="boss@reconnect.example",
        full_name="Bo Ss",
        password=None,
        by=administrator,
        clock=at(2025, 7, 3),
    )
    services.grant_role(person=theirs, role="administrator", by=administrator, clock=at(2025, 7, 3))

    colleague = services.create_person(
        organisation=provider,
        email="pro@reconnect.example",
        full_name="Pro Vider",
        password=None,
        by=theirs,
        clock=at(2025, 7, 4),
    )
    services.grant_role(person=colleague, role="provider_staff", by=theirs, clock=at(2025, 7, 4))
    assert roles_of(colleague, date(2025, 7, 4)) == {"provider_staff"}
    with pytest.raises(NotPermitted):
        services.grant_role(person=officer, role="auditor", by=theirs, clock=at(2025, 7, 4))
    with pytest.raises(NotPermitted):
        services.create_organisation(reference="x", name="X", kind="agent", by=theirs, clock=at(2025, 7, 4))


def test_leaver_is_closed_and_kept(administrator: Person, officer: Person) -> None:
    services.grant_role(person=officer, role="finance_officer", by=administrator, clock=at(2025, 7, 10))
    services.close_person(person=officer, by=administrator, clock=at(2025, 9, 1, 12))
    officer.refresh_from_db()

    assert (officer.is_active, officer.closed_at) == (False, datetime(2025, 9, 1, 12, tzinfo=UTC))
    assert roles_of(officer, date(2025, 8, 31)) == {"finance_officer"}
    assert roles_of(officer, date(2025, 9, 1)) == frozenset()
    assert permissions_now(officer) == frozenset()
    with pytest.raises(services.AlreadyClosed):
        services.close_person(person=officer, by=administrator, clock=at(2025, 9, 2))
    with pytest.raises(services.AlreadyClosed):
        services.grant_role(person=officer, role="auditor", by=administrator, clock=at(2025, 9, 2))


def test_names_in_use_are_refused_in_words(administrator: Person, officer: Person) -> None:
    with pytest.raises(Refused, match=r"^email: there is a person with the address fin@plymouth\.example already$"):
        services.create_person(
            organisation=officer.organisation,
            email="FIN@plymouth.example",
            full_name="Fin Two",
            password=None,
            by=administrator,
            clock=at(2025, 7, 4),
        )
    for reference, name in [("plymouth", "New"), ("new", "Plymouth City Council")]:
        with pytest.raises(Refused):
            services.create_organisation(
                reference=reference, name=name, kind="provider", by=administrator, clock=at(2025, 7, 4)
            )
    with pytest.raises(Refused, match=r"^kind: “charity” is none of council, provider, agent$"):
        services.create_organisation(
            reference="new", name="New", kind="charity", by=administrator, clock=at(2025, 7, 4)
        )


def test_everything_about_people_stands_in_the_log(administrator: Person, officer: Person) -> None:
    grant = services.grant_role(person=officer, role="auditor", by=administrator, clock=at(2025, 7, 10))
    services.revoke_role(grant=grant, by=administrator, clock=at(2025, 7, 11))
    services.close_person(person=officer, by=administrator, clock=at(2025, 7, 12))

    events = AuditEvent.objects.filter(stream="people").order_by("sequence")
    assert [(event.actor_name, event.action, event.subject) for event in events] == [
        ("The system", "installation.begun", "Ada@Plymouth.example"),
        ("The system", "organisation.created", "plymouth"),
        ("The system", "person.created", "ada@plymouth.example"),
        ("The system", "role.granted", "ada@plymouth.example"),
        ("Ada Admin", "person.created", "fin@plymouth.example"),
        ("Ada Admin", "role.granted", "fin@plymouth.example"),
        ("Ada Admin", "role.revoked", "fin@plymouth.example"),
        ("Ada Admin", "person.closed", "fin@plymouth.example"),
    ]
    assert verify("people") == []
    assert "pass phrase" not in "".join(event.detail for event in events)


def test_administrators_touch_neither_facts_nor_money() -> None:
    assert ROLES["administrator"].permissions == {"manage_people"}
    assert {key for key, role in ROLES.items() if "manage_people" in role.permissions} == {"administrator"}
    assert all("record" not in permission for permission in ROLES["auditor"].permissions)
