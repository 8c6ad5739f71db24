"""What a period’s accrual leaves out because it is not certain: claims that are not decided, and the success fee."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from cohort.core.facts import Claim, KnownFacts
from cohort.core.terms import NoTermsKnown, terms_for_month
from cohort.queries import facts_known_at
from invoicing.documents.reports.model import COUNT, MONEY, Column, Row, Table, row_of
from invoicing.pages.reports.ground import Ground
from pbr_ledger.periods import Month, day_of
from savings.core.nights import journeys
from savings.core.results import Statement
from savings.core.run_rate import last_night, run_rate
from savings.core.statement import MonthBeforeProgramme, statement
from savings.core.what_if.cliff import fee_amount
from savings.queries import position_before

UNDECIDED = ("submitted", "queried")
COLUMNS = (
    Column("count", "How many", COUNT),
    Column("savings", "Savings", MONEY),
    Column("fixed_fee", "Fixed fee", MONEY),
    Column("carer_fees", "Carer fees", MONEY),
    Column("success_fee", "Success fee", MONEY),
    Column("expenses", "Expenses", MONEY),
)
EMPTY: Final = "Nothing can be worked out for this period."
OF_WHAT_MAY_COME = (
    "What may still come is in no accrual. Claims not decided, of placements that began by then: by how much savings "
    "and charges to the end of the period would grow if all of them were agreed as they are, by the same arithmetic as "
    "a statement. Success fee: what the run rate of the last night would make it; it is charged once, with the "
    "statement of the programme’s last month, and from that month on it is part of what is owed. Where it is paid on "
    "realised savings (clause 6.3), the run rate says nothing of it, and no row stands here."
)


def may_come_table(ground: Ground) -> Table:
    """The table, worked out twice from what is known now; a fixed number of queries."""
    return Table("may-come", "What may still come", "Without VAT", COLUMNS, _rows(ground), empty=EMPTY)


def _rows(ground: Ground) -> tuple[Row, ...]:
    known = facts_known_at(contract=ground.contract, at=ground.at)
    try:
        as_known = _worked(ground, known)
    except (NoTermsKnown, MonthBeforeProgramme):
        return ()
    undecided = {claim.id: claim for claim in _undecided(known, ground.month)}
    agreed = {key: replace(claim, status="agreed") for key, claim in undecided.items()}
    with_them = _worked(ground, replace(known, claims={**known.claims, **agreed})) if undecided else as_known
    gained = with_them.to_date.minus(as_known.to_date)
    figures = {
        "count": len(undecided),
        "savings": with_them.savings_to_date_pence - as_known.savings_to_date_pence,
        "fixed_fee": gained.fixed_fee,
        "carer_fees": gained.carer_fees,
        "success_fee": gained.success_fee,
        "expenses": gained.expenses,
    }
    return (row_of("claims", "Claims not decided", figures, COLUMNS), *_success_fee(ground, known))


def _undecided(known: KnownFacts, month: Month) -> Iterator[Claim]:
    """The claims that wait for the council, for placements that began by the month's end."""
    for claim in known.claims.values():
        placement = known.placements.get(claim.placement)
        if claim.status in UNDECIDED and placement is not None and placement.start <= month.last_day:
            yield claim


def _worked(ground: Ground, known: KnownFacts) -> Statement:
    position = position_before(contract=ground.contract, month=ground.month)
    return statement(month=ground.month, as_known_on=day_of(ground.at), known=known, position=position)


def _success_fee(ground: Ground, known: KnownFacts) -> tuple[Row, ...]:
    """The fee that the run rate at the period's end would make, while the programme goes on after it (6.2)."""
    night, terms = ground.month.last_day, terms_for_month(known.terms, ground.month)
    if last_night(terms) <= night or terms.success_fee.basis == "realised":
        return ()
    now = run_rate(night, children=journeys(known), versions=known.terms)
    figures = {"success_fee": fee_amount(now.total_pence, terms.success_fee)}
    return (row_of("success", "Success fee, at the run rate of the last night", figures, COLUMNS),)
