"""Who may keep which people and organisations."""

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import organisations_of, permissions_now
from pbr_ledger.accounts.roles import COUNCIL


def may_manage_people(person: Person) -> bool:
    """Whether the person is an administrator, of whatever organisation."""
    return "manage_people" in permissions_now(person)


def may_add_organisations(person: Person) -> bool:
    """The council's administrators keep the list of organisations."""
    return person.organisation.kind == COUNCIL and may_manage_people(person)


def may_manage(person: Person, organisation: Organisation) -> bool:
    """An administrator keeps the people of their own organisation, a council's also of those that cannot yet."""
    return may_manage_people(person) and organisations_of(person).filter(pk=organisation.pk).exists()
