"""A closed statement beside what is known now: by child and month, then the fees, then the charges."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cohort.core.facts import KnownFacts
from pbr_ledger import words
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from savings.core.nights import MonthlySavings, journeys, monthly_savings
from savings.core.statement import terms_by_month
from savings.documents.sections import CHARGE_NAMES
from savings.models import ClosedStatement
from savings.pages.changes import FACTS_SHOWN, facts_recorded
from savings.queries import WorkedStatement, worked_statement
from savings.services import reproduced

FIGURES = (
    ("savings_to_date_pence", "Savings to date"),
    ("charged_to_date_pence", "Charged to date"),
    ("net_benefit_pence", "Net benefit to the council"),
    ("headroom_pence", "Headroom"),
)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """A figure then and now, in words; `differs` where it is to be marked."""

    name: str
    month: str
    then: str
    now: str
    change: str
    differs: bool
    nights_then: str = ""
    nights_now: str = ""


def then_and_now_page(statement: ClosedStatement, *, at: datetime, everything: bool) -> dict[str, Any]:
    """What the statement said when it was closed, beside what the same month would say now.

    Children and months whose figures are the same are left out unless `everything` is asked for. Raises
    `StatementNotReproduced` when the facts no longer give what was closed.
    """
    at = max(at, statement.contract.last_stamped_at or at)
    then = reproduced(statement)
    now = worked_statement(contract=statement.contract, month=statement.month, known_at=at)
    children = list(_children(then.known, now.known, statement.month))
    fees, charges = list(_fees(then, now)), [*_charges(then, now), *_figures(then, now)]
    facts = facts_recorded(statement.contract, since=statement.known_at, until=at)
    return {
        "month": words.month_shown(statement.month),
        "address": statement.month,
        "then_at": words.instant_shown(statement.known_at),
        "now_at": words.instant_shown(at),
        "children": [row for row in children if everything or row.differs],
        "fees": [row for row in fees if everything or row.differs],
        "charges": charges,
        "everything": everything,
        "same": not any(row.differs for row in (*children, *fees, *charges)),
        "facts": facts[:FACTS_SHOWN],
        "more_facts": max(0, len(facts) - FACTS_SHOWN),
    }


def _children(then: KnownFacts, now: KnownFacts, month: Month) -> Iterator[ComparedRow]:
    """Nights and saving of every child in every month of the programme up to this one, the latest month first."""
    before, after = _monthly(then, month), _monthly(now, month)
    for each in sorted({*before.by_month, *after.by_month}, reverse=True):
        old, new = before.by_month.get(each, {}), after.by_month.get(each, {})
        for child in sorted({*old, *new}):
            nights = (_count(before.nights, each, child), _count(after.nights, each, child))
            yield _child_row(each, child, (old.get(child, 0), new.get(child, 0)), nights)


def _monthly(known: KnownFacts, month: Month) -> MonthlySavings:
    return monthly_savings(journeys(known), terms_by_month(known.terms, month))


def _count(nights: Mapping[Month, Mapping[str, int]], month: Month, child: str) -> int:
    return nights.get(month, {}).get(child, 0)


def _child_row(month: Month, child: str, saving: tuple[int, int], nights: tuple[int, int]) -> ComparedRow:
    return ComparedRow(
        name=child,
        month=words.month_shown(month),
        then=pounds_shown(saving[0]),
        now=pounds_shown(saving[1]),
        change=words.signed_shown(saving[1] - saving[0]),
        differs=saving[0] != saving[1] or nights[0] != nights[1],
        nights_then=str(nights[0]),
        nights_now=str(nights[1]),
    )


def _fees(then: WorkedStatement, now: WorkedStatement) -> Iterator[ComparedRow]:
    before = {fee.month: fee.fee_pence for fee in then.result.months}
    after = {fee.month: fee.fee_pence for fee in now.result.months}
    for month in sorted({*before, *after}, reverse=True):
        yield _row(words.month_shown(month), before.get(month, 0), after.get(month, 0))


def _charges(then: WorkedStatement, now: WorkedStatement) -> Iterator[ComparedRow]:
    for kind, name in CHARGE_NAMES:
        yield _row(f"{name} of this statement", getattr(then.result.charges, kind), getattr(now.result.charges, kind))
    yield _row("Total of this statement", then.result.charges.total, now.result.charges.total)


def _figures(then: WorkedStatement, now: WorkedStatement) -> Iterator[ComparedRow]:
    for attribute, name in FIGURES:
        yield _row(name, getattr(then.result, attribute), getattr(now.result, attribute))


def _row(name: str, then: int, now: int) -> ComparedRow:
    change = words.signed_shown(now - then)
    return ComparedRow(name, "", pounds_shown(then), pounds_shown(now), change, differs=then != now)
