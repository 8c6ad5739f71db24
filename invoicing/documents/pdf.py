"""An invoice or credit note in print: PDF/A-3a and PDF/UA-1 with its UBL inside, the same bytes whenever it is made."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from invoicing.documents import words
from invoicing.documents.content import InvoiceContent, LineContent, PartyContent, VatTotal
from invoicing.documents.ubl import ubl_document
from invoicing.documents.ubl_party import vat_identifier
from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import start_of_day
from pbr_ledger.words import day_shown, month_shown, period_shown, shortened
from savings.documents.pdf import AttachedFile, pdf_document
from savings.documents.reconciliation import unbroken

TEMPLATE = "invoicing/documents/invoice.html"
LONG_IDENTIFIER = 16
"""Longer ones are printed smaller."""


@dataclass(frozen=True, slots=True)
class Row:
    """A name and what is said beside or under it."""

    name: str
    text: str


def invoice_pdf(content: InvoiceContent) -> bytes:
    """The document as PDF, dated on the day of issue, with its UBL as the other form of the same document."""
    return pdf_document(
        html=invoice_html(content),
        made_at=start_of_day(content.issued_on),
        attachments=(_attachment(content),),
    )


def invoice_html(content: InvoiceContent) -> str:
    """The document's HTML: what `invoice_pdf` prints."""
    return render_to_string(TEMPLATE, invoice_context(content))


def _attachment(content: InvoiceContent) -> AttachedFile:
    return AttachedFile(
        name=content.attachment_name,
        content=ubl_document(content),
        description=f"{words.kind_shown(content)} {content.identifier} as UBL 2.1 (EN 16931)",
        relationship="Alternative",
    )


def invoice_context(content: InvoiceContent) -> dict[str, Any]:
    """Everything the template places, in words and written amounts: it has nothing left to work out."""
    return {
        **_heading(content),
        **_amounts(content),
        **_payment(content),
        "references": list(_references(content)),
    }


def _heading(content: InvoiceContent) -> dict[str, Any]:
    kind, month = words.kind_shown(content), month_shown(content.month)
    reference = shortened(content.contract_reference, 32)
    return {
        "content": content,
        "kind": kind,
        "kind_in_text": kind.lower(),
        "month": month,
        "period": period_shown(content.month).partition(" (")[0],
        "running_title": f"{kind} {content.number}",
        "running_head": f"{reference} · {month}",
        "footing": f"{kind} {content.number} of {day_shown(content.issued_on)}, {shortened(content.seller.name, 48)}",
        "numbers": list(_numbers(content)),
        "parties": [
            _party("From", content.seller, words.vat_number_shown(vat_identifier(content.seller))),
            _party("To", content.buyer),
            _party("Paid through" if content.is_credit else "Paid by", content.payer),
        ],
    }


def _numbers(content: InvoiceContent) -> Iterator[dict[str, Any]]:
    gross, issued = pounds_shown(content.gross_pence), day_shown(content.issued_on)
    vat = f"VAT of {pounds_shown(content.vat_pence)} included" if content.vat_pence else "no VAT is charged"
    if content.is_credit:
        yield {"name": "Credit", "figure": gross, "note": vat if content.vat_pence else "to the council"}
        yield {"name": "Issued on", "figure": issued, "note": "to be set off, or repaid"}
    else:
        yield {"name": "To pay", "figure": gross, "note": vat}
        yield {
            "name": "Due by",
            "figure": day_shown(content.due_on),
            "note": f"issued on {day_shown(content.issued_on)}",
        }
    yield {
        "name": "Number to quote",
        "figure": content.identifier,
        "note": "with every payment and question",
        "is_long": len(content.identifier) > LONG_IDENTIFIER,
    }


def _party(role: str, party: PartyContent, *more: str) -> dict[str, Any]:
    return {"role": role, "name": party.name, "lines": [*party.address, *more, *words.registrations_shown(party)]}


def _amounts(content: InvoiceContent) -> dict[str, Any]:
    credit = content.is_credit
    return {
        "charged_title": "What is credited" if credit else "What is charged",
        "charge_heading": "Credit" if credit else "Charge",
        "lines": [_line(line, content) for line in content.lines],
        "total_name": "Total credit" if credit else "Total to pay",
        "net": pounds_shown(content.net_pence),
        "vat": pounds_shown(content.vat_pence),
        "gross": pounds_shown(content.gross_pence),
        "vat_sentence": words.vat_sentence(content.vat_totals),
        "vat_totals": [_vat_total(part) for part in content.vat_totals],
        "corrected": [
            {
                "identifier": each.identifier,
                "issued_on": day_shown(each.issued_on),
                "month": month_shown(each.month),
            }
            for each in content.corrects
        ],
    }


def _line(line: LineContent, content: InvoiceContent) -> dict[str, str]:
    return {
        "charge": words.charge_shown(line.charge, content),
        "treatment": words.vat_shown(line.vat_treatment, line.vat_rate),
        "net": pounds_shown(line.net_pence),
        "vat": pounds_shown(line.vat_pence),
        "gross": pounds_shown(line.net_pence + line.vat_pence),
    }


def _vat_total(part: VatTotal) -> dict[str, str]:
    return {
        "treatment": words.vat_told(part.treatment, part.rate),
        "net": pounds_shown(part.net_pence),
        "vat": pounds_shown(part.vat_pence),
    }


def _payment(content: InvoiceContent) -> dict[str, Any]:
    return {
        "pay_title": "What becomes of the credit" if content.is_credit else "How to pay",
        "payment_terms": unbroken(words.payment_terms(content)),
        "pay_rows": list(_pay_rows(content)),
    }


def _pay_rows(content: InvoiceContent) -> Iterator[Row]:
    """What a payment needs; of a credit note the sentence says all."""
    if content.is_credit:
        return
    yield Row("From", content.payer.name)
    yield Row("To", content.seller.name)
    if content.bank_reference:
        yield Row("Account", content.bank_reference)
    yield Row("Quote", content.identifier)


def _references(content: InvoiceContent) -> Iterator[Row]:
    yield Row("Contract", f"{content.contract_reference}: {content.contract_title}")
    if content.decision_reference:
        yield Row("Decision", f"{content.decision_reference}, {day_shown(content.decision_on)}")
    yield Row("Statement", f"Closed statement of {month_shown(content.month)}")
    yield Row(
        "Terms",
        f"Recorded on {day_shown(content.terms_recorded_on)}, in effect from {day_shown(content.terms_effective_from)}",
    )
    if content.order_reference:
        yield Row("Council’s order", content.order_reference)
    if content.provider_reference:
        yield Row("Provider’s reference", content.provider_reference)
