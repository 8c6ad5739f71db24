"""Documents that are made once and kept with their hash, whichever room they belong to."""

import hashlib
from typing import Any, TypeVar

from django.db import models, transaction

from pbr_ledger.audit import services as audit
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.release import RELEASE

Stored = TypeVar("Stored", bound=models.Model)

AUDIT_STREAM = "documents"


def stored_once(
    documents: "models.Manager[Stored]", *, media_type: str, content: bytes, action: str, **identity: Any
) -> Stored:
    """The document that `identity` names (what it is of, and its name), stored with its SHA-256 and the release.

    The first one made is the one that stays; only its making is in the activity log, as `action`.
    """
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        at = DATABASE_CLOCK.read(after=None)
        made = {"media_type": media_type, "content": content, "sha256": digest, "release": RELEASE, "made_at": at}
        document, created = documents.get_or_create(**identity, defaults=made)
        if created:
            detail = {"sha256": digest, "release": RELEASE}
            audit.record(stream=AUDIT_STREAM, by=None, action=action, subject=str(document), detail=detail, at=at)
        return document
