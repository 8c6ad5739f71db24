"""The pro-rata schedule of the fixed fee (docs/contract.md 3)."""

from cohort.core.terms import Phase, Terms
from pbr_ledger.money import divide_rounding
from pbr_ledger.periods import Month


def schedule_to(month: Month, *, terms: Terms) -> int:
    """The schedule's cumulative amount at the month's end, in pence.

    By days, each phase rounded by itself (3.1); by the Lead Accountant's own rows where the terms have them (3.2).
    """
    if terms.schedule is not None:
        return sum(row.amount_pence for row in terms.schedule if row.month <= month)
    return accrued(terms.phase2, month=month) + accrued(terms.phase3, month=month)


def accrued(phase: Phase, *, month: Month) -> int:
    """The part of a phase's fee that its days to the month's end have earned, rounded to the penny (3.1)."""
    days = min(max((month.last_day - phase.start).days + 1, 0), phase.days)
    return divide_rounding(phase.fee_pence * days, phase.days)


def limit_of(month: Month, *, terms: Terms) -> int:
    """The most that the fixed fee may come to by the month's end, in pence (4.3)."""
    return terms.cap_pence if terms.fixed_fee_limit == "cap" else schedule_to(month, terms=terms)
