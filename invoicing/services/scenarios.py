"""What follows from the closed months of a scenario: its invoices, issued, approved and paid at stated instants."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import partial

from invoicing.lifecycles import OWED_STATUSES
from invoicing.models import CREDIT_NOTE, Invoice
from invoicing.queries.invoices import still_to_settle, unused_credit
from invoicing.services.drafts import draft_from_statement
from invoicing.services.ground import OverCap, OverMaximum
from invoicing.services.invoices import approve, hold, issue
from invoicing.services.payments import record_payment, repay_credit, set_off
from pbr_ledger.accounts.models import Person
from pbr_ledger.periods import LONDON, day_of
from savings.models import ClosedStatement
from savings.services import Parties

ISSUED_AFTER = timedelta(days=2)
APPROVED_AFTER = timedelta(days=5)
PART_PAID_AFTER = timedelta(days=12)
PAID_AFTER = timedelta(days=26)
REPAID_AFTER = timedelta(days=60)
"""All counted from the day of closing. A credit note that nothing was set off against by then is repaid in cash."""

ISSUED_AT, APPROVED_AT, PAID_AT = time(10), time(11), time(14)
LAST_DAY_BEGUN = date.max - REPAID_AFTER - timedelta(days=366)
"""Of months closed after this day nothing is settled: there are no dates left for it."""


class At:
    """A clock that reads the stated instant, or a microsecond after the last record where that is later."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def read(self, *, after: datetime | None) -> datetime:
        """The instant, later than `after`."""
        if after is None or self._instant > after:
            return self._instant
        return after + timedelta(microseconds=1)


@dataclass(order=True, slots=True)
class _Due:
    """Something to be done at an instant; of equal instants what was planned first comes first."""

    at: datetime
    order: int
    act: Callable[[At], None] = field(compare=False)


class Settlement:
    """Drafts, issues, approves and pays what each closed month makes payable, while the scenario goes on.

    The first invoice is paid in two parts, every other at once. Credit is set off against the invoice paid next, and
    repaid in cash when there is none. It is a `Follower` of `load_scenario`.
    """

    def __init__(self, *, parties: Parties, clerk: Person) -> None:
        self._parties = parties
        self._clerk = clerk
        self._due: list[_Due] = []
        self._planned = 0
        self._invoices = 0

    def closed(self, statement: ClosedStatement) -> None:
        """Plan what follows from this month."""
        day = day_of(statement.closed_at)
        if day <= LAST_DAY_BEGUN:
            self._plan(day + ISSUED_AFTER, ISSUED_AT, partial(self._issue, statement, day))

    def until(self, instant: datetime | None) -> None:
        """Do everything that is due before the instant; all that is left for None."""
        while self._due and (instant is None or self._due[0].at < instant):
            due = heapq.heappop(self._due)
            due.act(At(due.at))

    def _plan(self, day: date, at: time, act: Callable[[At], None]) -> None:
        self._planned += 1
        heapq.heappush(self._due, _Due(datetime.combine(day, at, LONDON), self._planned, act))

    def _issue(self, statement: ClosedStatement, closed_on: date, clock: At) -> None:
        draft = draft_from_statement(statement=statement, clock=clock)
        if draft is None:
            return
        invoice = issue(invoice=draft, by=self._parties.provider_staff, clock=clock)
        self._plan(closed_on + APPROVED_AFTER, APPROVED_AT, partial(self._approve, invoice))
        if invoice.kind == CREDIT_NOTE:
            self._plan(closed_on + REPAID_AFTER, PAID_AT, partial(self._repay, invoice))
            return
        self._invoices += 1
        if self._invoices == 1:
            self._plan(closed_on + PART_PAID_AFTER, PAID_AT, partial(self._pay_half, invoice))
        self._plan(closed_on + PAID_AFTER, PAID_AT, partial(self._pay, invoice))

    def _approve(self, invoice: Invoice, clock: At) -> None:
        """Approve it, or hold it where a limit of the contract is in the way."""
        officer = self._parties.second_officer
        try:
            approve(invoice=invoice, by=officer, clock=clock)
        except (OverMaximum, OverCap) as limit:
            hold(invoice=invoice, reason=str(limit), by=officer, clock=clock)

    def _pay_half(self, invoice: Invoice, clock: At) -> None:
        if half := round(self._left(invoice) / 2, 2):
            self._pay_amount(invoice, half, clock)

    def _pay(self, invoice: Invoice, clock: At) -> None:
        """Set credit off first, the oldest before, then pay the rest."""
        for credit in unused_credit(invoice.contract):
            amount = min(still_to_settle(credit), self._left(invoice))
            if amount:
                set_off(credit_note=credit, invoice=invoice, amount=amount, by=self._clerk, clock=clock)
        if left := self._left(invoice):
            self._pay_amount(invoice, left, clock)

    def _pay_amount(self, invoice: Invoice, amount: Decimal, clock: At) -> None:
        record_payment(
            contract=invoice.contract,
            amount=amount,
            paid_on=_today(clock),
            remittance_reference=f"{_today(clock):%Y%m%d}-{invoice.number}",
            allocations=[(invoice, amount)],
            by=self._clerk,
            clock=clock,
        )

    def _repay(self, credit: Invoice, clock: At) -> None:
        if left := self._left(credit):
            repay_credit(
                credit_note=credit,
                amount=left,
                paid_on=_today(clock),
                remittance_reference=f"{_today(clock):%Y%m%d}-{credit.number}",
                by=self._clerk,
                clock=clock,
            )

    @staticmethod
    def _left(invoice: Invoice) -> Decimal:
        """What can be settled of it now: nothing of one that is held."""
        current = Invoice.objects.get(pk=invoice.pk)
        return still_to_settle(current) if current.status in OWED_STATUSES else Decimal("0.00")


def _today(clock: At) -> date:
    return day_of(clock.read(after=None))
