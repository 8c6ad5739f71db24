"""Which contracts a person may see."""

from django.db.models import Q, QuerySet

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.errors import NotFound


def contracts_visible_to(person: Person) -> QuerySet[Contract]:
    """The contracts to which the person's organisation is council or provider, by reference.

    None for people without a role that reads contracts, and none for the paying agent, who has views of its own.
    """
    if "read_contract" not in permissions_now(person):
        return Contract.objects.none()
    parties = Q(council=person.organisation_id) | Q(provider=person.organisation_id)
    return Contract.objects.filter(parties).select_related("council", "provider", "agent").order_by("reference")


def visible_contract(person: Person, reference: str) -> Contract:
    """The contract of this reference. Raises `NotFound` where there is none that the person may see."""
    contract = contracts_visible_to(person).filter(reference=reference).first()
    if contract is None:
        raise NotFound(f"There is no contract {reference}.")
    return contract
