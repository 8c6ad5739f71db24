"""Endpoints: made, changed, disabled, enabled again, closed."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused
from pbr_ledger.webhooks.addresses import AddressRefused, target_of
from pbr_ledger.webhooks.events import VERIFICATION, kinds_for
from pbr_ledger.webhooks.lifecycles import CLOSED, ENDPOINT, WAITING
from pbr_ledger.webhooks.models import BY_HAND, Delivery, Endpoint
from pbr_ledger.webhooks.services.ground import (
    AlreadyRegistered,
    NewEndpoint,
    give_up,
    locked_endpoint,
    record,
    require_keeper,
    set_ready_going,
)
from pbr_ledger.webhooks.services.secrets import added_secret
from pbr_ledger.webhooks.services.sending import challenged

LONGEST_DESCRIPTION = 100
MOST_ENDPOINTS = 20
"""Of one organisation: each event is written for each of them."""


@transaction.atomic
def create_endpoint(
    *, organisation: Organisation, url: str, events: Sequence[str], description: str = "", by: Person, clock: Clock
) -> NewEndpoint:
    """A new endpoint of the organisation with its secret, and a challenge on its way there.

    Nothing else is sent until the challenge was answered. Raises `NotPermitted`, `AlreadyRegistered`, and `Refused` for
    an address on no public host, and for events that are none or not for such an organisation.
    """
    require_keeper(by, organisation)
    _require_right(organisation, url, events, description)
    _require_once(organisation, url)
    if Endpoint.objects.filter(organisation=organisation).exclude(state=CLOSED).count() >= MOST_ENDPOINTS:
        raise AlreadyRegistered(f"{organisation} has {MOST_ENDPOINTS} endpoints already: close one first.")
    at = clock.read(after=None)
    endpoint = Endpoint.objects.create(
        organisation=organisation,
        url=url,
        description=description.strip(),
        events=_in_order(events),
        created_by=by,
        created_at=at,
        moved_at=at,
    )
    secret = added_secret(endpoint, by, at)
    record(by, "endpoint.created", endpoint, {"events": endpoint.events}, at)
    challenged(endpoint, at)
    return NewEndpoint(endpoint, secret)


@transaction.atomic
def change_endpoint(
    *, endpoint: Endpoint, url: str, events: Sequence[str], description: str, by: Person, clock: Clock
) -> Endpoint:
    """The endpoint, with these from now on. At another address it has to answer a challenge first; what waits is kept.

    Raises as `create_endpoint` does, and `NotOpen`.
    """
    require_keeper(by, endpoint.organisation)
    _require_right(endpoint.organisation, url, events, description)  # looks the name up, so nothing is locked yet
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=row.created_at)
    before: dict[str, object] = {"url": row.url, "events": row.events, "description": row.description}
    wanted, said = _in_order(events), description.strip()
    changed = [
        name for name, after in (("url", url), ("events", wanted), ("description", said)) if after != before[name]
    ]
    if not changed:
        return row
    row.events, row.description = wanted, said
    if "url" in changed:
        _require_once(row.organisation, url)
        _move(row, url, at)
    row.save(update_fields=["url", "events", "description", *_OF_STATE])
    record(by, "endpoint.changed", row, {"changed": changed, "events": row.events}, at)
    if "url" in changed:
        challenged(row, at)
    return row


@transaction.atomic
def disable_endpoint(*, endpoint: Endpoint, by: Person, clock: Clock) -> Endpoint:
    """The endpoint, to which nothing is sent from now on; what happens meanwhile is kept for it.

    Raises `NotPermitted`, and `ActionNotPossible` unless it is active.
    """
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=row.created_at)
    disable(row, BY_HAND, at)
    record(by, "endpoint.disabled", row, {"because": BY_HAND}, at)
    return row


@transaction.atomic
def enable_endpoint(*, endpoint: Endpoint, by: Person, clock: Clock) -> Endpoint:
    """The endpoint, active again: what was kept for it is sent, the earliest first, with all attempts before it.

    Raises `NotPermitted`, and `ActionNotPossible` unless it is disabled.
    """
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=row.disabled_at)
    row.state = ENDPOINT.after(row.state, "enable")
    row.disabled_at, row.disabled_because = None, ""
    row.save(update_fields=_OF_STATE)
    record(by, "endpoint.enabled", row, {}, at)
    set_ready_going(row, at)
    return row


@transaction.atomic
def close_endpoint(*, endpoint: Endpoint, by: Person, clock: Clock) -> Endpoint:
    """The endpoint, closed for good: nothing more is sent, and what still waited is given up. Its log stays.

    Raises `NotPermitted`, and `NotOpen` when it is closed already.
    """
    row = locked_endpoint(endpoint, by)
    at = clock.read(after=row.created_at)
    row.state = ENDPOINT.after(row.state, "close")
    row.disabled_at, row.disabled_because = None, ""
    row.closed_at, row.closed_by = at, by
    row.save(update_fields=["closed_at", "closed_by", *_OF_STATE])
    give_up(row, at)
    row.secrets.filter(ends_at=None).update(ends_at=at)
    record(by, "endpoint.closed", row, {}, at)
    return row


_OF_STATE = ["state", "moved_at", "disabled_at", "disabled_because"]


def disable(row: Endpoint, because: str, at: datetime) -> None:
    """The locked endpoint, disabled: what is on its way is held, and begins a round of its own once it is enabled."""
    row.state = ENDPOINT.after(row.state, "disable")
    row.disabled_at, row.disabled_because = at, because
    row.save(update_fields=_OF_STATE)
    _hold(row)


def _move(row: Endpoint, url: str, at: datetime) -> None:
    row.state = ENDPOINT.after(row.state, "move")
    row.url, row.moved_at = url, at
    row.disabled_at, row.disabled_because = None, ""
    give_up(row, at, kind=VERIFICATION)
    _hold(row)


def _hold(row: Endpoint) -> None:
    """What is on its way is taken back: its job will find another round than its own, and do nothing."""
    for delivery in Delivery.objects.filter(endpoint=row, state=WAITING, due_at__isnull=False):
        Delivery.objects.filter(pk=delivery.pk).update(round=delivery.round + 1, due_at=None)


def _in_order(events: Sequence[str]) -> list[str]:
    return sorted(set(events))


def _require_once(organisation: Organisation, url: str) -> None:
    if Endpoint.objects.filter(organisation=organisation, url=url).exclude(state=CLOSED).exists():
        raise AlreadyRegistered(f"{organisation} has an endpoint at this address already.")


def _require_right(organisation: Organisation, url: str, events: Sequence[str], description: str) -> None:
    if problems := list(_problems(organisation, url, events, description)):
        raise Refused(problems)


def _problems(organisation: Organisation, url: str, events: Sequence[str], description: str) -> Iterator[Problem]:
    try:
        target_of(url, loopback=settings.WEBHOOKS_LOOPBACK)
    except AddressRefused as refusal:
        yield Problem("url", str(refusal))
    if len(description) > LONGEST_DESCRIPTION or not description.isprintable():
        yield Problem("description", f"Use at most {LONGEST_DESCRIPTION} plain characters.")
    if not events:
        yield Problem("events", "Name at least one.")
    known = {each.name for each in kinds_for(organisation.kind)}
    for each in events:
        if each not in known:
            yield Problem("events", f"There is no event “{each[:50]}” of which such an organisation is told.")
