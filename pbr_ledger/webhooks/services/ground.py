"""What every change has in common: the activity log, what is refused, who may, and how a delivery is set going."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.audit import services as audit
from pbr_ledger.errors import LedgerError, NotPermitted
from pbr_ledger.jobs.services import enqueue
from pbr_ledger.webhooks.events import VERIFICATION, WEBHOOK
from pbr_ledger.webhooks.lifecycles import ACTIVE, CLOSED, GIVEN_UP, UNVERIFIED, WAITING
from pbr_ledger.webhooks.models import Delivery, Endpoint
from pbr_ledger.webhooks.queries import ready_deliveries
from pbr_ledger.webhooks.rules import may_keep_endpoints

WEBHOOKS_STREAM = "webhooks"
"""The audit stream of everything in this app."""
DISABLED_NOTICE = "mail_webhook_disabled"


class AlreadyRegistered(LedgerError):
    """The organisation has an open endpoint at this address."""


class NotOpen(LedgerError):
    """The endpoint is closed, disabled or not verified yet, so that nothing is sent there."""


@dataclass(frozen=True, slots=True)
class NewEndpoint:
    """An endpoint with a secret that was just made, and that nobody can read again."""

    endpoint: Endpoint
    secret: str


def require_keeper(by: Person, organisation: Organisation) -> None:
    """Raises `NotPermitted` to whoever may not keep the organisation's endpoints."""
    if not may_keep_endpoints(by, organisation):
        raise NotPermitted("Only an administrator, or a client with the scope webhooks:write, keeps endpoints.")


def locked_endpoint(endpoint: Endpoint, by: Person) -> Endpoint:
    """The endpoint's row, locked until the transaction ends: nothing is set going there meanwhile by anybody else.

    Raises `NotPermitted`, and `NotOpen` for one that is closed.
    """
    row = Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=endpoint.pk)
    require_keeper(by, row.organisation)
    if row.state == CLOSED:
        raise NotOpen("The endpoint is closed.")
    return row


def record(by: Person | None, action: str, endpoint: Endpoint, detail: Mapping[str, object], at: datetime) -> None:
    """Adds to the activity log; the address without its query, which may hold what only its owner should know."""
    subject = f"{endpoint.organisation.reference} {endpoint.url.partition('?')[0]}"
    said = {"endpoint": endpoint.pk, **detail}
    audit.record(stream=WEBHOOKS_STREAM, by=by, action=action, subject=subject, detail=said, at=at)


def set_going(delivery: Delivery, number: int, due_at: datetime | None) -> None:
    """Asks for the attempt of that number in the delivery's round, at once or when it is due.

    Each attempt is a job of its own: one that an endpoint did not take is no failure of ours.
    """
    enqueue(
        kind=WEBHOOK,
        key=f"{delivery.pk}.{delivery.round}.{number}",
        subject=f"{delivery.kind} to {delivery.endpoint.organisation}",
        organisation_id=delivery.endpoint.organisation_id,
        run_after=due_at,
    )


def set_ready_going(endpoint: Endpoint, at: datetime) -> None:
    """Sets going what waits at the endpoint for its turn and is not on its way yet, if the endpoint is active."""
    if endpoint.state == ACTIVE:
        for delivery in ready_deliveries(endpoint).filter(due_at=None).exclude(kind=VERIFICATION):
            Delivery.objects.filter(pk=delivery.pk).update(due_at=at)
            set_going(delivery, 1, None)


def new_message(endpoint: Endpoint, kind: str, data: Mapping[str, str], at: datetime) -> Delivery:
    """A message of our own to the endpoint, on its way."""
    short = {VERIFICATION: "ver"}.get(kind, "tst")
    delivery = Delivery.objects.create(
        endpoint=endpoint, message_id=f"{short}_{uuid4().hex}", kind=kind, at=at, data=dict(data), due_at=at
    )
    set_going(delivery, 1, None)
    return delivery


def give_up(endpoint: Endpoint, at: datetime, **of: str) -> None:
    """Ends what waits at the endpoint, or of that what is named."""
    waiting = Delivery.objects.filter(endpoint=endpoint, state=WAITING, **of)
    waiting.update(state=GIVEN_UP, due_at=None, ended_at=at)


def may_go(endpoint: Endpoint, kind: str) -> bool:
    """Whether such a message is sent there as it stands: the challenge before it is verified, all else after."""
    return endpoint.state == (UNVERIFIED if kind == VERIFICATION else ACTIVE)
