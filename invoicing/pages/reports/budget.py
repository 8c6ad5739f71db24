"""Charges against what the terms allow for them, the fixed fee against its schedule, and care against the baseline."""

from collections.abc import Mapping
from typing import Final

from cohort.core.terms import NoTermsKnown, terms_for_month
from cohort.queries import facts_known_at
from invoicing.core.calendar import Period
from invoicing.core.charges import CARER_FEES, EXPENSES, FIXED_FEE, PRIOR_PERIODS, SUCCESS_FEE
from invoicing.documents.reports.model import MONEY, Column, Report, Row, Sum, Table, Value, row_of, sum_row
from invoicing.pages.reports.ground import Ground, not_closed_words, period_words
from invoicing.queries.ledger import Limits, limits_of
from invoicing.queries.reports import StatementFigures
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import count_shown, month_shown
from savings.core.by_setting import PlacementSaving, savings_by_placement

KEY, TITLE = "budget", "Budget and baseline"
OUTSIDE = ((CARER_FEES, "Carer fees"), (SUCCESS_FEE, "Success fee"), (EXPENSES, "Expenses"))
BY_CHARGE = (
    Column("whole", "Budget in all", MONEY),
    Column("budget", "Budget to date", MONEY),
    Column("charged", "Charged to date", MONEY),
    Column("under", "Under budget to date", MONEY, Sum(("budget",), ("charged",))),
    Column("left", "Left of all", MONEY, Sum(("whole",), ("charged",))),
)
BY_PERIOD = (
    Column("schedule", "Schedule", MONEY),
    Column("fee", "Fixed fee", MONEY),
    Column("schedule_to_date", "Schedule to date", MONEY),
    Column("fee_to_date", "Fixed fee to date", MONEY),
    Column("unearned", "Not earned yet", MONEY, Sum(("schedule_to_date",), ("fee_to_date",))),
)
BY_SPAN = (
    Column("year", "Financial year to date", MONEY),
    Column("start", "Since the start", MONEY),
)
EMPTY: Final = "No month is closed yet."
OF_BUDGET = (
    "Budget in all: the cap of the fixed fee (clause 4.1) and the maximum contract value (clause 9.1), as terms and "
    "variations set them now. Budget to date: the schedule of the fixed fee in the statement closed last (clause 3.1). "
    "The terms plan no number of carers and no sum for success fee or expenses: together these have what the maximum "
    "leaves outside the fixed fee."
)
OF_PERIODS = (
    "Fixed fee: what the month’s statement charged of it, corrections of earlier months included. Not earned yet: what "
    "the schedule would have allowed and savings did not cover."
)
OF_CARE = (
    "Care against the baseline: the nights that count, at the residential price that each child’s savings are measured "
    "against, and what their families and everything beside them cost, as known at the cut-off of the statement "
    "closed last (clauses 2.2 and 5.4). All without VAT."
)


def budget_report(ground: Ground) -> Report:
    """The report; a fixed number of queries, however many months are closed."""
    closed, limits = ground.closed(), _limits(ground)
    charges = _charge_rows(ground, limits)
    tables = (
        Table("charges", "Budget by kind of charge", "Without VAT", BY_CHARGE, charges, empty=EMPTY),
        Table("periods", "Fixed fee against schedule", "Period", BY_PERIOD, _period_rows(ground), empty=EMPTY),
        Table("care", "Care against the baseline", "Without VAT", BY_SPAN, _care_rows(ground), empty=EMPTY),
    )
    notes = (
        not_closed_words(ground, ground.first_month_of_year),
        f"To date: by the end of {month_shown(closed[-1].month)}." if closed else "",
        OF_BUDGET,
        _carers_left(ground, limits),
        OF_PERIODS,
        OF_CARE,
    )
    return ground.report(KEY, TITLE, period=f"To {period_words(ground.period)}", tables=tables, notes=notes)


def _limits(ground: Ground) -> Limits | None:
    try:
        return limits_of(ground.contract, at=ground.at)
    except NoTermsKnown:
        return None


def _charged(ground: Ground, *kinds: str) -> int:
    return sum(each.charged.get(kind, 0) for each in ground.closed() for kind in kinds)


def _charge_rows(ground: Ground, limits: Limits | None) -> tuple[Row, ...]:
    closed = ground.closed()
    if not closed or limits is None:
        return ()
    cap, maximum = pence_of(limits.fixed_fee_cap), pence_of(limits.maximum)
    fixed = {
        "whole": cap,
        "budget": closed[-1].schedule_to_date,
        "charged": _charged(ground, FIXED_FEE, PRIOR_PERIODS),
    }
    outside = [
        Row(kind, name, (None, None, charged, None, None))
        for kind, name in OUTSIDE
        for charged in (_charged(ground, kind),)
    ]
    apart = sum(_charged(ground, kind) for kind, _ in OUTSIDE)
    allowed = Row("outside", "Outside the fixed fee", (maximum - cap, None, apart, None, maximum - cap - apart), "sum")
    whole = _charged(ground, FIXED_FEE, PRIOR_PERIODS) + apart
    total = Row("total", "Everything", (maximum, None, whole, None, maximum - whole), "total")
    return (row_of(FIXED_FEE, "Fixed fee", fixed, BY_CHARGE), *outside, allowed, total)


def _carers_left(ground: Ground, limits: Limits | None) -> str:
    """How many carer fees more what is left outside the fixed fee would pay."""
    if limits is None:
        return ""
    known = facts_known_at(contract=ground.contract, at=ground.at)
    fee = terms_for_month(known.terms, ground.month).carer_fee_pence
    left = pence_of(limits.maximum - limits.fixed_fee_cap) - sum(_charged(ground, kind) for kind, _ in OUTSIDE)
    if fee <= 0 or left < 0:
        return ""
    fees = count_shown(left // fee, "carer fee")
    return f"What is left outside the fixed fee would pay {fees} of {pounds_shown(fee)}, if nothing else came."


def _period_rows(ground: Ground) -> tuple[Row, ...]:
    """Each period of the year with a statement, after what stood before it."""
    closed = ground.closed()
    of_year = [each for each in closed if each.month >= ground.first_month_of_year]
    if not of_year:
        return ()
    earlier = [each for each in closed if each.month < ground.first_month_of_year]
    schedule, fee = (earlier[-1].schedule_to_date if earlier else 0), sum(map(_fee, earlier))
    rows = []
    for each in of_year:
        fee += _fee(each)
        figures = {
            "schedule": each.schedule_to_date - schedule,
            "fee": _fee(each),
            "schedule_to_date": each.schedule_to_date,
            "fee_to_date": fee,
        }
        schedule = each.schedule_to_date
        rows.append(row_of(str(each.month), _name(each.month), figures, BY_PERIOD))
    total = sum_row("total", "Financial year", rows, BY_PERIOD)
    return (*rows, Row(total.key, total.name, (*total.cells[:2], None, None, None), total.look, total.of))


def _name(month: Month) -> str:
    return f"P{Period.of(month.first_day).number} {month_shown(month)}"


def _fee(figures: StatementFigures) -> int:
    return figures.charged.get(FIXED_FEE, 0) + figures.charged.get(PRIOR_PERIODS, 0)


def _care_rows(ground: Ground) -> tuple[Row, ...]:
    closed = ground.closed()
    if not closed:
        return ()
    known = facts_known_at(contract=ground.contract, at=closed[-1].known_at)
    savings = savings_by_placement(known, last=closed[-1].month)
    spans: Mapping[str, Month | None] = {"year": ground.first_month_of_year, "start": None}
    of = {key: [each for each in savings if first is None or each.month >= first] for key, first in spans.items()}
    charged: dict[str, Value] = {key: sum(each.total for each in ground.closed(first)) for key, first in spans.items()}
    baseline = row_of("baseline", "Residential care at the baseline", _sums(of, "baseline_pence"), BY_SPAN)
    paid = row_of("paid", "Care that was paid instead", _sums(of, "cost_pence"), BY_SPAN)
    charges = row_of("charged", "Charged", charged, BY_SPAN)
    rows = [baseline, paid, charges]
    together = sum_row("together", "Care and charges", rows, BY_SPAN, plus=("paid", "charged"), look="sum")
    less = sum_row(
        "less", "Less than the baseline by", [*rows, together], BY_SPAN, plus=("baseline",), minus=("together",)
    )
    return (*rows, together, less)


def _sums(savings: Mapping[str, list[PlacementSaving]], part: str) -> dict[str, Value]:
    return {key: sum(getattr(each, part) for each in found) for key, found in savings.items()}
