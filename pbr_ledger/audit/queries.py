"""Reading the activity log, and checking that its chains are whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from pbr_ledger.audit.chain import hash_of, seal_of
from pbr_ledger.audit.models import ERASED, GENESIS, AuditEvent, AuditStream


@dataclass(frozen=True, slots=True)
class Head:
    """How long a stream is, and its last hash: printed on documents, it shows later whether a tail was cut."""

    stream: str
    length: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a stream, at the event of this number."""

    stream: str
    sequence: int
    message: str

    def __str__(self) -> str:
        return f"{self.stream}, event {self.sequence}: {self.message}"


def head(stream: str) -> Head:
    """The stream's head; length 0 for a stream in which nothing has happened yet."""
    row = AuditStream.objects.filter(pk=stream).first()
    return Head(stream, row.length, row.head_hash) if row else Head(stream, 0, GENESIS)


def verify(stream: str) -> list[Finding]:
    """Everything wrong with the stream, every hash worked out again; empty when the chain is whole."""
    return list(_findings(stream))


def verify_all() -> list[Finding]:
    """Everything wrong with any stream."""
    names = AuditStream.objects.order_by("name").values_list("name", flat=True)
    return [finding for name in names for finding in verify(name)]


def _findings(stream: str) -> Iterator[Finding]:
    expected, last_hash = 1, GENESIS
    erased: dict[int, list[AuditEvent]] = {}
    for event in AuditEvent.objects.filter(stream=stream).order_by("sequence").iterator():
        if event.sequence != expected:
            yield Finding(stream, expected, f"is missing; the next is number {event.sequence}")
        if event.previous_hash != last_hash:
            yield Finding(stream, event.sequence, "does not carry the hash of the event before it")
        yield from _unlike_its_hash(stream, event, erased)
        expected, last_hash = event.sequence + 1, event.hash
    for events in erased.values():
        yield Finding(stream, events[0].sequence, "was erased, and no event further on says why")
    stated = head(stream)
    if (stated.length, stated.hash) != (expected - 1, last_hash):
        yield Finding(stream, expected - 1, f"is the last, but the head says {stated.length} events")


def _unlike_its_hash(stream: str, event: AuditEvent, erased: dict[int, list[AuditEvent]]) -> Iterator[Finding]:
    """What an event says and its hash; of one that is erased, both are for the event that seals it to say."""
    if event.erased_by is not None:
        erased.setdefault(event.erased_by, []).append(event)
    elif event.hash != hash_of(event):
        yield Finding(stream, event.sequence, "its hash is not that of what it says")
    if (sealed := erased.pop(event.sequence, [])) and not _seals(event, sealed):
        yield Finding(stream, event.sequence, "does not seal what is left of the events that it erased")


def _seals(event: AuditEvent, erased: list[AuditEvent]) -> bool:
    """Whether the event is an erasure, and of exactly these events as they are left."""
    sealed = json.loads(event.detail).get("sealed")
    return event.action == ERASED and sealed == {"events": len(erased), "sha256": seal_of(erased)}
