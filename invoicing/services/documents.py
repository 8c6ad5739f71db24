"""The documents of an issued invoice, each stored once with its hash."""

import hashlib

from django.db import transaction

from invoicing.models import Invoice, InvoiceDocument
from pbr_ledger.audit import services as audit
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.release import RELEASE


def store_invoice_document(*, invoice: Invoice, name: str, media_type: str, content: bytes) -> InvoiceDocument:
    """The document, stored with its SHA-256; the first one made is the one that stays."""
    with transaction.atomic():
        at = DATABASE_CLOCK.read(after=None)
        document, created = InvoiceDocument.objects.get_or_create(
            invoice=invoice,
            name=name,
            defaults={
                "media_type": media_type,
                "content": content,
                "sha256": hashlib.sha256(content).hexdigest(),
                "release": RELEASE,
                "made_at": at,
            },
        )
        if created:
            audit.record(
                stream="documents",
                by=None,
                action="document.made",
                subject=str(document),
                detail={"sha256": document.sha256, "release": RELEASE},
                at=at,
            )
        return document
