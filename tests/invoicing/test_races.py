"""Many at once, on real connections: whatever races, there is exactly one effect.

Each test holds one transaction open at its most delicate point, when it has its stamp but has not committed, by
handing it a clock that waits. The guard of all of them is `select_for_update()` in `cohort.services.locked`, the
contract's row lock; of some a second one is that of `invoicing.services.ground.locked_invoices`. Each docstring says
how the test fails without its guard, tried by hand. Behind both stand the constraints and triggers of the database.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from threading import Event

import pytest
from django.db import connection

from cohort.services import record_terms
from invoicing.models import ContractBalance, Invoice, JournalEntry, Payment
from invoicing.queries.checks import check_everything
from invoicing.services import invoices, payments
from invoicing.services.ground import OverCap
from invoicing.services.payments import NotPayable, PaymentAlreadyReversed
from pbr_ledger.clock import DATABASE_CLOCK, Clock
from pbr_ledger.lifecycle import ActionNotPossible
from pbr_ledger.money import pence_of
from savings import services as savings
from savings.models import ClosedStatement
from tests.invoicing.settling import World, amounts, at, pounds, status
from tests.jobs.processes import blocked_connections, wait_until
from tests.savings import ledger

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


class WaitingClock:
    """The database's clock; once it has been read, it waits to be told to go on."""

    def __init__(self) -> None:
        self.was_read = Event()
        self.go_on = Event()

    def read(self, *, after: datetime | None) -> datetime:
        """The instant now, handed over only when the test says so."""
        instant = DATABASE_CLOCK.read(after=after)
        self.was_read.set()
        assert self.go_on.wait(PATIENCE)
        return instant


Begin = Callable[[Callable[[], object]], "Future[object]"]
Step = Callable[[Clock], object]


@pytest.fixture
def begin() -> Iterator[Begin]:
    """Begins work in a thread with a connection of its own."""

    def on_own_connection(work: Callable[[], object]) -> object:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as threads:
        yield lambda work: threads.submit(on_own_connection, work)


def raced(begin: Begin, first: Step, *others: Step) -> list[object]:
    """What came of each: the others begin while the first has its stamp, and have to wait until it has committed."""
    clock = WaitingClock()
    running = [begin(partial(first, clock))]
    assert clock.was_read.wait(PATIENCE)
    try:
        running += [begin(partial(other, DATABASE_CLOCK)) for other in others]
        wait_until(lambda: blocked_connections() == len(others) or any(each.done() for each in running))
        assert not any(each.done() for each in running)
    finally:
        clock.go_on.set()
    return [each.exception(PATIENCE) or each.result() for each in running]


def world_of(scenario: str = "mid-month-move") -> World:
    """The scenario's contract, closed and committed."""
    return World.of(ledger.scenario(scenario))


def fee_of(invoice: Invoice) -> Decimal:
    """The fixed fee of its month."""
    return amounts(invoice).get("fixed_fee", Decimal(0))


def sound(world: World) -> bool:
    """Whether the checks of the whole ledger find nothing."""
    return list(check_everything(world.contract)) == []


def test_of_eight_approvals_at_the_cap_one_goes_through(begin: Begin) -> None:
    """Eight invoices are issued, and the cap, restated, has room for each of them alone, and for no two.

    Without the contract's lock some of the seven do not wait, and end at a constraint instead of at `OverCap`.
    """
    world = world_of("plymouth")
    clock = at("2027-06-01 09:00")
    drafts = [each for each in world.drafts("2027-05-01 09:00") if fee_of(each)]
    issued = [invoices.issue(invoice=each, by=world.parties.provider_staff, clock=clock) for each in drafts]
    issued.sort(key=fee_of, reverse=True)
    assert len(issued) == 8
    terms = ledger.scenario("plymouth").terms[-1]
    cap = replace(terms.phase3, fee_pence=pence_of(fee_of(issued[0])))
    restated = replace(terms, phase2=replace(terms.phase2, fee_pence=0), phase3=cap)
    record_terms(contract=world.contract, terms=restated, by=world.parties.accountant, clock=clock)

    def approve(invoice: Invoice, clock: Clock) -> Invoice:
        return invoices.approve(invoice=invoice, by=world.parties.second_officer, clock=clock)

    outcomes = raced(begin, *(partial(approve, each) for each in issued))

    assert [type(outcome) for outcome in outcomes] == [Invoice, *[OverCap] * 7]
    assert [status(each) for each in issued] == ["approved", *["issued"] * 7]
    assert ContractBalance.objects.get().fixed_fee_approved == pounds("148603.48")
    assert JournalEntry.objects.filter(kind="invoice").count() == 1
    assert sound(world)


def test_an_approval_and_a_closing_follow_one_another(begin: Begin) -> None:
    """Both have one effect each, and the closing's cut-off lies behind the approval that it waited for.

    Without the contract's lock the closing does not wait, and has committed while the approval still holds its stamp.
    """
    world = world_of()
    draft = invoices.draft_from_statement(statement=ClosedStatement.objects.get(), clock=DATABASE_CLOCK)
    assert draft is not None
    issued = invoices.issue(invoice=draft, by=world.parties.provider_staff, clock=DATABASE_CLOCK)
    proposal = savings.propose(
        contract=world.contract,
        month=draft.statement.month.plus(1),
        by=world.parties.officer,
        clock=DATABASE_CLOCK,
    )
    for by in (world.parties.provider_staff, world.parties.second_officer):
        savings.agree(proposal=proposal, by=by, clock=DATABASE_CLOCK)

    approved, closed = raced(
        begin,
        lambda clock: invoices.approve(invoice=issued, by=world.parties.second_officer, clock=clock),
        lambda clock: savings.close(proposal=proposal, by=world.parties.accountant, clock=clock),
    )

    assert isinstance(approved, Invoice)
    assert isinstance(closed, ClosedStatement)
    assert JournalEntry.objects.get(kind="invoice").recorded_at < closed.known_at
    assert savings.reproduced(closed).digest == closed.digest
    assert sound(world)


def test_an_invoice_issued_twice_at_once_has_one_number(begin: Begin) -> None:
    """Without the contract's lock the invoice's own keeps the second waiting; without both it does not wait."""
    world = world_of()
    draft = invoices.draft_from_statement(statement=ClosedStatement.objects.get(), clock=DATABASE_CLOCK)
    assert draft is not None

    def issue(clock: Clock) -> Invoice:
        return invoices.issue(invoice=draft, by=world.parties.provider_staff, clock=clock)

    first, second = raced(begin, issue, issue)

    assert isinstance(first, Invoice)
    assert isinstance(second, ActionNotPossible)
    assert (first.number, ContractBalance.objects.get().last_invoice_number) == (1, 1)
    assert [action.action for action in first.actions.all()] == ["issue"]
    assert sound(world)


def test_two_invoices_issued_at_once_have_two_numbers_without_a_gap(begin: Begin) -> None:
    """Without the contract's lock the second does not wait: it would take the first one's number."""
    world = world_of("breakdown-reported-late")
    one, two, *_ = world.drafts()

    def issue(invoice: Invoice, clock: Clock) -> Invoice:
        return invoices.issue(invoice=invoice, by=world.parties.provider_staff, clock=clock)

    first, second = raced(begin, partial(issue, two), partial(issue, one))

    assert [first.number, second.number] == [1, 2]
    assert sound(world)


def paid_up(world: World) -> Invoice:
    """The contract's only invoice, approved."""
    draft = invoices.draft_from_statement(statement=ClosedStatement.objects.get(), clock=DATABASE_CLOCK)
    assert draft is not None
    issued = invoices.issue(invoice=draft, by=world.parties.provider_staff, clock=DATABASE_CLOCK)
    return invoices.approve(invoice=issued, by=world.parties.second_officer, clock=DATABASE_CLOCK)


def pay(world: World, invoice: Invoice, clock: Clock) -> Payment:
    return payments.record_payment(
        contract=world.contract,
        amount=invoice.gross,
        paid_on=invoice.issued_on,
        remittance_reference="BACS 1",
        allocations=[(invoice, invoice.gross)],
        by=world.clerk,
        clock=clock,
    )


def test_an_invoice_paid_twice_at_once_is_paid_once(begin: Begin) -> None:
    """Without the contract's lock the invoice's own keeps the second waiting; without both it does not wait."""
    world = world_of()
    invoice = paid_up(world)

    first, second = raced(begin, partial(pay, world, invoice), partial(pay, world, invoice))

    assert isinstance(first, Payment)
    assert isinstance(second, NotPayable)
    assert Payment.objects.count() == 1
    assert Invoice.objects.get().settled == invoice.gross
    assert sound(world)


def test_a_payment_reversed_twice_at_once_is_reversed_once(begin: Begin) -> None:
    """Without the contract's lock the second is not refused in words: it ends at the unique column `reverses`."""
    world = world_of()
    payment = pay(world, paid_up(world), DATABASE_CLOCK)

    def reverse(clock: Clock) -> Payment:
        return payments.reverse_payment(payment=payment, reason="Twice", by=world.clerk, clock=clock)

    first, second = raced(begin, reverse, reverse)

    assert isinstance(first, Payment)
    assert isinstance(second, PaymentAlreadyReversed)
    assert Payment.objects.count() == 2
    assert sound(world)


def test_a_statement_drafted_by_four_workers_at_once_has_one_draft(begin: Begin) -> None:
    """Without the contract's lock the others do not wait, and all but one end at a unique constraint."""
    world = world_of()
    statement = ClosedStatement.objects.select_related("contract", "proposal").get()

    def draft(clock: Clock) -> Invoice | None:
        own = ClosedStatement.objects.select_related("contract", "proposal").get(pk=statement.pk)
        return invoices.draft_from_statement(statement=own, clock=clock)

    outcomes = raced(begin, draft, draft, draft, draft)

    assert outcomes == [Invoice.objects.get()] * 4
    assert sound(world)
