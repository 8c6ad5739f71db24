"""What the council's financial plan counts on, by financial year, as a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from cohort.models import Contract
from cohort.queries import terms_of, terms_versions
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import financial_year_of, instant_shown, year_begun_by
from savings.core.run_rate import last_night
from savings.models import SavingsPlan
from savings.queries import savings_plans

YEARS_AHEAD = 1


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A financial year: what the plan counts on, where that stands and who recorded it; empty where nobody has."""

    year: int
    name: str
    total: str
    source: str
    by: str


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """A version of a year's plan, as its history tells it."""

    name: str
    total: str
    source: str
    by: str


def plans_page(contract: Contract, *, today: date) -> dict[str, Any]:
    """Each year that a plan can be recorded for, and every version recorded, the latest first."""
    versions = list(savings_plans(contract))
    now = {plan.financial_year: plan for plan in versions}
    years = years_to_plan(contract, versions, today=today)
    return {
        "rows": [_row(year, now.get(year)) for year in years],
        "versions": [_version(plan) for plan in reversed(versions)],
    }


def years_to_plan(contract: Contract, versions: Sequence[SavingsPlan], *, today: date) -> list[int]:
    """The years of the programme, today's and the next one, and those that have a plan, the earliest first."""
    terms = [terms_of(row) for row in terms_versions(contract, None)]
    days = [today, *(each.phase2.start for each in terms), *(last_night(each) for each in terms)]
    years = [year_begun_by(Month.of(day)) for day in days] + [plan.financial_year for plan in versions]
    return list(range(min(years), max(years) + YEARS_AHEAD + 1))


def _row(year: int, plan: SavingsPlan | None) -> PlanRow:
    if plan is None:
        return PlanRow(year, financial_year_of(year), "", "", "")
    return PlanRow(year, financial_year_of(year), _total(plan), plan.source, _by(plan))


def _version(plan: SavingsPlan) -> PlanVersion:
    return PlanVersion(financial_year_of(plan.financial_year), _total(plan), plan.source, _by(plan))


def _total(plan: SavingsPlan) -> str:
    return pounds_shown(pence_of(sum(plan.amounts, Decimal("0.00"))))


def _by(plan: SavingsPlan) -> str:
    return f"{plan.recorded_by.full_name}, {instant_shown(plan.recorded_at)}"
