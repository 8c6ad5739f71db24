"""The hash of an audit event over everything it says and the hash of the event before it."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC

from pbr_ledger.audit.models import AuditEvent


def canonical(detail: Mapping[str, object]) -> str:
    """JSON in one way only: keys sorted, no spaces, text as it is. What is no JSON is refused with `TypeError`."""
    return json.dumps(detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def hash_of(event: AuditEvent) -> str:
    """The SHA-256, in hexadecimal, of all that the event says, its place in the stream and the hash before it."""
    said = {
        "stream": event.stream_id,
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": {"id": event.actor_id, "email": event.actor_email, "name": event.actor_name},
        "action": event.action,
        "subject": event.subject,
        "detail": event.detail,
        "previous_hash": event.previous_hash,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()
