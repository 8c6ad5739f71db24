"""What even accrual gives each month of a programme: the suggestion beside own amounts (docs/contract.md 3.1)."""

from dataclasses import replace
from datetime import timedelta

from cohort.core.terms import Terms
from pbr_ledger.periods import Month
from savings.core.schedule import schedule_to


def even_amounts(terms: Terms) -> dict[Month, int]:
    """What even accrual adds in each month of the programme, in pence and in order; together the two fees.

    Months outside the programme for which the terms have own amounts stand there too, with nothing.
    """
    evenly = replace(terms, schedule=None)
    months = set(Month.of(terms.phase2.start).through(Month.of(terms.phase3.until - timedelta(days=1))))
    months |= {row.month for row in terms.schedule or ()}
    amounts: dict[Month, int] = {}
    placed = 0
    for month in sorted(months):
        to_date = schedule_to(month, terms=evenly)
        amounts[month] = to_date - placed
        placed = to_date
    return amounts
