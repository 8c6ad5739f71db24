"""What people are told of invoices, payments and the maximum contract value, in the transaction of the change."""

from datetime import datetime
from decimal import Decimal

from cohort.models import Contract
from invoicing.models import CREDIT_NOTE, Invoice
from invoicing.queries.invoices import WARNED_AT
from pbr_ledger.accounts.models import Person
from pbr_ledger.notices.models import AT_ONCE, DAILY
from pbr_ledger.notices.registry import NoticeKind
from pbr_ledger.notices.services import announce
from pbr_ledger.words import month_shown

INVOICES = NoticeKind(
    key="invoices",
    title="Invoices and credit notes",
    hint="One is drafted, issued, approved, held or released.",
    permissions=frozenset({"issue_invoice", "approve_invoice", "hold_invoice"}),
    place=50,
    unless_chosen=AT_ONCE,
)
PAYABLES = NoticeKind(
    key="payables",
    title="Payables",
    hint="An invoice is approved and can be paid; a credit note is approved and can be used.",
    permissions=frozenset({"record_payment"}),
    place=51,
    unless_chosen=AT_ONCE,
)
PAYMENTS = NoticeKind(
    key="payments",
    title="Payments",
    hint="A payment, a repayment or a use of credit is recorded or taken back.",
    permissions=frozenset({"issue_invoice", "approve_invoice"}),
    place=60,
    unless_chosen=DAILY,
)
LIMITS = NoticeKind(
    key="limits",
    title="The maximum contract value",
    hint="80%, 90% or all of it is approved.",
    permissions=frozenset({"read_contract"}),
    place=70,
    unless_chosen=AT_ONCE,
)
TOLD_AT = (100, *WARNED_AT)
"""Percent of the maximum contract value at which everyone is told, the highest first."""


def tell_of_invoice(invoice: Invoice, done: str, *, by: Person | None, at: datetime) -> None:
    """Tell both parties, and the paying agent of what can now be paid or used."""
    contract = invoice.contract
    parties = [contract.council_id, contract.provider_id]
    _tell(INVOICES, contract, f"{_name(invoice)} is {done}", ("invoice", invoice), parties, by, at)
    if done == "approved":
        what = f"{_name(invoice)} can be {'used' if invoice.kind == CREDIT_NOTE else 'paid'}"
        _tell(PAYABLES, contract, what, ("payable", invoice), [contract.agent_id], by, at)


def tell_of_payment(contract: Contract, what: str, *, by: Person, at: datetime) -> None:
    """Tell both parties what the paying agent has recorded: no amount, the page says it."""
    parties = [contract.council_id, contract.provider_id]
    _tell(PAYMENTS, contract, what, ("payments", None), parties, by, at)


def warn_of_maximum(
    contract: Contract, *, before: Decimal, after: Decimal, maximum: Decimal, by: Person | None, at: datetime
) -> None:
    """Warn both parties when what is approved passes 80%, 90% or all of the maximum contract value, once for each."""
    passed = next((share for share in TOLD_AT if before * 100 < share * maximum <= after * 100), None)
    if passed is not None:
        what = f"{passed}% of the maximum contract value is approved"
        _tell(LIMITS, contract, what, ("invoices", None), [contract.council_id, contract.provider_id], by, at)


def _tell(
    kind: NoticeKind,
    contract: Contract,
    text: str,
    page: tuple[str, Invoice | None],
    organisations: list[int],
    by: Person | None,
    at: datetime,
) -> None:
    name, invoice = page
    announce(
        kind=kind.key,
        about=contract.reference,
        text=text,
        page=name,
        parts=_parts(name, contract, invoice),
        organisations=organisations,
        by=by,
        at=at,
    )


def _parts(page: str, contract: Contract, invoice: Invoice | None) -> list[int]:
    if invoice is None:
        return [contract.pk]
    return [invoice.pk] if page == "payable" else [contract.pk, invoice.pk]


def _name(invoice: Invoice) -> str:
    word = "credit note" if invoice.kind == CREDIT_NOTE else "invoice"
    if invoice.number is None:
        return f"The {word} of {month_shown(invoice.statement.month)}"
    return f"{word.capitalize()} {invoice.number}"
