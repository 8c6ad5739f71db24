"""Documents that are made once and kept with their hash, whichever room they belong to."""

import hashlib
from typing import Any, TypeVar

from django.db import models, transaction

from pbr_ledger.audit import services as audit
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.release import RELEASE

Stored = TypeVar("Stored", bound=models.Model)

AUDIT_STREAM = "documents"
SHA256 = r"^[0-9a-f]{64}$"


class StoredDocument(models.Model):
    """What is kept of a document: its content, the hash of it, and the release of the ledger that made it.

    Subclasses add what it is of, that there is one of each name, and a constraint on the hash.
    """

    name = models.CharField(max_length=50)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    release = models.CharField(max_length=50)
    made_at = models.DateTimeField()

    class Meta:
        abstract = True


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
