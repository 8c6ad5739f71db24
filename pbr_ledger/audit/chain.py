"""The hash of an audit event over everything it says and the hash of the event before it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC

from pbr_ledger.audit.models import AuditEvent


def canonical(detail: Mapping[str, object]) -> str:
    """JSON in one way only: keys sorted, no spaces, text as it is. What is no JSON is refused with `TypeError`."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(event: AuditEvent) -> str:
    """The SHA-256, in hexadecimal, of all that the event says, its place in the stream and the hash before it."""
    return hashlib.sha256(canonical(_said(event)).encode()).hexdigest()


def seal_of(events: Iterable[AuditEvent]) -> str:
    """The SHA-256, in hexadecimal, of what is left of erased events in the order given, their own hashes included.

    The hash of an erased event was taken of what is destroyed now, so it proves nothing of what is left; this does.
    """
    digest = hashlib.sha256()
    for event in events:
        digest.update(canonical({**_said(event), "hash": event.hash}).encode() + b"\n")
    return digest.hexdigest()


def _said(event: AuditEvent) -> dict[str, object]:
    return {
        "stream": event.stream_id,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": {"id": event.actor_id, "email": event.actor_email, "name": event.actor_name},
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        "previous_hash": event.previous_hash,
    }
