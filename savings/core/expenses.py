"""Expenses: travel of family support workers, invoiced separately (docs/contract.md 8)."""

from cohort.core.facts import Expense, KnownFacts
from pbr_ledger.periods import Month


def released_expenses(
    *, known: KnownFacts, month: Month, held: bool, released_before: frozenset[str]
) -> tuple[Expense, ...]:
    """The expenses charged by the end of the month, by id in text order.

    Those dated by its last day (8.1); while expenses are held, only those that an earlier statement released (8.2).
    """
    return tuple(
        known.expenses[reference]
        for reference in sorted(known.expenses)
        if known.expenses[reference].day <= month.last_day and (not held or reference in released_before)
    )
