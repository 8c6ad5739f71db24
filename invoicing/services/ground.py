"""What every change to an invoice stands on: its errors, the locks in their order, the stamp, and the history."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from cohort.models import Contract
from cohort.services import keep_stamp, locked, next_stamp, stream_of
from invoicing import rules
from invoicing.lifecycles import INVOICE
from invoicing.models import Invoice, InvoiceAction
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import Clock
from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Problem, Refused


class ReasonMissing(LedgerError):
    """What is about to be done has to be explained."""


class OverMaximum(LedgerError):
    """Approved, this would take the contract past its maximum value, and no variation allows that."""


class OverCap(LedgerError):
    """Approved, this would take the fixed fee past its cap (docs/contract.md 4.1)."""


class MoreThanOwed(LedgerError):
    """More was to be paid, set off or repaid than is left to settle."""


def locked_invoice(invoice: Invoice) -> tuple[Contract, Invoice]:
    """The contract's row, then the invoice's, both locked and as they are now."""
    contract = locked(invoice.contract, erased_too=True)
    return contract, locked_invoices(contract, [invoice.pk])[invoice.pk]


def locked_invoices(contract: Contract, keys: Iterable[int]) -> dict[int, Invoice]:
    """The invoices by key, locked in the order of their keys; the contract is locked by the caller.

    Raises `NotFound` for one that is not the contract's.
    """
    wanted = set(keys)
    rows = Invoice.objects.select_for_update(of=("self",)).filter(contract=contract, pk__in=wanted).order_by("pk")
    found = {row.pk: row for row in rows.select_related("statement")}
    if wanted - found.keys():
        raise NotFound(f"{contract.reference} has no such invoice.")
    for row in found.values():
        row.contract = contract
    return found


def require_party(person: Person, contract: Contract) -> None:
    """Raise `NotFound` to everybody outside the contract: for them it does not exist."""
    if not rules.is_party(person, contract):
        raise NotFound(f"There is no contract {contract.reference}.")


def require(permitted: bool, otherwise: str) -> None:
    """Raise `NotPermitted`, with what is true instead, unless the person may do it."""
    if not permitted:
        raise NotPermitted(otherwise)


def require_reason(reason: str, otherwise: str) -> None:
    """Raise `ReasonMissing` where nothing is given."""
    if not reason.strip():
        raise ReasonMissing(otherwise)


def require_length(place: str, text: str, most: int) -> None:
    """Raise `Refused` for text that its column does not keep."""
    if len(text) > most or "\0" in text:
        raise Refused([Problem(place, f"has to be at most {most} plain characters")])


def require_amount(place: str, amount: Decimal) -> None:
    """Raise `Refused` unless it is an amount above zero in whole pence."""
    if not amount.is_finite() or amount <= 0 or amount != round(amount, 2) or amount >= Decimal(10**12):
        raise Refused([Problem(place, "has to be an amount above zero, in pounds and pence")])


def stamp(contract: Contract, clock: Clock) -> datetime:
    """The instant now, later than everything recorded of the locked contract, and taken note of."""
    at = next_stamp(contract, clock)
    keep_stamp(contract)
    return at


def move(invoice: Invoice, action: str, *, by: Person, at: datetime, reason: str = "", **columns: object) -> None:
    """Move the locked invoice on by the action, with its other changed columns, its history and its audit row.

    Raises `ActionNotPossible` where the lifecycle has no such step.
    """
    invoice.status = INVOICE.after(invoice.status, action)
    for name, value in columns.items():
        setattr(invoice, name, value)
    invoice.save(update_fields=["status", *columns])
    InvoiceAction.objects.create(
        invoice=invoice, action=action, status_after=invoice.status, by=by, at=at, reason=reason
    )


def note(
    contract: Contract, by: Person | None, action: str, subject: object, detail: Mapping[str, object], at: datetime
) -> None:
    """The event in the contract's activity log."""
    audit.record(stream=stream_of(contract), by=by, action=action, subject=str(subject), detail=detail, at=at)
