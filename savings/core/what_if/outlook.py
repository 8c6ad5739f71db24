"""A contract to the programme's end: closed months as they were stated, the others as they would be (docs/what-if.md).

It is the arithmetic of statements and nothing else: each month that is not closed is worked out from all that is
known, after what the months before it would have charged. Placements without an end go on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms, programme_start, terms_for_month
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.results import Charges, Position, Statement
from savings.core.run_rate import last_night
from savings.core.statement import statement

LONGEST_PROGRAMME = 360
"""Months, past which no programme is followed."""
WARNED_AT = (80, 90, 100)
"""Percentages of the maximum contract value at which people are warned."""


@dataclass(frozen=True, slots=True)
class ClosedFigures:
    """What a closed statement said: charges by kind, and savings and run rate as known then; in pence."""

    month: Month
    charges: Charges
    savings_to_date: int
    run_rate: int


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a projection begins: what is known, what closed statements stated and charged, and what they said."""

    known: KnownFacts
    position: Position
    closed: tuple[ClosedFigures, ...]


@dataclass(frozen=True, slots=True)
class MonthOutlook:
    """A month. `savings`, `fee` and `limit` are as known with everything; what is charged by its statement follows.

    `charges` is None for a month that was skipped. `savings_to_date`, `charged_to_date` and `run_rate` are what its
    statement says: for a closed month as it was closed. All in pence.
    """

    month: Month
    is_closed: bool
    savings: int
    fee: int
    limit: int
    charges: Charges | None
    fixed_fee_to_date: int
    charged_to_date: int
    savings_to_date: int
    run_rate: int | None

    @property
    def net_benefit(self) -> int:
        """Savings to date less everything charged to date, in pence (docs/contract.md 10.1)."""
        return self.savings_to_date - self.charged_to_date


@dataclass(frozen=True, slots=True)
class Outlook:
    """The months of the programme, and the statements that are not closed yet, the last of which sums all up."""

    months: tuple[MonthOutlook, ...]
    projected: tuple[Statement, ...]

    @property
    def last(self) -> Statement:
        """The statement at the end of the projection."""
        return self.projected[-1]

    @property
    def cap_reached_in(self) -> Month | None:
        """The first month by whose end the whole fixed fee is charged (docs/contract.md 4.1); None if none is."""
        cap = self.last.terms.cap_pence
        return next((each.month for each in self.months if cap and each.fixed_fee_to_date >= cap), None)

    @property
    def positive_from(self) -> Month | None:
        """The first month from which the net benefit stays above zero (docs/contract.md 10.1); None if it does not."""
        found: Month | None = None
        for each in reversed(self.months):
            if each.net_benefit <= 0:
                break
            found = each.month
        return found

    def passed_in(self, percentage: int) -> Month | None:
        """The first month by whose end more than the percentage of the maximum is charged (docs/contract.md 9.1)."""
        maximum = self.last.terms.maximum_value_pence
        return next((each.month for each in self.months if each.charged_to_date * 100 > maximum * percentage), None)

    @property
    def used_ten_thousandths(self) -> int:
        """What is charged at the end as a share of the maximum, in ten-thousandths (docs/contract.md 9.1)."""
        maximum = self.last.terms.maximum_value_pence
        return divide_rounding(self.last.to_date.total * 10_000, maximum) if maximum else 0


def outlook(ground: Ground) -> Outlook:
    """The contract's months to the programme's end (docs/contract.md 4.5, 11.1).

    Where all of them are closed, one more month takes what has changed since. Raises `NoTermsKnown`.
    """
    projected = tuple(_statements(ground))
    return Outlook(tuple(_months(ground, projected)), projected)


def programme_end(versions: Sequence[Terms]) -> Month:
    """The month of the programme's last night, each month asked by its own terms (docs/contract.md 11.1)."""
    month = programme_start(versions)
    for following in month.plus(1).through(month.plus(LONGEST_PROGRAMME)):
        if following > Month.of(last_night(terms_for_month(versions, following))):
            break
        month = following
    return month


def _statements(ground: Ground) -> Iterator[Statement]:
    """The statements of all months that are not closed, each after the one before it."""
    versions, position = ground.known.terms, ground.position
    first = ground.closed[-1].month.plus(1) if ground.closed else programme_start(versions)
    for month in first.through(max(first, programme_end(versions))):
        worked = statement(month=month, as_known_on=month.plus(1).first_day, known=ground.known, position=position)
        position = worked.position
        yield worked


def _months(ground: Ground, projected: Sequence[Statement]) -> Iterator[MonthOutlook]:
    closed = {each.month: each for each in ground.closed}
    worked = {each.month: each for each in projected}
    fixed = charged = saved = 0
    for fee in projected[-1].months:
        stated, own = closed.get(fee.month), worked.get(fee.month)
        charges = stated.charges if stated else own.charges if own else None
        fixed += charges.fixed_fee if charges else 0
        charged += charges.total if charges else 0
        saved = stated.savings_to_date if stated else own.savings_to_date_pence if own else saved
        yield MonthOutlook(
            month=fee.month,
            is_closed=own is None,
            savings=fee.savings_pence,
            fee=fee.fee_pence,
            limit=fee.limit_pence,
            charges=charges,
            fixed_fee_to_date=fixed,
            charged_to_date=charged,
            savings_to_date=saved,
            run_rate=stated.run_rate if stated else own.run_rate.total_pence if own else None,
        )
