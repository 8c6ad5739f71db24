"""A contract with something in every table of what is owed, and rows written past the services, by hand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connections

from cohort.models import Contract
from invoicing.core.calendar import Period
from invoicing.models import Account, Invoice, JournalEntry, Payment
from invoicing.services.invoices import approve, issue
from invoicing.services.payments import set_off
from invoicing.services.periods import close_period
from savings.services import Parties
from tests.ledger import billing
from tests.ledger.billing import ticking

LATER = datetime(2026, 6, 20, tzinfo=UTC)
"""Behind everything else on the ground."""


@dataclass(frozen=True)
class Ground:
    """February part-paid and set off, March approved, April issued, May's credit note approved; January closed."""

    parties: Parties
    contract: Contract
    february: Invoice
    march: Invoice
    april: Invoice
    may: Invoice
    payment: Payment


def ground_of(contract: Contract, parties: Parties) -> Ground:
    """The ground, laid by the services: invoices of 15,200, 24,800 and 24,000 and a credit note of 33,600."""
    february, march, april, may = billing.drafted(contract)
    for invoice in (february, march, april, may):
        issue(invoice=invoice, by=parties.provider_staff, clock=ticking(contract))
    for invoice in (february, march, may):
        approve(invoice=invoice, by=parties.second_officer, clock=ticking(contract))
    payment = billing.paid(contract, parties, february, "5000.00")
    clerk = billing.clerk(parties)
    set_off(credit_note=may, invoice=february, amount=Decimal("200.00"), by=clerk, clock=ticking(contract))
    close_period(council=parties.council, period=Period(2025, 10), by=parties.accountant, clock=ticking(contract))
    for row in (contract, february, march, april, may):
        row.refresh_from_db()
    return Ground(parties, contract, february, march, april, may, payment)


# Writing by hand


def insert(table: str, alias: str = "default", **columns: Any) -> int:
    """The key of a row of the table, inserted by plain SQL."""
    names, places = ", ".join(columns), ", ".join(["%s"] * len(columns))
    with connections[alias].cursor() as cursor:
        cursor.execute(
            f"INSERT INTO invoicing_{table} ({names}) VALUES ({places}) RETURNING id", list(columns.values())
        )
        return int(cursor.fetchone()[0])


def update(table: str, alias: str = "default", *, where: int | None = None, **columns: Any) -> None:
    """Change the row with this key, every row without one."""
    key = "contract_id" if table == "contractbalance" else "id"
    changes = ", ".join(f"{name} = %s" for name in columns)
    condition = "" if where is None else f"WHERE {key} = {where}"
    with connections[alias].cursor() as cursor:
        cursor.execute(f"UPDATE invoicing_{table} SET {changes} {condition}", list(columns.values()))


def check(*names: str) -> None:
    """Check now what these triggers check at the end of the transaction; all of them without a name."""
    which = ", ".join(names) or "ALL"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"SET CONSTRAINTS {which} IMMEDIATE")
        cursor.execute(f"SET CONSTRAINTS {which} DEFERRED")


RIGHT_LEGS = (("5100", "debit", "10.00"), ("2100", "credit", "10.00"))


def entry(ground: Ground, legs: tuple[tuple[str, str, str], ...] = RIGHT_LEGS, **changes: Any) -> int:
    """The key of an entry of ten pounds, right unless changed, with its legs, and counted."""
    right = {
        "contract_id": ground.contract.pk,
        "number": last_number(ground) + 1,
        "key": "by hand",
        "kind": "payment",
        "narrative": "By hand",
        "effective_on": "2026-06-01",
        "recorded_at": LATER,
        "leg_count": 2,
        "total": "10.00",
    }
    columns = right | changes
    key = insert("journalentry", **columns)
    for account, side, amount in legs:
        posting(key, account, side, amount)
    update("contractbalance", where=ground.contract.pk, last_entry_number=columns["number"])
    return key


def posting(entry_key: int, account: str, side: str, amount: str) -> int:
    """A leg, added to the entry."""
    account_key = Account.objects.get(code=account).pk
    return insert("posting", entry_id=entry_key, account_id=account_key, side=side, amount=amount)


def last_number(ground: Ground) -> int:
    """The number of the contract's last entry."""
    return JournalEntry.objects.filter(contract=ground.contract).count()


def keep_stamp(ground: Ground, at: datetime = LATER) -> None:
    """Move the contract's last stamp on."""
    Contract.objects.filter(pk=ground.contract.pk).update(last_stamped_at=at)


def payment(ground: Ground, **changes: Any) -> int:
    """A payment of ten pounds, not allocated yet."""
    right = {
        "contract_id": ground.contract.pk,
        "kind": "payment",
        "paid_on": "2026-06-10",
        "amount": "10.00",
        "remittance_reference": "By hand",
        "recorded_by_id": billing.clerk(ground.parties).pk,
        "recorded_at": LATER + timedelta(seconds=1),
        "reason": "",
    }
    return insert("payment", **(right | changes))


def allocation(payment_key: int, invoice: Invoice, amount: str) -> int:
    """What of the payment goes to the invoice."""
    return insert("paymentallocation", payment_id=payment_key, invoice_id=invoice.pk, amount=amount)
