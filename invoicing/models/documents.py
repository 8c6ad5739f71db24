"""The documents of issued invoices, each stored once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from invoicing.models.invoices import Invoice
from pbr_ledger.documents import SHA256, StoredDocument

INVOICE_PDF = "invoice.pdf"
INVOICE_XML = "invoice.xml"
DOCUMENT_NAMES = (INVOICE_PDF, INVOICE_XML)


class InvoiceDocument(StoredDocument):
    """A document of an issued invoice or credit note, with its hash. Append-only by trigger and by privilege."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="documents")

    objects: ClassVar[models.Manager["InvoiceDocument"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "name"], name="invoice_document_made_once"),
            models.CheckConstraint(condition=Q(name__in=DOCUMENT_NAMES), name="invoice_document_name_known"),
            models.CheckConstraint(condition=Q(sha256__regex=SHA256), name="invoice_document_hash_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.invoice}"
