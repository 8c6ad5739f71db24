"""Organisations: added by the council's administrators, corrected by their own too."""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Self

from django.db import transaction

from pbr_ledger.accounts.identifiers import (
    COMPANY_NUMBER,
    compact,
    electronic_address_problems,
    vat_number_of,
    vat_number_problems,
)
from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.roles import ORGANISATION_KINDS
from pbr_ledger.accounts.rules import may_add_organisations, may_manage
from pbr_ledger.accounts.services.ground import record, require
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused

LONGEST_NAME = 200


@transaction.atomic
def create_organisation(
    *, reference: str, name: str, kind: str, address: str = "", by: Person, clock: Clock
) -> Organisation:
    """A new organisation. Only an administrator of the council adds one."""
    require(may_add_organisations(by), "Only an administrator of the council adds organisations.")
    return added_organisation(reference, name, kind, address, by, clock.read(after=None))


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
    require(may_manage(by, organisation), "Only an administrator corrects what is recorded of an organisation.")
    row = Organisation.objects.select_for_update().get(pk=organisation.pk)
    wanted, before = details.normalised(), OrganisationDetails.of(row)
    if problems := list(_details_problems(row, wanted)):
        raise Refused(problems)
    changed = {name: [old, new] for name, old in asdict(before).items() if (new := getattr(wanted, name)) != old}
    if changed:
        Organisation.objects.filter(pk=row.pk).update(**{name: new for name, (_, new) in changed.items()})
        row.refresh_from_db()
        record(by, "organisation.corrected", row.reference, {"changed": changed}, clock.read(after=None))
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


def added_organisation(
    reference: str, name: str, kind: str, address: str, by: Person | None, at: datetime
) -> Organisation:
    """The organisation, added and audited; whoever calls has asked who may."""
    if kind not in ORGANISATION_KINDS:
        raise Refused([Problem("kind", f"“{kind}” is none of {', '.join(ORGANISATION_KINDS)}")])
    if Organisation.objects.filter(reference=reference).exists() or Organisation.objects.filter(name=name).exists():
        raise Refused([Problem("name", f"there is an organisation {name} or {reference} already")])
    organisation = Organisation.objects.create(reference=reference, name=name, kind=kind, address=address)
    record(by, "organisation.created", reference, {"name": name, "kind": kind, "address": address}, at)
    return organisation
