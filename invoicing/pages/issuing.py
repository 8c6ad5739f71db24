"""The page on which the provider issues a draft: what will be issued, and what has to be issued first."""

from datetime import date, timedelta
from typing import Any

from invoicing.lifecycles import DRAFT
from invoicing.models import Invoice
from invoicing.pages.words import amount_shown, kind_in_text, title_in_text
from invoicing.queries.invoices import invoicing_terms_at
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.words import day_shown, month_shown


def issuing_page(invoice: Invoice, *, today: date) -> dict[str, Any]:
    """What the page places. `first` is a draft that a credit note corrects, and which has no number to name yet."""
    terms = invoicing_terms_at(contract=invoice.contract, at=DATABASE_CLOCK.read(after=None))
    drafts = invoice.corrects.filter(status=DRAFT).select_related("statement").order_by("statement__month_start")
    first = drafts.first()
    return {
        "heading": f"Issue the {title_in_text(invoice)}",
        "kind": kind_in_text(invoice),
        "gross": amount_shown(invoice.gross),
        "month": month_shown(invoice.statement.month),
        "issued": day_shown(today),
        "due": day_shown(today + timedelta(days=terms.payment_days)),
        "button": f"Issue this {kind_in_text(invoice)}",
        "first": first,
        "first_month": month_shown(first.statement.month) if first else "",
    }
