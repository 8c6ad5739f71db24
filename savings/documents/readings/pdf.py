"""How a contract is read, as an archival, accessible PDF for a contract meeting."""

from typing import Any

from django.template.loader import render_to_string

from pbr_ledger import words
from savings.documents.pdf import FONT_FAMILY, pdf_document
from savings.documents.readings.content import AMOUNT_NAMES, ReadingsContent

TEMPLATE = "savings/documents/readings.html"


def readings_pdf(content: ReadingsContent) -> bytes:
    """The report as PDF/A-3a and PDF/UA-1, dated at the instant of which it speaks."""
    return pdf_document(html=readings_html(content), made_at=content.known_at)


def readings_html(content: ReadingsContent) -> str:
    """The report's HTML: what `readings_pdf` prints."""
    return render_to_string(TEMPLATE, _context(content))


def _context(content: ReadingsContent) -> dict[str, Any]:
    known_at = words.instant_shown(content.known_at)
    return {
        "content": content,
        "amount_names": AMOUNT_NAMES,
        "known_at": known_at,
        "running_head": f"{words.shortened(content.contract_reference, 32)} · {known_at}",
        "font_family": FONT_FAMILY,
    }
