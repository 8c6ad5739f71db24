"""Invoices and credit notes in print: what they say, that both standards hold, and that they never vary."""

import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.conf import settings

from invoicing.core.charges import CARER_FEES, EXPENSES, FIXED_FEE, OUTSIDE, PRIOR_PERIODS, STANDARD, SUCCESS_FEE, ZERO
from invoicing.documents.pdf import invoice_html, invoice_pdf
from invoicing.documents.ubl import ubl_document
from tests.documents.reading import prints
from tests.documents.test_reconciliation import assert_valid
from tests.invoice_documents.samples import SELLER, credit_note, invoice, line, taxed

LONGEST = invoice(
    lines=(
        line(FIXED_FEE, 15_057_423, STANDARD, 2000),
        line(CARER_FEES, 1_000_000),
        line(SUCCESS_FEE, 14_960_752, ZERO),
        line(EXPENSES, 72_720, OUTSIDE),
        line(PRIOR_PERIODS, -197_072, STANDARD, 2000),
    ),
    seller=replace(SELLER, name='<script>alert(1)</script> & "Sons" ' * 6),
    contract_reference="L04/25/26-" * 10,
    contract_title="児童 " * 60,
    bank_reference="x" * 100,
)


def pages(made):
    with pikepdf.open(BytesIO(made)) as pdf:
        return len(pdf.pages)


@pytest.mark.parametrize("content", [invoice(), credit_note(), taxed(), LONGEST])
def test_documents_are_archival_and_accessible(content):
    assert_valid(invoice_pdf(content))


@pytest.mark.parametrize("content", [invoice(), credit_note()])
def test_the_ubl_inside_is_the_ubl_alone(content):
    with pikepdf.open(BytesIO(invoice_pdf(content))) as pdf:
        assert list(pdf.attachments) == [content.attachment_name]
        assert pdf.attachments[content.attachment_name].get_file().read_bytes() == ubl_document(content)
        assert [str(spec.AFRelationship) for spec in pdf.Root.AF] == ["/Alternative"]


def test_an_invoice_says_all_that_paying_needs():
    made = invoice_pdf(invoice())
    assert pages(made) == 1
    for sentence in (
        "Invoice 8",
        "April 2026: financial year and period 2026/27, period 1",
        "Fixed fee of April 2026Exempt£150,574.20£0.00£150,574.20",
        "Fixed fee of prior periodsExempt−£1,970.72£0.00−£1,970.72",
        "Total to pay£158,603.48£0.00£158,603.48",
        "All of it is exempt from VAT.",
        "£158,603.48 is due by 7 June 2026, 30 days after issue, from Team Matrix on behalf of Plymouth City Council.",
        "20-45-77 33208014",
        "L04 25/26-8",
        "PO 4500123456",
        "RC-2026-031",
        "Recorded on 29 July 2025, in effect from 1 August 2025",
        "No VAT number recorded",
    ):
        assert prints(made, sentence), sentence


def test_vat_is_summed_by_rate_where_there_is_more_than_one():
    made = invoice_pdf(taxed())
    for sentence in (
        "VAT number GB123456782",
        "VAT of £30,114.85 included",
        "VAT at 20%£150,574.23£30,114.85",
        "Exempt from VAT£727.20£0.00",
        "Total to pay£151,301.43£30,114.85£181,416.28",
    ):
        assert prints(made, sentence), sentence


def test_a_credit_note_names_what_it_corrects_and_asks_for_no_payment():
    made = invoice_pdf(credit_note())
    assert pages(made) == 1
    for sentence in (
        "Credit note 5",
        "Total credit£33,600.00£0.00£33,600.00",
        "L04 25/26-39 April 2026March 2026",
        "L04 25/26-48 May 2026April 2026",
        "The credit of £33,600.00 is set off against later invoices.",
        "Where there are none, Reconnect repays it to Team Matrix by 9 July 2026.",
    ):
        assert prints(made, sentence), sentence
    assert not prints(made, "Account")
    assert not prints(made, "Due by")


def test_what_is_not_recorded_leaves_no_empty_row():
    html = invoice_html(invoice(order_reference="", provider_reference="", decision_reference="", bank_reference=""))
    for name in ("Council’s order", "Provider’s reference", "Decision", "Account"):
        assert f">{name}<" not in html
        assert f">{name}<" in invoice_html(invoice())


def test_names_that_are_markup_are_text():
    html = invoice_html(LONGEST)
    assert "<script>" not in html
    assert prints(invoice_pdf(LONGEST), '<script>alert(1)</script> & "Sons"')


def test_two_processes_make_the_same_bytes():
    program = (
        "import sys, django; django.setup(); from invoicing.documents.pdf import invoice_pdf; "
        "from tests.invoice_documents.samples import credit_note; sys.stdout.buffer.write(invoice_pdf(credit_note()))"
    )
    made = [
        subprocess.run(
            [sys.executable, "-c", program],
            env=os.environ
            | {"DJANGO_SETTINGS_MODULE": "pbr_ledger.settings", "PYTHONPATH": str(settings.BASE_DIR)}
            | changed,
            capture_output=True,
            check=True,
        ).stdout
        for changed in ({"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"}, {"PYTHONHASHSEED": "2", "TZ": "America/Lima"})
    ]
    assert made[0] == made[1] == invoice_pdf(credit_note())
