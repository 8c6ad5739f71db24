"""Two at once, on real connections: what is recorded while a month closes, and a month that two people close.

Each test holds one transaction open at its most delicate point, when it has its stamp but has not committed, by
handing it a clock that waits. How each fails once the services take no lock was tried by hand, and stands with it:
first with the triggers of the ledger behind them, then with those on the contract and its facts switched off as well.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from threading import Event

import pytest
from django.db import connection

from cohort import services as cohort
from cohort.core.facts import Expense, Fact, Rate
from cohort.models import Contract, ExpenseVersion, PlacementVersion
from pbr_ledger.clock import DATABASE_CLOCK, Clock
from pbr_ledger.jobs.models import Job
from pbr_ledger.periods import Month
from savings import services
from savings.core.document import as_text
from savings.models import ClosedStatement, Proposal
from savings.services import FiguresHaveChanged, Parties, StatementAlreadyClosed, reproduced
from tests.cohort import sample
from tests.jobs.processes import blocked_connections, wait_until
from tests.savings import ledger

pytestmark = pytest.mark.django_db(transaction=True)

LATER = Expense("E02", date(2026, 2, 5), "mileage", 4_500, "100 miles at 45p")
"""Of February: it changes no figure of January."""
DEARER = replace(sample.FOSTERING, costs=(Rate(sample.FOSTERING.start, 80_600),))
"""The placement at 806.00 a week instead of 785.00: January saves less."""


class WaitingClock:
    """The database's clock; once it has been read, it waits to be told to go on."""

    def __init__(self) -> None:
        self.was_read = Event()
        self.go_on = Event()

    def read(self, *, after: datetime | None) -> datetime:
        """The instant now, handed over only when the test says so."""
        at = DATABASE_CLOCK.read(after=after)
        self.was_read.set()
        assert self.go_on.wait(timeout=20)
        return at


Begin = Callable[[Callable[[], object]], "Future[object]"]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins work in a thread with a connection of its own."""

    def on_own_connection(work: Callable[[], object]) -> object:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor() as threads:
        yield lambda work: threads.submit(on_own_connection, work)


@pytest.fixture
def parties() -> Parties:
    """The parties, committed."""
    return ledger.parties()


@pytest.fixture
def proposal(parties: Parties) -> Proposal:
    """January as both sides have agreed it, committed."""
    contract = ledger.small_contract(parties)
    proposal = services.propose(contract=contract, month=Month(2026, 1), by=parties.officer, clock=DATABASE_CLOCK)
    for by in (parties.provider_staff, parties.second_officer):
        services.agree(proposal=proposal, by=by, clock=DATABASE_CLOCK)
    return proposal


def record(contract: Contract, fact: Fact, by: Parties, clock: Clock) -> None:
    cohort.record(contract=contract, facts=[fact], by=by.officer, clock=clock)


def close(proposal: Proposal, by: Parties, clock: Clock = DATABASE_CLOCK) -> ClosedStatement:
    return services.close(proposal=proposal, by=by.accountant, clock=clock, skipping_because="Nobody was placed.")


def prints_the_same(statement: ClosedStatement) -> bool:
    return as_text(reproduced(statement).document, compact=True) == statement.document


def test_fact_recorded_while_a_closing_runs_waits_and_is_not_in_the_statement(
    proposal: Proposal, parties: Parties, begin: Begin
) -> None:
    """The closing has its cut-off and reads on; the fact gets a later stamp, after the closing has committed.

    Without the lock the recording does not wait, and the closing ends at a trigger: the contract's last stamp has
    moved on past its cut-off.
    """
    clock = WaitingClock()
    closing = begin(lambda: close(proposal, parties, clock))
    assert clock.was_read.wait(timeout=20)
    recording = begin(lambda: record(proposal.contract, DEARER, parties, DATABASE_CLOCK))
    wait_until(lambda: blocked_connections() == 1 or recording.done())
    assert not recording.done()

    clock.go_on.set()
    closing.result(timeout=20)
    recording.result(timeout=20)

    statement = ClosedStatement.objects.get()
    assert PlacementVersion.objects.get(fact__reference="C01-F0", superseded_at=None).recorded_at > statement.known_at
    assert prints_the_same(statement)
    assert statement.digest == proposal.digest


def test_closing_waits_for_a_fact_that_has_its_stamp_but_is_not_committed(
    proposal: Proposal, parties: Parties, begin: Begin
) -> None:
    """The fact is stamped before the closing's cut-off, so the closing has to know it: it commits before.

    Without the lock the closing does not wait, and the recording ends at a trigger: nothing is recorded behind the
    contract's last stamp. Without that trigger too, the statement is closed without a fact that was known by then.
    """
    clock = WaitingClock()
    recording = begin(lambda: record(proposal.contract, LATER, parties, clock))
    assert clock.was_read.wait(timeout=20)
    closing = begin(lambda: close(proposal, parties))
    wait_until(lambda: blocked_connections() == 1 or closing.done())
    assert not closing.done()

    clock.go_on.set()
    recording.result(timeout=20)
    closing.result(timeout=20)

    statement = ClosedStatement.objects.get()
    assert ExpenseVersion.objects.get(fact__reference="E02").recorded_at <= statement.known_at
    assert prints_the_same(statement)
    assert "E02" in reproduced(statement).known.expenses


def test_closing_that_waited_for_a_fact_with_other_figures_does_not_close(
    proposal: Proposal, parties: Parties, begin: Begin
) -> None:
    """Without the lock the recording ends at a trigger, as above.

    Without that trigger too, the month closes on figures that were no longer right at its cut-off, and its statement
    does not print again.
    """
    clock = WaitingClock()
    recording = begin(lambda: record(proposal.contract, DEARER, parties, clock))
    assert clock.was_read.wait(timeout=20)
    closing = begin(lambda: close(proposal, parties))
    wait_until(lambda: blocked_connections() == 1 or closing.done())
    assert not closing.done()

    clock.go_on.set()
    recording.result(timeout=20)
    with pytest.raises(FiguresHaveChanged, match=r"C01: saving: 11542\.14 became 11503\.14"):
        closing.result(timeout=20)

    proposal.refresh_from_db()
    assert proposal.status == "lapsed"
    assert ClosedStatement.objects.count() == 0


def test_of_two_closings_of_one_proposal_exactly_one_closes(proposal: Proposal, parties: Parties, begin: Begin) -> None:
    """The second waits for the first, and then finds the month closed.

    Without the lock both go on, and the first ends at a trigger, as its cut-off lies behind the contract's last stamp;
    without that trigger at another, which closes each proposal once.
    """
    clock = WaitingClock()
    first = begin(lambda: close(proposal, parties, clock))
    assert clock.was_read.wait(timeout=20)
    second = begin(lambda: close(proposal, parties))
    wait_until(lambda: blocked_connections() == 1 or second.done())
    assert not second.done()

    clock.go_on.set()
    assert isinstance(first.result(timeout=20), ClosedStatement)
    with pytest.raises(StatementAlreadyClosed):
        second.result(timeout=20)

    assert ClosedStatement.objects.count() == 1
    assert Job.objects.filter(kind="reconciliation.pdf").count() == 1
