"""What settles an invoice or uses up a credit note, and what opens it again: shared by payments and set-offs."""

from datetime import datetime
from decimal import Decimal

from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import Invoice
from invoicing.queries.invoices import still_to_settle
from invoicing.services.ground import MoreThanOwed, move
from pbr_ledger.accounts.models import Person
from pbr_ledger.errors import LedgerError
from pbr_ledger.money import pence_of, pounds_shown

CLERK = "Payments are recorded by the paying agent."
"""Said to everybody else."""


class NotPayable(LedgerError):
    """The invoice is not approved, is held, or is settled already."""


def require_open(invoice: Invoice, kind: str, share: Decimal) -> None:
    """Raise `NotPayable` unless it is of the kind and approved, and `MoreThanOwed` unless so much of it is left."""
    if invoice.kind != kind:
        raise NotPayable(f"{invoice} is not what this settles: payments are of invoices, repayments of credit notes.")
    if invoice.status not in OWED_STATUSES:
        raise NotPayable(f"{invoice} is {invoice.status.replace('_', ' ')}: nothing of it can be settled.")
    if share > still_to_settle(invoice):
        raise MoreThanOwed(f"Of {invoice}, {shown(still_to_settle(invoice))} is left, and not {shown(share)}.")


def settle(invoice: Invoice, amount: Decimal, by: Person, at: datetime) -> None:
    """So much more of the locked invoice is settled."""
    settled = invoice.settled + amount
    move(invoice, "settle" if settled == invoice.gross else "settle in part", by=by, at=at, settled=settled)


def reopen(invoice: Invoice, amount: Decimal, by: Person, at: datetime, reason: str) -> None:
    """So much of the locked invoice is open again, for the reason."""
    settled = invoice.settled - amount
    move(invoice, "reopen in part" if settled else "reopen", by=by, at=at, reason=reason, settled=settled)


def shown(amount: Decimal) -> str:
    """The amount in words for people."""
    return pounds_shown(pence_of(amount))
