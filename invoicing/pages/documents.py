"""An issued invoice's documents as a page shows them: stored, being made, or not made."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Length
from django.urls import reverse

from invoicing.models import INVOICE_PDF, INVOICE_XML, Invoice, InvoiceDocument
from pbr_ledger.jobs.models import FAILED, Job
from pbr_ledger.pages import Watch, watch
from pbr_ledger.words import digest_grouped, instant_shown

NAMES = {INVOICE_PDF: "PDF, with the XML inside", INVOICE_XML: "XML for a machine to read (UBL)"}
BEING_MADE = "is being made."
NOT_MADE = "could not be made. An administrator of the council can have it made again; what is invoiced stands."


@dataclass(frozen=True, slots=True)
class DocumentRoutes:
    """The names of the addresses of a reader's documents, of the part of the page about them, and of the page."""

    pdf: str
    xml: str
    again: str
    page: str


OF_THE_CONTRACT = DocumentRoutes("invoice-pdf", "invoice-xml", "invoice-documents", "invoice")
OF_THE_AGENT = DocumentRoutes("payable-pdf", "payable-xml", "payable-documents", "payable")


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
    """Both documents, and the address where the page asks for them again while one `is_waiting` to be made."""

    documents: tuple[DocumentShown, ...]
    again: str
    page: str

    @property
    def is_waiting(self) -> bool:
        """Whether a document will be there without anybody's doing."""
        return any(document.state == BEING_MADE for document in self.documents)

    @property
    def stage(self) -> str:
        """Changes whenever anything about them does."""
        return "-".join({BEING_MADE: "waiting", NOT_MADE: "failed"}.get(each.state, "made") for each in self.documents)

    @property
    def watch(self) -> Watch | None:
        """The first look at them again, while one is being made."""
        return watch(self.again, stage=self.stage) if self.is_waiting else None


def documents_shown(invoice: Invoice, *, parts: Sequence[int], routes: DocumentRoutes) -> DocumentsShown | None:
    """The invoice's documents without their content, in two queries; None for a draft, of which none is made.

    `routes` are the names of the reader's addresses, `parts` what these are made of.
    """
    if invoice.number is None:
        return None
    addresses = {INVOICE_PDF: reverse(routes.pdf, args=parts), INVOICE_XML: reverse(routes.xml, args=parts)}
    again, page = (reverse(route, args=parts) for route in (routes.again, routes.page))
    return DocumentsShown(tuple(_documents(invoice, addresses)), again, page)


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
