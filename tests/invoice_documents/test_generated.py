"""Whatever an invoice is made of, its UBL is sound, and its PDF is archival, accessible and holds that UBL."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import pikepdf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from invoicing.core.charges import CHARGES, STANDARD, VAT_TREATMENTS
from invoicing.documents.content import CorrectedInvoice, PartyContent
from invoicing.documents.pdf import invoice_html, invoice_pdf
from invoicing.documents.ubl import ubl_document
from pbr_ledger.money import pounds_text
from pbr_ledger.periods import Month
from tests.documents.test_reconciliation import assert_valid
from tests.invoice_documents.samples import invoice, line
from tests.invoice_documents.validation import findings

AWKWARD = st.sampled_from(
    ['<script>alert(1)</script> & "Sons"', "Zoë’s Ltd", "児童 " * 40, "]]>&amp;<!--", "a\x0bb\x1f\ufffe", "x" * 200]
)
NAMES = AWKWARD | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=200).filter(
    lambda text: text.split()
)
REFERENCES = st.just("") | NAMES.map(lambda text: text[:100].strip()).filter(lambda text: not text or text.split())
PARTIES = st.builds(
    PartyContent,
    reference=st.from_regex(r"[a-z0-9-]{1,50}", fullmatch=True),
    name=NAMES,
    address=st.lists(NAMES, max_size=6).map(tuple),
    vat_number=st.sampled_from(["", "123 4567 82", "gb123456782"]),
)
DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
CORRECTED = st.builds(CorrectedInvoice, identifier=NAMES, issued_on=DAYS, month=st.just(Month(2026, 3)))


@st.composite
def lines_of_invoices(draw):
    """Lines of any kinds of charge, some negative, VAT of every treatment mixed, above zero in all."""
    rate = draw(st.sampled_from([2000, 1750, 500, 50]))
    lines = []
    for charge in draw(st.lists(st.sampled_from(CHARGES), min_size=1, unique=True)):
        treatment = draw(st.sampled_from(VAT_TREATMENTS))
        pence = draw(st.integers(-(10**9), 10**9).filter(bool))
        lines.append(line(charge, pence, treatment, rate if treatment == STANDARD else 0))
    if sum(each.net_pence + each.vat_pence for each in lines) < 0:
        lines = [replace(each, net_pence=-each.net_pence, vat_pence=-each.vat_pence) for each in lines]
    return tuple(lines)


@st.composite
def contents(draw):
    """An invoice or a credit note of such lines, with names and references of every kind."""
    is_credit = draw(st.booleans())
    return invoice(
        is_credit=is_credit,
        number=draw(st.integers(1, 2**31 - 1)),
        issued_on=draw(DAYS),
        payment_days=draw(st.integers(0, 120)),
        lines=draw(lines_of_invoices()),
        seller=draw(PARTIES),
        buyer=draw(PARTIES),
        payer=draw(PARTIES),
        contract_reference=draw(NAMES)[:100].strip() or "L04",
        contract_title=draw(NAMES),
        decision_reference=draw(REFERENCES),
        order_reference=draw(REFERENCES),
        bank_reference=draw(REFERENCES),
        provider_reference=draw(REFERENCES),
        corrects=tuple(draw(st.lists(CORRECTED, max_size=3))) if is_credit else (),
    )


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=contents())
def test_any_invoice_as_ubl_meets_the_schema_and_the_rules(content):
    made = ubl_document(content)
    assert findings(made) == []
    payable = etree.fromstring(made).find(".//{*}LegalMonetaryTotal/{*}PayableAmount")
    assert payable.text == pounds_text(content.gross_pence)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(content=contents())
def test_any_invoice_as_pdf_is_archival_accessible_and_holds_its_ubl(content):
    made = invoice_pdf(content)
    assert_valid(made)
    with pikepdf.open(BytesIO(made)) as pdf:
        assert pdf.attachments[content.attachment_name].get_file().read_bytes() == ubl_document(content)
    assert "<script>" not in invoice_html(content)
