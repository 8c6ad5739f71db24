"""What a paying agent may know: approved invoices and credit notes of its contracts, and nothing behind them."""

from decimal import Decimal

from django.db.models import F, QuerySet, Sum

from cohort.models import Contract
from invoicing.lifecycles import OWED_STATUSES, PAID
from invoicing.models import CREDIT_NOTE, INVOICE_KIND, Invoice
from pbr_ledger.accounts.models import Person

APPROVED_EVER = (*OWED_STATUSES, PAID)


def contracts_paid_by(person: Person) -> QuerySet[Contract]:
    """The contracts for which the person's organisation pays."""
    return Contract.objects.filter(agent=person.organisation_id)


def approved_for(person: Person) -> QuerySet[Invoice]:
    """The invoices and credit notes that were approved for payment by the person's organisation."""
    parties = ("contract__council", "contract__provider", "contract__agent")
    found = Invoice.objects.filter(contract__agent=person.organisation_id, status__in=APPROVED_EVER)
    return found.select_related("statement", *parties)


def to_pay(person: Person) -> QuerySet[Invoice]:
    """Invoices of which something is left to pay, those due first in front."""
    return approved_for(person).filter(kind=INVOICE_KIND, status__in=OWED_STATUSES).order_by("due_on", "pk")


def credit_to_use(person: Person) -> QuerySet[Invoice]:
    """Credit notes of which something is left, the oldest in front."""
    return approved_for(person).filter(kind=CREDIT_NOTE, status__in=OWED_STATUSES).order_by("issued_on", "pk")


def settled(person: Person) -> QuerySet[Invoice]:
    """Invoices and credit notes of which nothing is left, the latest in front."""
    return approved_for(person).filter(status=PAID).order_by("-issued_on", "-pk")


def left_of(invoices: QuerySet[Invoice]) -> Decimal:
    """What is left of all of them together."""
    left = invoices.aggregate(left=Sum(F("gross") - F("settled")))["left"]
    return left or Decimal("0.00")
