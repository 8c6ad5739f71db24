"""The run rate, and the success fee on it (docs/contract.md 6)."""

from collections.abc import Mapping
from datetime import date, timedelta

from cohort.core.terms import Terms, terms_for_month
from pbr_ledger.money import RATE_SCALE, divide_rounding
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK, Journey, counted_runs, night_window, weekly_total, windows
from savings.core.results import RunRate, SuccessFeeDue


def last_night(terms: Terms) -> date:
    """The last night of Phase 3."""
    return terms.phase3.until - timedelta(days=1)


def run_rate(night: date, *, children: Mapping[str, Journey], versions: tuple[Terms, ...]) -> RunRate:
    """The saving of one night, annualised and rounded for each child, by the terms of the night's month (6.1)."""
    terms = terms_for_month(versions, Month.of(night))
    window = night_window(night, terms)
    by_child = {
        reference: divide_rounding(run.saving * terms.annual_days, DAYS_A_WEEK)
        for reference, journey in children.items()
        for run in counted_runs(journey, window)
    }
    return RunRate(night, terms.annual_days, by_child, sum(by_child.values()))


def success_fee(
    night: date,
    *,
    children: Mapping[str, Journey],
    versions: tuple[Terms, ...],
    terms_by_month: Mapping[Month, Terms],
) -> SuccessFeeDue:
    """The success fee as it stands for the last night of Phase 3, by the terms of that night's month (6.2, 6.3).

    `terms_by_month` covers the programme's months up to that night.
    """
    terms = terms_for_month(versions, Month.of(night))
    fee = terms.success_fee
    if fee.basis == "realised":
        base = realised_savings(terms.phase3.start, night, children=children, terms_by_month=terms_by_month)
    else:
        base = run_rate(night, children=children, versions=versions).total_pence
    amount = divide_rounding(max(0, base - fee.threshold_pence) * fee.rate, RATE_SCALE)
    return SuccessFeeDue(night, fee.basis, base, fee.threshold_pence, fee.rate, amount)


def realised_savings(
    first: date, last: date, *, children: Mapping[str, Journey], terms_by_month: Mapping[Month, Terms]
) -> int:
    """The savings of the counted nights from `first` to `last`, both included, rounded once a child (6.3)."""
    spans = windows(terms_by_month)
    until = last + timedelta(days=1)
    return sum(
        divide_rounding(weekly_total(journey, spans, start=first, until=until), DAYS_A_WEEK)
        for journey in children.values()
    )
