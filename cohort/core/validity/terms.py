"""What is wrong within one version of the terms (docs/contract.md 3.2, 4, 7.3, 7.4, 11.1)."""

from collections.abc import Iterator, Sequence

from cohort.core.facts import SETTINGS
from cohort.core.terms import Phase, ScheduleRow, Terms
from cohort.core.validity.values import amount_problems, choice_problems, period_problems
from pbr_ledger.errors import Problem
from pbr_ledger.money import RATE_SCALE, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown, month_shown

FIXED_FEE_LIMITS = ("schedule", "cap")
FIXED_FEE_SAVINGS = ("month", "to_date")
NEGATIVE_SAVINGS = ("net", "zero")
SUCCESS_FEE_BASES = ("run_rate", "realised")
CARER_FEE_TRIGGERS = ("placed", "approved")


def terms_problems(terms: Terms) -> list[Problem]:
    """What is wrong within one version of the terms (docs/contract.md 3.2, 4.1, 7.3, 11.1)."""
    return [
        *_phase_problems("phase2", terms.phase2),
        *_phase_problems("phase3", terms.phase3),
        *_phase_order_problems(terms),
        *_fee_problems(terms),
        *_refund_problems(terms),
        *_reading_problems(terms),
        *_schedule_problems(terms.schedule, terms.cap_pence),
    ]


def _phase_problems(place: str, phase: Phase) -> Iterator[Problem]:
    yield from period_problems(f"{place}.until", phase.start, phase.until)
    yield from amount_problems(f"{place}.fee", phase.fee_pence)


def _phase_order_problems(terms: Terms) -> Iterator[Problem]:
    if terms.phase3.start < terms.phase2.until:
        yield Problem("phase3.from", f"Phase 3 starts before Phase 2 ends on {day_shown(terms.phase2.until)}")


def _fee_problems(terms: Terms) -> Iterator[Problem]:
    yield from amount_problems("success_fee.threshold", terms.success_fee.threshold_pence)
    if terms.success_fee.rate < 0:
        yield Problem("success_fee.rate", "is below zero")
    yield from amount_problems("carer_fee", terms.carer_fee_pence)
    yield from amount_problems("maximum_value", terms.maximum_value_pence)


def _refund_problems(terms: Terms) -> Iterator[Problem]:
    for position, refund in enumerate(terms.carer_fee_refund):
        place = f"carer_fee_refund[{position}]"
        if refund.within_nights < 0:
            yield Problem(f"{place}.within_nights", "is below zero")
        if not 0 <= refund.share <= RATE_SCALE:
            yield Problem(f"{place}.share", "has to be a share from 0 to 1")


def _reading_problems(terms: Terms) -> Iterator[Problem]:
    yield from choice_problems("fixed_fee_limit", terms.fixed_fee_limit, FIXED_FEE_LIMITS)
    yield from choice_problems("fixed_fee_savings", terms.fixed_fee_savings, FIXED_FEE_SAVINGS)
    yield from choice_problems("negative_savings", terms.negative_savings, NEGATIVE_SAVINGS)
    yield from choice_problems("success_fee.basis", terms.success_fee.basis, SUCCESS_FEE_BASES)
    yield from choice_problems("carer_fee_trigger", terms.carer_fee_trigger, CARER_FEE_TRIGGERS)
    if terms.annual_days < 1:
        yield Problem("annual_days", "has to be above zero")
    for position, setting in enumerate(terms.family_settings):
        yield from choice_problems(f"family_settings[{position}]", setting, SETTINGS)


def _schedule_problems(schedule: Sequence[ScheduleRow] | None, cap_pence: int) -> Iterator[Problem]:
    if schedule is None:
        return
    months: set[Month] = set()
    for position, row in enumerate(schedule):
        if row.month in months:
            yield Problem(f"schedule[{position}].month", f"{month_shown(row.month)} stands in the schedule twice")
        months.add(row.month)
        yield from amount_problems(f"schedule[{position}].amount", row.amount_pence)
    total = sum(row.amount_pence for row in schedule)
    if total != cap_pence:
        cap = pounds_shown(cap_pence)
        yield Problem("schedule", f"adds up to {pounds_shown(total)}, not to the two fees, {cap}")
