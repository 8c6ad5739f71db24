"""What the papers leave open of VAT and of the paying agent's margin: the invoicing terms say how it is read."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

from django.urls import reverse

from cohort.models import Contract
from invoicing.core.charges import CHARGES, EXEMPT
from invoicing.models import InvoicingTerms
from invoicing.pages.terms import VAT_NAMES, VAT_ON
from invoicing.queries.terms import invoicing_terms_of, vat_issued
from pbr_ledger.money import RATE_SCALE, pence_of, pounds_shown
from pbr_ledger.readings import DECISION, Quotation, SettledReading
from pbr_ledger.words import instant_shown, rate_shown

KEPT_IN = "Invoicing terms"
NOT_SET = "Nobody has recorded invoicing terms yet: standard terms hold."
_INCLUSIVE = Quotation(
    DECISION,
    "section 7, paragraph 1",
    "Reconnect will invoice us at a maximum of the savings realised in the month to a total of £599.8k (inclusive)",
)
_PAYING_AGENT = Quotation(
    DECISION,
    "section 5, paragraph 4",
    "Team Matrix can provide support in managing the contract and ensuring timely payments on behalf of Plymouth City "
    "Council, in keeping with defined payment model.",
)


def settled_by_invoicing(contract: Contract) -> Iterator[SettledReading]:
    """VAT and the margin, by the version of the invoicing terms that holds now."""
    rows = list(invoicing_terms_of(contract))
    terms = rows[-1] if rows else InvoicingTerms(vat_rate=Decimal("0.2000"))
    yield _vat(contract, terms, rows)
    yield _margin(contract, terms, rows)


def _vat(contract: Contract, terms: InvoicingTerms, rows: Sequence[InvoicingTerms]) -> SettledReading:
    issued = pounds_shown(pence_of(vat_issued(contract)))
    return SettledReading(
        key="vat",
        name="VAT",
        clause="4.1",
        open="The papers do not say whether the charges carry VAT, nor whether “inclusive” includes it.",
        quotations=(_INCLUSIVE,),
        decided=f"{_treatments(terms)} Where there is VAT, it comes on top of the charges, outside cap and maximum.",
        kept_in=KEPT_IN,
        address=reverse("invoicing-terms", args=[contract.pk]),
        set_by=_set_by(rows, _treatments),
        to_date="No charge of a statement depends on it: the statements say the same in every reading. The invoices "
        f"and credit notes issued to date carry {issued} of VAT.",
    )


def _treatments(terms: InvoicingTerms) -> str:
    """`Exempt from VAT, every kind of charge.`, or one after the other where they differ."""
    found = {charge: terms.vat_treatments.get(charge, EXEMPT) for charge in CHARGES}
    if len(set(found.values())) == 1:
        return f"{VAT_NAMES[found[CHARGES[0]]]}, every kind of charge."
    return "; ".join(f"{VAT_ON[charge]}: {_lowered(VAT_NAMES[found[charge]])}" for charge in CHARGES) + "."


def _lowered(words: str) -> str:
    return words if words.startswith("VAT") else words[0].lower() + words[1:]


def _margin(contract: Contract, terms: InvoicingTerms, rows: Sequence[InvoicingTerms]) -> SettledReading:
    return SettledReading(
        key="agent_margin",
        name="The paying agent’s margin",
        clause="4.5",
        open="The papers name no charge of the paying agent: would one be a part of the provider’s charges, or on top?",
        quotations=(_PAYING_AGENT,),
        decided=f"{_margin_shown(terms)} It is settled between the council and the agent, apart from this contract.",
        kept_in=KEPT_IN,
        address=reverse("invoicing-terms", args=[contract.pk]),
        set_by=_set_by(rows, _margin_shown),
        to_date="No charge of a statement or an invoice depends on it, and none is posted: the provider is owed the "
        "same in every reading.",
    )


def _margin_shown(terms: InvoicingTerms) -> str:
    rate = int(Decimal(terms.agent_margin_rate) * RATE_SCALE)
    return f"On top, {rate_shown(rate)} of what it pays." if rate else "On top, and none is recorded."


def _set_by(rows: Sequence[InvoicingTerms], words: Callable[[InvoicingTerms], str]) -> tuple[str, ...]:
    """The versions that set it to something else than the one recorded before."""
    said: list[str] = []
    before = ""
    for number, row in enumerate(rows, start=1):
        now = words(row)
        if now != before:
            who = row.recorded_by.full_name if row.recorded_by else "the ledger"
            said.append(f"Version {number}: {now} Recorded by {who}, {instant_shown(row.recorded_at)}")
        before = now
    return tuple(said) or (NOT_SET,)
