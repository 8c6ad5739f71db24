"""What every page says of whoever reads it, and what pages say of people."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from pbr_ledger.accounts.demonstration import is_demonstration
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.accounts.rules import may_manage_people
from pbr_ledger.landing import landing_of


def navigation(request: HttpRequest) -> dict[str, object]:
    """For every template: whether this is a demonstration, and where the menu leads: contracts, people, organisations.

    Asked only where it is shown. Who sees no contract has their own page in the menu instead, where there is one.
    """
    person = getattr(request, "user", None)
    if not isinstance(person, Person):
        return {"is_demonstration": is_demonstration()}
    keeps_people = SimpleLazyObject(lambda: may_manage_people(person))
    return {
        "is_demonstration": is_demonstration(),
        "sees_contracts": SimpleLazyObject(lambda: "read_contract" in permissions_now(person)),
        "own_page": SimpleLazyObject(lambda: landing_of(person)),
        "keeps_people": keeps_people,
        "keeps_organisations": person.organisation.kind == COUNCIL and keeps_people,
    }
