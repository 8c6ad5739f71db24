"""Endpoints of the tests, and the time that passes between attempts at them."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import WAITING, Job
from pbr_ledger.jobs.services import run
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.events import WEBHOOK, kinds_for
from pbr_ledger.webhooks.models import Attempt, Delivery, Endpoint
from tests.savings import ledger
from tests.webhooks.receiver import Receiver


class Minutes:
    """A clock of the tests, which stands until time is made to pass."""

    def __init__(self, at: datetime = datetime(2026, 6, 9, 9, tzinfo=UTC)) -> None:
        self.at = at

    def read(self, *, after: datetime | None) -> datetime:
        """The moment, a little later each time."""
        self.at = max(self.at, after or self.at) + timedelta(microseconds=1)
        return self.at


def registered(
    receiver: Receiver, organisation: Organisation, events: Sequence[str] = (), by: Person | None = None
) -> Endpoint:
    """An endpoint of the organisation at the receiver, which knows its secret; not verified yet."""
    wanted = list(events) or [each.name for each in kinds_for(organisation.kind)]
    made = services.create_endpoint(
        organisation=organisation,
        url=receiver.url,
        events=wanted,
        by=by or ledger.administrator(),
        clock=DATABASE_CLOCK,
    )
    receiver.secret = made.secret
    return made.endpoint


def active(receiver: Receiver, organisation: Organisation, events: Sequence[str] = ()) -> Endpoint:
    """One that has answered its challenge."""
    endpoint = registered(receiver, organisation, events)
    work()
    endpoint.refresh_from_db()
    assert endpoint.state == "active"
    return endpoint


def committed() -> None:
    """What a commit would set off at its end."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def work() -> None:
    """Do every attempt that is due now."""
    committed()
    due = Job.objects.filter(kind=WEBHOOK, state=WAITING, run_after__lte=Now())
    while due.exists():
        dispatch_only_webhooks()


def dispatch_only_webhooks() -> None:
    """One look of a worker that serves the queue `webhooks` alone."""
    now = Job.objects.filter(kind=WEBHOOK, state=WAITING, run_after__lte=Now())
    for key in list(now.order_by("run_after", "pk").values_list("pk", flat=True)):
        run(job_id=key)


def pass_time(span: timedelta) -> None:
    """As if so much time had gone by for everything that waits for its time."""
    Job.objects.filter(kind=WEBHOOK, state=WAITING).update(run_after=F("run_after") - span)


def let_two_days_pass(each: Callable[[], None] = lambda: None) -> None:
    """Every attempt of the two days is made; `each` is called after each of them."""
    committed()
    for _ in range(20):
        waiting = Job.objects.filter(kind=WEBHOOK, state=WAITING)
        if not waiting.exists():
            return
        waiting.update(run_after=Now())
        dispatch_only_webhooks()
        each()
    raise AssertionError("still waiting")


def states(endpoint: Endpoint) -> list[tuple[str, str]]:
    """Its deliveries in their order, without challenges: what, and what became of it."""
    rows = Delivery.objects.filter(endpoint=endpoint).exclude(kind="endpoint.verification").order_by("pk")
    return list(rows.values_list("kind", "state"))


def errors(endpoint: Endpoint) -> list[str]:
    """Why attempts at it failed, in their order."""
    return list(
        Attempt.objects.filter(delivery__endpoint=endpoint)
        .exclude(error="")
        .order_by("pk")
        .values_list("error", flat=True)
    )
