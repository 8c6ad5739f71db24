"""What the arithmetic comes to, with what is needed to explain it. Amounts are whole pence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cohort.core.terms import Terms
from pbr_ledger.periods import Month


@dataclass(frozen=True, slots=True)
class Line:
    """What one child's counted nights of the month saved, rounded once (docs/contract.md 2.6)."""

    child: str
    nights: int
    saving_pence: int


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By how much a child's saving of an earlier month differs from all that was stated for it (5.1)."""

    child: str
    month: Month
    saving_pence: int


@dataclass(frozen=True, slots=True)
class MonthFee:
    """The fixed fee of one month and what limited it (docs/contract.md 4.2).

    `available_pence` are the savings that count for the month: its own, or with `to_date` those not yet charged.
    `room_pence` is the limit less the fees of earlier months. `limited_by` is `savings`, `schedule` or `cap`: the
    smaller of the two, or `nothing` where no fee is possible.
    """

    month: Month
    savings_pence: int
    available_pence: int
    limit_pence: int
    room_pence: int
    fee_pence: int
    limited_by: str


@dataclass(frozen=True, slots=True)
class Refund:
    """What comes back of a carer fee after an early breakdown (docs/contract.md 7.3)."""

    on: date
    nights: int
    within_nights: int
    share: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class CarerFee:
    """The one fee of a household, and when it fell due (docs/contract.md 7.1, 7.2, 7.4).

    `placement`, and the `child` in it, is the household's first one that qualifies: the fee is due for it, or where
    `trigger` is `approved`, which needs none, a breakdown of it may give the fee back.
    """

    household: str
    placement: str | None
    child: str | None
    due_on: date
    amount_pence: int
    refund: Refund | None
    trigger: str = "placed"


@dataclass(frozen=True, slots=True)
class RunRate:
    """The saving of one night, annualised: each child's part rounded, then added (docs/contract.md 6.1)."""

    night: date
    annual_days: int
    by_child: Mapping[str, int]
    total_pence: int


@dataclass(frozen=True, slots=True)
class SuccessFeeDue:
    """The success fee as it stands: on which base, above which threshold, at which rate (docs/contract.md 6.2)."""

    night: date
    basis: str
    base_pence: int
    threshold_pence: int
    rate: int
    amount_pence: int


@dataclass(frozen=True, slots=True)
class Charges:
    """An amount for each kind of charge; negative where more comes back than is charged."""

    fixed_fee: int = 0
    carer_fees: int = 0
    success_fee: int = 0
    expenses: int = 0

    @property
    def total(self) -> int:
        """The four together, in pence."""
        return self.fixed_fee + self.carer_fees + self.success_fee + self.expenses

    def plus(self, other: "Charges") -> "Charges":
        """Kind by kind, the sum."""
        return Charges(
            self.fixed_fee + other.fixed_fee,
            self.carer_fees + other.carer_fees,
            self.success_fee + other.success_fee,
            self.expenses + other.expenses,
        )

    def minus(self, other: "Charges") -> "Charges":
        """Kind by kind, the difference."""
        return Charges(
            self.fixed_fee - other.fixed_fee,
            self.carer_fees - other.carer_fees,
            self.success_fee - other.success_fee,
            self.expenses - other.expenses,
        )


@dataclass(frozen=True, slots=True)
class Position:
    """What the statements closed so far have stated and charged: the next one charges the difference.

    `stated` holds, by month and child, the sum of all savings stated for it. `savings_reached` is whether any
    statement had savings to date above zero; `released` the ids of the expenses charged while they were not held.
    """

    stated: Mapping[Month, Mapping[str, int]]
    charged: Charges
    savings_reached: bool
    released: frozenset[str]


NOTHING_STATED = Position(stated={}, charged=Charges(), savings_reached=False, released=frozenset())


@dataclass(frozen=True, slots=True)
class Statement:
    """One month's reconciliation (docs/contract.md 13), with the workings that explain it.

    `to_date` is what everything known entitles to; `charges` is `to_date` less what was charged before.
    """

    month: Month
    as_known_on: date
    terms: Terms
    lines: tuple[Line, ...]
    adjustments: tuple[Adjustment, ...]
    months: tuple[MonthFee, ...]
    run_rate: RunRate
    success_fee: SuccessFeeDue | None
    carer_fees: tuple[CarerFee, ...]
    expenses: tuple[tuple[str, int], ...]
    to_date: Charges
    charges: Charges
    savings_in_month_pence: int
    savings_to_date_pence: int
    schedule_to_date_pence: int
    headroom_pence: int
    position: Position

    @property
    def charged_to_date_pence(self) -> int:
        """Everything charged by this statement and all before it, in pence."""
        return self.to_date.total

    @property
    def net_benefit_pence(self) -> int:
        """Savings to date less everything charged to date (docs/contract.md 10.1), in pence."""
        return self.savings_to_date_pence - self.charged_to_date_pence


@dataclass(frozen=True, slots=True)
class PricedNights:
    """A run of one child's counted nights at one price: why each of them saves what it saves.

    `[start, until)`; weekly amounts in pence net of contributions; `saving_pence` is the weekly saving used, after
    the reading of negative savings (docs/contract.md 2.2 to 2.5).
    """

    child: str
    placement: str
    claim: str
    setting: str
    start: date
    until: date
    baseline_pence: int
    cost_pence: int
    extra_costs: tuple[tuple[str, str, int], ...]
    saving_pence: int

    @property
    def nights(self) -> int:
        """How many nights the run has."""
        return (self.until - self.start).days
