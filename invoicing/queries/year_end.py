"""What a contract owes at the end of a period, by kind of charge: posted, waiting, and not closed yet."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Case, DecimalField, F, Q, Sum, When

from cohort.core.terms import NoTermsKnown
from cohort.models import Contract
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.charges import DEBIT, EXPENSE_ACCOUNT_OF
from invoicing.core.entries import ZERO
from invoicing.models import Posting
from invoicing.queries.ledger import accrual_key
from pbr_ledger.money import pence_of
from pbr_ledger.periods import Month
from savings.core.results import Charges
from savings.core.statement import MonthBeforeProgramme
from savings.queries import charges_in, closed_statement, closed_statements, worked_statement

KINDS = ("fixed_fee", "carer_fees", "success_fee", "expenses")
"""The kinds of charge as statements name them."""


@dataclass(frozen=True, slots=True)
class OwedCharge:
    """What one kind of charge comes to from the contract's start to the end of a period, in pence without VAT.

    `owed` is what everything known entitles to, `closed` what of it closed statements charge, and `posted` what is
    approved and stands in the books by then. `accrued` is what the year-end accrual posted on the period's last day.
    """

    kind: str
    owed: int
    closed: int
    posted: int
    accrued: int

    @property
    def account(self) -> str:
        """The account on which it is posted."""
        return EXPENSE_ACCOUNT_OF[self.kind]

    @property
    def waiting(self) -> int:
        """Closed, and not approved in this period."""
        return self.closed - self.posted

    @property
    def not_closed(self) -> int:
        """Worked out from what is known, for months without a closed statement."""
        return self.owed - self.closed

    @property
    def to_accrue(self) -> int:
        """What the books do not show yet; after the accrual, what was learned since."""
        return self.owed - self.posted - self.accrued


def owed_charges(*, contract: Contract, period: Period, at: datetime) -> tuple[OwedCharge, ...]:
    """Each kind of charge to the end of the period, as known at the instant; a fixed number of queries.

    The months closed count as closed, those after them, and the period's own if it was skipped, as worked out from
    what is known. Raises `NoTermsKnown` or `MonthBeforeProgramme` where nothing can be worked out.
    """
    closed = _closed(contract, period.month)
    owed = _owed(contract, period.month, closed, at)
    posted, accrued = _posted(contract, period, at)
    return tuple(
        OwedCharge(
            kind,
            owed=getattr(owed, kind),
            closed=getattr(closed, kind),
            posted=posted.get(EXPENSE_ACCOUNT_OF[kind], 0),
            accrued=accrued.get(EXPENSE_ACCOUNT_OF[kind], 0),
        )
        for kind in KINDS
    )


def digest_of(charges: Iterable[OwedCharge]) -> str:
    """What is still to accrue, as one word: another one as soon as any of it differs."""
    return hashlib.sha256(repr([(each.kind, each.to_accrue) for each in charges]).encode()).hexdigest()


def owed_charges_if_any(*, contract: Contract, period: Period, at: datetime) -> tuple[OwedCharge, ...]:
    """The same; nothing where the contract has no terms, or its programme begins after the period."""
    try:
        return owed_charges(contract=contract, period=period, at=at)
    except (NoTermsKnown, MonthBeforeProgramme):
        return ()


def _closed(contract: Contract, month: Month) -> Charges:
    charged = Charges()
    for statement in closed_statements(contract).filter(month_start__lte=month.first_day):
        charged = charged.plus(charges_in(statement))
    return charged


def _owed(contract: Contract, month: Month, closed: Charges, at: datetime) -> Charges:
    """What everything known charges to the month's end: as closed where the month has a statement of its own.

    A month that was skipped is stated with a later one, and belongs to its own year all the same.
    """
    if closed_statement(contract=contract, month=month) is not None:
        return closed
    return worked_statement(contract=contract, month=month, known_at=at).result.to_date


def _posted(contract: Contract, period: Period, at: datetime) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """By account, what stands on it at the period's end without the year's accrual, and what that accrued."""
    key = accrual_key(period.year) if period.number == PERIODS else ""
    moved = Case(When(side=DEBIT, then=F("amount")), default=-F("amount"), output_field=DecimalField())
    rows = Posting.objects.filter(
        entry__contract=contract,
        entry__effective_on__lte=period.month.last_day,
        entry__recorded_at__lte=at,
        account__code__in=set(EXPENSE_ACCOUNT_OF.values()),
    ).values("account__code")
    sums = rows.annotate(whole=Sum(moved), accrued=Sum(moved, filter=Q(entry__key=key)))
    found = {
        code: (pence_of(whole), pence_of(accrued or ZERO))
        for code, whole, accrued in sums.values_list("account__code", "whole", "accrued")
    }
    return (
        {code: whole - accrued for code, (whole, accrued) in found.items()},
        {code: accrued for code, (_, accrued) in found.items()},
    )
