"""Which contracts a person may see, and what was corrected of one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.errors import NotFound


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction of a contract, as the activity log tells of it: what was and what is, by the column's name."""

    at: datetime
    by: str
    reason: str
    changed: Mapping[str, tuple[str, str]]


def contracts_visible_to(person: Person) -> QuerySet[Contract]:
    """The contracts to which the person's organisation is council or provider, by reference.

    None for people without a role that reads contracts, and none for the paying agent, who has views of its own.
    """
    if "read_contract" not in permissions_now(person):
        return Contract.objects.none()
    parties = Q(council=person.organisation_id) | Q(provider=person.organisation_id)
    found = Contract.objects.filter(parties).select_related("council", "provider", "agent", "erasure")
    return found.order_by("reference")


def visible_contract(person: Person, reference: str) -> Contract:
    """The contract of this reference. Raises `NotFound` where there is none that the person may see."""
    contract = contracts_visible_to(person).filter(reference=reference).first()
    if contract is None:
        raise NotFound(f"There is no contract {reference}.")
    return contract


def corrections_of(contract: Contract) -> list[Correction]:
    """Every correction of the contract's particulars, the latest first."""
    events = AuditEvent.objects.filter(stream=f"contract:{contract.reference}", action="contract.corrected")
    return [_correction(event) for event in events.order_by("-sequence")]


def _correction(event: AuditEvent) -> Correction:
    detail = json.loads(event.detail)
    changed = {name: (was, now) for name, (was, now) in detail["changed"].items()}
    return Correction(event.at, event.actor_name, detail["reason"], changed)
