"""What the search finds among statements and invoices: by month, number or the provider's own reference."""

import re
from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.urls import reverse

from cohort.queries import contracts_visible_to
from invoicing.models import Invoice
from invoicing.pages.words import title_of
from invoicing.queries.payables import approved_for
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import AGENT
from pbr_ledger.periods import Month
from pbr_ledger.search import MOST_EACH, Found
from pbr_ledger.words import MONTH_NAMES, month_shown
from savings.models import ClosedStatement

NUMBER = re.compile(r"(?:invoice|credit note)?\s*(\d{1,9})", re.IGNORECASE)
MONTH = re.compile(r"([A-Za-z]{3,9})\s+(\d{4})")


def found_in_invoicing(person: Person, wanted: str) -> Iterator[Found]:
    """Closed statements of a month, invoices and credit notes; for the agent's clerk, what was approved for payment."""
    if person.organisation.kind == AGENT:
        if "record_payment" in permissions_now(person):
            for invoice in _invoices(approved_for(person), wanted):
                yield _invoice(invoice, reverse("payable", args=[invoice.pk]))
        return
    contracts = contracts_visible_to(person)
    month = month_in(wanted)
    if month is not None:
        closed = ClosedStatement.objects.filter(contract__in=contracts, month_start=month.first_day)
        for statement in closed.select_related("contract").order_by("contract__reference")[:MOST_EACH]:
            address = reverse("statement", args=[statement.contract_id, month])
            yield Found("Statements", statement.contract.reference, month_shown(month), address)
    theirs = Invoice.objects.filter(contract__in=contracts).select_related("contract", "statement")
    for invoice in _invoices(theirs, wanted, month):
        yield _invoice(invoice, reverse("invoice", args=[invoice.contract_id, invoice.pk]))


def month_in(wanted: str) -> Month | None:
    """The month of `May 2026`, `may 2026` or `2026-05`; None for all else."""
    if match := MONTH.fullmatch(wanted):
        names = [name for name in MONTH_NAMES if name.casefold().startswith(match[1].casefold())]
        return Month(int(match[2]), MONTH_NAMES.index(names[0]) + 1) if len(names) == 1 and int(match[2]) else None
    try:
        return Month.parse(wanted)
    except ValueError:
        return None


def _invoices(invoices: QuerySet[Invoice], wanted: str, month: Month | None = None) -> QuerySet[Invoice]:
    found = Q(provider_reference__icontains=wanted)
    if number := NUMBER.fullmatch(wanted):
        found |= Q(number=int(number[1]))
    if month is not None:
        found |= Q(statement__month_start=month.first_day)
    return invoices.filter(found).order_by("contract__reference", "number", "pk")[:MOST_EACH]


def _invoice(invoice: Invoice, address: str) -> Found:
    return Found("Invoices and credit notes", invoice.contract.reference, title_of(invoice), address)
