"""A delivery ends while the next one about the same invoice is written: whoever is first, the next one goes out."""

from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.db import connection, transaction

from invoicing.models import Invoice
from invoicing.services.invoices import release
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.models import Delivery
from pbr_ledger.webhooks.sending import Answer
from tests.invoicing.settling import World, at
from tests.jobs.processes import blocked_connections, wait_until
from tests.savings import ledger
from tests.webhooks.ground import active, committed
from tests.webhooks.receiver import Receiver


def held_open(act: Callable[[], object], go: Event) -> Thread:
    """Somebody who has done this, all but the commit, which comes when told."""
    done = Event()

    def run() -> None:
        try:
            with transaction.atomic():
                act()
                committed()
                done.set()
                go.wait(30)
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    assert done.wait(30)
    return thread


def beside(act: Callable[[], object]) -> Thread:
    """Somebody who does this and has to wait for a lock."""

    def run() -> None:
        try:
            with transaction.atomic():
                act()
        finally:
            connection.close()

    thread = Thread(target=run)
    thread.start()
    wait_until(lambda: blocked_connections() == 1)
    return thread


@pytest.mark.django_db(transaction=True)
def test_whoever_is_first_the_next_one_is_set_going(receiver: Receiver):
    world = World.of(ledger.scenario("breakdown-reported-late"))
    active(receiver, world.parties.agent)
    invoices = [each for each in world.all_issued() if each.kind == "invoice"]
    for day, ends_first in ((9, True), (10, False)):
        held = world.hold(invoices[day - 9], f"2026-06-{day:02} 11:00")
        first = Delivery.objects.latest("pk")
        outcome = services.Outcome(1, 1, DATABASE_CLOCK.read(after=None), Answer(204, "", b"", 1))

        def end(first: Delivery = first, outcome: services.Outcome = outcome) -> None:
            services.keep_attempt(delivery=first, outcome=outcome, clock=DATABASE_CLOCK)

        def write(held: Invoice = held, when: str = f"2026-06-{day:02} 12:00") -> None:
            release(invoice=held, by=world.parties.officer, clock=at(when), reason="Settled")

        go = Event()
        sooner, later = (end, write) if ends_first else (write, end)
        opened = held_open(sooner, go)
        waiting = beside(later)
        go.set()
        opened.join()
        waiting.join()
        second = Delivery.objects.latest("pk")
        assert (second.kind, second.state, second.due_at is not None) == ("invoice.released", "waiting", True)
        assert Job.objects.filter(kind="webhook", key=f"{second.pk}.1.1").count() == 1
