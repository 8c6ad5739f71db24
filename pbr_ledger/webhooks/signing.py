"""Messages and their signatures, as Standard Webhooks has them, and the secrets they are signed with."""

import json
import secrets
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from standardwebhooks import Webhook

from pbr_ledger.accounts.ciphers import deciphered, enciphered

PURPOSE = b"pbr_ledger.webhooks.secrets"
SECRET_BYTES = 32


def new_secret() -> str:
    """A secret that nobody has yet, in the form that the libraries of Standard Webhooks take."""
    return f"whsec_{b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def kept(secret: str) -> str:
    """The secret as it is stored: enciphered, so that the database alone gives none away."""
    return enciphered(secret, PURPOSE)


def unkept(stored: str) -> str:
    """The secret again."""
    return deciphered(stored, PURPOSE)


def body_of(*, kind: str, at: datetime, data: Mapping[str, Any]) -> bytes:
    """The message: the same bytes for the same event, however often it is sent."""
    said = {"type": kind, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": dict(data)}
    return json.dumps(said, separators=(",", ":"), sort_keys=True).encode()


def signature_headers(*, message_id: str, body: bytes, at: datetime, signed_with: Iterable[str]) -> dict[str, str]:
    """The three headers, with a signature by each secret that is valid; `at` is when it is sent."""
    moment = at.astimezone(UTC)
    signatures = [Webhook(secret).sign(message_id, moment, body.decode()) for secret in signed_with]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
