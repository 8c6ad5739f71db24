"""Who may keep which people and organisations."""

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import COUNCIL


def may_manage_people(person: Person) -> bool:
    """Whether the person is an administrator, of whatever organisation."""
    return "manage_people" in permissions_now(person)


def may_manage_everybody(person: Person) -> bool:
    """The council's administrators keep organisations, and everybody's people."""
    return person.organisation.kind == COUNCIL and may_manage_people(person)


def may_manage(person: Person, organisation: Organisation) -> bool:
    """The council's administrators keep everybody's people, those of another organisation only their own."""
    if person.organisation_id == organisation.pk:
        return may_manage_people(person)
    return may_manage_everybody(person)
