"""One attempt at a delivery: made outside any transaction, then kept with everything that follows from it."""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import SystemRandom

from django.conf import settings

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import grants_in_force
from pbr_ledger.accounts.roles import COUNCIL
from pbr_ledger.clock import Clock
from pbr_ledger.jobs.services import enqueue
from pbr_ledger.periods import day_of
from pbr_ledger.webhooks import signing
from pbr_ledger.webhooks.addresses import AddressRefused, target_of
from pbr_ledger.webhooks.events import TEST, VERIFICATION
from pbr_ledger.webhooks.lifecycles import DELIVERY, ENDPOINT, WAITING
from pbr_ledger.webhooks.models import FAILING, GONE, Attempt, Delivery, Endpoint
from pbr_ledger.webhooks.queries import secrets_valid, took_anything_since
from pbr_ledger.webhooks.schedule import pause_after
from pbr_ledger.webhooks.sending import Answer, post
from pbr_ledger.webhooks.services.endpoints import disable
from pbr_ledger.webhooks.services.ground import (
    DISABLED_NOTICE,
    may_go,
    record,
    set_going,
    set_ready_going,
)

STATUS_GONE = 410
CHANCE = SystemRandom().random


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one attempt came to, and which one it was; `at` is when it began."""

    round: int
    number: int
    at: datetime
    answer: Answer


def attempted(*, delivery: Delivery, round: int, number: int, clock: Clock) -> Outcome | None:  # noqa: A002
    """What came of sending the message now; None where there is nothing to send any more, or not this time.

    Changes nothing, and takes as long as the endpoint does: no transaction is open.
    """
    endpoint = delivery.endpoint
    if delivery.state != WAITING or delivery.round != round or not may_go(endpoint, delivery.kind):
        return None
    at = clock.read(after=None)
    try:
        target = target_of(endpoint.url, loopback=settings.WEBHOOKS_LOOPBACK)
    except AddressRefused as refusal:
        return Outcome(round, number, at, Answer(None, str(refusal)[:300], b"", 0))
    body = signing.body_of(kind=delivery.kind, at=delivery.at, data=delivery.data)
    valid = [signing.unkept(each.enciphered) for each in secrets_valid(endpoint, at)]
    headers = signing.signature_headers(message_id=delivery.message_id, body=body, at=at, signed_with=valid)
    return Outcome(round, number, at, _judged(delivery, post(target, body, headers)))


def keep_attempt(
    *, delivery: Delivery, outcome: Outcome, clock: Clock, chance: Callable[[], float] = CHANCE
) -> Attempt:
    """The attempt, kept, and what follows: the delivery ends or is tried again, the endpoint is verified or disabled.

    For the transaction in which its job is done. One that belongs to an earlier round is kept and changes nothing: the
    message is on its way anew already.
    """
    endpoint = (
        Endpoint.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=delivery.endpoint_id)
    )
    row = Delivery.objects.select_for_update(of=("self",)).get(pk=delivery.pk)
    answer = outcome.answer
    attempt = Attempt.objects.create(
        delivery=row,
        round=outcome.round,
        number=outcome.number,
        at=outcome.at,
        milliseconds=answer.milliseconds,
        status=answer.status,
        error=answer.error,
        excerpt=answer.excerpt,
    )
    if row.state != WAITING or row.round != outcome.round or not may_go(endpoint, row.kind):
        return attempt
    at = clock.read(after=outcome.at)
    if not answer.error:
        _taken(endpoint, row, at)
    else:
        _not_taken(endpoint, row, attempt, at, chance())
    return attempt


def _judged(delivery: Delivery, answer: Answer) -> Answer:
    """The answer; a yes to a challenge that does not say it back is none."""
    if delivery.kind != VERIFICATION or not answer.is_yes:
        return answer
    if _said_back(answer.said, str(delivery.data["challenge"])):
        return answer
    error = 'It answered, but did not say the challenge back as {"challenge": …}.'
    return Answer(answer.status, error, b"", answer.milliseconds)


def _said_back(said: bytes, challenge: str) -> bool:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        return False
    given = found.get("challenge") if isinstance(found, dict) else None
    return isinstance(given, str) and hmac.compare_digest(given.encode("utf-8", "replace"), challenge.encode())


def _taken(endpoint: Endpoint, row: Delivery, at: datetime) -> None:
    _end(row, "deliver", at)
    if row.kind == VERIFICATION:
        endpoint.state, endpoint.verified_at = ENDPOINT.after(endpoint.state, "verify"), at
        endpoint.save(update_fields=["state", "verified_at"])
        record(None, "endpoint.verified", endpoint, {}, at)
    set_ready_going(endpoint, at)


def _not_taken(endpoint: Endpoint, row: Delivery, attempt: Attempt, at: datetime, chance: float) -> None:
    pause = pause_after(row.kind, attempt.number, chance)
    if attempt.status == STATUS_GONE and row.kind not in (VERIFICATION, TEST):
        _disable(endpoint, GONE, at)
    elif pause is not None:
        Delivery.objects.filter(pk=row.pk).update(due_at=at + pause)
        set_going(row, attempt.number + 1, at + pause)
    elif row.kind in (VERIFICATION, TEST) or took_anything_since(endpoint, _began(attempt)):
        _end(row, "give up", at)
        set_ready_going(endpoint, at)
    else:
        _disable(endpoint, FAILING, at)


def _end(row: Delivery, action: str, at: datetime) -> None:
    row.state, row.due_at, row.ended_at = DELIVERY.after(row.state, action), None, at
    row.save(update_fields=["state", "due_at", "ended_at"])


def _began(attempt: Attempt) -> datetime:
    """When the first attempt of the round was made."""
    return Attempt.objects.get(delivery=attempt.delivery, round=attempt.round, number=1).at


def _disable(endpoint: Endpoint, because: str, at: datetime) -> None:
    """Disabled by itself: what waits is held, and its administrators are told by mail."""
    disable(endpoint, because, at)
    record(None, "endpoint.disabled", endpoint, {"because": because}, at)
    for person in _administrators(endpoint, at):
        enqueue(
            kind=DISABLED_NOTICE,
            key=f"{endpoint.pk} {int(at.timestamp())} {person.pk}",
            subject=f"An endpoint of {endpoint.organisation}",
            organisation_id=endpoint.organisation_id,
        )


def _administrators(endpoint: Endpoint, at: datetime) -> list[Person]:
    """Those of the organisation; where it has none, those of the councils, who keep everybody's endpoints."""
    grants = grants_in_force(day_of(at)).filter(role="administrator", person__is_active=True)
    own = grants.filter(person__organisation=endpoint.organisation)
    chosen = own if own.exists() else grants.filter(person__organisation__kind=COUNCIL)
    return list(Person.objects.filter(pk__in=chosen.values("person")).order_by("pk"))
