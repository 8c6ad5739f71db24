"""A month's statement: everything known, worked out from the start, less what was stated and charged before."""

from collections.abc import Mapping
from datetime import date

from cohort.core.facts import KnownFacts
from cohort.core.terms import Terms, programme_start, terms_for_month
from pbr_ledger.errors import LedgerError
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.core.carer_fees import carer_fees
from savings.core.expenses import released_expenses
from savings.core.fixed_fee import monthly_fees
from savings.core.nights import journeys, monthly_savings
from savings.core.results import Adjustment, CarerFee, Charges, Line, Position, Statement
from savings.core.run_rate import last_night, run_rate, success_fee
from savings.core.schedule import limit_of


class MonthBeforeProgramme(LedgerError):
    """The month lies before the programme's first month."""


def terms_by_month(versions: tuple[Terms, ...], month: Month) -> dict[Month, Terms]:
    """The version in force for each month from the programme's first to this one, in order (11.1).

    Raises `MonthBeforeProgramme` when the month lies before the first, `NoTermsKnown` when there are no terms.
    """
    first = programme_start(versions)
    if month < first:
        raise MonthBeforeProgramme(
            f"{month_shown(month)} lies before the programme’s first month, {month_shown(first)}."
        )
    return {each: terms_for_month(versions, each) for each in first.through(month)}


def statement(*, month: Month, as_known_on: date, known: KnownFacts, position: Position) -> Statement:
    """The month's reconciliation from the facts known at its cut-off, after the statements closed before (5, 11.2).

    `known` are those facts, `as_known_on` their date, `position` what earlier statements stated and charged. Every
    month since the programme began is worked out again; the difference from what was charged is this statement's
    charge, which can be a credit (4.5).
    """
    terms = terms_by_month(known.terms, month)
    children = journeys(known)
    savings = monthly_savings(children, terms)
    fees = monthly_fees({each: sum(table.values()) for each, table in savings.by_month.items()}, terms_by_month=terms)
    savings_to_date = sum(fee.savings_pence for fee in fees)
    end = last_night(terms[month])
    due = (
        success_fee(end, children=children, versions=known.terms, terms_by_month=terms)
        if (end <= month.last_day)
        else None
    )
    carers = carer_fees(known=known, children=children, month=month)
    savings_reached = position.savings_reached or savings_to_date > 0
    held = terms[month].expenses_wait_for_savings and not savings_reached
    expenses = released_expenses(known=known, month=month, held=held, released_before=position.released)
    to_date = Charges(
        fixed_fee=sum(fee.fee_pence for fee in fees),
        carer_fees=_carer_fees_to_date(carers),
        success_fee=due.amount_pence if due else 0,
        expenses=sum(expense.amount_pence for expense in expenses),
    )
    return Statement(
        month=month,
        as_known_on=as_known_on,
        terms=terms[month],
        lines=tuple(
            Line(child, savings.nights[month][child], pence) for child, pence in sorted(savings.by_month[month].items())
        ),
        adjustments=adjustments(savings.by_month, stated=position.stated, month=month),
        months=fees,
        run_rate=run_rate(min(month.last_day, end), children=children, versions=known.terms),
        success_fee=due,
        carer_fees=carers,
        expenses=tuple((expense.id, expense.amount_pence) for expense in expenses),
        to_date=to_date,
        charges=to_date.minus(position.charged),
        savings_in_month_pence=fees[-1].savings_pence,
        savings_to_date_pence=savings_to_date,
        schedule_to_date_pence=limit_of(month, terms=terms[month]),
        headroom_pence=terms[month].maximum_value_pence - to_date.total,
        position=Position(
            stated=savings.by_month,
            charged=to_date,
            savings_reached=savings_reached,
            released=position.released | {expense.id for expense in expenses},
        ),
    )


def _carer_fees_to_date(fees: tuple[CarerFee, ...]) -> int:
    return sum(fee.amount_pence - (fee.refund.amount_pence if fee.refund else 0) for fee in fees)


def adjustments(
    savings: Mapping[Month, Mapping[str, int]], *, stated: Mapping[Month, Mapping[str, int]], month: Month
) -> tuple[Adjustment, ...]:
    """For each earlier month, the children whose saving differs from all that was stated for it, in order (5.1)."""
    found: list[Adjustment] = []
    for earlier, table in savings.items():
        before = stated.get(earlier, {})
        if earlier == month or table == before:
            continue
        changed = {child: table.get(child, 0) - before.get(child, 0) for child in table.keys() | before.keys()}
        found += [Adjustment(child, earlier, changed[child]) for child in sorted(changed) if changed[child]]
    return tuple(found)
