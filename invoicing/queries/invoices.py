"""Reading invoices and credit notes, the terms on which they are made out, and how near a contract is to its limit."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet

from cohort.models import Contract
from invoicing.core.lines import DraftLine, charged_by_line, lines_of
from invoicing.lifecycles import HELD, ISSUED, OWED_STATUSES
from invoicing.models import (
    CREDIT_NOTE,
    INVOICE_KIND,
    ContractBalance,
    Invoice,
    InvoicingTerms,
    ParkedStatement,
)
from invoicing.queries.ledger import limits_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.money import RATE_SCALE
from savings.core.document import Document
from savings.models import ClosedStatement
from savings.queries import closed_statements

WARNED_AT = (90, 80)
"""The percentages of the maximum contract value from which on everyone is warned, the higher first."""


def invoices_of(contract: Contract) -> QuerySet[Invoice]:
    """The contract's invoices and credit notes, the earliest month first."""
    found = Invoice.objects.filter(contract=contract).select_related("contract", "statement")
    return found.order_by("statement__month_start")


def numbered_invoice(*, contract: Contract, number: int) -> Invoice | None:
    """The issued invoice or credit note of that number; None where there is none."""
    return invoices_of(contract).filter(number=number).first()


def invoice_of(statement: ClosedStatement) -> Invoice | None:
    """What was drafted from the closed statement; None where nothing was payable, or not yet drafted, or parked."""
    return Invoice.objects.filter(statement=statement).select_related("contract", "statement").first()


def still_to_settle(invoice: Invoice) -> Decimal:
    """What is left to pay of an invoice, or to use of a credit note."""
    return invoice.gross - invoice.settled


def payable_invoices(contract: Contract) -> QuerySet[Invoice]:
    """Approved invoices of which something is left to pay, those due first in front."""
    owed = invoices_of(contract).filter(kind=INVOICE_KIND, status__in=OWED_STATUSES)
    return owed.order_by("due_on", "number")


def unused_credit(contract: Contract) -> QuerySet[Invoice]:
    """Approved credit notes of which something is left, the oldest in front."""
    return invoices_of(contract).filter(kind=CREDIT_NOTE, status__in=OWED_STATUSES).order_by("number")


def late_invoices(*, contract: Contract, on: date) -> Iterator[tuple[Invoice, int]]:
    """The unsettled invoices that were due before the day, each with how many days late it is.

    One that waits for approval, or is held, is late too: it was due 30 days after its issue all the same.
    """
    unsettled = invoices_of(contract).filter(kind=INVOICE_KIND, status__in=(ISSUED, HELD, *OWED_STATUSES))
    for invoice in unsettled.filter(due_on__lt=on).order_by("due_on", "number"):
        yield invoice, days_late(invoice, on=on)


def days_late(invoice: Invoice, *, on: date) -> int:
    """How many days the due day of an issued invoice lies behind; 0 up to the due day itself, and for a draft."""
    return max(0, (on - invoice.due_on).days) if invoice.due_on else 0


def parked_statements(contract: Contract) -> QuerySet[ParkedStatement]:
    """Closed statements that wait for a person, the earliest month first."""
    waiting = ParkedStatement.objects.filter(statement__contract=contract, released_at=None)
    return waiting.select_related("statement__contract").order_by("statement__month_start")


def invoicing_terms_at(*, contract: Contract, at: datetime) -> InvoicingTerms:
    """The terms on which invoices are made out at the instant: the latest recorded, else what goes without saying.

    What goes without saying is not in the database and has no `recorded_by`.
    """
    recorded = InvoicingTerms.objects.filter(contract=contract, recorded_at__lte=at).order_by("recorded_at", "pk")
    return recorded.last() or InvoicingTerms(contract=contract, recorded_at=at, vat_rate=Decimal("0.2000"))


def charged_lines(*, contract: Contract, document: Document, at: datetime) -> tuple[DraftLine, ...]:
    """What a statement charges as lines with their VAT, by the invoicing terms that apply at the instant."""
    terms = invoicing_terms_at(contract=contract, at=at)
    return lines_of(
        charged_by_line(document), treatments=terms.vat_treatments, standard_rate=int(terms.vat_rate * RATE_SCALE)
    )


def document_before(statement: ClosedStatement) -> Document | None:
    """The document of the statement closed for the month before; None for the contract's first."""
    earlier = closed_statements(statement.contract).filter(month_start__lt=statement.month_start)
    text = earlier.values_list("document", flat=True).last()
    return json.loads(text) if text else None


@dataclass(frozen=True, slots=True)
class MaximumUsed:
    """How much of the maximum contract value is approved, net; `percent` is whole, rounded down.

    `warn_at` is 80 or 90 from when on everyone is warned, None below.
    """

    approved: Decimal
    maximum: Decimal

    @property
    def percent(self) -> int:
        """The share of the maximum that is approved."""
        return int(self.approved * 100 / self.maximum) if self.maximum else 100

    @property
    def warn_at(self) -> int | None:
        """The highest of the warnings that has been reached."""
        return next((level for level in WARNED_AT if self.percent >= level), None)


def maximum_used(contract: Contract) -> MaximumUsed:
    """What is approved against the maximum that terms and variations set now. Raises `NoTermsKnown`."""
    now = DATABASE_CLOCK.read(after=contract.last_stamped_at)
    approved = ContractBalance.objects.filter(pk=contract.pk).values_list("approved", flat=True).first()
    return MaximumUsed(approved or Decimal("0.00"), limits_of(contract, at=now).maximum)
