"""What is too large for the rows: said in words and with its place, before the database says it in numbers."""

from collections.abc import Iterator

from cohort.core.facts import Child, Expense, ExtraCost, Fact, Placement, Rate, Retraction
from cohort.core.terms import Terms
from cohort.models.versions import MONEY_DIGITS
from pbr_ledger.errors import Problem

_MOST_PENCE = 10**MONEY_DIGITS - 1
_MOST_RATE = 10**12 - 1
_MOST_SMALL = 2**15 - 1
_MOST_WHOLE = 2**31 - 1
_LONGEST_REFERENCE = 1000  # bytes: an index entry holds no more than about 2,700


def too_large(fact: Fact | Retraction) -> Iterator[Problem]:
    """The amounts of a fact that its rows cannot hold, a reference or a list that is too long."""
    if len(fact.id.encode("utf-8", "surrogatepass")) > _LONGEST_REFERENCE:
        yield Problem("id", f"is longer than {_LONGEST_REFERENCE:,} bytes")
    match fact:
        case Child():
            yield from _rates_too_large("baseline", fact.baseline)
        case Placement():
            yield from _rates_too_large("costs", fact.costs)
        case ExtraCost():
            yield from _above("weekly", fact.weekly_pence, _MOST_PENCE)
        case Expense():
            yield from _above("amount", fact.amount_pence, _MOST_PENCE)


def terms_too_large(terms: Terms, response_days: int) -> Iterator[Problem]:
    """The amounts and numbers of the terms that their rows cannot hold."""
    yield from _above("phase2.fee", terms.phase2.fee_pence, _MOST_PENCE)
    yield from _above("phase3.fee", terms.phase3.fee_pence, _MOST_PENCE)
    yield from _above("success_fee.threshold", terms.success_fee.threshold_pence, _MOST_PENCE)
    yield from _above("success_fee.rate", terms.success_fee.rate, _MOST_RATE)
    yield from _above("carer_fee", terms.carer_fee_pence, _MOST_PENCE)
    yield from _above("maximum_value", terms.maximum_value_pence, _MOST_PENCE)
    yield from _above("annual_days", terms.annual_days, _MOST_WHOLE)
    yield from _above("schedule", len(terms.schedule or ()), _MOST_SMALL)
    yield from _above("carer_fee_refund", len(terms.carer_fee_refund), _MOST_SMALL)
    for position, refund in enumerate(terms.carer_fee_refund):
        yield from _above(f"carer_fee_refund[{position}].within_nights", refund.within_nights, _MOST_WHOLE)
    if not 0 <= response_days <= _MOST_SMALL:
        yield Problem("response_days", "has to be a number of days")


def _rates_too_large(place: str, rates: tuple[Rate, ...]) -> Iterator[Problem]:
    yield from _above(place, len(rates), _MOST_SMALL)
    for position, rate in enumerate(rates):
        yield from _above(f"{place}[{position}].weekly", rate.weekly_pence, _MOST_PENCE)


def _above(place: str, value: int, most: int) -> Iterator[Problem]:
    if value > most:
        yield Problem(place, "is more than can be kept")
