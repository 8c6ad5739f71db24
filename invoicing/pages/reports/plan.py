"""Savings stated against what the council's financial plan counts on, by period and by financial year."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from invoicing.core.calendar import Period
from invoicing.documents.reports.model import MONEY, Column, Report, Row, Sum, Table, row_of, sum_row
from invoicing.pages.reports.ground import Ground, not_closed_words, period_words
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.words import financial_year_of, instant_shown, month_shown
from savings.models import SavingsPlan
from savings.queries import savings_plans_now

KEY, TITLE = "plan", "Savings against plan"
BY_PERIOD = (
    Column("planned", "Planned", MONEY),
    Column("stated", "Savings stated", MONEY),
    Column("over", "Over plan", MONEY, Sum(("stated",), ("planned",))),
    Column("planned_to_date", "Planned to date", MONEY),
    Column("stated_to_date", "Stated to date", MONEY),
    Column("over_to_date", "Over plan to date", MONEY, Sum(("stated_to_date",), ("planned_to_date",))),
)
BY_YEAR = (
    Column("whole", "Planned in all", MONEY),
    Column("planned", "Planned to date", MONEY),
    Column("stated", "Savings stated", MONEY),
    Column("over", "Over plan to date", MONEY, Sum(("stated",), ("planned",))),
    Column("left", "Left of the plan", MONEY, Sum(("whole",), ("stated",))),
)
NO_PLAN: Final = "No plan is recorded for this year."
NO_YEARS: Final = "No plan is recorded, and no month is closed."
OF_PLAN = (
    "Planned: what the council’s financial plan counts on, as the Lead Accountant recorded it for each period. Over "
    "plan is below zero where less was saved. Savings stated are those of closed statements, with their adjustments of "
    "earlier months, before anything that was charged for them."
)


def plan_report(ground: Ground) -> Report:
    """The report of the financial year to the period's end, and of every year so far; three queries."""
    plans = savings_plans_now(ground.contract)
    plan = plans.get(ground.period.year)
    rows = tuple(_period_rows(ground, plan)) if plan else ()
    by_period, said = (*rows, _total(rows)) if rows else (), _said(ground, plan) if plan else ""
    tables = (
        Table("periods", "By period", "Period", BY_PERIOD, by_period, intro=said, empty=NO_PLAN),
        Table("years", "By financial year", "Year", BY_YEAR, tuple(_year_rows(ground, plans)), empty=NO_YEARS),
    )
    return ground.report(KEY, TITLE, period=f"To {period_words(ground.period)}", tables=tables, notes=(OF_PLAN,))


def _said(ground: Ground, plan: SavingsPlan) -> str:
    """Whose plan it is and of how much, and which months have nothing stated yet."""
    whole, year = pounds_shown(sum(_pence(plan))), financial_year_of(plan.financial_year)
    recorded = f"{plan.recorded_by.full_name}, {instant_shown(plan.recorded_at)}"
    not_closed = not_closed_words(ground, ground.first_month_of_year)
    return f"Plan of {year}: {whole}. Stands in: {plan.source}. Recorded by {recorded}. {not_closed}".rstrip()


def _pence(plan: SavingsPlan) -> list[int]:
    return [pence_of(Decimal(amount)) for amount in plan.amounts]


def _period_rows(ground: Ground, plan: SavingsPlan) -> Iterator[Row]:
    closed = {each.month: each.stated for each in ground.closed(ground.first_month_of_year)}
    planned_to_date = stated_to_date = 0
    for number, planned in enumerate(_pence(plan)[: ground.period.number], start=1):
        month = Period(ground.period.year, number).month
        planned_to_date += planned
        stated_to_date += closed.get(month, 0)
        figures = {
            "planned": planned,
            "stated": closed.get(month),
            "planned_to_date": planned_to_date,
            "stated_to_date": stated_to_date,
        }
        yield row_of(str(month), f"P{number} {month_shown(month)}", figures, BY_PERIOD)


def _total(rows: tuple[Row, ...]) -> Row:
    total = sum_row("total", "To date", rows, BY_PERIOD)
    return Row(total.key, total.name, (*total.cells[:3], None, None, None), total.look, total.of)


def _year_rows(ground: Ground, plans: Mapping[int, SavingsPlan]) -> Iterator[Row]:
    closed = [(Period.of(each.month.first_day).year, each.stated) for each in ground.closed()]
    planned = {year for year in plans if year <= ground.period.year}
    rows = []
    for year in sorted({*planned, *(each for each, _ in closed)}):
        stated = sum(saved for each, saved in closed if each == year)
        rows.append(_year_row(ground, year, plans.get(year), stated))
    yield from rows
    if rows and all(year in plans for year, _ in closed):
        yield sum_row("total", "Together", rows, BY_YEAR)


def _year_row(ground: Ground, year: int, plan: SavingsPlan | None, stated: int) -> Row:
    """A year beside its plan; without one what was stated alone, since nothing is over or left of no plan."""
    name = financial_year_of(year)
    if plan is None:
        return Row(str(year), name, (None, None, stated, None, None))
    amounts = _pence(plan)
    to_date = amounts[: ground.period.number] if year == ground.period.year else amounts
    figures = {"whole": sum(amounts), "planned": sum(to_date), "stated": stated}
    return row_of(str(year), name, figures, BY_YEAR)
