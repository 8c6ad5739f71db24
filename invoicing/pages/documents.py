"""An issued invoice's documents as a page shows them: stored, being made, or not made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Length
from django.urls import reverse

from invoicing.models import INVOICE_PDF, INVOICE_XML, Invoice, InvoiceDocument
from pbr_ledger.jobs.models import FAILED, Job
from pbr_ledger.words import digest_grouped, instant_shown

NAMES = {INVOICE_PDF: "PDF, with the XML inside", INVOICE_XML: "XML for a machine to read (UBL)"}
BEING_MADE = "is being made. Reload this page in a moment."
NOT_MADE = "could not be made. Whoever runs the ledger can have it made again; what is invoiced stands."


@dataclass(frozen=True, slots=True)
class DocumentRoutes:
    """The names of the addresses of a reader's documents, and of the part of the page about them."""

    pdf: str
    xml: str
    again: str


OF_THE_CONTRACT = DocumentRoutes("invoice-pdf", "invoice-xml", "invoice-documents")
OF_THE_AGENT = DocumentRoutes("payable-pdf", "payable-xml", "payable-documents")


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """One document. `state` says in words why it cannot be had yet; empty where it can."""

    name: str
    address: str
    size: str = ""
    sha256: str = ""
    made_at: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class DocumentsShown:
    """Both documents; while `is_waiting`, one of them is being made and the page asks again at the address `again`."""

    documents: tuple[DocumentShown, ...]
    again: str

    @property
    def is_waiting(self) -> bool:
        """Whether a document will be there without anybody's doing."""
        return any(document.state == BEING_MADE for document in self.documents)


def documents_shown(invoice: Invoice, *, parts: Sequence[int], routes: DocumentRoutes) -> DocumentsShown | None:
    """The invoice's documents without their content, in two queries; None for a draft, of which none is made.

    `routes` are the names of the reader's addresses, `parts` what these are made of.
    """
    if invoice.number is None:
        return None
    addresses = {INVOICE_PDF: reverse(routes.pdf, args=parts), INVOICE_XML: reverse(routes.xml, args=parts)}
    return DocumentsShown(tuple(_documents(invoice, addresses)), again=reverse(routes.again, args=parts))


def _documents(invoice: Invoice, addresses: Mapping[str, str]) -> Iterator[DocumentShown]:
    rows = InvoiceDocument.objects.filter(invoice=invoice).annotate(size=Length("content"))
    stored = {
        file: (size, sha256, made_at)
        for file, size, sha256, made_at in rows.values_list("name", "size", "sha256", "made_at")
    }
    jobs = Job.objects.filter(kind__in=NAMES, key=str(invoice.pk)).values_list("kind", "state")
    failed = {kind for kind, state in jobs if state == FAILED}
    for file, name in NAMES.items():
        if row := stored.get(file):
            yield _stored(name, addresses[file], *row)
        else:
            yield DocumentShown(name, addresses[file], state=NOT_MADE if file in failed else BEING_MADE)


def _stored(name: str, address: str, size: int, sha256: str, made_at: datetime) -> DocumentShown:
    shown = f"{max(size // 1000, 1):,} KB"
    return DocumentShown(name, address, shown, digest_grouped(sha256), instant_shown(made_at))
