"""Every figure of a statement with its why: for pages that open it, and for the workbook's sheet of the same name.

The sentences are those of the report. What a figure is the sum of stands in its steps.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from cohort.core.facts import Expense
from cohort.core.terms import Phase, Terms, terms_for_month
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, day_shown, month_shown
from savings.core.results import CarerFee, Statement
from savings.core.schedule import accrued
from savings.documents import sentences
from savings.documents.content import net_carer_fee
from savings.documents.sections import CHARGE_NAMES, Step, charges_before, fee_steps

STEPS_SHOWN = 300
"""Past so many parts a sum is said in a sentence alone: the workbook has them all."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """A figure, why it is what it is in sentences, the sum behind it, and its paragraph in docs/contract.md."""

    key: str
    name: str
    amount: str
    why: tuple[str, ...]
    clause: str
    steps: tuple[Step, ...] = ()

    @property
    def caption(self) -> str:
        """What the table of its steps is called."""
        return f"{self.name}: the sum"


@dataclass(frozen=True, slots=True)
class FeeExplanation:
    """The fixed fee of one month, what limited it, and why it is so much."""

    month: str
    savings: str
    limited: str
    fee: str
    why: str


def charges_explained(statement: Statement, *, expenses: Mapping[str, Expense]) -> tuple[Explanation, ...]:
    """Why each kind of charge is what this statement charges, and the total; in the order of the charges table."""
    whys = {
        "fixed_fee": (_fixed_fee_whys(statement), "4.2, 4.5", fee_steps(statement)),
        "carer_fees": (_carer_fee_whys(statement), "7.1 to 7.4", _carer_fee_steps(statement)),
        "success_fee": (_success_fee_whys(statement), "6.2, 6.3", ()),
        "expenses": (_expense_whys(statement), "8.1 to 8.3", _expense_steps(statement, expenses)),
    }
    kinds = tuple(
        Explanation(kind, name, pounds_shown(getattr(statement.charges, kind)), why, clause, _few(steps))
        for kind, name in CHARGE_NAMES
        for why, clause, steps in (whys[kind],)
    )
    return (*kinds, _total(statement))


def figures_explained(statement: Statement) -> tuple[Explanation, ...]:
    """Why the other figures of the statement are what they are: savings, limit, run rate, headroom, net benefit."""
    return (
        _savings_in_month(statement),
        _savings_to_date(statement),
        _limit(statement),
        _charged_to_date(statement),
        Explanation(
            "net_benefit",
            "Net benefit to the council",
            pounds_shown(statement.net_benefit_pence),
            (sentences.net_benefit_sentence(statement),),
            "10.1",
        ),
        _headroom(statement),
        _run_rate(statement),
    )


def fees_explained(statement: Statement, *, versions: Sequence[Terms]) -> tuple[FeeExplanation, ...]:
    """Why the fixed fee of each month is what it is, by the terms of that month, the latest month first (4.2, 11.2)."""
    return tuple(
        FeeExplanation(
            month_shown(fee.month),
            pounds_shown(fee.savings_pence),
            LIMITED_WORDS[fee.limited_by],
            pounds_shown(fee.fee_pence),
            sentences.month_fee_sentence(fee, terms=terms_for_month(versions, fee.month)),
        )
        for fee in reversed(statement.months)
    )


LIMITED_WORDS = {
    "savings": "All its savings",
    "schedule": "Limited by the schedule",
    "cap": "Limited by the cap",
    "nothing": "No savings count",
}


def _few(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    return steps if len(steps) <= STEPS_SHOWN else ()


def _fixed_fee_whys(statement: Statement) -> tuple[str, ...]:
    own = sentences.month_fee_sentence(statement.months[-1], terms=statement.terms)
    return (own, sentences.charge_sentence(statement))


def _carer_fee_whys(statement: Statement) -> tuple[str, ...]:
    fees = statement.carer_fees
    if not fees:
        return (f"No household’s fee has fallen due by the end of {month_shown(statement.month)}.",)
    opening = f"{count_shown(len(fees), 'household’s fee has', 'households’ fees have')} fallen due"
    return (f"{opening}. {sentences.to_date_sentence(statement, 'carer_fees')}",)


def _success_fee_whys(statement: Statement) -> tuple[str, ...]:
    why = sentences.success_fee_sentence(statement)
    if charges_before(statement).success_fee or statement.charges.success_fee:
        return (why, sentences.to_date_sentence(statement, "success_fee"))
    return (why,)


def _expense_whys(statement: Statement) -> tuple[str, ...]:
    held = sentences.expenses_held_sentence(statement)
    if not statement.expenses and not charges_before(statement).expenses:
        return (held or f"No expense is charged by the end of {month_shown(statement.month)}.",)
    opening = f"{count_shown(len(statement.expenses), 'expense is', 'expenses are')} charged to date"
    return (f"{opening}. {sentences.to_date_sentence(statement, 'expenses')}",)


def _carer_fee_steps(statement: Statement) -> tuple[Step, ...]:
    return tuple(
        Step(
            f"Household {fee.household}. {sentences.carer_fee_sentence(fee)}",
            pounds_shown(net_carer_fee(fee)),
            _carer_fee_clause(fee),
        )
        for fee in statement.carer_fees
    )


def _carer_fee_clause(fee: CarerFee) -> str:
    if fee.refund:
        return "7.3"
    return "7.4" if fee.trigger == "approved" else "7.1"


def _expense_steps(statement: Statement, expenses: Mapping[str, Expense]) -> tuple[Step, ...]:
    return tuple(
        Step(_expense_words(reference, expenses.get(reference)), pounds_shown(amount), "8.1")
        for reference, amount in statement.expenses
    )


def _expense_words(reference: str, fact: Expense | None) -> str:
    if fact is None:
        return reference
    return f"{reference}. {sentences.expense_sentence(fact)}"


def _total(statement: Statement) -> Explanation:
    kinds = tuple(
        Step(name, pounds_shown(getattr(statement.charges, kind)), clause)
        for (kind, name), clause in zip(CHARGE_NAMES, ("4.5", "7.1", "6.2", "8.3"), strict=True)
    )
    total = pounds_shown(statement.charges.total)
    name = "Total: a credit to the council" if statement.charges.total < 0 else "Total"
    why = f"The four kinds of charge together. {sentences.total_sentence(statement)}"
    return Explanation("total", name, total, (why,), "4.5", (*kinds, Step("Total", total, "4.5", result=True)))


def _savings_in_month(statement: Statement) -> Explanation:
    amount = pounds_shown(statement.savings_in_month_pence)
    why = sentences.savings_in_month_sentence(statement)
    steps = tuple(
        Step(f"{line.child}, {count_shown(line.nights, 'night')}", pounds_shown(line.saving_pence), "2.6")
        for line in statement.lines
    )
    name = f"Savings of {month_shown(statement.month)}"
    return Explanation("savings_in_month", name, amount, (why,), "2.6, 2.7", _few(steps))


def _savings_to_date(statement: Statement) -> Explanation:
    why = (
        f"The savings of every month from {month_shown(statement.months[0].month)} to "
        f"{month_shown(statement.month)}, as known on {day_shown(statement.as_known_on)}."
    )
    steps = tuple(Step(month_shown(fee.month), pounds_shown(fee.savings_pence), "2.7") for fee in statement.months)
    amount = pounds_shown(statement.savings_to_date_pence)
    return Explanation("savings_to_date", "Savings to date", amount, (why,), "2.7", _few(steps))


def _limit(statement: Statement) -> Explanation:
    terms, month = statement.terms, statement.month
    amount = pounds_shown(statement.schedule_to_date_pence)
    phases = (
        Step("Phase 2: the whole of its fee", pounds_shown(terms.phase2.fee_pence), "4.1"),
        Step("Phase 3: the whole of its fee", pounds_shown(terms.phase3.fee_pence), "4.1"),
    )
    if terms.fixed_fee_limit == "cap":
        return Explanation("limit", "Cap", amount, (sentences.limit_sentence(statement),), "4.1", phases)
    if terms.schedule is not None:
        rows = tuple(
            Step(month_shown(row.month), pounds_shown(row.amount_pence), "3.2")
            for row in terms.schedule
            if row.month <= month
        )
        return Explanation("limit", "Schedule to date", amount, (sentences.limit_sentence(statement),), "3.2", rows)
    steps = tuple(_accrual(name, phase, month) for name, phase in (("2", terms.phase2), ("3", terms.phase3)))
    return Explanation("limit", "Schedule to date", amount, (sentences.limit_sentence(statement),), "3.1", steps)


def _accrual(name: str, phase: Phase, month: Month) -> Step:
    days = min(max((month.last_day - phase.start).days + 1, 0), phase.days)
    text = f"Phase {name}: {days:,} of its {phase.days:,} days, of {pounds_shown(phase.fee_pence)}"
    return Step(text, pounds_shown(accrued(phase, month=month)), "3.1")


def _charged_to_date(statement: Statement) -> Explanation:
    before = charges_before(statement).total
    why = (
        f"Earlier statements charged {pounds_shown(before)}, and this one {pounds_shown(statement.charges.total)}: "
        f"{pounds_shown(statement.charged_to_date_pence)} in all."
    )
    steps = tuple(Step(name, pounds_shown(getattr(statement.to_date, kind)), "4.5") for kind, name in CHARGE_NAMES)
    amount = pounds_shown(statement.charged_to_date_pence)
    return Explanation("charged_to_date", "Charged to date", amount, (why,), "4.5", steps)


def _headroom(statement: Statement) -> Explanation:
    why = tuple(filter(None, (sentences.headroom_sentence(statement), sentences.headroom_warning(statement))))
    return Explanation("headroom", "Headroom", pounds_shown(statement.headroom_pence), why, "9.1")


def _run_rate(statement: Statement) -> Explanation:
    rate = statement.run_rate
    steps = tuple(Step(child, pounds_shown(pence), "6.1") for child, pence in sorted(rate.by_child.items()))
    why = (sentences.run_rate_sentence(statement), sentences.RUN_RATE_NOTE)
    return Explanation("run_rate", "Run rate", pounds_shown(rate.total_pence), why, "6.1", _few(steps))


def all_explained(
    statement: Statement, *, expenses: Mapping[str, Expense], versions: Sequence[Terms]
) -> Iterator[tuple[str, str, str, str]]:
    """Every figure in four texts: its name, its amount, its why, its paragraph."""
    for each in (*charges_explained(statement, expenses=expenses), *figures_explained(statement)):
        yield each.name, each.amount, " ".join(each.why), each.clause
    for fee in fees_explained(statement, versions=versions):
        yield f"Fixed fee of {fee.month}", fee.fee, fee.why, "4.2"
