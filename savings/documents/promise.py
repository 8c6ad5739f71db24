"""The test of a month: placements and charges together against what residential care would have cost (5.4)."""

from collections.abc import Iterable
from dataclasses import dataclass

from pbr_ledger.money import divide_rounding, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.core.nights import DAYS_A_WEEK
from savings.core.results import PricedNights, Statement


@dataclass(frozen=True, slots=True)
class Promise:
    """The nights that count in a month: what they would have cost, what they cost, and what was charged; in pence.

    `baseline_pence` is rounded once for the whole month.
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
        placements = divide_rounding(sum(run.nights * _cost(run) for run in runs), DAYS_A_WEEK)
    return Promise(
        month=statement.month,
        baseline_pence=baseline,
        placements_pence=placements,
        fixed_fee_pence=statement.months[-1].fee_pence,
        charged_pence=statement.charges.total,
    )


def _cost(run: PricedNights) -> int:
    return run.cost_pence + sum(weekly for _, _, weekly in run.extra_costs)


def promise_verdict(test: Promise) -> str:
    """Whether the month keeps the promise, in a sentence; and what is said where a charge outside it passes it."""
    month = month_shown(test.month)
    if test.baseline_pence == 0:
        charged = pounds_shown(test.charged_pence)
        compared = f" to compare with the {charged} that its statement charges" if test.charged_pence > 0 else ""
        return f"No night counted in {month}, so there is no residential cost{compared}."
    if not test.kept:
        return f"{month} does not keep the promise: placements and the fixed fee cost more than the baseline."
    if not test.kept_with_charges:
        return (
            f"{month} keeps the promise for the fixed fee, but not with everything that its statement charges. "
            "It is a test and not a limit: the charges stand."
        )
    return f"{month} keeps the promise."


def promise_rows(test: Promise) -> tuple[tuple[str, str, bool], ...]:
    """The test as a sum: words, amount, and whether it is a result; nothing where no night counted."""
    if test.baseline_pence == 0:
        return ()
    return (
        ("The nights that count, at the baseline", pounds_shown(test.baseline_pence), False),
        ("Their placements and extra costs", pounds_shown(test.placements_pence), False),
        ("Fixed fee of the month", pounds_shown(test.fixed_fee_pence), False),
        _result("Placements and fixed fee", test.with_fee_pence, test.baseline_pence),
        ("Everything this statement charges", pounds_shown(test.charged_pence), False),
        _result("Placements and everything charged", test.with_charges_pence, test.baseline_pence),
    )


def _result(words: str, cost: int, baseline: int) -> tuple[str, str, bool]:
    if cost > baseline:
        return f"{words}: above the baseline by", pounds_shown(cost - baseline), True
    if cost == baseline:
        return f"{words}: exactly the baseline", pounds_shown(0), True
    return f"{words}: below the baseline by", pounds_shown(baseline - cost), True
