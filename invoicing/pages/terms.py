"""The terms on which invoices are made out, in versions, and variations with how much of the maximum is used."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from cohort.core.terms import NoTermsKnown
from cohort.models import Contract
from invoicing.core.charges import (
    CARER_FEES,
    CHARGES,
    EXEMPT,
    EXPENSES,
    FIXED_FEE,
    OUTSIDE,
    PRIOR_PERIODS,
    STANDARD,
    SUCCESS_FEE,
    ZERO,
)
from invoicing.models import ContractVariation, InvoicingTerms
from invoicing.queries.invoices import WARNED_AT, maximum_used
from pbr_ledger.listing import Column
from pbr_ledger.money import RATE_SCALE, pence_of, pounds_shown
from pbr_ledger.sorting import DAY, NUMBER, Sort
from pbr_ledger.words import count_shown, instant_shown, rate_shown

VAT_ON = {
    FIXED_FEE: "VAT on the fixed fee",
    CARER_FEES: "VAT on carer fees",
    SUCCESS_FEE: "VAT on the success fee",
    EXPENSES: "VAT on expenses",
    PRIOR_PERIODS: "VAT on the fixed fee of prior periods",
}
VAT_NAMES = {
    EXEMPT: "Exempt from VAT",
    STANDARD: "VAT at the standard rate",
    ZERO: "VAT at the zero rate",
    OUTSIDE: "Outside the scope of VAT",
}
NOT_RECORDED = "Standard terms"
NONE_GIVEN = "None"


@dataclass(frozen=True, slots=True)
class InvoicingTerm:
    """A term on the page; `before` is its value in the version before, empty where that is the same."""

    name: str
    value: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class InvoicingVersion:
    """A version of the invoicing terms; `recorded_at` is empty for what holds before any is recorded."""

    heading: str
    recorded_by: str
    recorded_at: str
    terms: tuple[InvoicingTerm, ...]
    is_now: bool


@dataclass(frozen=True, slots=True)
class VariationShown:
    """A variation in the list."""

    reference: str
    maximum: str
    reason: str
    recorded_by: str
    recorded_at: str


COLUMNS: tuple[Column, ...] = (
    ("Variation", lambda row: row.reference),
    ("Contract may come to", lambda row: row.maximum),
    ("Why", lambda row: row.reason),
    ("Recorded by", lambda row: row.recorded_by),
    ("Recorded", lambda row: row.recorded_at),
)
"""The variations as a file."""
SORTS = (
    Sort("variation", "Variation", "reference"),
    Sort("maximum", "Contract may come to", "maximum_value", NUMBER),
    Sort("recorded", "Recorded", "recorded_at", DAY),
)
OWN_ORDER = "-recorded"


@dataclass(frozen=True, slots=True)
class MaximumShown:
    """How much of the maximum contract value is approved, and the warning that has been reached, if one has."""

    approved: str
    maximum: str
    left: str
    percent: str
    warning: str


def invoicing_versions(rows: Sequence[InvoicingTerms]) -> tuple[InvoicingVersion, ...]:
    """The versions, the latest first, of rows in the order of recording; then what holds before the first."""
    unsaid = InvoicingTerms(vat_rate=Decimal("0.2000"))
    stated = [unsaid, *rows]
    shown = [
        InvoicingVersion(
            heading=f"Version {number}" if number else NOT_RECORDED,
            recorded_by=each.recorded_by.full_name if each.recorded_by else "",
            recorded_at=instant_shown(each.recorded_at) if number else "",
            terms=_compared(each, stated[number - 1] if number else None),
            is_now=number == len(rows),
        )
        for number, each in enumerate(stated)
    ]
    return tuple(reversed(shown))


def _compared(terms: InvoicingTerms, before: InvoicingTerms | None) -> tuple[InvoicingTerm, ...]:
    values = _values(terms)
    was = _values(before) if before else values
    return tuple(InvoicingTerm(name, value, was[name] if was[name] != value else "") for name, value in values.items())


def _values(terms: InvoicingTerms) -> dict[str, str]:
    vat = {VAT_ON[key]: VAT_NAMES[terms.vat_treatments.get(key, EXEMPT)] for key in CHARGES}
    return {
        **vat,
        "Standard rate of VAT": _rate(terms.vat_rate),
        "Days to pay": count_shown(terms.payment_days, "day"),
        "Margin of the paying agent": _rate(terms.agent_margin_rate),
        "Bank reference": terms.bank_reference or NONE_GIVEN,
        "Order reference": terms.order_reference or NONE_GIVEN,
    }


def _rate(share: Decimal) -> str:
    return rate_shown(int(Decimal(share) * RATE_SCALE))


def all_exempt(terms: InvoicingTerms) -> bool:
    """Whether every kind of charge is read as exempt, which somebody has to confirm."""
    return all(terms.vat_treatments.get(charge, EXEMPT) == EXEMPT for charge in CHARGES)


def variations_shown(rows: Sequence[ContractVariation]) -> tuple[VariationShown, ...]:
    """The variations, as rows of a table."""
    return tuple(
        VariationShown(
            each.reference,
            pounds_shown(pence_of(each.maximum_value)),
            each.reason,
            each.recorded_by.full_name,
            instant_shown(each.recorded_at),
        )
        for each in rows
    )


def maximum_shown(contract: Contract) -> MaximumShown | None:
    """How much of the maximum is used; None before the contract has terms (docs/contract.md 9.1)."""
    try:
        used = maximum_used(contract)
    except NoTermsKnown:
        return None
    approved, maximum = pence_of(used.approved), pence_of(used.maximum)
    return MaximumShown(
        approved=pounds_shown(approved),
        maximum=pounds_shown(maximum),
        left=pounds_shown(maximum - approved),
        percent=f"{used.percent}%",
        warning=maximum_warning(used.percent),
    )


def maximum_warning(percent: int) -> str:
    """What everyone is warned of once so much of the maximum is approved; empty below 80%."""
    if percent >= 100:
        return "The maximum contract value is used up. An invoice that goes past it needs a variation."
    level = next((level for level in WARNED_AT if percent >= level), None)
    if level is None:
        return ""
    return f"{level}% or more of the maximum contract value is approved. Past it, an invoice needs a variation."
