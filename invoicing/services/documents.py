"""The documents of an issued invoice, each stored once with its hash."""

from invoicing.models import Invoice, InvoiceDocument
from pbr_ledger.documents import stored_once


def store_invoice_document(*, invoice: Invoice, name: str, media_type: str, content: bytes) -> InvoiceDocument:
    """The document, stored with its SHA-256; the first one made is the one that stays."""
    return stored_once(
        InvoiceDocument.objects,
        invoice=invoice,
        name=name,
        media_type=media_type,
        content=content,
        action="document.made",
    )
