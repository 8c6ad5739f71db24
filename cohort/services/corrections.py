"""Single things that people do to one fact, as corrections of what is known of it now."""

from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from cohort.core.facts import Claim, Placement
from cohort.models import Contract
from cohort.queries.facts import current_facts
from cohort.rules import is_party
from cohort.services.contracts import locked
from cohort.services.facts import record
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import NotFound


@transaction.atomic
def set_claim_status(*, contract: Contract, claim: str, status: str, by: Person, clock: Clock) -> datetime:
    """When the claim was recorded with its new status: the council decides, the provider withdraws or submits again.

    Raises `NotFound` for a claim that is not live, and whatever `record` refuses (docs/contract.md 1.1).
    """
    current = _live_claim(contract, claim, by)
    (stamp,) = record(contract=contract, facts=[replace(current, status=status)], by=by, clock=clock)
    return stamp


@transaction.atomic
def report_breakdown(*, contract: Contract, placement: str, until: date, by: Person, clock: Clock) -> datetime:
    """When the breakdown was recorded; `until` is its date, whose night the placement no longer covers.

    Raises `NotFound` for a placement that is not live, and whatever `record` refuses (docs/contract.md 1.2).
    """
    current = _live_placement(contract, placement, by)
    broken_down = replace(current, until=until, ended="breakdown")
    (stamp,) = record(contract=contract, facts=[broken_down], by=by, clock=clock)
    return stamp


def _live_claim(contract: Contract, reference: str, by: Person) -> Claim:
    claim = current_facts(locked(contract)).claims.get(reference) if is_party(by, contract) else None
    if claim is None:
        raise NotFound(f"There is no claim {reference}.")
    return claim


def _live_placement(contract: Contract, reference: str, by: Person) -> Placement:
    placement = current_facts(locked(contract)).placements.get(reference) if is_party(by, contract) else None
    if placement is None:
        raise NotFound(f"There is no placement {reference}.")
    return placement
