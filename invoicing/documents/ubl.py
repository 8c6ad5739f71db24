"""Invoices and credit notes as UBL 2.1 by EN 16931, written to Peppol BIS Billing 3.0; the same bytes each time.

Peppol carries a document only from one electronic address to another; each is stated where one is recorded of the
party. Without them a document meets EN 16931 all the same, and Peppol's rules but for those two addresses.
"""

from lxml import etree

from invoicing.core.charges import OUTSIDE
from invoicing.documents import words
from invoicing.documents.content import InvoiceContent, LineContent
from invoicing.documents.ubl_party import write_buyer, write_seller
from invoicing.documents.vat import NOT_SUBJECT, Category, breakdown, category_of
from invoicing.documents.xml import CURRENCY, document_bytes, group, put, put_amount, root_of
from pbr_ledger.words import month_shown

CUSTOMIZATION = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
PROFILE = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
INVOICE_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE_NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
COMMERCIAL_INVOICE = "380"
CREDIT_NOTE = "381"
CREDIT_TRANSFER = "30"
INSTRUMENT_NOT_DEFINED = "1"
PIECE = "C62"


def ubl_document(content: InvoiceContent) -> bytes:
    """The document as UBL: an `Invoice`, or a `CreditNote` that refers to the invoices it corrects."""
    kind, namespace = ("CreditNote", CREDIT_NOTE_NAMESPACE) if content.is_credit else ("Invoice", INVOICE_NAMESPACE)
    root = root_of(kind, namespace)
    for write in (_head, _references, _parties, _payment, _tax_total, _totals, _lines):
        write(root, content)
    return document_bytes(root)


def _head(root: etree._Element, content: InvoiceContent) -> None:
    put(root, "CustomizationID", CUSTOMIZATION)
    put(root, "ProfileID", PROFILE)
    put(root, "ID", content.identifier)
    put(root, "IssueDate", content.issued_on)
    if content.is_credit:
        put(root, "CreditNoteTypeCode", CREDIT_NOTE)
    else:
        put(root, "DueDate", content.due_on)
        put(root, "InvoiceTypeCode", COMMERCIAL_INVOICE)
    put(root, "Note", words.authority(content))
    put(root, "DocumentCurrencyCode", CURRENCY)
    put(root, "BuyerReference", content.contract_reference)
    period = group(root, "InvoicePeriod")
    put(period, "StartDate", content.month.first_day)
    put(period, "EndDate", content.month.last_day)


def _references(root: etree._Element, content: InvoiceContent) -> None:
    if content.order_reference:
        put(group(root, "OrderReference"), "ID", content.order_reference)
    for corrected in content.corrects:
        reference = group(group(root, "BillingReference"), "InvoiceDocumentReference")
        put(reference, "ID", corrected.identifier)
        put(reference, "IssueDate", corrected.issued_on)
    put(group(root, "ContractDocumentReference"), "ID", content.contract_reference)
    _supporting(root, f"statement-{content.month}", f"Closed statement of {month_shown(content.month)}")
    if content.provider_reference:
        _supporting(root, content.provider_reference, "The provider’s own reference")


def _supporting(root: etree._Element, identifier: str, description: str) -> None:
    reference = group(root, "AdditionalDocumentReference")
    put(reference, "ID", identifier)
    put(reference, "DocumentDescription", description)


def _parties(root: etree._Element, content: InvoiceContent) -> None:
    subject_to_vat = all(part.category.code != NOT_SUBJECT for part in breakdown(content.lines))
    write_seller(root, content.seller, subject_to_vat=subject_to_vat)
    write_buyer(root, content.buyer)


def _payment(root: etree._Element, content: InvoiceContent) -> None:
    """An invoice says how it is paid; of a credit note, the terms say what becomes of the credit."""
    if not content.is_credit:
        means = group(root, "PaymentMeans")
        put(means, "PaymentMeansCode", CREDIT_TRANSFER if content.bank_reference else INSTRUMENT_NOT_DEFINED)
        put(means, "PaymentID", content.identifier)
        if content.bank_reference:
            put(group(means, "PayeeFinancialAccount"), "ID", content.bank_reference)
    put(group(root, "PaymentTerms"), "Note", words.payment_terms(content))


def _tax_total(root: etree._Element, content: InvoiceContent) -> None:
    total = group(root, "TaxTotal")
    put_amount(total, "TaxAmount", content.vat_pence)
    for part in breakdown(content.lines):
        subtotal = group(total, "TaxSubtotal")
        put_amount(subtotal, "TaxableAmount", part.net_pence)
        put_amount(subtotal, "TaxAmount", part.vat_pence)
        _tax_category(subtotal, "TaxCategory", part.category, part.reason)


def _tax_category(parent: etree._Element, name: str, category: Category, reason: str = "") -> None:
    written = group(parent, name)
    put(written, "ID", category.code)
    put(written, "Percent", category.percent)
    put(written, "TaxExemptionReason", reason)
    put(group(written, "TaxScheme"), "ID", "VAT")


def _totals(root: etree._Element, content: InvoiceContent) -> None:
    total = group(root, "LegalMonetaryTotal")
    put_amount(total, "LineExtensionAmount", content.net_pence)
    put_amount(total, "TaxExclusiveAmount", content.net_pence)
    put_amount(total, "TaxInclusiveAmount", content.gross_pence)
    put_amount(total, "PayableAmount", content.gross_pence)


def _lines(root: etree._Element, content: InvoiceContent) -> None:
    for position, line in enumerate(content.lines, 1):
        _line(root, content, position, line)


def _line(root: etree._Element, content: InvoiceContent, position: int, line: LineContent) -> None:
    """One line. A negative one is one piece less, for the price is never below zero (BR-27)."""
    written = group(root, "CreditNoteLine" if content.is_credit else "InvoiceLine")
    put(written, "ID", position)
    pieces = 1 if line.net_pence >= 0 else -1
    put(written, "CreditedQuantity" if content.is_credit else "InvoicedQuantity", pieces, unitCode=PIECE)
    put_amount(written, "LineExtensionAmount", line.net_pence)
    item, category = group(written, "Item"), category_of(line, content.lines)
    if line.vat_treatment == OUTSIDE and category.code != NOT_SUBJECT:
        put(item, "Description", words.OUTSIDE_REASON)
    put(item, "Name", words.charge_shown(line.charge, content))
    _tax_category(item, "ClassifiedTaxCategory", category)
    put_amount(group(written, "Price"), "PriceAmount", abs(line.net_pence))
