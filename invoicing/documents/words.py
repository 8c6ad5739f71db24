"""The fixed words of invoices and credit notes, the same in print and in UBL. Plain text, no markup."""

from invoicing.core.charges import (
    CARER_FEES,
    EXEMPT,
    EXPENSES,
    FIXED_FEE,
    OUTSIDE,
    PRIOR_PERIODS,
    STANDARD,
    SUCCESS_FEE,
    ZERO,
)
from invoicing.documents.content import InvoiceContent, PartyContent, VatTotal
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import day_shown, month_shown, rate_shown

NO_VAT_NUMBER = "No VAT number recorded"
EXEMPT_REASON = "Exempt from VAT"
OUTSIDE_REASON = "Outside the scope of VAT"
_CHARGES = {
    CARER_FEES: "Carer fees",
    SUCCESS_FEE: "Success fee",
    EXPENSES: "Expenses",
    PRIOR_PERIODS: "Fixed fee of prior periods",
}


def kind_shown(content: InvoiceContent) -> str:
    """`Invoice` or `Credit note`."""
    return "Credit note" if content.is_credit else "Invoice"


def charge_shown(charge: str, content: InvoiceContent) -> str:
    """What a line is for. Nothing else ever stands in a line: what lies behind it is on the statement."""
    return charge_of_month(charge, content.month)


def charge_of_month(charge: str, month: Month) -> str:
    """The same for a line of the invoice of that month, issued or not."""
    return f"Fixed fee of {month_shown(month)}" if charge == FIXED_FEE else _CHARGES[charge]


def vat_shown(treatment: str, rate: int) -> str:
    """How VAT reads a line: `20%`, `Zero rate`, `Exempt`, `Outside the scope`."""
    names = {ZERO: "Zero rate", EXEMPT: "Exempt", OUTSIDE: "Outside the scope"}
    return rate_shown(rate) if treatment == STANDARD else names[treatment]


def vat_told(treatment: str, rate: int) -> str:
    """The same in full, for the summary: `VAT at 20%`, `Exempt from VAT`."""
    names = {ZERO: "VAT at the zero rate", EXEMPT: EXEMPT_REASON, OUTSIDE: OUTSIDE_REASON}
    return f"VAT at {rate_shown(rate)}" if treatment == STANDARD else names[treatment]


def vat_sentence(totals: tuple[VatTotal, ...]) -> str:
    """Said instead of a summary where no line bears VAT and all for one reason; else empty."""
    sentences = {
        ZERO: "All of it is taxed at the zero rate.",
        EXEMPT: "All of it is exempt from VAT.",
        OUTSIDE: "All of it is outside the scope of VAT.",
    }
    return sentences.get(totals[0].treatment, "") if len(totals) == 1 else ""


def vat_number_shown(identifier: str) -> str:
    """`VAT number GB123456782`, or the words that none is recorded."""
    return f"VAT number {identifier}" if identifier else NO_VAT_NUMBER


def registrations_shown(party: PartyContent) -> list[str]:
    """The company number and the electronic address of a party, each as a line where it has one."""
    lines = [f"Company number {party.company_number}"] if party.company_number else []
    if address := party.electronic_address:
        lines.append(f"E-invoices to {address.scheme}:{address.identifier}")
    return lines


def payment_terms(content: InvoiceContent) -> str:
    """By when the amount is to be paid and by whom; of a credit note, what becomes of the credit."""
    amount, due = pounds_shown(content.gross_pence), day_shown(content.due_on)
    if content.is_credit:
        return (
            f"The credit of {amount} is set off against later invoices. Where there are none, "
            f"{content.seller.name} repays it to {content.payer.name} by {due}."
        )
    return (
        f"{amount} is due by {due}, {_days(content.payment_days)} after issue, from {content.payer.name} "
        f"on behalf of {content.buyer.name}."
    )


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def authority(content: InvoiceContent) -> str:
    """The statement, contract and decision on which the document rests, in one sentence."""
    decided = f", decision {content.decision_reference} of {day_shown(content.decision_on)}"
    return (
        f"{kind_shown(content)} from the closed statement of {month_shown(content.month)} under contract "
        f"{content.contract_reference}{decided if content.decision_reference else ''}."
    )
