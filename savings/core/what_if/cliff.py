"""The success fee's cliff: what one placement more or less is worth (docs/contract.md 6.2, 6.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cohort.core.facts import KnownFacts
from cohort.core.terms import SuccessFee, terms_for_month
from pbr_ledger.money import RATE_SCALE, divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import journeys
from savings.core.run_rate import last_night, realised_savings, run_rate
from savings.core.statement import terms_by_month


@dataclass(frozen=True, slots=True)
class Step:
    """The base and the fee with one placement less (that of `child`) or one more (`child` empty); in pence."""

    child: str
    base: int
    amount: int
    difference: int


@dataclass(frozen=True, slots=True)
class Cliff:
    """The success fee on the programme's last night, and how it changes by one placement; amounts in pence.

    `average` is what a placement adds to the base on average, 0 where none counts. `fewer` holds the children that
    add most first. `more_to_threshold` is how many average placements more reach the threshold, `fewer_to_nothing` how
    many of those that add most may go before the fee is gone; both 0 where that is not so.
    """

    night: date
    fee: SuccessFee
    base: int
    amount: int
    average: int
    more: Step
    fewer: tuple[Step, ...]
    more_to_threshold: int
    fewer_to_nothing: int


def cliff(known: KnownFacts, month: Month) -> Cliff:
    """What one placement is worth to the success fee, with the terms of the programme's last month (6.2).

    `month` is the programme's last; the base is the run rate, or the savings realised, as the terms say.
    """
    terms = terms_for_month(known.terms, month)
    night = last_night(terms)
    terms = terms_for_month(known.terms, Month.of(night))
    parts = _parts(known, night, terms.success_fee)
    return cliff_of(parts, night=night, fee=terms.success_fee)


def _parts(known: KnownFacts, night: date, fee: SuccessFee) -> Mapping[str, int]:
    """What each child adds to the base, in pence: rounded once a child, so that they add up to it (6.2, 6.3)."""
    children = journeys(known)
    if fee.basis != "realised":
        return run_rate(night, children=children, versions=known.terms).by_child
    by_month = terms_by_month(known.terms, Month.of(night))
    start = terms_for_month(known.terms, Month.of(night)).phase3.start
    parts = {
        child: realised_savings(start, night, children={child: journey}, terms_by_month=by_month)
        for child, journey in children.items()
    }
    return {child: part for child, part in parts.items() if part}


def cliff_of(parts: Mapping[str, int], *, night: date, fee: SuccessFee) -> Cliff:
    """The same, of what each child adds to the base (docs/contract.md 6.2)."""
    base = sum(parts.values())
    average = divide_rounding(base, len(parts)) if parts else 0
    amount = fee_amount(base, fee)

    def step(child: str, changed: int) -> Step:
        return Step(child, changed, fee_amount(changed, fee), fee_amount(changed, fee) - amount)

    most_first = sorted(parts.items(), key=lambda part: (-part[1], part[0]))
    short = fee.threshold_pence - base
    return Cliff(
        night=night,
        fee=fee,
        base=base,
        amount=amount,
        average=average,
        more=step("", base + average),
        fewer=tuple(step(child, base - part) for child, part in most_first),
        more_to_threshold=-(-short // average) if short > 0 and average > 0 else 0,
        fewer_to_nothing=_fewer_to_nothing([part for _, part in most_first], base, fee) if amount else 0,
    )


def fee_amount(base: int, fee: SuccessFee) -> int:
    """The success fee on a base, in pence (docs/contract.md 6.2)."""
    return divide_rounding(max(0, base - fee.threshold_pence) * fee.rate, RATE_SCALE)


def _fewer_to_nothing(parts: list[int], base: int, fee: SuccessFee) -> int:
    """How many of the placements that add most take the whole fee with them."""
    for count, part in enumerate(parts, start=1):
        base -= part
        if not fee_amount(base, fee):
            return count
    return 0
