"""Scenarios written down as documents that `read_scenario` reads again (docs/scenario.md)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Household, Placement, Rate, Retraction
from cohort.core.known import RecordedFact
from cohort.core.terms import Phase, ScheduleRow, Terms
from pbr_ledger.money import RATE_SCALE, pounds_text
from savings.core.scenario import Scenario

Written = dict[str, Any]


def scenario_written(scenario: Scenario) -> Written:
    """The document of a scenario; reading it gives the scenario again (docs/scenario.md)."""
    why = {"why": scenario.why} if scenario.why else {}
    return {
        **why,
        "contract": scenario.contract,
        "terms": [terms_written(terms) for terms in scenario.terms],
        "facts": [fact_written(fact) for fact in scenario.facts],
        "close": [
            {"month": str(closing.month), "as_known_on": closing.as_known_on.isoformat()}
            for closing in scenario.closings
        ],
    }


def terms_written(terms: Terms) -> Written:
    """One version of the terms, with every key that a document may have (docs/scenario.md)."""
    return {
        "recorded": terms.recorded.isoformat(),
        "effective_from": terms.effective_from.isoformat(),
        "phase2": _phase(terms.phase2),
        "phase3": _phase(terms.phase3),
        "success_fee": {
            "threshold": pounds_text(terms.success_fee.threshold_pence),
            "rate": _share(terms.success_fee.rate),
            "basis": terms.success_fee.basis,
        },
        "carer_fee": pounds_text(terms.carer_fee_pence),
        "maximum_value": pounds_text(terms.maximum_value_pence),
        "schedule": _schedule(terms.schedule),
        "fixed_fee_limit": terms.fixed_fee_limit,
        "fixed_fee_savings": terms.fixed_fee_savings,
        "negative_savings": terms.negative_savings,
        "annual_days": terms.annual_days,
        "carer_fee_refund": [
            {"within_nights": row.within_nights, "share": _share(row.share)} for row in terms.carer_fee_refund
        ],
        "carer_fee_trigger": terms.carer_fee_trigger,
        "expenses_wait_for_savings": terms.expenses_wait_for_savings,
        "family_settings": list(terms.family_settings),
    }


def fact_written(fact: RecordedFact) -> Written:
    """One version of a fact, or its retraction (docs/scenario.md)."""
    content = fact.content
    head = {"recorded": fact.recorded.isoformat(), "type": content.kind, "id": content.id}
    if isinstance(content, Retraction):
        return {**head, "void": True}
    return {**head, **_WRITERS[content.kind](content)}


def _phase(phase: Phase) -> Written:
    return {"from": phase.start.isoformat(), "until": phase.until.isoformat(), "fee": pounds_text(phase.fee_pence)}


def _schedule(rows: Sequence[ScheduleRow] | None) -> list[Written] | None:
    if rows is None:
        return None
    return [{"month": str(row.month), "amount": pounds_text(row.amount_pence)} for row in rows]


def _share(ten_thousandths: int) -> str:
    """A rate or share as text: `0.1000`."""
    whole, rest = divmod(ten_thousandths, RATE_SCALE)
    return f"{whole}.{rest:04d}"


def rates_written(rates: Sequence[Rate]) -> list[Written]:
    """Dated weekly rates (docs/scenario.md)."""
    return [
        {
            "from": rate.start.isoformat(),
            "weekly": pounds_text(rate.weekly_pence),
            "contribution": pounds_text(rate.contribution_pence),
        }
        for rate in rates
    ]


def _child(child: Child) -> Written:
    return {
        "joined": child.joined.isoformat(),
        "left": _day(child.left),
        "baseline": rates_written(child.baseline),
    }


def _placement(placement: Placement) -> Written:
    block_contract = {"block_contract": True} if placement.block_contract else {}
    return {
        "child": placement.child,
        "setting": placement.setting,
        "from": placement.start.isoformat(),
        "until": _day(placement.until),
        "ended": placement.ended,
        "costs": rates_written(placement.costs),
        "household": placement.household,
        **block_contract,
    }


def _claim(claim: Claim) -> Written:
    return {"placement": claim.placement, "status": claim.status}


def _household(household: Household) -> Written:
    return {"assessed_by": household.assessed_by, "panel_approved": _day(household.panel_approved)}


def _extra_cost(extra_cost: ExtraCost) -> Written:
    return {
        "child": extra_cost.child,
        "kind": extra_cost.category,
        "from": extra_cost.start.isoformat(),
        "until": extra_cost.until.isoformat(),
        "weekly": pounds_text(extra_cost.weekly_pence),
    }


def _expense(expense: Expense) -> Written:
    return {
        "date": expense.day.isoformat(),
        "kind": expense.category,
        "amount": pounds_text(expense.amount_pence),
        "description": expense.description,
    }


_WRITERS: dict[str, Callable[[Any], Written]] = {
    "child": _child,
    "placement": _placement,
    "claim": _claim,
    "household": _household,
    "extra_cost": _extra_cost,
    "expense": _expense,
}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
