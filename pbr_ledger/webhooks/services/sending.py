"""What somebody asks to be sent: the challenge once more, a test, a delivery again."""

import secrets
from datetime import datetime

from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.webhooks.events import TEST, VERIFICATION
from pbr_ledger.webhooks.lifecycles import ACTIVE, DELIVERY, UNVERIFIED
from pbr_ledger.webhooks.models import Delivery, Endpoint
from pbr_ledger.webhooks.services.ground import (
    NotOpen,
    give_up,
    locked_endpoint,
    new_message,
    record,
    set_going,
)


@transaction.atomic
def ask_for_verification(*, endpoint: Endpoint, by: Person, clock: Clock) -> Delivery:
    """A new challenge on its way to an endpoint that has not answered one yet; an earlier one does not count any more.

    Raises `NotPermitted`, and `NotOpen` for an endpoint that is verified, or closed.
    """
    row = locked_endpoint(endpoint, by)
    if row.state != UNVERIFIED:
        raise NotOpen("The endpoint is verified already.")
    at = clock.read(after=row.moved_at)
    give_up(row, at, kind=VERIFICATION)
    record(by, "endpoint.challenged again", row, {}, at)
    return challenged(row, at)


@transaction.atomic
def send_test(*, endpoint: Endpoint, by: Person, clock: Clock) -> Delivery:
    """A test message on its way there, tried once. Raises `NotPermitted`, and `NotOpen` unless it is active."""
    row = _active(endpoint, by)
    at = clock.read(after=None)
    record(by, "endpoint.tested", row, {}, at)
    return new_message(row, TEST, {"endpoint": f"end_{row.pk}"}, at)


@transaction.atomic
def send_again(*, delivery: Delivery, by: Person, clock: Clock) -> Delivery:
    """The delivery, on its way once more at once with all its attempts before it, whatever became of it.

    It keeps its message id, so that a receiver who has taken it knows it again. Raises `NotPermitted`, and `NotOpen`
    unless its endpoint is active, and for a challenge: that is asked for anew.
    """
    endpoint = _active(delivery.endpoint, by)
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    if row.kind == VERIFICATION:
        raise NotOpen("A challenge is not sent again: ask for a new one.")
    at = clock.read(after=None)
    row.state = DELIVERY.after(row.state, "send again")
    row.round, row.due_at, row.ended_at = row.round + 1, at, None
    row.save(update_fields=["state", "round", "due_at", "ended_at"])
    record(by, "webhook.sent again", endpoint, {"message": row.message_id}, at)
    set_going(row, 1, None)
    return row


def challenged(endpoint: Endpoint, at: datetime) -> Delivery:
    """A challenge on its way there: something that only whoever reads the message can say back."""
    return new_message(endpoint, VERIFICATION, {"challenge": secrets.token_urlsafe(24)}, at)


def _active(endpoint: Endpoint, by: Person) -> Endpoint:
    row = locked_endpoint(endpoint, by)
    if row.state != ACTIVE:
        raise NotOpen(f"The endpoint is {row.state}: nothing is sent there.")
    return row
