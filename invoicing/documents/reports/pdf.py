"""A report in print: PDF/A-3a and PDF/UA-1, in the style of all documents of the ledger."""

from typing import Any

from django.template.loader import render_to_string

from invoicing.documents.reports.model import Report
from pbr_ledger.words import instant_shown, shortened
from savings.documents.pdf import pdf_document

TEMPLATE = "invoicing/documents/report.html"


def report_pdf(report: Report) -> bytes:
    """The report as PDF, dated at the instant as known at which it speaks."""
    return pdf_document(html=report_html(report), made_at=report.known_at)


def report_html(report: Report) -> str:
    """The report's HTML: what `report_pdf` prints."""
    return render_to_string(TEMPLATE, _context(report))


def _context(report: Report) -> dict[str, Any]:
    return {
        "report": report,
        "known_at": instant_shown(report.known_at),
        "running_head": f"{shortened(report.contract_reference, 32)} · {shortened(report.period, 40)}",
    }
