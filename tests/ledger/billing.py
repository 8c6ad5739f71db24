"""From closed statements to paid invoices, through the services, with instants that the tests state."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from cohort.models import Contract
from invoicing.models import Invoice, JournalEntry, Payment
from invoicing.queries.checks import check_everything
from invoicing.services.invoices import approve, draft_from_statement, issue
from invoicing.services.ledger import legs_of
from invoicing.services.payments import record_payment
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import StatedClock
from pbr_ledger.periods import day_of
from savings.models import ClosedStatement
from savings.queries import closed_statements
from savings.services import Parties
from tests.savings import ledger


def ticking(contract: Contract) -> StatedClock:
    """A clock that begins a second after the contract's last stamp, and reads a second later each time."""
    contract.refresh_from_db(fields=["last_stamped_at"])
    return StatedClock(_ticks(contract.last_stamped_at or ledger.instant("2025-07-29 09:00")))


def _ticks(at: datetime) -> Iterator[datetime]:
    while True:
        at += timedelta(seconds=1)
        yield at


def statements(contract: Contract) -> list[ClosedStatement]:
    """The contract's closed statements, in order."""
    return list(closed_statements(contract).select_related("contract", "proposal"))


def drafted(contract: Contract) -> list[Invoice]:
    """The draft of each closed statement that makes something payable."""
    made = (draft_from_statement(statement=each, clock=ticking(contract)) for each in statements(contract))
    return [invoice for invoice in made if invoice is not None]


def approved(contract: Contract, parties: Parties) -> list[Invoice]:
    """The same, issued by the provider and approved by the council."""
    invoices = []
    for draft in drafted(contract):
        issued = issue(invoice=draft, by=parties.provider_staff, clock=ticking(contract))
        invoices.append(approve(invoice=issued, by=parties.second_officer, clock=ticking(contract)))
    return invoices


def paid(contract: Contract, parties: Parties, invoice: Invoice, amount: str, reference: str = "BACS 1") -> Payment:
    """A payment by the agent's clerk, on the day after the contract's last stamp."""
    clock = ticking(contract)
    return record_payment(
        contract=contract,
        amount=Decimal(amount),
        paid_on=day_of(contract.last_stamped_at),
        remittance_reference=reference,
        allocations=[(invoice, Decimal(amount))],
        by=clerk(parties),
        clock=clock,
    )


def clerk(parties: Parties) -> Person:
    """The person of the agent who records payments."""
    found = Person.objects.filter(organisation=parties.agent, full_name="Max Trix").first()
    return found or ledger.person(parties.agent, "Max Trix", "payments_clerk")


def findings(contract: Contract | None = None) -> list[str]:
    """What `check_ledger` would print."""
    return [str(finding) for finding in check_everything(contract)]


def legs(entry: JournalEntry) -> list[tuple[str, str, str]]:
    """The legs of an entry as account, side and amount."""
    return [(leg.account, leg.side, str(leg.amount)) for leg in legs_of(entry)]
