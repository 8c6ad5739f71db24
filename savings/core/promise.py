"""The monthly promise: placements and charges against what residential care would have cost (docs/contract.md 5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK
from savings.core.results import PricedNights, Statement


@dataclass(frozen=True, slots=True)
class Promise:
    """The nights that count in a month: what they would have cost, what they cost, and what was charged; in pence.

    It is a test and not a limit (docs/contract.md 5.4). `baseline_pence` is rounded once for the whole month.
    """

    month: Month
    baseline_pence: int
    placements_pence: int
    fixed_fee_pence: int
    charged_pence: int

    @property
    def with_fee_pence(self) -> int:
        """Placements and the month's own fixed fee."""
        return self.placements_pence + self.fixed_fee_pence

    @property
    def with_charges_pence(self) -> int:
        """Placements and everything that the month's statement charges."""
        return self.placements_pence + self.charged_pence

    @property
    def kept(self) -> bool:
        """Whether placements and the fixed fee stay within the baseline."""
        return self.with_fee_pence <= self.baseline_pence

    @property
    def kept_with_charges(self) -> bool:
        """Whether placements and all charges of the statement stay within the baseline."""
        return self.with_charges_pence <= self.baseline_pence


def promise_of(statement: Statement, nights: Iterable[PricedNights]) -> Promise:
    """The month's test (docs/contract.md 5.4).

    The placements' cost is the baseline less the savings stated, so that no rounding of its own can break the test;
    where negative savings count as zero it is summed by itself, since the savings then say less than the cost.
    """
    runs = tuple(nights)
    baseline = divide_rounding(sum(run.nights * run.baseline_pence for run in runs), DAYS_A_WEEK)
    placements = baseline - statement.savings_in_month_pence
    if statement.terms.negative_savings == "zero":
        placements = divide_rounding(sum(run.nights * paid(run) for run in runs), DAYS_A_WEEK)
    return Promise(
        month=statement.month,
        baseline_pence=baseline,
        placements_pence=placements,
        fixed_fee_pence=statement.months[-1].fee_pence,
        charged_pence=statement.charges.total,
    )


def paid(run: PricedNights) -> int:
    """What the council paid a week for such a night: the place, and extra costs beside it (docs/contract.md 2.4)."""
    return run.cost_pence + sum(weekly for _, _, weekly in run.extra_costs)
