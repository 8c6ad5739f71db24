"""The terms of a contract, in dated versions (docs/contract.md 11)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import Month

FAMILY_SETTINGS = (
    "fostering_in_house",
    "fostering_external",
    "connected_carers",
    "special_guardianship",
    "reunification",
)


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of the programme, `[start, until)`, and its part of the fixed fee."""

    start: date
    until: date
    fee_pence: int

    @property
    def days(self) -> int:
        """How many days the phase has."""
        return (self.until - self.start).days


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """What one month adds to the schedule, where the Lead Accountant sets the rows herself."""

    month: Month
    amount_pence: int


@dataclass(frozen=True, slots=True)
class SuccessFee:
    """The one-time fee on the excess over a threshold; `rate` in ten-thousandths, `basis` `run_rate` or `realised`."""

    threshold_pence: int
    rate: int
    basis: str = "run_rate"


@dataclass(frozen=True, slots=True)
class CarerFeeRefund:
    """The share (ten-thousandths) of a carer fee that comes back when its placement breaks down in fewer nights."""

    within_nights: int
    share: int


@dataclass(frozen=True, slots=True)
class Terms:
    """One version of a contract's terms: every reading of the contract that the arithmetic asks for, as data."""

    recorded: date
    effective_from: date
    phase2: Phase
    phase3: Phase
    success_fee: SuccessFee
    carer_fee_pence: int
    maximum_value_pence: int
    schedule: tuple[ScheduleRow, ...] | None = None
    fixed_fee_limit: str = "schedule"
    fixed_fee_savings: str = "month"
    negative_savings: str = "net"
    annual_days: int = 365
    carer_fee_refund: tuple[CarerFeeRefund, ...] = ()
    carer_fee_trigger: str = "placed"
    expenses_wait_for_savings: bool = True
    family_settings: tuple[str, ...] = FAMILY_SETTINGS

    @property
    def cap_pence(self) -> int:
        """The whole fixed fee, in pence: no months together can charge more (docs/contract.md 4.1)."""
        return self.phase2.fee_pence + self.phase3.fee_pence

    def counts_in_programme(self, night: date) -> bool:
        """Whether the night lies inside the programme, `[phase2.start, phase3.until)` (docs/contract.md 2.1)."""
        return self.phase2.start <= night < self.phase3.until


class NoTermsKnown(LedgerError):
    """No version of the terms had been recorded by then, so nothing can be worked out."""


def terms_for_month(versions: Iterable[Terms], month: Month) -> Terms:
    """The version in force for a month, of the versions known (docs/contract.md 11.1).

    It is the one with the latest `effective_from` not after the month's first day; of equals the latest recorded,
    then the last given. Where none is early enough: the one with the smallest `effective_from`, by the same ties.
    Raises `NoTermsKnown` when there is no version at all.
    """
    known = list(enumerate(versions))
    if not known:
        raise NoTermsKnown("No terms of the contract were known by then.")
    if len(known) == 1:  # nothing to choose, and asked for each month of each statement
        return known[0][1]
    begun = [pair for pair in known if pair[1].effective_from <= month.first_day]
    if not begun:
        earliest = min(terms.effective_from for _, terms in known)
        begun = [pair for pair in known if pair[1].effective_from == earliest]
    return max(begun, key=lambda pair: (pair[1].effective_from, pair[1].recorded, pair[0]))[1]


def programme_start(versions: Iterable[Terms]) -> Month:
    """The programme's first month: that of the earliest `phase2.start` of all known versions (docs/contract.md 4.2)."""
    starts = [terms.phase2.start for terms in versions]
    if not starts:
        raise NoTermsKnown("No terms of the contract were known by then.")
    return Month.of(min(starts))
