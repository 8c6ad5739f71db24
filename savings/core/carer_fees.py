"""Carer fees: one for each household the provider found and assessed (docs/contract.md 7)."""

from collections.abc import Iterator

from cohort.core.facts import Child, Household, KnownFacts, Placement
from cohort.core.terms import CarerFeeRefund, Terms, terms_for_month
from pbr_ledger.money import RATE_SCALE, divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import Journey
from savings.core.results import CarerFee, Refund


def carer_fees(*, known: KnownFacts, children: dict[str, Journey], month: Month) -> tuple[CarerFee, ...]:
    """The fee of every household that has fallen due by the month's last day, by household id in text order.

    A refund stands in it once the breakdown's date is not after that day (7.3).
    """
    earliest: dict[str, CarerFee] = {}
    for household, placement, child in _candidates(known, children):
        fee = _fee(household, placement, child, versions=known.terms, month=month)
        if fee and _precedes(fee, earliest.get(fee.household)):
            earliest[fee.household] = fee
    return tuple(fee for _, fee in sorted(earliest.items()))


def _candidates(known: KnownFacts, children: dict[str, Journey]) -> Iterator[tuple[Household, Placement, Child]]:
    """Claimed placements with households that the provider assessed and panel has approved (7.1)."""
    for journey in children.values():
        for placement, _ in journey.placements:
            household = known.households.get(placement.household) if placement.household else None
            if household and household.assessed_by == "provider" and household.panel_approved:
                yield household, placement, journey.child


def _fee(
    household: Household, placement: Placement, child: Child, *, versions: tuple[Terms, ...], month: Month
) -> CarerFee | None:
    """The fee this placement would earn its household, if it qualifies on the day it falls due (7.1)."""
    if household.panel_approved is None:
        return None
    due = max(household.panel_approved, placement.start)
    if due > month.last_day:
        return None
    terms = terms_for_month(versions, Month.of(due))
    ended = placement.until is not None and placement.until <= due
    in_cohort = child.joined <= due and (child.left is None or due < child.left)
    if ended or not in_cohort or not terms.counts_in_programme(due) or placement.setting not in terms.family_settings:
        return None
    refund = _refund(placement, terms=terms, month=month)
    return CarerFee(household.id, placement.id, child.id, due, terms.carer_fee_pence, refund)


def _precedes(fee: CarerFee, other: CarerFee | None) -> bool:
    """Whose placement the household's fee belongs to: the earliest due, then the lowest id as text (7.2)."""
    return other is None or (fee.due_on, fee.placement) < (other.due_on, other.placement)


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
