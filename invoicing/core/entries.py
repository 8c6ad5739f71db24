"""Entries of the journal as values: which legs a statement, an invoice, a payment and an accrual come to.

Amounts are pounds with two places, above zero; the side says the direction.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from invoicing.core.charges import (
    ACCRUALS,
    CREDIT,
    DEBIT,
    EXPENSE_ACCOUNT_OF,
    PAID_BY_AGENT,
    PAYABLE,
    SIDES,
    VAT,
)
from invoicing.core.lines import DraftLine
from pbr_ledger.money import pounds_of

STATEMENT = "statement"
INVOICE = "invoice"
CREDIT_NOTE = "credit_note"
PAYMENT = "payment"
REPAYMENT = "repayment"
ACCRUAL = "accrual"
REVERSAL = "reversal"
RECLASSIFICATION = "reclassification"
"""Of a statement whose charges cancel: there is nothing to invoice, but the accounts change."""

SAVINGS_MADE, SAVINGS_CONTRA = "9100", "9190"
SCHEDULE, SCHEDULE_CONTRA = "9200", "9290"
UNEARNED_FEE, UNEARNED_FEE_CONTRA = "9300", "9390"

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True, order=True)
class Leg:
    """One side of an entry: so many pounds, debit or credit, on the account of this code."""

    account: str
    side: str
    amount: Decimal

    @property
    def debit(self) -> Decimal:
        """The amount as a debit; below zero for a credit."""
        return self.amount if self.side == DEBIT else -self.amount

    @property
    def mirrored(self) -> "Leg":
        """The leg that takes this one back."""
        return Leg(self.account, CREDIT if self.side == DEBIT else DEBIT, self.amount)


Legs = tuple[Leg, ...]


def total_of(legs: Sequence[Leg]) -> Decimal:
    """What each side of the entry comes to. Raises `ValueError`, in words, for legs that make no entry."""
    if len(legs) < len(SIDES):
        raise ValueError("An entry has at least two legs.")
    for leg in legs:
        if leg.side not in SIDES or leg.amount <= 0:
            raise ValueError(f"A leg is an amount above zero on one side, not {leg.side} of {leg.amount}.")
    debits = sum((leg.amount for leg in legs if leg.side == DEBIT), ZERO)
    credits_ = sum((leg.amount for leg in legs if leg.side == CREDIT), ZERO)
    if debits != credits_:
        raise ValueError(f"Debits of {debits} do not balance credits of {credits_}.")
    return debits


def mirrored(legs: Iterable[Leg]) -> Legs:
    """The legs that take these back."""
    return tuple(leg.mirrored for leg in legs)


def transfer(debit: str, credit: str, amount: Decimal) -> Legs:
    """The amount, debited to one account and credited to another; turned round below zero, nothing at zero."""
    return (*_leg(debit, amount), *_leg(credit, -amount))


def _leg(account: str, debited: Decimal) -> Legs:
    if debited == 0:
        return ()
    return (Leg(account, DEBIT if debited > 0 else CREDIT, abs(debited)),)


def statement_legs(document: Mapping[str, Any], before: Mapping[str, Any] | None) -> Legs:
    """What closing a statement notes in the memorandum accounts: savings stated, and by how much the rest has grown.

    `before` is the document of the statement closed last. The savings are the statement's lines and adjustments (5.1);
    the unearned fee is the schedule to date less the fixed fee to date (docs/contract.md 3.1, 4.2).
    """
    stated = sum((Decimal(each["saving"]) for each in (*document["lines"], *document["adjustments"])), ZERO)
    schedule, unearned = _schedule(document), _unearned(document)
    if before is not None:
        schedule, unearned = schedule - _schedule(before), unearned - _unearned(before)
    return (
        *transfer(SAVINGS_MADE, SAVINGS_CONTRA, stated),
        *transfer(SCHEDULE, SCHEDULE_CONTRA, schedule),
        *transfer(UNEARNED_FEE, UNEARNED_FEE_CONTRA, unearned),
    )


def _schedule(document: Mapping[str, Any]) -> Decimal:
    return Decimal(document["schedule_to_date"])


def _unearned(document: Mapping[str, Any]) -> Decimal:
    fees = (Decimal(fee) for fee in document["fixed_fee_by_month"].values())
    return _schedule(document) - sum(fees, ZERO)


@dataclass(frozen=True, slots=True)
class ChargedLine:
    """A line of an invoice or credit note, net and VAT signed in that document's own direction."""

    charge: str
    net: Decimal
    vat: Decimal


def invoice_legs(lines: Iterable[ChargedLine], *, is_credit: bool) -> Legs:
    """Each line's net to the account of its charge and the VAT to its own, against what is payable to the provider.

    A credit note's legs are turned round. Lines that come to nothing together with the others have no entry.
    """
    kept = tuple(lines)
    vat = sum((line.vat for line in kept), ZERO)
    gross = sum((line.net for line in kept), vat)
    legs = (
        *(leg for line in kept for leg in _leg(EXPENSE_ACCOUNT_OF[line.charge], line.net)),
        *_leg(VAT, vat),
        *_leg(PAYABLE, -gross),
    )
    return mirrored(legs) if is_credit else legs


def reclassification_legs(lines: Iterable[DraftLine]) -> Legs:
    """What the lines of a statement move between the accounts where, VAT included, they come to nothing together."""
    charged = (ChargedLine(line.charge, pounds_of(line.net_pence), pounds_of(line.vat_pence)) for line in lines)
    return invoice_legs(charged, is_credit=False)


def payment_legs(amount: Decimal) -> Legs:
    """A payment by the agent: what was payable is paid."""
    return transfer(PAYABLE, PAID_BY_AGENT, amount)


def repayment_legs(amount: Decimal) -> Legs:
    """A credit paid back by the provider."""
    return transfer(PAID_BY_AGENT, PAYABLE, amount)


def accrual_legs(owing: Mapping[str, Decimal]) -> Legs:
    """What each expense account owes to the year that ends, against the accruals; below zero the other way."""
    legs = tuple(leg for account, amount in sorted(owing.items()) for leg in _leg(account, amount))
    return (*legs, *_leg(ACCRUALS, -sum(owing.values(), ZERO)))
