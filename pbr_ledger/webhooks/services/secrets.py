"""The secrets that messages are signed with: two are valid while one is being changed."""

from datetime import datetime, timedelta

from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import Clock
from pbr_ledger.webhooks import signing
from pbr_ledger.webhooks.models import Endpoint, EndpointSecret
from pbr_ledger.webhooks.services.ground import NewEndpoint, locked_endpoint, record

BOTH_VALID_FOR = timedelta(hours=24)


@transaction.atomic
def rotate_secret(*, endpoint: Endpoint, by: Person, clock: Clock) -> NewEndpoint:
    """The endpoint with a new secret. For a day messages are signed with the one before, too; older ones end now.

    Raises `NotPermitted`, and `NotOpen` for a closed endpoint.
    """
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=None)
    row.secrets.filter(ends_at__gt=at).update(ends_at=at)
    row.secrets.filter(ends_at=None).update(ends_at=at + BOTH_VALID_FOR)
    secret = added_secret(row, by, at)
    record(by, "endpoint.secret rotated", row, {}, at)
    return NewEndpoint(row, secret)


@transaction.atomic
def end_earlier_secret(*, endpoint: Endpoint, by: Person, clock: Clock) -> Endpoint:
    """The endpoint, whose newest secret alone is valid from now on: for when the one before has leaked.

    Raises `NotPermitted`, and `NotOpen` for a closed endpoint.
    """
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=None)
    if row.secrets.filter(ends_at__gt=at).update(ends_at=at):
        record(by, "endpoint.earlier secret ended", row, {}, at)
    return row


def added_secret(endpoint: Endpoint, by: Person, at: datetime) -> str:
    """A new secret of the endpoint; whoever calls has ended the one before, and asked who may."""
    secret = signing.new_secret()
    EndpointSecret.objects.create(endpoint=endpoint, enciphered=signing.kept(secret), made_by=by, made_at=at)
    return secret
