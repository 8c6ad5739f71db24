"""Adding to the activity log, in the transaction of the change that it tells of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import DEFAULT_DB_ALIAS, connections

from pbr_ledger.audit.chain import canonical, hash_of
from pbr_ledger.audit.models import AuditEvent, AuditStream

SYSTEM = "The system"
"""Who acts where no person does: the installation, and jobs."""


class Actor(Protocol):
    """Whoever acts: a person, as far as the log copies them."""

    pk: Any
    email: Any
    full_name: Any


class AuditOutsideTransaction(RuntimeError):
    """An audit row was to be written by itself; it belongs into the transaction of the change."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event says, before it has its place in a stream. `subject` names what was acted on."""

    action: str
    subject: str
    detail: Mapping[str, object]
    at: datetime


def record(
    *,
    stream: str,
    by: Actor | None,
    action: str,
    subject: str,
    detail: Mapping[str, object],
    at: datetime,
    using: str = DEFAULT_DB_ALIAS,
) -> AuditEvent:
    """The event just added at the end of the stream. `by` is None where no person acted.

    `using` names the connection whose transaction makes the change, where it is not the application's own. Raises
    `AuditOutsideTransaction` unless a transaction is open there.
    """
    (event,) = record_all(stream=stream, by=by, entries=[Entry(action, subject, detail, at)], using=using)
    return event


def record_all(
    *, stream: str, by: Actor | None, entries: Sequence[Entry], using: str = DEFAULT_DB_ALIAS
) -> list[AuditEvent]:
    """The events just added at the end of the stream, in the order given.

    Others who add to the stream wait until this transaction ends. Raises `AuditOutsideTransaction` unless one is open.
    """
    if not connections[using].in_atomic_block:
        raise AuditOutsideTransaction("An audit row is written in the transaction of the change that it tells of.")
    if not entries:
        return []
    head = locked_stream(stream, using)
    events = _chained(head, by, entries)
    AuditEvent.objects.using(using).bulk_create(events)
    AuditStream.objects.using(using).filter(pk=stream).update(length=events[-1].sequence, head_hash=events[-1].hash)
    return events


def locked_stream(stream: str, using: str = DEFAULT_DB_ALIAS) -> AuditStream:
    """The head of the stream, which nobody else moves on until this transaction ends."""
    streams = AuditStream.objects.using(using).select_for_update()
    if not (head := streams.filter(pk=stream).first()):
        AuditStream.objects.using(using).bulk_create([AuditStream(name=stream)], ignore_conflicts=True)
        head = streams.get(pk=stream)
    return head


def _chained(head: AuditStream, by: Actor | None, entries: Sequence[Entry]) -> list[AuditEvent]:
    events: list[AuditEvent] = []
    previous_hash = head.head_hash
    for sequence, entry in enumerate(entries, start=head.length + 1):
        event = AuditEvent(
            stream_id=head.name,
            sequence=sequence,
            at=entry.at,
            actor_id=by.pk if by else None,
            actor_email=by.email if by else "",
            actor_name=by.full_name if by else SYSTEM,
            action=entry.action,
            subject=entry.subject,
            detail=canonical(entry.detail),
            previous_hash=previous_hash,
        )
        event.hash = previous_hash = hash_of(event)
        events.append(event)
    return events
