"""The paying agent's pages: totals of approved invoices. Nothing of a child, a carer, a statement or a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower

from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import CREDIT_NOTE, Invoice
from invoicing.pages.documents import OF_THE_AGENT, documents_shown
from invoicing.pages.invoice import invoice_page
from invoicing.pages.invoices import late_shown
from invoicing.pages.words import BY_STATUS, amount_shown, status_shown, title_of
from invoicing.queries.invoices import still_to_settle
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.sorting import DAY, NUMBER, Sort, keys_of
from pbr_ledger.words import day_shown


@dataclass(frozen=True, slots=True)
class PayableRow:
    """One approved invoice or credit note, by its totals."""

    key: int
    contract: str
    council: str
    title: str
    provider: str
    status: str
    colour: str
    due: str
    late: str
    gross: str
    left: str


COLUMNS: tuple[Column, ...] = (
    ("Number", lambda row: row.title),
    ("Contract", lambda row: row.contract),
    ("Council", lambda row: row.council),
    ("Provider", lambda row: row.provider),
    ("Status", lambda row: row.status),
    ("Due", lambda row: row.due),
    ("Late", lambda row: row.late),
    ("With VAT", lambda row: row.gross),
    ("Left to pay", lambda row: row.left),
)
"""The list as a file."""
SORTS = (
    Sort("number", "Number", "number", NUMBER),
    Sort("contract", "Contract", "contract__reference"),
    Sort("provider", "Provider", Lower("contract__provider__name")),
    Sort("status", "Status", BY_STATUS),
    Sort("due", "Due", "due_on", DAY),
    Sort("amount", "With VAT", "gross", NUMBER),
    Sort("left", "Left to pay", F("gross") - F("settled"), NUMBER),
)
LIST = ListPage("payables", "Payables", {"show": frozenset({"credit", "settled"})}, keys_of(SORTS), of_contract=False)


def payable_rows(invoices: Iterable[Invoice], *, today: date) -> list[PayableRow]:
    """The rows of the list."""
    return [_row(invoice, today) for invoice in invoices]


def _row(invoice: Invoice, today: date) -> PayableRow:
    status, colour = status_shown(invoice)
    return PayableRow(
        key=invoice.pk,
        contract=invoice.contract.reference,
        council=invoice.contract.council.name,
        title=title_of(invoice),
        provider=invoice.contract.provider.name,
        status=status,
        colour=colour,
        due=day_shown(invoice.due_on) if invoice.due_on else "",
        late=late_shown(invoice, today=today),
        gross=amount_shown(invoice.gross),
        left=amount_shown(still_to_settle(invoice)),
    )


def payable_page(invoice: Invoice, *, today: date) -> dict[str, Any]:
    """The invoice as its own document has it, with what settled it, and what the clerk may record now."""
    is_open, is_credit = invoice.status in OWED_STATUSES, invoice.kind == CREDIT_NOTE
    return {
        **invoice_page(invoice, today=today),
        "reference": invoice.contract.reference,
        "documents": documents_shown(invoice, parts=(invoice.pk,), routes=OF_THE_AGENT),
        "may_pay": is_open and not is_credit,
        "may_use": is_open and is_credit,
    }
