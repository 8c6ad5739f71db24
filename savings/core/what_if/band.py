"""A forecast band: what fee and net benefit come to when placements break down by chance (docs/what-if.md).

Every placement with an agreed claim may break down on each of its nights after the day up to which it is known; of a
contract that lags behind, after the first month that is not closed. A child whose placement broke down saves nothing
until a later placement that is planned. Everything else is as in the projection, and each run is worked out by the
same arithmetic, to the penny.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate
from typing import NamedTuple

from cohort.core.facts import Placement
from cohort.core.moves import broken_down
from cohort.core.terms import programme_start, terms_for_month
from pbr_ledger.periods import Month
from savings.core.carer_fees import carer_fees
from savings.core.expenses import released_expenses
from savings.core.fixed_fee import monthly_fees
from savings.core.nights import Journey, journeys, monthly_savings
from savings.core.results import Charges
from savings.core.run_rate import last_night, realised_savings, run_rate
from savings.core.statement import terms_by_month
from savings.core.what_if.cliff import fee_amount
from savings.core.what_if.lasting import draws_for, nights_lasted
from savings.core.what_if.outlook import Ground, programme_end

RUNS = 500
SEED = 64
SURVIVAL = 6_400
"""Ten-thousandths: of Birmingham's step-down programme 64% lasted a year (docs/what-if.md)."""
FEWEST_RUNS = 100
PLACEMENTS_AT_ONCE = 50
"""So many placements get all runs; of more, a page has time for fewer runs."""
PERCENTILES = (10, 50, 90)


@dataclass(frozen=True, slots=True)
class Spread:
    """The 10th, 50th and 90th percentile of an amount over all runs, in pence."""

    low: int
    middle: int
    high: int


@dataclass(frozen=True, slots=True)
class Band:
    """How far the projection's sums spread over so many runs; `at_risk` placements may break down after the day."""

    after: date
    runs: int
    seed: int
    survival: int
    at_risk: int
    savings: Spread
    fixed_fee: Spread
    charged: Spread
    net_benefit: Spread


class Outcome(NamedTuple):
    """What one run comes to by the programme's end: savings in pence, and what is charged by kind."""

    savings: int
    charges: Charges

    @property
    def net_benefit(self) -> int:
        """Savings less all charges, in pence (docs/contract.md 10.1)."""
        return self.savings - self.charges.total


class _AtRisk(NamedTuple):
    """A placement, and the first day on which it may have ended before its night."""

    placement: Placement
    first: date
    nights: int


_Way = tuple[str, tuple[tuple[str, date], ...]]
"""A child, and which of its placements break down when."""


class _Part(NamedTuple):
    """What one child's journey adds: savings by month, and to the base of the success fee; in pence."""

    by_month: tuple[int, ...]
    base: int


def runs_for(at_risk: int) -> int:
    """How many runs there are for so many placements: 500, and fewer for more than fifty, down to 100 (4.2)."""
    return max(FEWEST_RUNS, min(RUNS, RUNS * PLACEMENTS_AT_ONCE // max(at_risk, 1)))


def band(ground: Ground, *, on: date, survival: int, runs: int | None = None, seed: int = SEED) -> Band:
    """The spread over the runs of what breaks down after the day (docs/contract.md 4.2, 6.2, 7.1, 8.2).

    `survival` is the share of placements that last 365 nights, in ten-thousandths above zero; `runs` are as many as
    `runs_for` gives, unless they are said.
    """
    simulation = Simulation(ground)
    at_risk = tuple(simulation.at_risk(on))
    runs = runs or runs_for(len(at_risk))
    lasted = [nights_lasted(survival, each.nights, draws_for(seed, each.placement.id, runs)) for each in at_risk]
    outcomes = simulation.outcomes(
        [
            {
                each.placement.id: each.first + timedelta(days=nights)
                for each, nights in zip(at_risk, drawn, strict=True)
                if nights < each.nights
            }
            for drawn in (zip(*lasted, strict=True) if lasted else [()] * runs)
        ]
    )
    return Band(
        after=on,
        runs=runs,
        seed=seed,
        survival=survival,
        at_risk=len(at_risk),
        savings=spread([each.savings for each in outcomes]),
        fixed_fee=spread([each.charges.fixed_fee for each in outcomes]),
        charged=spread([each.charges.total for each in outcomes]),
        net_benefit=spread([each.net_benefit for each in outcomes]),
    )


def risk_after(ground: Ground, known_on: date) -> date:
    """The day after which placements may break down: that of what is known, or the end of the first open month (11.4).

    The earlier of the two, so that a ledger that lags behind forecasts from where its closed months end.
    """
    first = ground.closed[-1].month.plus(1) if ground.closed else programme_start(ground.known.terms)
    return min(known_on, first.last_day)


def spread(amounts: Sequence[int]) -> Spread:
    """The percentiles by nearest rank: the smallest amount that so many in a hundred do not exceed."""
    ranked = sorted(amounts)
    low, middle, high = (ranked[-(-len(ranked) * each // 100) - 1] for each in PERCENTILES)
    return Spread(low, middle, high)


class Simulation:
    """The contract at the programme's end, worked out for one set of breakdowns after the other.

    What a child adds is worked out once for each way in which its own placements break down.
    """

    def __init__(self, ground: Ground) -> None:
        known = ground.known
        end = programme_end(known.terms)
        self._month = max(end, ground.closed[-1].month.plus(1)) if ground.closed else end
        self._ground = ground
        self._terms = terms_by_month(known.terms, self._month)
        self._last = last_night(self._terms[self._month])
        self._fee = terms_for_month(known.terms, Month.of(self._last)).success_fee
        self._children = journeys(known)
        self._released = self._released_whatever_is_saved()

    def at_risk(self, on: date) -> Iterator[_AtRisk]:
        """The placements that may break down after the day, with the nights on which they may, by id."""
        claimed = (placement for journey in self._children.values() for placement, _ in journey.placements)
        for placement in sorted(claimed, key=lambda each: each.id):
            first = max(placement.start, on) + timedelta(days=1)
            until = min(placement.until or date.max, self._last + timedelta(days=1))
            if first < until:
                yield _AtRisk(placement, first, (until - first).days)

    def outcomes(self, runs: Sequence[Mapping[str, date]]) -> list[Outcome]:
        """What the contract comes to in each run, given the days on which placements, by id, break down in it."""
        ways: dict[_Way, Journey] = {}
        taken = [[self._way(journey, until, ways) for journey in self._children.values()] for until in runs]
        parts = self._parts(ways)
        return [self._outcome([(ways[way], parts[way]) for way in of_run]) for of_run in taken]

    def _way(self, journey: Journey, until: Mapping[str, date], ways: dict[_Way, Journey]) -> _Way:
        """Which way the child's placements go in the run; it is kept among the ways."""
        ended = tuple((each.id, until[each.id]) for each, _ in journey.placements if each.id in until)
        way = (journey.child.id, ended)
        if way not in ways:
            ways[way] = _ended(journey, until) if ended else journey
        return way

    def _parts(self, ways: Mapping[_Way, Journey]) -> dict[_Way, _Part]:
        """What each way adds, all of them worked out at once."""
        names = {str(number): way for number, way in enumerate(ways)}
        children = {name: ways[way] for name, way in names.items()}
        months = monthly_savings(children, self._terms).by_month.values()
        bases = self._bases(children)
        return {
            way: _Part(tuple(table.get(name, 0) for table in months), bases.get(name, 0)) for name, way in names.items()
        }

    def _bases(self, children: Mapping[str, Journey]) -> Mapping[str, int]:
        """What each adds to the base of the success fee (6.2, 6.3)."""
        if self._fee.basis != "realised":
            return run_rate(self._last, children=children, versions=self._ground.known.terms).by_child
        start = terms_for_month(self._ground.known.terms, Month.of(self._last)).phase3.start
        return {
            name: realised_savings(start, self._last, children={name: journey}, terms_by_month=self._terms)
            for name, journey in children.items()
        }

    def _outcome(self, parts: Sequence[tuple[Journey, _Part]]) -> Outcome:
        totals = [sum(part.by_month[index] for _, part in parts) for index in range(len(self._terms))]
        fees = monthly_fees(dict(zip(self._terms, totals, strict=True)), terms_by_month=self._terms)
        is_due = self._last <= self._month.last_day
        charges = Charges(
            fixed_fee=sum(fee.fee_pence for fee in fees),
            carer_fees=self._carer_fees({journey.child.id: journey for journey, _ in parts}),
            success_fee=fee_amount(sum(part.base for _, part in parts), self._fee) if is_due else 0,
            expenses=self._expenses(totals),
        )
        return Outcome(sum(totals), charges)

    def _carer_fees(self, children: dict[str, Journey]) -> int:
        fees = carer_fees(known=self._ground.known, children=children, month=self._month)
        return sum(fee.amount_pence - (fee.refund.amount_pence if fee.refund else 0) for fee in fees)

    def _expenses(self, totals: Sequence[int]) -> int:
        """Those released by the end: held until savings to date were above zero at some statement (8.2)."""
        reached = self._ground.position.savings_reached or self._reaches_savings(totals)
        held = self._terms[self._month].expenses_wait_for_savings and not reached
        released = released_expenses(
            known=self._ground.known, month=self._month, held=held, released_before=self._released
        )
        return sum(expense.amount_pence for expense in released)

    def _released_whatever_is_saved(self) -> frozenset[str]:
        """The ids of the expenses released before, or by a statement whose terms do not hold them."""
        free = [month.last_day for month in self._open_months if not self._terms[month].expenses_wait_for_savings]
        until = max(free, default=date.min)
        expenses = self._ground.known.expenses.values()
        return self._ground.position.released | {each.id for each in expenses if each.day <= until}

    @property
    def _open_months(self) -> list[Month]:
        closed = self._ground.closed
        return [month for month in self._terms if not closed or month > closed[-1].month]

    def _reaches_savings(self, totals: Sequence[int]) -> bool:
        """Whether some statement that is not closed yet has savings to date above zero."""
        to_date = dict(zip(self._terms, accumulate(totals), strict=False))
        return any(to_date.get(month, 0) > 0 for month in self._open_months)


def _ended(journey: Journey, until: Mapping[str, date]) -> Journey:
    """The journey with these placements broken down."""
    placements = tuple(
        (broken_down(placement, until[placement.id]) if placement.id in until else placement, claim)
        for placement, claim in journey.placements
    )
    return replace(journey, placements=placements)
