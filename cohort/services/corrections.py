"""Single things that people do to one fact, as corrections of what is known of it now."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from cohort.core.facts import KnownFacts, Placement
from cohort.models import Contract
from cohort.queries.facts import current_facts
from cohort.rules import is_party
from cohort.services.contracts import checked_at_once, locked
from cohort.services.facts import record_among
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import NotFound


def report_breakdown(
    *, contract: Contract, placement: str, until: date, by: Person, clock: Clock, as_seen_at: datetime | None = None
) -> datetime:
    """When the breakdown was recorded; `until` is its date, whose night the placement no longer covers.

    Raises `NotFound` for a placement that is not live, `ChangedMeanwhile` for one that was recorded after
    `as_seen_at`, and whatever `record` refuses (docs/contract.md 1.2).
    """
    changes = {"until": until, "ended": "breakdown"}
    return _corrected(contract, Placement.kind, placement, by, clock, as_seen_at, changes)


def _corrected(
    contract: Contract,
    kind: str,
    reference: str,
    by: Person,
    clock: Clock,
    as_seen_at: datetime | None,
    changes: Mapping[str, Any],
) -> datetime:
    """When the live fact was recorded with these changes, nobody else having recorded anything in between."""
    with checked_at_once():
        row = locked(contract)
        known = current_facts(row) if is_party(by, row) else KnownFacts()
        current = known.of_kind(kind).get(reference)
        if current is None:
            raise NotFound(f"There is no {kind} {reference}.")
        changed = replace(current, **changes)
        (stamp,) = record_among(known, contract=row, facts=[changed], by=by, clock=clock, as_seen_at=as_seen_at)
    contract.last_stamped_at = row.last_stamped_at
    return stamp
