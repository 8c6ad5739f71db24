"""Invoices of the pages' world, made by the real services just after everything else of their contract."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from cohort.models import Contract
from invoicing.models import DOCUMENT_NAMES, INVOICE_PDF, Invoice, ParkedStatement, Payment, SetOff
from invoicing.services import invoices, payments
from invoicing.services.documents import store_invoice_document
from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK, StatedClock
from pbr_ledger.periods import day_of
from savings.queries import closed_statements
from tests.pages.world import World, world


def ticking(contract: Contract) -> StatedClock:
    """A clock that begins a second after the contract's last stamp."""
    contract.refresh_from_db(fields=["last_stamped_at"])
    return StatedClock(_ticks(contract.last_stamped_at or datetime(2025, 7, 29, tzinfo=UTC)))


def _ticks(at: datetime) -> Iterator[datetime]:
    while True:
        at += timedelta(seconds=1)
        yield at


def someone(contract: Contract, part: str, name: str) -> Person:
    """The person of that name in the contract's council, provider or agent."""
    found: Person = getattr(contract, part).people.get(full_name=name)
    return found


def provider(contract: Contract) -> Person:
    """Who issues."""
    return someone(contract, "provider", "Priya Provider")


def second_officer(contract: Contract) -> Person:
    """Who approves: another than the proposer."""
    return someone(contract, "council", "Sam Second")


def clerk(contract: Contract) -> Person:
    """Who pays."""
    return someone(contract, "agent", "Clara Clerk")


def drafted(contract: Contract) -> list[Invoice]:
    """The draft of each closed month that makes something payable, the earliest first."""
    statements = closed_statements(contract).select_related("contract", "proposal")
    made = [invoices.draft_from_statement(statement=each, clock=ticking(contract)) for each in statements]
    return [invoice for invoice in made if invoice is not None]


def issued(contract: Contract, draft: Invoice, reference: str = "") -> Invoice:
    """The draft, issued by the provider."""
    by = provider(contract)
    return invoices.issue(invoice=draft, by=by, clock=ticking(contract), provider_reference=reference)


def approved(contract: Contract, draft: Invoice) -> Invoice:
    """The draft, issued and approved."""
    return invoices.approve(invoice=issued(contract, draft), by=second_officer(contract), clock=ticking(contract))


def held(contract: Contract, draft: Invoice, reason: str = "No order number") -> Invoice:
    """The draft, issued and held."""
    by = second_officer(contract)
    return invoices.hold(invoice=issued(contract, draft), reason=reason, by=by, clock=ticking(contract))


def paid(contract: Contract, invoice: Invoice, amount: str, reference: str = "BACS 1") -> Payment:
    """So many pounds of the invoice, paid by the clerk on the day of the contract's last stamp."""
    clock = ticking(contract)
    assert contract.last_stamped_at is not None
    return payments.record_payment(
        contract=contract,
        amount=Decimal(amount),
        paid_on=day_of(contract.last_stamped_at),
        remittance_reference=reference,
        allocations=[(invoice, Decimal(amount))],
        by=clerk(contract),
        clock=clock,
    )


def keep_documents(invoice: Invoice) -> dict[str, bytes]:
    """Stands in for the invoice's documents where only their bytes matter."""
    kept = {}
    for name in DOCUMENT_NAMES:
        media_type = "application/pdf" if name == INVOICE_PDF else "application/xml"
        kept[name] = f"{name} of {invoice}".encode()
        store_invoice_document(invoice=invoice, name=name, media_type=media_type, content=kept[name])
    return kept


def parked(contract: Contract) -> ParkedStatement:
    """The contract's first statement as if it had been out of bounds."""
    statement = closed_statements(contract).first()
    assert statement is not None
    at = next(_ticks(statement.closed_at))
    found = "The fee of November 2025 passes its limit: £2.00 against £1.00."
    return ParkedStatement.objects.create(statement=statement, findings=found, parked_at=at)


def set_off(contract: Contract, credit_note: Invoice, invoice: Invoice, amount: str) -> SetOff:
    """So many pounds of the credit, used against the invoice by the clerk."""
    by = clerk(contract)
    return payments.set_off(
        credit_note=credit_note, invoice=invoice, amount=Decimal(amount), by=by, clock=ticking(contract)
    )


def lent(here: World, who: str, role: str) -> Person:
    """Somebody of the own side, with the role granted to them now."""
    person = here.people[f"own {who}"]
    by = Person.objects.get(full_name="Ivy Installer")
    accounts.grant_role(person=person, role=role, by=by, clock=DATABASE_CLOCK)
    return person


@dataclass(frozen=True)
class Scene:
    """February is paid in part, March payable, April held, and May's credit note used in part."""

    february: Invoice
    march: Invoice
    april: Invoice
    may: Invoice


def scene(contract: Contract) -> Scene:
    """The scene in a contract of the breakdown that is reported late, whose documents are not made yet."""
    february, march, april, may = drafted(contract)
    february = approved(contract, february)
    march = approved(contract, march)
    april = held(contract, april)
    may = approved(contract, may)
    paid(contract, february, "5000.00")
    taken_back = paid(contract, march, "1.00", "BACS 2")
    payments.reverse_payment(
        payment=taken_back, reason="Another contract’s", by=clerk(contract), clock=ticking(contract)
    )
    set_off(contract, may, february, "200.00")
    found = Invoice.objects.filter(contract=contract).select_related("contract", "statement")
    return Scene(*found.order_by("statement__month_start"))


def billed() -> World:
    """Invoices of February and March approved, one of them paid in part, May's credit note approved."""
    late = world("breakdown-reported-late")
    scene(late.contract)
    return late
