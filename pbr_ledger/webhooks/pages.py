"""What the pages about endpoints show, and to which administrator."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.http import Http404

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import organisations_of
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.sorting import DAY, NUMBER, Sort, by_words, keys_of
from pbr_ledger.webhooks import signing
from pbr_ledger.webhooks.events import OWN_KINDS, VERIFICATION
from pbr_ledger.webhooks.lifecycles import (
    ACTIVE,
    CLOSED,
    DELIVERED,
    DELIVERY,
    DISABLED,
    ENDPOINT,
    GIVEN_UP,
    UNVERIFIED,
    WAITING,
)
from pbr_ledger.webhooks.models import BY_HAND, FAILING, GONE, Attempt, Delivery, Endpoint
from pbr_ledger.webhooks.queries import attempts_at, deliveries_of, endpoints_of, last_errors, secrets_valid
from pbr_ledger.words import instant_shown

STATE_NAMES = {UNVERIFIED: "Not verified", ACTIVE: "Active", DISABLED: "Disabled", CLOSED: "Closed"}
STATE_COLOURS = {UNVERIFIED: "yellow", ACTIVE: "green", DISABLED: "red", CLOSED: "grey"}
BECAUSE = {BY_HAND: "by hand", FAILING: "it took nothing for two days", GONE: "it said that it is gone (410)", "": ""}
DELIVERY_NAMES = {WAITING: "Waiting", DELIVERED: "Delivered", GIVEN_UP: "Given up"}
DELIVERY_COLOURS = {WAITING: "yellow", DELIVERED: "green", GIVEN_UP: "red"}


@dataclass(frozen=True, slots=True)
class EndpointShown:
    """An endpoint in the list."""

    pk: int
    url: str
    description: str
    organisation: str
    events: tuple[str, ...]
    state: str
    colour: str
    waiting: int
    last_delivered: str


@dataclass(frozen=True, slots=True)
class DeliveryShown:
    """A delivery in an endpoint's log: what became of it, and what comes next, in words."""

    pk: int
    kind: str
    message_id: str
    happened: str
    state: str
    colour: str
    tried: int
    said: str


ENDPOINT_COLUMNS: tuple[Column, ...] = (
    ("Address", lambda row: row.url),
    ("What it is for", lambda row: row.description),
    ("Organisation", lambda row: row.organisation),
    ("Told of", lambda row: ", ".join(row.events)),
    ("Status", lambda row: row.state),
    ("Waiting", lambda row: str(row.waiting)),
    ("Last delivered", lambda row: row.last_delivered),
)
"""The list of endpoints as a file."""
ENDPOINT_SORTS = (
    Sort("address", "Address", "url"),
    Sort("organisation", "Organisation", Lower("organisation__name")),
    Sort("state", "Status", by_words((Q(state=state), words) for state, words in STATE_NAMES.items())),
    Sort("waiting", "Waiting", "waiting", NUMBER),
    Sort("delivered", "Last delivered", "last_delivered_at", DAY),
)
ENDPOINT_LIST = ListPage(
    "endpoints", "Webhooks", {"show": frozenset({"closed"})}, keys_of(ENDPOINT_SORTS), of_contract=False
)
DELIVERY_COLUMNS: tuple[Column, ...] = (
    ("Message", lambda row: row.kind),
    ("Number", lambda row: row.message_id),
    ("Happened", lambda row: row.happened),
    ("Status", lambda row: row.state),
    ("Attempts", lambda row: str(row.tried)),
    ("What came of it", lambda row: row.said),
)
"""An endpoint's log as a file."""
DELIVERY_SORTS = (
    Sort("message", "Message", "kind"),
    Sort("happened", "Happened", "at", DAY),
    Sort("state", "Status", by_words((Q(state=state), words) for state, words in DELIVERY_NAMES.items())),
    Sort("attempts", "Attempts", "tried", NUMBER),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the log that the page can show."""

    state: str
    name: str
    is_current: bool


def endpoint_for(administrator: Person, endpoint_id: int) -> Endpoint:
    """The endpoint, if this administrator keeps its organisation; else there is none."""
    found = endpoints_of(organisations_of(administrator)).filter(pk=endpoint_id).first()
    if found is None:
        raise Http404
    return found


def endpoints_shown(endpoints: Iterable[Any]) -> list[EndpointShown]:
    """The endpoints as the list has them."""
    return [
        EndpointShown(
            pk=each.pk,
            url=each.url,
            description=each.description,
            organisation=each.organisation.name,
            events=tuple(each.events),
            state=STATE_NAMES[each.state],
            colour=STATE_COLOURS[each.state],
            waiting=each.waiting,
            last_delivered=instant_shown(each.last_delivered_at) if each.last_delivered_at else "Nothing yet",
        )
        for each in endpoints
    ]


def endpoint_page(endpoint: Endpoint, at: datetime) -> dict[str, Any]:
    """Everything on an endpoint's page but its log. Offered is what the services would do."""
    earlier = secrets_valid(endpoint, at)[1:] if endpoint.state != CLOSED else []
    challenge = deliveries_of(endpoint).filter(kind=VERIFICATION).first()
    is_open = endpoint.state != CLOSED
    return {
        "endpoint": endpoint,
        "state": STATE_NAMES[endpoint.state],
        "colour": STATE_COLOURS[endpoint.state],
        "because": BECAUSE[endpoint.disabled_because],
        "since": _moment(endpoint.disabled_at or endpoint.closed_at),
        "created": instant_shown(endpoint.created_at),
        "verified": _moment(endpoint.verified_at),
        "earlier_until": _moment(earlier[0].ends_at) if earlier else "",
        "challenge": deliveries_shown([challenge])[0] if challenge and endpoint.state == UNVERIFIED else None,
        "waiting": endpoint.deliveries.filter(state=WAITING).exclude(kind__in=OWN_KINDS).count(),
        "is_open": is_open,
        "actions": ENDPOINT.actions_from(endpoint.state),
        "may_verify": endpoint.state == UNVERIFIED,
        "may_send": endpoint.state == ACTIVE,
    }


def deliveries_shown(deliveries: Sequence[Any]) -> list[DeliveryShown]:
    """Deliveries as the log has them, in one question more however many they are."""
    errors = last_errors(deliveries)
    return [
        DeliveryShown(
            pk=each.pk,
            kind=each.kind,
            message_id=each.message_id,
            happened=instant_shown(each.at),
            state=DELIVERY_NAMES[each.state],
            colour=DELIVERY_COLOURS[each.state],
            tried=each.tried,
            said=_said(each, errors.get(each.pk, "")),
        )
        for each in deliveries
    ]


def tabs(current: str) -> list[Tab]:
    """The parts of the log: all of it, and by what became of a delivery."""
    names = {"": "All"} | {state: DELIVERY_NAMES[state] for state in DELIVERY.statuses}
    return [Tab(state, name, state == current) for state, name in names.items()]


def delivery_page(delivery: Delivery) -> dict[str, Any]:
    """Everything on a delivery's page: the message, and every attempt at it."""
    body = json.loads(signing.body_of(kind=delivery.kind, at=delivery.at, data=delivery.data))
    is_secret = delivery.kind == VERIFICATION
    return {
        "delivery": delivery,
        "endpoint": delivery.endpoint,
        "state": DELIVERY_NAMES[delivery.state],
        "colour": DELIVERY_COLOURS[delivery.state],
        "happened": instant_shown(delivery.at),
        "due": _moment(delivery.due_at),
        "body": "" if is_secret else json.dumps(body, indent=2),
        "attempts": [_attempt_shown(each) for each in attempts_at(delivery)],
        "may_send_again": delivery.endpoint.state == ACTIVE and not is_secret,
    }


def _attempt_shown(attempt: Attempt) -> dict[str, Any]:
    return {
        "at": instant_shown(attempt.at),
        "seconds": f"{attempt.milliseconds:,} ms",
        "status": attempt.status if attempt.status is not None else "–",
        "said": attempt.error or "Taken",
        "excerpt": attempt.excerpt,
    }


def _said(delivery: Any, error: str) -> str:
    if delivery.state == DELIVERED:
        return f"Taken on {instant_shown(delivery.ended_at)}"
    if delivery.state == GIVEN_UP:
        return error or "Not sent"
    following = f"Next attempt {instant_shown(delivery.due_at)}" if delivery.due_at else "Waits for its turn"
    return f"{error} {following}.".strip()


def _moment(at: datetime | None) -> str:
    return instant_shown(at) if at else ""
