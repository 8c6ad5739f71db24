"""Closing a period while somebody posts to it: neither slips past the other.

With the advisory locks taken out (two in the migration, one in `close_period`) both tests fail: the closing does not
wait, and the posting finds the period open.
"""

import threading
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from cohort.models import Contract
from cohort.services import locked
from invoicing.core.calendar import Period
from invoicing.core.entries import Leg
from invoicing.models import ClosedPeriod, JournalEntry
from invoicing.services.ledger import post
from invoicing.services.periods import close_period
from pbr_ledger.clock import DATABASE_CLOCK
from savings.services import Parties
from tests.ledger import billing
from tests.refusals import cause_of

pytestmark = pytest.mark.django_db(transaction=True)

LONG_ENOUGH_SECONDS = 0.7


def post_to_may(contract: Contract) -> None:
    contract = locked(contract)
    post(
        contract=contract,
        key="by hand",
        kind="payment",
        narrative="By hand",
        effective_on=date(2026, 5, 1),
        legs=[Leg("2100", "debit", Decimal("1.00")), Leg("2200", "credit", Decimal("1.00"))],
        by=None,
        at=DATABASE_CLOCK.read(after=contract.last_stamped_at),
    )


def close_may(parties: Parties) -> None:
    close_period(council=parties.council, period=Period(2026, 2), by=parties.accountant, clock=DATABASE_CLOCK)


class Beside(threading.Thread):
    """Does something on a connection of its own, and keeps what became of it."""

    def __init__(self, act: Callable[[], object]) -> None:
        super().__init__()
        self._act = act
        self.error: DatabaseError | None = None
        self.start()

    def run(self) -> None:
        try:
            self._act()
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()

    def waits(self) -> bool:
        """Whether it is still at it after a while."""
        self.join(LONG_ENOUGH_SECONDS)
        return self.is_alive()


def test_a_closing_waits_for_whoever_is_posting(contract: Contract, parties: Parties) -> None:
    with transaction.atomic():
        post_to_may(contract)
        closing = Beside(lambda: close_may(parties))
        assert closing.waits()
    closing.join()

    assert closing.error is None
    assert ClosedPeriod.objects.get().closed_at > JournalEntry.objects.get().recorded_at
    assert not [finding for finding in billing.findings() if "period" in finding]


def test_a_posting_waits_for_a_closing_and_is_then_refused(contract: Contract, parties: Parties) -> None:
    with transaction.atomic():
        close_may(parties)
        posting = Beside(lambda: transaction.atomic()(post_to_may)(contract))
        assert posting.waits()
    posting.join()

    assert isinstance(posting.error, IntegrityError)
    assert cause_of(posting.error).diag.constraint_name == "journal_entry_in_open_period"
    assert not JournalEntry.objects.exists()
