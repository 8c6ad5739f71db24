"""What a form of terms begins with: the readings that hold by default, or the terms that are to be changed."""

from typing import Any

from cohort.core.terms import FAMILY_SETTINGS
from cohort.forms.terms import EVEN, ROWS
from cohort.pages.terms.words import TermsStated
from pbr_ledger.money import pounds_of


def first_terms() -> dict[str, Any]:
    """What a form of a contract's first terms begins with: the readings that hold by default (docs/contract.md)."""
    return {
        "schedule": EVEN,
        "fixed_fee_limit": "schedule",
        "fixed_fee_savings": "month",
        "family_settings": list(FAMILY_SETTINGS),
        "negative_savings": "net",
        "success_fee_basis": "run_rate",
        "carer_fee_trigger": "placed",
        "annual_days": 365,
        "expenses_wait_for_savings": "yes",
        "response_days": 10,
    }


def terms_to_change(stated: TermsStated) -> dict[str, Any]:
    """What a form begins with that changes these terms; the day from which it holds is left to be filled in."""
    terms = stated.terms
    return {
        "phase2_from": terms.phase2.start,
        "phase2_until": terms.phase2.until,
        "phase2_fee": pounds_of(terms.phase2.fee_pence),
        "phase3_from": terms.phase3.start,
        "phase3_until": terms.phase3.until,
        "phase3_fee": pounds_of(terms.phase3.fee_pence),
        "schedule": EVEN if terms.schedule is None else ROWS,
        "fixed_fee_limit": terms.fixed_fee_limit,
        "fixed_fee_savings": terms.fixed_fee_savings,
        "family_settings": list(terms.family_settings),
        "negative_savings": terms.negative_savings,
        "success_fee_threshold": pounds_of(terms.success_fee.threshold_pence),
        "success_fee_rate": terms.success_fee.rate,
        "success_fee_basis": terms.success_fee.basis,
        "annual_days": terms.annual_days,
        "carer_fee": pounds_of(terms.carer_fee_pence),
        "carer_fee_trigger": terms.carer_fee_trigger,
        "expenses_wait_for_savings": "yes" if terms.expenses_wait_for_savings else "no",
        "maximum_value": pounds_of(terms.maximum_value_pence),
        "response_days": stated.response_days,
        **{f"refund_nights_{row}": each.within_nights for row, each in enumerate(terms.carer_fee_refund)},
        **{f"refund_share_{row}": each.share for row, each in enumerate(terms.carer_fee_refund)},
    }
