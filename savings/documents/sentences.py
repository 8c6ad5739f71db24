"""The statement's figures in sentences: for the report, for pages, for the workbook. Plain text, no markup.

Each says what a Lead Accountant would otherwise have to ask: how much, why, and what it does not change.
"""

from collections.abc import Sequence

from cohort.core.facts import Expense
from cohort.core.terms import Terms
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import (
    count_shown,
    day_shown,
    listed,
    month_shown,
    more_or_less,
    rate_shown,
    share_shown,
    signed_shown,
)
from savings.core.results import Adjustment, CarerFee, MonthFee, Statement, SuccessFeeDue
from savings.core.run_rate import last_night

LIMIT_NAMES = {"schedule": "the schedule", "cap": "the cap"}
WARNING_SHARES = (90, 80)
RUN_RATE_NOTE = "Each child’s saving of that night is taken for a year, divided by seven, and rounded for each child."


def month_fee_sentence(fee: MonthFee, *, terms: Terms) -> str:
    """From the month's savings to its fixed fee, and what of the savings stays with the council (4.2)."""
    month = month_shown(fee.month)
    if fee.savings_pence == 0:
        opening = f"No savings counted in {month}."
    elif fee.savings_pence < 0:
        opening = (
            f"In {month} the nights that count cost {pounds_shown(-fee.savings_pence)} more than the baseline, "
            "so its savings are negative."
        )
    else:
        opening = f"Savings of {month} were {pounds_shown(fee.savings_pence)}."
    if terms.fixed_fee_savings == "to_date" and fee.available_pence != fee.savings_pence:
        opening += f" Less all fees so far, savings to date of {pounds_shown(fee.available_pence)} count for its fee."
    return f"{opening} {_fee_clause(fee, limit=LIMIT_NAMES[terms.fixed_fee_limit])}"


def _fee_clause(fee: MonthFee, *, limit: str) -> str:
    month, amount = month_shown(fee.month), pounds_shown(fee.fee_pence)
    if fee.limited_by == "nothing":
        lowers = "; it lowers no other month’s fee" if fee.savings_pence < 0 else ""
        return f"Its fee is {amount}{lowers}."
    if fee.limited_by == "savings":
        compared = "more" if fee.room_pence > fee.available_pence else "as much"
        return (
            f"{limit.capitalize()} leaves {pounds_shown(fee.room_pence)} to charge by the end of {month}, which is "
            f"{compared}, so the fee of {month} is the whole {amount}."
        )
    stays = pounds_shown(fee.available_pence - fee.fee_pence)
    if fee.room_pence <= 0:
        return (
            f"Earlier months have used all that {limit} allows by its end, so its fee is {amount}; {stays} of savings "
            "stays with the council."
        )
    return (
        f"{limit.capitalize()} allowed {pounds_shown(fee.room_pence)} more by the end of {month}, "
        f"so the fee of {month} is {amount}; {stays} of savings stays with the council."
    )


def charge_sentence(statement: Statement) -> str:
    """Why the fixed fee charged is, or is not, the fee of the month itself (4.5)."""
    own, charged = statement.months[-1].fee_pence, statement.charges.fixed_fee
    month = month_shown(statement.month)
    if own == charged:
        return f"Nothing learned since changes the fee of an earlier month, so the fee of {month} is what is charged."
    what = "credits the council with" if charged < 0 else "charges"
    return (
        f"What has been learned about earlier months changes their fees by {signed_shown(charged - own)} in all, "
        f"so this statement {what} {pounds_shown(abs(charged))}."
    )


def adjustment_sentence(fee: MonthFee, *, changes: Sequence[Adjustment], fee_before: int | None) -> str:
    """An earlier month: what was stated, what is now known, and why its fee changes or does not (5.1).

    `changes` are the adjustments of that month, `fee_before` its fee in the last closed statement; None where no
    statement has covered the month yet.
    """
    month = month_shown(fee.month)
    change = sum(each.saving_pence for each in changes)
    if not changes:
        opening = f"{month}: savings are as stated, {pounds_shown(fee.savings_pence)}."
    else:
        children = listed(f"{more_or_less(each.saving_pence)} for {each.child}" for each in changes)
        opening = (
            f"{month}: savings of {pounds_shown(fee.savings_pence - change)} were stated and "
            f"{pounds_shown(fee.savings_pence)} is now known ({children})."
        )
    if fee_before is None:
        return f"{month} had no statement of its own. {opening} Its fee is {pounds_shown(fee.fee_pence)}."
    return f"{opening} {_fee_change(fee, fee_before=fee_before, savings_changed=bool(changes))}"


def _fee_change(fee: MonthFee, *, fee_before: int, savings_changed: bool) -> str:
    amount, limit = pounds_shown(fee.fee_pence), LIMIT_NAMES.get(fee.limited_by, "")
    if fee.fee_pence == fee_before:
        if limit:
            return f"Its fee stays {amount}: {limit} limits it, not the savings."
        return f"Its fee stays {amount}."
    change = f"{more_or_less(fee.fee_pence - fee_before)}: {amount} instead of {pounds_shown(fee_before)}"
    if limit and not savings_changed:
        return f"The fees of months before it have changed what {limit} leaves for it, so its fee is {change}."
    if limit:
        return f"Its fee is now limited by {limit}, and is {change}."
    return f"Its fee cannot pass its savings, so it is {change}."


def carer_fee_sentence(fee: CarerFee) -> str:
    """Why a household's fee is due, and what comes back of it (7.1, 7.3, 7.4)."""
    on, placement = day_shown(fee.due_on), f"the placement {fee.placement} of child {fee.child}"
    if fee.trigger == "approved":
        due, broken = f"Due on {on}, when panel approved the household.", f"Its first placement, {fee.placement},"
    else:
        due, broken = f"Due on {on}, when both the panel’s approval and {placement} were in place.", "The placement"
    if fee.refund is None:
        return due
    nights = count_shown(fee.refund.nights, "night")
    return (
        f"{due} {broken} broke down on {day_shown(fee.refund.on)} after {nights}, "
        f"fewer than {fee.refund.within_nights:,}, so {rate_shown(fee.refund.share)} of the fee comes back."
    )


def success_fee_sentence(statement: Statement) -> str:
    """The success fee as it stands, or why there is none yet (6.2, 6.3)."""
    if statement.success_fee is not None:
        return _success_fee_due(statement.success_fee)
    terms = statement.terms.success_fee
    base = "the run rate passes" if terms.basis == "run_rate" else "the savings realised in Phase 3 pass"
    return (
        f"Not due yet: it is {rate_shown(terms.rate)} of the amount by which {base} "
        f"{pounds_shown(terms.threshold_pence)} on the last night of Phase 3, "
        f"{day_shown(last_night(statement.terms))}. {run_rate_sentence(statement)}"
    )


def _success_fee_due(due: SuccessFeeDue) -> str:
    night = f"{day_shown(due.night)}, the last night of Phase 3"
    opening = f"The run rate on {night}, is {pounds_shown(due.base_pence)}."
    if due.basis == "realised":
        opening = f"The savings realised in Phase 3, to {night}, are {pounds_shown(due.base_pence)}."
    threshold, excess = pounds_shown(due.threshold_pence), due.base_pence - due.threshold_pence
    if excess <= 0:
        return f"{opening} That does not pass {threshold}, so there is no success fee."
    return (
        f"{opening} That passes {threshold} by {pounds_shown(excess)}; {rate_shown(due.rate)} of it is "
        f"{pounds_shown(due.amount_pence)}."
    )


def run_rate_sentence(statement: Statement) -> str:
    """What the children living in families on one night would save in a year (6.1)."""
    rate = statement.run_rate
    return (
        f"The run rate on the night of {day_shown(rate.night)}, {rate.annual_days} days of that night’s savings, "
        f"is {pounds_shown(rate.total_pence)}."
    )


def headroom_sentence(statement: Statement) -> str:
    """How much of the maximum contract value is charged and what is left (9.1)."""
    charged, maximum = statement.charged_to_date_pence, statement.terms.maximum_value_pence
    return (
        f"{pounds_shown(charged)} has been charged of a maximum contract value of {pounds_shown(maximum)}: "
        f"{share_shown(charged, maximum)}. The headroom is {pounds_shown(statement.headroom_pence)}."
    )


def headroom_warning(statement: Statement) -> str:
    """What has to be done about the headroom, or nothing below 80% (9.1)."""
    charged, maximum = statement.charged_to_date_pence, statement.terms.maximum_value_pence
    if statement.headroom_pence < 0:
        return (
            "The maximum contract value is passed. It cuts no charge, but the invoice cannot be approved until a "
            "variation of the contract is recorded."
        )
    if statement.headroom_pence == 0:
        return "The maximum contract value is reached: any further charge needs a variation of the contract first."
    for share in WARNING_SHARES:
        if charged * 100 >= maximum * share:
            used = share_shown(charged, maximum)
            return f"{used} of the maximum contract value has been charged: the warning mark of {share}% is reached."
    return ""


def savings_in_month_sentence(statement: Statement) -> str:
    """How many children and nights the month's savings come from (2.6, 2.7)."""
    month, lines = month_shown(statement.month), statement.lines
    if not lines:
        return f"No child had a night that counts in {month}."
    children = count_shown(len(lines), "child", "children")
    nights = count_shown(sum(line.nights for line in lines), "night")
    saved = pounds_shown(statement.savings_in_month_pence)
    return (
        f"{children} had {nights} that count in {month}, and these saved {saved}: for each child the nights times the "
        "saving of a week, divided by seven, rounded once to the penny."
    )


def limit_sentence(statement: Statement) -> str:
    """How much the fixed fees of all months may come to by the month's end, and after which rule (3.1, 3.2, 4.1)."""
    terms, month = statement.terms, month_shown(statement.month)
    amount = pounds_shown(statement.schedule_to_date_pence)
    if terms.fixed_fee_limit == "cap":
        return f"The fixed fees of all months may come to {amount}, the whole fixed fee: no schedule limits them."
    by = "by days, each phase by itself" if terms.schedule is None else "by the Lead Accountant’s own monthly amounts"
    return f"The schedule allows fixed fees of {amount} by the end of {month}: {by}."


def to_date_sentence(statement: Statement, kind: str) -> str:
    """A kind of charge: what it comes to by now, what earlier statements charged, and what is left for this one (4.5).

    `kind` is a field of the charges: `carer_fees`, `success_fee`, `expenses`.
    """
    to_date, now = getattr(statement.to_date, kind), getattr(statement.charges, kind)
    what = f"this one credits {pounds_shown(-now)}" if now < 0 else f"this one charges {pounds_shown(now)}"
    return (
        f"By now that comes to {pounds_shown(to_date)}; earlier statements charged {pounds_shown(to_date - now)}, so "
        f"{what}."
    )


def expense_sentence(expense: Expense) -> str:
    """What an expense was for, and when (8.1)."""
    category = expense.category.replace("_", " ").capitalize()
    return f"{category} of {day_shown(expense.day)}: {expense.description}.".replace("..", ".")


def total_sentence(statement: Statement) -> str:
    """What the statement as a whole charges, or credits."""
    total, month = statement.charges.total, month_shown(statement.month)
    if total < 0:
        return f"The statement of {month} is a credit of {pounds_shown(-total)} to the council."
    if total == 0:
        return f"The statement of {month} charges nothing."
    return f"The statement of {month} charges the council {pounds_shown(total)}."


def net_benefit_sentence(statement: Statement) -> str:
    """Savings to date less everything charged to date (10.1)."""
    return (
        f"Savings to date of {pounds_shown(statement.savings_to_date_pence)}, less everything charged to date, "
        f"{pounds_shown(statement.charged_to_date_pence)}: the net benefit to the council is "
        f"{pounds_shown(statement.net_benefit_pence)}."
    )


def expenses_held_sentence(statement: Statement) -> str:
    """Why no expense is charged yet, where savings have not begun (8.2); else nothing."""
    held = statement.terms.expenses_wait_for_savings and not statement.position.savings_reached
    return "Expenses wait until there are savings to date; none is charged before." if held else ""
