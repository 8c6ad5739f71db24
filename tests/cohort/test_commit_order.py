"""A fact stamped before a cut-off is committed before it: two real connections race for the contract's row.

With `select_for_update()` taken out of `cohort.services.locked`, the first and the third test fail: the cut-off no
longer waits for the fact that was stamped before it, and does not know it; the recording then ends in an error, as the
trigger `childversion_kept` lets nothing be recorded behind a stamp (the second test shows that trigger by itself). With
that trigger gone as well, the same cut-off read again knows a child that it did not know when the month was closed.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from cohort import services
from cohort.core.facts import KnownFacts
from cohort.models import Child, ChildVersion, Contract
from cohort.queries import facts_known_at
from cohort.services import keep_stamp, locked, next_stamp, stream_of
from pbr_ledger.audit.queries import verify
from pbr_ledger.clock import DATABASE_CLOCK
from tests.cohort import sample
from tests.cohort.sample import Parties
from tests.refusals import refused_by

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 10
"""Seconds after which something that should have happened has not."""


class PausingClock:
    """The database's clock, which stops for a while just after it was read."""

    def __init__(self) -> None:
        self.was_read = threading.Event()
        self.may_go_on = threading.Event()

    def read(self, *, after: datetime | None) -> datetime:
        """The instant at which it was read, handed out only when it may go on."""
        instant = DATABASE_CLOCK.read(after=after)
        self.was_read.set()
        assert self.may_go_on.wait(PATIENCE)
        return instant


def on_its_own_connection(work: Callable[[], Any]) -> Any:
    """What the work returns, done in a thread that leaves no connection behind."""
    try:
        return work()
    finally:
        connection.close()


def cut_off(contract: Contract) -> tuple[datetime, KnownFacts]:
    """A cut-off, as closing a month makes one: the instant, and what is known at it."""
    with transaction.atomic():
        row = locked(contract)
        at = next_stamp(row, DATABASE_CLOCK)
        known = facts_known_at(contract=row, at=at)
        keep_stamp(row)
    return at, known


def test_cut_off_waits_for_the_fact_that_was_stamped_before_it(contract: Contract, parties: Parties) -> None:
    clock = PausingClock()

    def record() -> tuple[datetime, ...]:
        return services.record(contract=contract, facts=[sample.CHILD], by=parties.officer, clock=clock)

    with ThreadPoolExecutor() as threads:
        recording = threads.submit(on_its_own_connection, record)
        assert clock.was_read.wait(PATIENCE)
        closing = threads.submit(on_its_own_connection, lambda: cut_off(contract))
        waits = not wait([closing], timeout=0.5).done
        clock.may_go_on.set()
        (stamp,) = recording.result(PATIENCE)
        at, known = closing.result(PATIENCE)

    assert waits
    assert stamp < at
    assert known.children == {"C01": sample.CHILD}
    assert facts_known_at(contract=contract, at=at) == known


def test_fact_stamped_without_the_lock_is_refused_behind_a_cut_off(contract: Contract, parties: Parties) -> None:
    stamp = DATABASE_CLOCK.read(after=None)
    with ThreadPoolExecutor() as threads:
        at, known = threads.submit(on_its_own_connection, lambda: cut_off(contract)).result(PATIENCE)
    assert stamp < at

    child = Child.objects.create(contract=contract, reference="C01")
    late = ChildVersion(fact=child, recorded_at=stamp, recorded_by=parties.officer, retracted=True)
    with refused_by("childversion_kept"):
        late.save(force_insert=True)
    assert facts_known_at(contract=contract, at=at) == known


def test_recordings_from_eight_connections_at_once_are_stamped_one_after_another(
    contract: Contract, parties: Parties
) -> None:
    def record(number: int) -> tuple[datetime, ...]:
        facts = [replace(sample.CHILD, id=f"C{number}-{position}") for position in range(3)]
        return services.record(contract=contract, facts=facts, by=parties.officer, clock=DATABASE_CLOCK)

    with ThreadPoolExecutor(8) as threads:
        recordings = [threads.submit(on_its_own_connection, partial(record, number)) for number in range(8)]
        batches = sorted(recording.result(60) for recording in recordings)

    stamps = [stamp for batch in batches for stamp in batch]
    assert stamps == sorted(set(stamps))
    assert ChildVersion.objects.count() == 24
    assert verify(stream_of(contract)) == []
