"""Every change to organisations, people and roles; each writes its audit row in the same transaction."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Self

from django.db import transaction

from pbr_ledger.accounts.identifiers import (
    COMPANY_NUMBER,
    compact,
    electronic_address_problems,
    vat_number_of,
    vat_number_problems,
)
from pbr_ledger.accounts.models import Organisation, Person, RoleGrant
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import COUNCIL, ORGANISATION_KINDS, ROLES
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotPermitted, Problem, Refused

PEOPLE_STREAM = "people"
"""The audit stream of everything in this app."""
LONGEST_NAME = 200


class AlreadyInstalled(LedgerError):
    """There are people already; they grant further roles."""


class RoleNotGrantable(LedgerError):
    """The role is not for this kind of organisation, or nobody may grant it to themselves."""


class AlreadyClosed(LedgerError):
    """The person has left, or the role was revoked, before."""


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
    _audit(None, "installation.begun", email, {}, at)  # from here on the stream's lock keeps a second one waiting
    if Person.objects.exists():
        raise AlreadyInstalled("There are people already; an administrator among them grants further roles.")
    organisation = _organisation(organisation_reference, organisation_name, COUNCIL, address, None, at)
    person = _person(organisation, email, full_name, password, None, at)
    _grant(person, "administrator", None, None, at)
    return person


@transaction.atomic
def create_organisation(
    *, reference: str, name: str, kind: str, address: str = "", by: Person, clock: Clock
) -> Organisation:
    """A new organisation. Only an administrator of the council adds one."""
    _require(_manages_everybody(by), "Only an administrator of the council adds organisations.")
    return _organisation(reference, name, kind, address, by, clock.read(after=None))


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What an organisation's documents say of it. Each but the name may be empty; numbers may be typed with spaces.

    `electronic_scheme` is a code of the EAS list (`0088` is a GLN), `electronic_identifier` the address in it.
    """

    name: str
    address: str = ""
    vat_number: str = ""
    company_number: str = ""
    electronic_scheme: str = ""
    electronic_identifier: str = ""

    @classmethod
    def of(cls, organisation: Organisation) -> Self:
        """The details as they stand."""
        return cls(*(getattr(organisation, field.name) for field in fields(cls)))

    def normalised(self) -> Self:
        """The same as they are kept: numbers without spaces, in capitals."""
        return replace(
            self,
            name=self.name.strip(),
            address=self.address.strip(),
            vat_number=vat_number_of(self.vat_number),
            company_number=compact(self.company_number),
            electronic_scheme=compact(self.electronic_scheme),
            electronic_identifier=self.electronic_identifier.strip(),
        )


@transaction.atomic
def correct_organisation(
    *, organisation: Organisation, details: OrganisationDetails, by: Person, clock: Clock
) -> Organisation:
    """The organisation with these details from now on; what was issued before keeps those it was issued with.

    Administrators correct their own organisation, those of the council any. Raises `NotPermitted`, and `Refused` with
    the fields that are wrong.
    """
    _require(_manages(by, organisation), "Only an administrator corrects what is recorded of an organisation.")
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    wanted, before = details.normalised(), OrganisationDetails.of(row)
    if problems := list(_details_problems(row, wanted)):
        raise Refused(problems)
    changed = {name: [old, new] for name, old in asdict(before).items() if (new := getattr(wanted, name)) != old}
    if changed:
        Organisation.objects.filter(pk=row.pk).update(**{name: new for name, (_, new) in changed.items()})
        row.refresh_from_db()
        _audit(by, "organisation.corrected", row.reference, {"changed": changed}, clock.read(after=None))
    return row


def _details_problems(organisation: Organisation, details: OrganisationDetails) -> Iterator[Problem]:
    if not details.name:
        yield Problem("name", "must not be empty")
    elif len(details.name) > LONGEST_NAME:
        yield Problem("name", f"has to be at most {LONGEST_NAME} signs")
    elif Organisation.objects.filter(name=details.name).exclude(pk=organisation.pk).exists():
        yield Problem("name", f"there is an organisation {details.name} already")
    for name, text in asdict(details).items():
        if "\0" in text:
            yield Problem(name, "has to be plain text")
    if details.vat_number:
        yield from vat_number_problems(details.vat_number)
    if details.company_number and not re.fullmatch(COMPANY_NUMBER, details.company_number):
        yield Problem("company_number", "has to be eight digits, or two letters and six digits: SC123456")
    yield from electronic_address_problems(details.electronic_scheme, details.electronic_identifier)


@transaction.atomic
def create_person(
    *, organisation: Organisation, email: str, full_name: str, password: str | None, by: Person, clock: Clock
) -> Person:
    """A new person of the organisation, without any role yet. `password` None leaves no way to sign in by password."""
    _require(_manages(by, organisation), "Only an administrator adds people.")
    return _person(organisation, email, full_name, password, by, clock.read(after=None))


@transaction.atomic
def grant_role(*, person: Person, role: str, until: date | None = None, by: Person, clock: Clock) -> RoleGrant:
    """The role, granted from now on, or lent until the first day without it.

    Raises `RoleNotGrantable` to whoever would grant it to themselves, and outside the role's kinds of organisation.
    """
    _require(_manages(by, person.organisation), "Only an administrator grants roles.")
    if person.pk == by.pk:
        raise RoleNotGrantable("Nobody grants a role to themselves.")
    if role not in ROLES:
        raise Refused([Problem("role", f"there is no role “{role}”")])
    if person.organisation.kind not in ROLES[role].kinds:
        raise RoleNotGrantable(f"{ROLES[role].name} is no role in a {person.organisation.kind}.")
    if _locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left.")
    return _grant(person, role, until, by, clock.read(after=None))


@transaction.atomic
def revoke_role(*, grant: RoleGrant, by: Person, clock: Clock) -> None:
    """Take the role away from now on. Raises `AlreadyClosed` when somebody did before."""
    _require(_manages(by, grant.person.organisation), "Only an administrator revokes roles.")
    locked = RoleGrant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if locked.revoked_at:
        raise AlreadyClosed("The role was revoked before.")
    at = clock.read(after=locked.granted_at)
    RoleGrant.objects.filter(pk=grant.pk).update(revoked_at=at, revoked_by=by)
    _audit(by, "role.revoked", grant.person.email, {"role": grant.role, "grant": grant.pk}, at)


@transaction.atomic
def close_person(*, person: Person, by: Person, clock: Clock) -> None:
    """Close the account of a leaver: they hold no role and cannot sign in. Nothing of theirs is deleted."""
    _require(_manages(by, person.organisation), "Only an administrator closes accounts.")
    if _locked_person(person).closed_at:
        raise AlreadyClosed(f"{person.full_name} has left already.")
    at = clock.read(after=None)
    Person.objects.filter(pk=person.pk).update(is_active=False, closed_at=at)
    _audit(by, "person.closed", person.email, {}, at)


def _manages_everybody(by: Person) -> bool:
    return by.organisation.kind == COUNCIL and "manage_people" in permissions_now(by)


def _manages(by: Person, organisation: Organisation) -> bool:
    """The council's administrators keep everybody's people, those of another organisation only their own."""
    if by.organisation_id == organisation.pk:
        return "manage_people" in permissions_now(by)
    return _manages_everybody(by)


def _require(permitted: bool, otherwise: str) -> None:
    if not permitted:
        raise NotPermitted(otherwise)


def _locked_person(person: Person) -> Person:
    return Person.objects.select_for_update(of=("self",)).get(pk=person.pk)


def _organisation(reference: str, name: str, kind: str, address: str, by: Person | None, at: datetime) -> Organisation:
    if kind not in ORGANISATION_KINDS:
        raise Refused([Problem("kind", f"“{kind}” is none of {', '.join(ORGANISATION_KINDS)}")])
    if Organisation.objects.filter(reference=reference).exists() or Organisation.objects.filter(name=name).exists():
        raise Refused([Problem("name", f"there is an organisation {name} or {reference} already")])
    organisation = Organisation.objects.create(reference=reference, name=name, kind=kind, address=address)
    _audit(by, "organisation.created", reference, {"name": name, "kind": kind, "address": address}, at)
    return organisation


def _person(
    organisation: Organisation, email: str, full_name: str, password: str | None, by: Person | None, at: datetime
) -> Person:
    person = Person(organisation=organisation, email=email.strip().lower(), full_name=full_name)
    if Person.objects.filter(email=person.email).exists():
        raise Refused([Problem("email", f"there is a person with the address {person.email} already")])
    person.set_password(password)
    person.save(force_insert=True)
    _audit(by, "person.created", person.email, {"organisation": organisation.reference, "name": full_name}, at)
    return person


def _grant(person: Person, role: str, until: date | None, by: Person | None, at: datetime) -> RoleGrant:
    grant = RoleGrant.objects.create(person=person, role=role, until=until, granted_by=by, granted_at=at)
    detail = {"role": role, "grant": grant.pk, "until": until.isoformat() if until else None}
    _audit(by, "role.granted", person.email, detail, at)
    return grant


def _audit(by: Person | None, action: str, subject: str, detail: dict[str, object], at: datetime) -> None:
    audit.record(stream=PEOPLE_STREAM, by=by, action=action, subject=subject, detail=detail, at=at)
