"""What waits for a person in this room: drafts, approvals, held and parked ones, limits, late payments, old credit."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from django.db.models import Count, F, Min, QuerySet, Sum
from django.urls import reverse

from invoicing.lifecycles import DRAFT, HELD, ISSUED, OWED_STATUSES
from invoicing.models import CREDIT_NOTE, INVOICE_KIND, ContractBalance, Invoice, ParkedStatement
from invoicing.pages.words import amount_shown, title_in_text, title_of
from invoicing.queries.invoices import MaximumUsed, still_to_settle
from invoicing.queries.payables import credit_to_use, to_pay
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.accounts.roles import AGENT
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import Need
from pbr_ledger.periods import day_of
from pbr_ledger.words import count_shown, day_shown, month_shown

CREDIT_IS_OLD_AFTER = timedelta(days=60)
USED_UP = 100
SAID_OF_AN_INVOICE = (
    "contract",
    "kind",
    "number",
    "gross",
    "settled",
    "drafted_at",
    "issued_on",
    "due_on",
    "statement__month_start",
)


def needs_of_invoicing(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """What waits for this person, in a fixed number of queries; for the agent's clerk, what is payable.

    The clerk sees no contract: theirs are the contracts for which the clerk's organisation pays.
    """
    permissions = permissions_now(person)
    today = day_of(DATABASE_CLOCK.read(after=None))
    if person.organisation.kind == AGENT:
        if "record_payment" in permissions:
            yield from _payable(person, today)
        return
    theirs = Invoice.objects.filter(contract__in=contracts).select_related("statement").only(*SAID_OF_AN_INVOICE)
    if "issue_invoice" in permissions:
        yield from _to_issue(theirs.filter(contract__provider=person.organisation_id))
    councils = theirs.filter(contract__council=person.organisation_id)
    if "approve_invoice" in permissions:
        yield from _to_approve(councils, person)
    if "hold_invoice" in permissions:
        yield from _held(councils)
        yield from _overdue(councils, today)
        yield from _old_credit(councils, today)
        yield from _limits(person, contracts)
    if "release_parked" in permissions:
        yield from _parked(person, contracts)


def _need(invoice: Invoice, text: str, route: str, since: date | None, when: str = "") -> Need:
    address = reverse(route, args=[invoice.contract_id, invoice.pk])
    return Need(invoice.contract_id, text, address, since, when)


def _to_issue(invoices: QuerySet[Invoice]) -> Iterator[Need]:
    for invoice in invoices.filter(status=DRAFT).order_by("statement__month_start"):
        since = day_of(invoice.drafted_at)
        text = f"Issue the {title_in_text(invoice)}: {amount_shown(invoice.gross)}"
        yield _need(invoice, text, "invoice-issue", since, f"since {day_shown(since)}")


def _to_approve(invoices: QuerySet[Invoice], person: Person) -> Iterator[Need]:
    waiting = invoices.filter(status=ISSUED).exclude(proposed_by=person).exclude(issued_by=person)
    for invoice in waiting.order_by("contract", "number"):
        text = f"Approve {title_in_text(invoice)}: {amount_shown(invoice.gross)}"
        due = f"due {day_shown(invoice.due_on)}" if invoice.due_on else ""
        yield _need(invoice, text, "invoice-approve", invoice.issued_on, due)


def _held(invoices: QuerySet[Invoice]) -> Iterator[Need]:
    for invoice in invoices.filter(status=HELD).order_by("contract", "number"):
        due = f"due {day_shown(invoice.due_on)}" if invoice.due_on else ""
        yield _need(
            invoice, f"{title_of(invoice)} is held: release it when that is settled", "invoice", invoice.issued_on, due
        )


def _overdue(invoices: QuerySet[Invoice], today: date) -> Iterator[Need]:
    """One for each contract: its only invoice that is overdue, or how many there are and since when the first."""
    late = invoices.filter(kind=INVOICE_KIND, status__in=OWED_STATUSES, due_on__lt=today).order_by("contract")
    each = late.values_list("contract").annotate(
        Count("pk"), Min("pk"), Min("number"), Min("due_on"), left=Sum(F("gross") - F("settled"))
    )
    for contract, count, key, number, due, left in each:
        is_left = f"overdue: {amount_shown(left)} is left to pay"
        if count == 1:
            address = reverse("invoice", args=[contract, key])
            yield Need(contract, f"Invoice {number} is {is_left}", address, due, _late(due, today))
        else:
            address = reverse("payment-practice", args=[contract])
            yield Need(contract, f"{count} invoices are {is_left}", address, due, f"the first {_late(due, today)}")


def _old_credit(invoices: QuerySet[Invoice], today: date) -> Iterator[Need]:
    old = invoices.filter(kind=CREDIT_NOTE, status__in=OWED_STATUSES, issued_on__lt=today - CREDIT_IS_OLD_AFTER)
    for credit in old.order_by("issued_on"):
        since = f"issued {day_shown(credit.issued_on)}" if credit.issued_on else ""
        text = f"{amount_shown(still_to_settle(credit))} of {title_in_text(credit)} is neither used nor repaid"
        yield _need(credit, text, "invoice", credit.issued_on, since)


def _limits(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    """By the running row of each contract, which every approval and every variation brings up to date."""
    balances = ContractBalance.objects.filter(
        contract__in=contracts, contract__council=person.organisation_id, approved__gte=F("maximum") * 4 / 5
    )
    for balance in balances.select_related("contract"):
        used = MaximumUsed(balance.approved, balance.maximum)
        left = f"{used.percent}% of the maximum contract value of {balance.contract.reference} is approved"
        more = (
            "more needs a variation"
            if used.percent >= USED_UP
            else f"{amount_shown(used.maximum - used.approved)} is left"
        )
        yield Need(balance.contract_id, f"{left}: {more}", reverse("invoices", args=[balance.contract_id]))


def _parked(person: Person, contracts: Collection[int]) -> Iterator[Need]:
    waiting = ParkedStatement.objects.filter(
        released_at=None,
        statement__contract__in=contracts,
        statement__contract__council=person.organisation_id,
    ).exclude(statement__closed_by=person)
    for parked in waiting.select_related("statement").order_by("parked_at"):
        since = day_of(parked.parked_at)
        contract = parked.statement.contract_id
        text = (
            f"The statement of {month_shown(parked.statement.month)} is out of bounds: say whether it may be invoiced"
        )
        yield Need(
            contract, text, reverse("parked-release", args=[contract, parked.pk]), since, f"since {day_shown(since)}"
        )


def _payable(person: Person, today: date) -> Iterator[Need]:
    for invoice in to_pay(person):
        text = f"Pay {title_in_text(invoice)} of {invoice.contract.reference}: {amount_shown(still_to_settle(invoice))}"
        due = _late(invoice.due_on, today) or (f"due {day_shown(invoice.due_on)}" if invoice.due_on else "")
        yield Need(invoice.contract_id, text, reverse("payable", args=[invoice.pk]), invoice.due_on, due)
    for credit in credit_to_use(person):
        text = f"Use {title_in_text(credit)} of {credit.contract.reference}: {amount_shown(still_to_settle(credit))}"
        yield Need(credit.contract_id, text, reverse("payable", args=[credit.pk]), credit.issued_on)


def _late(due: date | None, today: date) -> str:
    late = (today - due).days if due else 0
    return f"{count_shown(late, 'day')} late" if late > 0 else ""
