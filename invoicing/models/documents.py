"""The documents of issued invoices, each stored once."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from invoicing.models.invoices import Invoice

INVOICE_PDF = "invoice.pdf"
INVOICE_XML = "invoice.xml"
DOCUMENT_NAMES = (INVOICE_PDF, INVOICE_XML)

_SHA256 = r"^[0-9a-f]{64}$"


class InvoiceDocument(models.Model):
    """A document of an issued invoice or credit note, with its hash. Append-only by trigger and by privilege."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="documents")
    name = models.CharField(max_length=50)
    media_type = models.CharField(max_length=100)
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    release = models.CharField(max_length=50)
    made_at = models.DateTimeField()

    objects: ClassVar[models.Manager["InvoiceDocument"]] = models.Manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["invoice", "name"], name="invoice_document_made_once"),
            models.CheckConstraint(condition=Q(name__in=DOCUMENT_NAMES), name="invoice_document_name_known"),
            models.CheckConstraint(condition=Q(sha256__regex=_SHA256), name="invoice_document_hash_is_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.invoice}"
