"""Every term in words: its name, its clause, its value, and what it does (docs/contract.md 2 to 11)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cohort.core.terms import CarerFeeRefund, Phase, Terms
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import count_shown, day_shown, listed, month_shown, rate_shown, setting_shown

EVENLY = "Evenly, by day"
READINGS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "fixed_fee_limit": {
        "schedule": (
            "The schedule",
            "By the end of a month, fixed fees may come to no more than the schedule to that month.",
        ),
        "cap": ("The cap alone", "From the first month on, only the whole cap limits the fixed fee."),
    },
    "fixed_fee_savings": {
        "month": ("Savings of the month", "A month’s fee is paid out of that month’s own savings, and no others."),
        "to_date": (
            "Savings to date",
            "Savings that paid no fee carry forward, and can pay for a later month’s fee.",
        ),
    },
    "negative_savings": {
        "net": ("Set against the month", "A night that cost more than before lowers the savings of its month."),
        "zero": ("Count as nothing", "A night that cost more than before counts as a night that saved nothing."),
    },
    "success_fee.basis": {
        "run_rate": (
            "Run rate at the end",
            "The success fee is worked out on a year’s savings at the rate of the last night of Phase 3.",
        ),
        "realised": ("Savings realised", "The success fee is worked out on what was really saved in Phase 3."),
    },
    "carer_fee_trigger": {
        "placed": (
            "Approved and placed",
            "A carer fee falls due once panel has approved the household and a child of the cohort lives there.",
        ),
        "approved": (
            "Approved",
            "A carer fee falls due on the day of panel’s approval, whether or not a child ever lives there.",
        ),
    },
    "expenses_wait_for_savings": {
        "yes": ("Yes", "Mileage and travel are charged from the first statement with savings to date above zero."),
        "no": ("No", "Mileage and travel are charged as they come, with or without savings."),
    },
}
"""For each reading by its word in the terms: what a page calls it, and what it does."""


@dataclass(frozen=True, slots=True)
class TermShown:
    """A term on a page. `before` is its value in the version it is compared with, empty where that is the same."""

    key: str
    name: str
    clause: str
    value: str
    does: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class TermsStated:
    """A version's terms and, beside what the arithmetic reads, the days a side may stay silent (13.2)."""

    terms: Terms
    response_days: int


@dataclass(frozen=True, slots=True)
class _Term:
    """How a term is written; `compared` is what makes two values different, where their words may be the same."""

    key: str
    name: str
    clause: str
    value: Callable[[TermsStated], str]
    does: Callable[[TermsStated], str]
    compared: Callable[[TermsStated], object] | None = None

    def is_as_in(self, one: TermsStated, other: TermsStated) -> bool:
        """Whether the two versions have the same."""
        of = self.compared or self.value
        return of(one) == of(other)


def terms_shown(stated: TermsStated, *, before: TermsStated | None = None) -> tuple[TermShown, ...]:
    """Every term in the contract's order, with what it was in the version before where that differs."""
    return tuple(_shown(term, stated, before) for term in _TERMS)


def terms_changed(stated: TermsStated, *, before: TermsStated) -> tuple[TermShown, ...]:
    """Only the terms that the version before has otherwise."""
    return tuple(term for term in terms_shown(stated, before=before) if term.before)


def _shown(term: _Term, stated: TermsStated, before: TermsStated | None) -> TermShown:
    changed = before is not None and not term.is_as_in(stated, before)
    return TermShown(
        term.key,
        term.name,
        term.clause,
        term.value(stated),
        term.does(stated),
        term.value(before) if before and changed else "",
    )


def span_shown(phase: Phase) -> str:
    """`4 August 2025 to 28 September 2025, 56 days`: the first and the last day, both included."""
    last = phase.until.fromordinal(phase.until.toordinal() - 1)
    return f"{day_shown(phase.start)} to {day_shown(last)}, {count_shown(phase.days, 'day')}"


def refunds_shown(refunds: Sequence[CarerFeeRefund]) -> str:
    """`100% within 28 nights, 50% within 84 nights`."""
    rows = [f"{rate_shown(row.share)} within {count_shown(row.within_nights, 'night')}" for row in refunds]
    return ", ".join(rows) or "Nothing comes back"


def _schedule_shown(terms: Terms) -> str:
    if terms.schedule is None:
        return EVENLY
    months = sorted(row.month for row in terms.schedule)
    amounts = count_shown(len(months), "monthly amount")
    return f"{amounts}, {month_shown(months[0])} to {month_shown(months[-1])}" if months else amounts


def _schedule_does(terms: Terms) -> str:
    if terms.schedule is None:
        return "The fee of each phase accrues by the same amount on each of its days."
    return "The fee accrues by the amount that the Lead Accountant has set for each month."


def _refunds_do(terms: Terms) -> str:
    if not terms.carer_fee_refund:
        return "A placement that breaks down gives none of the carer fee back."
    if terms.carer_fee_trigger == "approved":
        return "After so few nights, this share of the carer fee comes back when the first placement breaks down."
    return "After so few nights, this share of the carer fee comes back when the placement breaks down."


def _reading(key: str, of: Callable[[Terms], str]) -> tuple[Callable[[TermsStated], str], Callable[[TermsStated], str]]:
    """The two ways to say a reading: its value, and what it does."""
    return (lambda stated: READINGS[key][of(stated.terms)][0], lambda stated: READINGS[key][of(stated.terms)][1])


def _always(sentence: str) -> Callable[[TermsStated], str]:
    return lambda _stated: sentence


def _pounds(of: Callable[[Terms], int]) -> Callable[[TermsStated], str]:
    return lambda stated: pounds_shown(of(stated.terms))


def _waits(terms: Terms) -> str:
    return "yes" if terms.expenses_wait_for_savings else "no"


_TERMS = (
    _Term(
        "phase2",
        "Phase 2, assessment",
        "2.1",
        lambda stated: span_shown(stated.terms.phase2),
        _always("With its first night the programme begins: nights before it earn no saving."),
    ),
    _Term(
        "phase3",
        "Phase 3, intervention",
        "2.1",
        lambda stated: span_shown(stated.terms.phase3),
        _always("With its last night the programme ends: nights after it earn no saving."),
    ),
    _Term(
        "phase2.fee",
        "Fee of Phase 2",
        "4.1",
        _pounds(lambda terms: terms.phase2.fee_pence),
        _always("The part of the fixed fee that accrues during Phase 2."),
    ),
    _Term(
        "phase3.fee",
        "Fee of Phase 3",
        "4.1",
        _pounds(lambda terms: terms.phase3.fee_pence),
        _always("The part of the fixed fee that accrues during Phase 3."),
    ),
    _Term(
        "cap",
        "Cap of the fixed fee",
        "4.1",
        _pounds(lambda terms: terms.cap_pence),
        _always("The two fees together: all months together charge no more."),
    ),
    _Term(
        "schedule",
        "Schedule of the fixed fee",
        "3.1, 3.2",
        lambda stated: _schedule_shown(stated.terms),
        lambda stated: _schedule_does(stated.terms),
        lambda stated: stated.terms.schedule and frozenset(stated.terms.schedule),
    ),
    _Term(
        "fixed_fee_limit",
        "What limits the fixed fee",
        "4.3",
        *_reading("fixed_fee_limit", lambda terms: terms.fixed_fee_limit),
    ),
    _Term(
        "fixed_fee_savings",
        "Savings that pay the fixed fee",
        "4.4",
        *_reading("fixed_fee_savings", lambda terms: terms.fixed_fee_savings),
    ),
    _Term(
        "family_settings",
        "Family settings",
        "1.1",
        lambda stated: listed(map(setting_shown, stated.terms.family_settings)).capitalize(),
        _always("Only nights in one of these can earn a saving."),
        lambda stated: frozenset(stated.terms.family_settings),
    ),
    _Term(
        "negative_savings",
        "Nights that cost more than before",
        "2.5",
        *_reading("negative_savings", lambda terms: terms.negative_savings),
    ),
    _Term(
        "success_fee.threshold",
        "Threshold of the success fee",
        "6.2",
        _pounds(lambda terms: terms.success_fee.threshold_pence),
        _always("Only savings above it earn a success fee."),
    ),
    _Term(
        "success_fee.rate",
        "Rate of the success fee",
        "6.2",
        lambda stated: rate_shown(stated.terms.success_fee.rate),
        _always("The share of the savings above the threshold that is paid, once."),
    ),
    _Term(
        "success_fee.basis",
        "Savings that the success fee is paid on",
        "6.2, 6.3",
        *_reading("success_fee.basis", lambda terms: terms.success_fee.basis),
    ),
    _Term(
        "annual_days",
        "Days of a year",
        "6.1",
        lambda stated: f"{stated.terms.annual_days:,}",
        _always("A run rate is the saving of one night times so many days."),
    ),
    _Term(
        "carer_fee",
        "Carer fee",
        "7.1",
        _pounds(lambda terms: terms.carer_fee_pence),
        _always("Paid once for each carer household that the provider found and panel approved."),
    ),
    _Term(
        "carer_fee_trigger",
        "When a carer fee falls due",
        "7.1, 7.4",
        *_reading("carer_fee_trigger", lambda terms: terms.carer_fee_trigger),
    ),
    _Term(
        "carer_fee_refund",
        "What comes back of a carer fee",
        "7.3",
        lambda stated: refunds_shown(stated.terms.carer_fee_refund),
        lambda stated: _refunds_do(stated.terms),
    ),
    _Term(
        "expenses_wait_for_savings",
        "Expenses wait for savings",
        "8.2",
        *_reading("expenses_wait_for_savings", _waits),
    ),
    _Term(
        "maximum_value",
        "Maximum contract value",
        "9.1",
        _pounds(lambda terms: terms.maximum_value_pence),
        _always("Everything charged is measured against it; an invoice past it waits for a variation."),
    ),
    _Term(
        "response_days",
        "Days to answer a proposal",
        "13.2",
        lambda stated: count_shown(stated.response_days, "day"),
        _always("After so many days of silence, the Lead Accountant may close without the provider’s agreement."),
    ),
)
