"""The list of a contract's invoices and credit notes, and the statements that wait for a person."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from cohort.models import Contract
from invoicing import rules
from invoicing.lifecycles import APPROVED, HELD, ISSUED, PART_PAID
from invoicing.models import INVOICE_KIND, Invoice, ParkedStatement
from invoicing.pages.words import (
    BY_DIRECTION,
    BY_STATUS,
    STATUSES,
    amount_shown,
    direction_shown,
    status_shown,
    title_of,
)
from invoicing.queries.invoices import days_late, invoices_of, parked_statements
from pbr_ledger.accounts.models import Person
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.sorting import DAY, NUMBER, Sort, keys_of
from pbr_ledger.words import count_shown, day_shown, instant_shown, month_shown

UNSETTLED = (ISSUED, HELD, APPROVED, PART_PAID)


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """One row of the list. `late` is empty up to the due day, and for what is settled."""

    key: int
    title: str
    month: str
    amount: str
    status: str
    colour: str
    issued: str
    due: str
    late: str
    settled: str


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """A closed statement that waits for a person: what was found, and whether this one may release it."""

    key: int
    month: str
    address: str
    parked_at: str
    findings: tuple[str, ...]
    may_release: bool


COLUMNS: tuple[Column, ...] = (
    ("Number", lambda row: row.title),
    ("Month", lambda row: row.month),
    ("Status", lambda row: row.status),
    ("Issued", lambda row: row.issued),
    ("Due", lambda row: row.due),
    ("Late", lambda row: row.late),
    ("Amount", lambda row: row.amount),
    ("Settled", lambda row: row.settled),
)
"""The list as a file."""
SORTS = (
    Sort("number", "Number", "number", NUMBER),
    Sort("month", "Month", "statement__month_start", DAY),
    Sort("status", "Status", BY_STATUS),
    Sort("issued", "Issued", "issued_on", DAY),
    Sort("due", "Due", "due_on", DAY),
    Sort("amount", "Amount", BY_DIRECTION, NUMBER),
    Sort("settled", "Settled", "settled", NUMBER),
)
OWN_ORDER = "-month"
LIST = ListPage("invoices", "Invoices", {"status": frozenset(STATUSES)}, keys_of(SORTS))


def listed_invoices(contract: Contract, status: str) -> QuerySet[Invoice]:
    """The contract's invoices and credit notes of the status, or all: the latest month first."""
    found = invoices_of(contract).order_by("-statement__month_start")
    return found.filter(status=status) if status else found


def invoice_rows(invoices: Iterable[Invoice], *, today: date) -> list[InvoiceRow]:
    """The rows of the list."""
    return [_row(invoice, today) for invoice in invoices]


def _row(invoice: Invoice, today: date) -> InvoiceRow:
    status, colour = status_shown(invoice)
    return InvoiceRow(
        key=invoice.pk,
        title=title_of(invoice),
        month=month_shown(invoice.statement.month),
        amount=direction_shown(invoice),
        status=status,
        colour=colour,
        issued=day_shown(invoice.issued_on) if invoice.issued_on else "",
        due=day_shown(invoice.due_on) if invoice.due_on else "",
        late=late_shown(invoice, today=today),
        settled=amount_shown(invoice.settled),
    )


def late_shown(invoice: Invoice, *, today: date) -> str:
    """`12 days late`; empty for what is settled, not due yet, or a credit note."""
    late = days_late(invoice, on=today)
    if not late or invoice.kind != INVOICE_KIND or invoice.status not in UNSETTLED:
        return ""
    return f"{count_shown(late, 'day')} late"


def parked_rows(contract: Contract, person: Person) -> list[ParkedRow]:
    """The statements that wait for a person, the earliest first."""
    return [_parked(parked, person) for parked in parked_statements(contract)]


def _parked(parked: ParkedStatement, person: Person) -> ParkedRow:
    month = parked.statement.month
    return ParkedRow(
        key=parked.pk,
        month=month_shown(month),
        address=str(month),
        parked_at=instant_shown(parked.parked_at),
        findings=tuple(parked.findings.splitlines()),
        may_release=rules.may_release_parked(person, parked.statement),
    )
