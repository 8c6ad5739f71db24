"""Carer fees: one for each household the provider found and assessed (docs/contract.md 7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import Child, Household, KnownFacts, Placement
from cohort.core.terms import CarerFeeRefund, Terms, terms_for_month
from pbr_ledger.money import RATE_SCALE, divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import Journey
from savings.core.results import CarerFee, Refund


@dataclass(frozen=True, slots=True)
class FirstPlacement:
    """The placement of a household that qualifies first, and the day on which it does (docs/contract.md 7.1, 7.2)."""

    placement: Placement
    qualifies_on: date


def carer_fees(*, known: KnownFacts, children: Mapping[str, Journey], month: Month) -> tuple[CarerFee, ...]:
    """The fee of every household that has fallen due by the month's last day, by household id in text order.

    A refund stands in it once the breakdown's date is not after that day (7.3). There is none while no terms are known.
    """
    if not known.terms:
        return ()
    first = first_placements(known=known, children=children, month=month)
    found = (
        _fee(household, approved, first.get(household.id), versions=known.terms, month=month)
        for household, approved in _households(known)
    )
    return tuple(sorted((fee for fee in found if fee), key=lambda fee: fee.household))


def first_placements(
    *, known: KnownFacts, children: Mapping[str, Journey], month: Month
) -> Mapping[str, FirstPlacement]:
    """For each household, its placement that qualifies first by the month's last day; of equals the lowest id (7.2)."""
    approved = {household.id: day for household, day in _households(known)}
    earliest: dict[str, FirstPlacement] = {}
    for journey in children.values():
        for placement, _ in journey.placements:
            household = placement.household
            if household is None or household not in approved:
                continue
            on = max(approved[household], placement.start)
            if on <= month.last_day and _qualifies(placement, journey.child, on=on, versions=known.terms):
                found, best = FirstPlacement(placement, on), earliest.get(household)
                earliest[household] = found if best is None else min(found, best, key=_precedence)
    return earliest


def _households(known: KnownFacts) -> Iterator[tuple[Household, date]]:
    """The households that the provider assessed and panel has approved, each with the day of the approval (7.1)."""
    for household in known.households.values():
        if household.assessed_by == "provider" and household.panel_approved:
            yield household, household.panel_approved


def _precedence(first: FirstPlacement) -> tuple[date, str]:
    return first.qualifies_on, first.placement.id


def _qualifies(placement: Placement, child: Child, *, on: date, versions: tuple[Terms, ...]) -> bool:
    """Whether the claimed placement lasts on the day, for a child of the cohort, in programme and a family (7.1)."""
    terms = terms_for_month(versions, Month.of(on))
    ended = placement.until is not None and placement.until <= on
    in_cohort = child.joined <= on and (child.left is None or on < child.left)
    return not ended and in_cohort and terms.counts_in_programme(on) and placement.setting in terms.family_settings


def _fee(
    household: Household,
    approved: date,
    first: FirstPlacement | None,
    *,
    versions: tuple[Terms, ...],
    month: Month,
) -> CarerFee | None:
    """The household's fee if it is due by the month's last day: which day it is says the month of its approval (7.4).

    Under `placed` it is the day on which its first placement qualifies, under `approved` that of the approval itself.
    """
    trigger = terms_for_month(versions, Month.of(approved)).carer_fee_trigger
    placed = first.qualifies_on if first else None
    due = approved if trigger == "approved" else placed
    if due is None or due > month.last_day:
        return None
    terms = terms_for_month(versions, Month.of(due))
    if not terms.counts_in_programme(due):
        return None
    refund = _refund(first.placement, terms=terms, month=month) if first else None
    return CarerFee(
        household=household.id,
        placement=first.placement.id if first else None,
        child=first.placement.child if first else None,
        due_on=due,
        amount_pence=terms.carer_fee_pence,
        refund=refund,
        trigger=trigger,
    )


def _refund(placement: Placement, *, terms: Terms, month: Month) -> Refund | None:
    """The largest share that applies to a breakdown before the end of Phase 3, known and past by the month's end."""
    until = placement.until
    if placement.ended != "breakdown" or until is None or until > month.last_day or until >= terms.phase3.until:
        return None
    nights = (until - placement.start).days
    applying = [row for row in terms.carer_fee_refund if nights < row.within_nights]
    if not applying:
        return None
    row: CarerFeeRefund = max(applying, key=lambda refund: refund.share)
    amount = divide_rounding(terms.carer_fee_pence * row.share, RATE_SCALE)
    return Refund(until, nights, row.within_nights, row.share, amount)
