"""Who may keep the endpoints of an organisation."""

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.queries import is_open

KEEPING = "webhooks:write"


def may_keep_endpoints(person: Person, organisation: Organisation) -> bool:
    """Its administrators, and those of the council; and a program of the organisation that was given the scope."""
    if person.is_program:
        return person.organisation_id == organisation.pk and _may_as_program(person)
    return may_manage(person, organisation)


def _may_as_program(person: Person) -> bool:
    client = ApiClient.objects.select_related("person").filter(person=person).first()
    return client is not None and is_open(client) and KEEPING in client.scopes
