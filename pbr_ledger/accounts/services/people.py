"""People and their roles."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from pbr_ledger.accounts.models import KeptFilter, Organisation, Person, RoleGrant
from pbr_ledger.accounts.queries import directory_account_of, grants_held
from pbr_ledger.accounts.roles import COUNCIL, ROLES
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.accounts.services.directory_accounts import release_of_leaver
from pbr_ledger.accounts.services.ground import (
    AlreadyClosed,
    AlreadyInstalled,
    NotByOneself,
    RoleNotGrantable,
    locked_person,
    record,
    require,
)
from pbr_ledger.accounts.services.links import withdraw_links
from pbr_ledger.accounts.services.organisations import added_organisation
from pbr_ledger.accounts.services.sessions import end_sessions
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.periods import day_of


@transaction.atomic
def install_first_administrator(
    *,
    organisation_name: str,
    organisation_reference: str,
    address: str = "",
    email: str,
    full_name: str,
    password: str | None,
    clock: Clock,
) -> Person:
    """The first person of an installation: administrator of its council, granted by nobody.

    Raises `AlreadyInstalled` once there is anybody. `password` None leaves no way to sign in by password.
    """
    at = clock.read(after=None)
    record(None, "installation.begun", email, {}, at)  # from here on the stream's lock keeps a second one waiting
    if Person.objects.exists():
        raise AlreadyInstalled("There are people already; an administrator among them grants further roles.")
    organisation = added_organisation(organisation_reference, organisation_name, COUNCIL, address, None, at)
    person = added_person(organisation, email, full_name, password, None, at)
    granted(person, "administrator", None, None, at)
    return person


@transaction.atomic
def create_person(
    *, organisation: Organisation, email: str, full_name: str, password: str | None, by: Person, clock: Clock
) -> Person:
    """A new person of the organisation, without any role yet. `password` None leaves no way to sign in by password."""
    require(may_manage(by, organisation), "Only an administrator adds people.")
    return added_person(organisation, email, full_name, password, by, clock.read(after=None))


@transaction.atomic
def grant_role(*, person: Person, role: str, until: date | None = None, by: Person, clock: Clock) -> RoleGrant:
    """The role, granted from now on, or lent until the first day without it.

    Raises `RoleNotGrantable` to whoever would grant it to themselves, and outside the role's kinds of organisation.
    """
    require(may_manage(by, person.organisation), "Only an administrator grants roles.")
    if person.pk == by.pk:
        raise RoleNotGrantable("Nobody grants a role to themselves.")
    if role not in ROLES:
        raise Refused([Problem("role", f"there is no role “{role}”")])
    if person.organisation.kind not in ROLES[role].kinds:
        raise RoleNotGrantable(f"{ROLES[role].name} is no role in a {person.organisation.kind}.")
    if locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left.")
    at = clock.read(after=None)
    if problem := _length_problem(person, role, until, day_of(at)):
        raise Refused([problem])
    return granted(person, role, until, by, at)


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: Person, clock: Clock) -> None:
    """Take the role away from now on. Raises `AlreadyClosed` when somebody did before.

    An administrator's own role is for another administrator to take, so that one is always left.
    """
    require(may_manage(by, grant.person.organisation), "Only an administrator revokes roles.")
    if grant.person_id == by.pk and grant.role == "administrator":
        raise NotByOneself("Another administrator has to take your role of administrator.")
    locked = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if locked.revoked_at:
        raise AlreadyClosed("The role was revoked before.")
    at = clock.read(after=locked.granted_at)
    RoleGrant.objects.filter(pk=grant.pk).update(revoked_at=at, revoked_by=by)
    record(by, "role.revoked", grant.person.email, {"role": grant.role, "grant": grant.pk}, at)


@transaction.atomic
def close_person(*, person: Person, by: Person, clock: Clock) -> None:
    """Close the account of a leaver: they hold no role, cannot sign in, and are signed out wherever they are.

    Nothing of what they did is deleted; filters that they kept for themselves are. Nobody closes their own account.
    """
    require(may_manage(by, person.organisation), "Only an administrator closes accounts.")
    if person.pk == by.pk:
        raise NotByOneself("Another administrator has to close your account.")
    if locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left already.")
    directory_account = directory_account_of(person)
    at = clock.read(after=directory_account.kept_at if directory_account else None)
    Person.objects.filter(pk=person.pk).update(is_active=False, closed_at=at)
    end_sessions(person)
    withdraw_links(person, at)
    if directory_account:
        release_of_leaver(directory_account, by, at)
    KeptFilter.objects.filter(person=person).delete()
    record(by, "person.closed", person.email, {}, at)


def added_person(
    organisation: Organisation, email: str, full_name: str, password: str | None, by: Person | None, at: datetime
) -> Person:
    """The person, added and audited; whoever calls has asked who may."""
    person = Person(organisation=organisation, email=email.strip().lower(), full_name=full_name)
    if problem := _address_problem(person.email):
        raise Refused([Problem("email", problem)])
    person.set_password(password)
    person.save(force_insert=True)
    record(by, "person.created", person.email, {"organisation": organisation.reference, "name": full_name}, at)
    return person


def _address_problem(email: str) -> str:
    """What is wrong with the address: it stands in the head of mails, so that it is one address and nothing else."""
    try:
        validate_email(email)
    except ValidationError:
        return "is not an e-mail address, like name@example.org"
    taken = Person.objects.filter(email=email).exists()
    return f"there is a person with the address {email} already" if taken else ""


def granted(person: Person, role: str, until: date | None, by: Person | None, at: datetime) -> RoleGrant:
    """The role, granted and audited; whoever calls has asked who may."""
    grant = RoleGrant.objects.create(person=person, role=role, until=until, granted_by=by, granted_at=at)
    detail = {"role": role, "grant": grant.pk, "until": until.isoformat() if until else None}
    record(by, "role.granted", person.email, detail, at)
    return grant


def _length_problem(person: Person, role: str, until: date | None, today: date) -> Problem | None:
    if until is not None and until <= today:
        return Problem("until", "must be after today: it is the first day without the role")
    held = grants_held(person, today).filter(role=role)
    if held.filter(until=None).exists() or (until and held.filter(until__gte=until).exists()):
        return Problem("role", f"{person.full_name} holds the role of {ROLES[role].name} already")
    return None
