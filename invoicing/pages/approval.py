"""The page on which an officer approves an invoice: what it brings the contract to, and what stands in the way."""

from typing import Any

from invoicing.models import CREDIT_NOTE, Invoice
from invoicing.pages.words import amount_shown, kind_in_text, title_in_text
from invoicing.queries.approval import ApprovalOutlook, approval_outlook
from invoicing.queries.invoices import MaximumUsed
from pbr_ledger.words import day_shown, month_shown


def approval_page(invoice: Invoice) -> dict[str, Any]:
    """What the page places. With `obstacle`, a sentence, approval would be refused and no button is offered."""
    outlook = approval_outlook(invoice)
    kind = kind_in_text(invoice)
    return {
        "heading": f"Approve {title_in_text(invoice)}",
        "invoice": invoice,
        "kind": kind,
        "is_credit": invoice.kind == CREDIT_NOTE,
        "net": amount_shown(invoice.net),
        "gross": amount_shown(invoice.gross),
        "month": month_shown(invoice.statement.month),
        "statement_month": str(invoice.statement.month),
        "issued": day_shown(invoice.issued_on) if invoice.issued_on else "",
        "due": day_shown(invoice.due_on) if invoice.due_on else "",
        "used_before": used_shown(outlook.before),
        "used_after": used_shown(outlook.after),
        "warning": _warning(outlook),
        "obstacle": _obstacle(outlook),
        "needs_variation": outlook.passes_maximum,
        "button": f"Approve this {kind}",
    }


def used_shown(used: MaximumUsed) -> str:
    """`£40,000.00 of £700,000.00 (5%)`."""
    return f"{amount_shown(used.approved)} of {amount_shown(used.maximum)} ({used.percent}%)"


def _warning(outlook: ApprovalOutlook) -> str:
    level = outlook.after.warn_at
    if level is None or outlook.passes_maximum or outlook.after.approved <= outlook.before.approved:
        return ""
    left = amount_shown(outlook.after.maximum - outlook.after.approved)
    return f"{level}% or more of the maximum contract value will be used: {left} is left."


def _obstacle(outlook: ApprovalOutlook) -> str:
    if outlook.passes_maximum:
        return (
            f"Approved, it would take the contract to {amount_shown(outlook.after.approved)}, past its maximum value "
            f"of {amount_shown(outlook.after.maximum)}. That needs a variation, recorded by the Lead Accountant first."
        )
    if outlook.passes_cap:
        return (
            f"Approved, it would take the fixed fee to {amount_shown(outlook.fixed_fee_after)}, past its cap of "
            f"{amount_shown(outlook.fixed_fee_cap)} (4.1). Hold it, so that the statement behind it is looked at."
        )
    return ""
