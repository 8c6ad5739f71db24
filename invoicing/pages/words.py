"""How the pages name invoices, credit notes, what was done to them, and amounts. Plain text, no markup."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Q, When

from invoicing.lifecycles import APPROVED, DRAFT, HELD, ISSUED, PAID, PART_PAID
from invoicing.models import CREDIT_NOTE, REPAYMENT, Invoice, Payment
from pbr_ledger.accounts.models import Person
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.sorting import by_words
from pbr_ledger.words import month_shown

STATUSES = {
    DRAFT: ("Draft", "grey"),
    ISSUED: ("Issued", "yellow"),
    HELD: ("Held", "red"),
    APPROVED: ("Approved", "teal"),
    PART_PAID: ("Part paid", "teal"),
    PAID: ("Paid", "green"),
}
USED = {PART_PAID: ("Part used", "teal"), PAID: ("Used", "green")}
"""Of a credit note."""

ACTIONS = {
    "issue": "Issued",
    "approve": "Approved",
    "hold": "Held",
    "release": "Released",
    "settle in part": "Settled in part",
    "settle": "Settled in full",
    "reopen in part": "Open again in part",
    "reopen": "Open again",
}
"""Everything that the lifecycle knows, as it is told afterwards."""

BY_SYSTEM = "The ledger"


@dataclass(frozen=True, slots=True)
class Row:
    """A name and what stands beside it."""

    name: str
    text: str


def amount_shown(amount: Decimal) -> str:
    """`£15,298.90`, and `−£9,600.00` with a true minus sign."""
    return pounds_shown(pence_of(amount))


def direction_shown(invoice: Invoice) -> str:
    """The gross amount as the council sees it: below zero where it comes back."""
    return amount_shown(-invoice.gross if invoice.kind == CREDIT_NOTE else invoice.gross)


def kind_in_text(invoice: Invoice) -> str:
    """`invoice` or `credit note`."""
    return "credit note" if invoice.kind == CREDIT_NOTE else "invoice"


def title_of(invoice: Invoice) -> str:
    """`Invoice 3`, `Credit note 4`, `Draft invoice of April 2026`."""
    if invoice.number is None:
        return f"Draft {kind_in_text(invoice)} of {month_shown(invoice.statement.month)}"
    return f"{kind_in_text(invoice).capitalize()} {invoice.number}"


def title_in_text(invoice: Invoice) -> str:
    """The same within a sentence: `invoice 3`."""
    title = title_of(invoice)
    return title[0].lower() + title[1:]


def status_shown(invoice: Invoice) -> tuple[str, str]:
    """The status in words, and the colour of its tag."""
    used = USED if invoice.kind == CREDIT_NOTE else {}
    return used.get(invoice.status) or STATUSES[invoice.status]


BY_STATUS = by_words(
    [
        *((Q(kind=CREDIT_NOTE, status=status), words) for status, (words, _) in USED.items()),
        *((Q(status=status), words) for status, (words, _) in STATUSES.items()),
    ]
)
"""Sorts invoices by `status_shown`."""
BY_DIRECTION = Case(When(kind=CREDIT_NOTE, then=-F("gross")), default=F("gross"))
"""Sorts invoices by `direction_shown`."""


def payment_shown(payment: Payment) -> str:
    """`Payment`, `Repayment`, or that one of these was taken back."""
    return payment_words(payment.kind, is_reversal=payment.reverses_id is not None)


def payment_words(kind: str, *, is_reversal: bool) -> str:
    """The same by the payment's kind."""
    word = "Repayment" if kind == REPAYMENT else "Payment"
    return f"{word} reversed" if is_reversal else word


def person_shown(person: Person | None) -> str:
    """Who, and of which organisation."""
    return f"{person.full_name}, {person.organisation.name}" if person else BY_SYSTEM


def year_shown(year: int) -> str:
    """The financial year that begins in April of this one: `2025/26`."""
    return f"{year}/{(year + 1) % 100:02d}"
