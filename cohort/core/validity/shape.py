"""What is wrong within one fact (docs/contract.md 1.3, 2.3)."""

from collections.abc import Iterator, Sequence
from datetime import date

from cohort.core.facts import (
    ASSESSORS,
    CLAIM_STATUSES,
    ENDINGS,
    EXTRA_COST_KINDS,
    SETTINGS,
    Child,
    Claim,
    Expense,
    ExtraCost,
    Fact,
    Household,
    Placement,
    Rate,
    Retraction,
)
from cohort.core.validity.values import (
    amount_problems,
    can_be_kept,
    choice_problems,
    period_problems,
    text_problems,
)
from pbr_ledger.errors import Problem
from pbr_ledger.words import day_shown


def shape_problems(fact: Fact | Retraction) -> list[Problem]:
    """What is wrong within one fact, whatever else is known (docs/contract.md 1.3, 2.3)."""
    problems = list(text_problems("id", fact.id))
    match fact:
        case Child():
            problems += _child_problems(fact)
        case Placement():
            problems += _placement_problems(fact)
        case Claim():
            problems += choice_problems("status", fact.status, CLAIM_STATUSES)
        case Household():
            problems += choice_problems("assessed_by", fact.assessed_by, ASSESSORS)
        case ExtraCost():
            problems += _extra_cost_problems(fact)
        case Expense():
            problems += _expense_problems(fact)
    return problems


def _child_problems(child: Child) -> Iterator[Problem]:
    yield from period_problems("left", child.joined, child.left)
    yield from _rate_problems("baseline", child.baseline, child.joined)


def _placement_problems(placement: Placement) -> Iterator[Problem]:
    yield from choice_problems("setting", placement.setting, SETTINGS)
    yield from period_problems("until", placement.start, placement.until)
    if placement.ended is not None:
        yield from choice_problems("ended", placement.ended, ENDINGS)
    if placement.until is None and placement.ended is not None:
        yield Problem("ended", "says how the placement ended, but “until” does not say when")
    if placement.until is not None and placement.ended is None:
        yield Problem("ended", "has to say how the placement ended, as “until” says when")
    yield from _rate_problems("costs", placement.costs, placement.start)


def _extra_cost_problems(extra_cost: ExtraCost) -> Iterator[Problem]:
    yield from choice_problems("kind", extra_cost.category, EXTRA_COST_KINDS)
    yield from period_problems("until", extra_cost.start, extra_cost.until)
    yield from amount_problems("weekly", extra_cost.weekly_pence)


def _expense_problems(expense: Expense) -> Iterator[Problem]:
    yield from text_problems("kind", expense.category)
    yield from amount_problems("amount", expense.amount_pence)
    if not can_be_kept(expense.description):
        yield Problem("description", "holds a character that cannot be kept")


def _rate_problems(place: str, rates: Sequence[Rate], needed_from: date) -> Iterator[Problem]:
    if not rates:
        yield Problem(place, "needs at least one rate")
    elif rates[0].start > needed_from:
        begins, needed = day_shown(rates[0].start), day_shown(needed_from)
        yield Problem(place, f"the first rate begins on {begins}, but is needed from {needed}")
    for position, rate in enumerate(rates):
        if position and rate.start <= rates[position - 1].start:
            yield Problem(f"{place}[{position}].from", f"{day_shown(rate.start)} is not after the rate before it")
        yield from amount_problems(f"{place}[{position}].weekly", rate.weekly_pence)
        yield from amount_problems(f"{place}[{position}].contribution", rate.contribution_pence)
        if rate.contribution_pence > rate.weekly_pence:
            yield Problem(f"{place}[{position}].contribution", "is more than the weekly amount")
