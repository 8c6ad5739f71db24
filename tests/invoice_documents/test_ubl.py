"""Every UBL document meets the schema and the rules of EN 16931; wrong ones are found; what stands in them is exact."""

import os
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from lxml import etree

from invoicing.core.charges import (
    CARER_FEES,
    EXPENSES,
    FIXED_FEE,
    OUTSIDE,
    PRIOR_PERIODS,
    STANDARD,
    SUCCESS_FEE,
    ZERO,
)
from invoicing.documents.ubl import ubl_document
from invoicing.documents.xml import AGGREGATE, BASIC
from tests.invoice_documents.samples import SELLER, credit_note, invoice, line, taxed
from tests.invoice_documents.validation import findings, peppol_findings, rule_findings, schema_findings

NAMES = {"cac": AGGREGATE, "cbc": BASIC}
MIXED = (
    line(FIXED_FEE, 15_057_423, STANDARD, 2000),
    line(CARER_FEES, 1_000_000),
    line(SUCCESS_FEE, 14_960_752, ZERO),
    line(EXPENSES, 72_720, OUTSIDE),
    line(PRIOR_PERIODS, -197_072, STANDARD, 2000),
)


def texts(content, path):
    return [str(found) for found in etree.fromstring(ubl_document(content)).xpath(f"{path}/text()", namespaces=NAMES)]


@pytest.mark.parametrize(
    "content",
    [
        invoice(),
        credit_note(),
        taxed(),
        invoice(lines=MIXED),
        invoice(lines=(line(FIXED_FEE, 15_057_420, OUTSIDE), line(PRIOR_PERIODS, -197_072, OUTSIDE))),
        invoice(lines=(line(FIXED_FEE, 100, ZERO), line(EXPENSES, 1, STANDARD, 0))),
        invoice(seller=replace(SELLER, address=(), vat_number="GB 123 4567 82"), order_reference="", bank_reference=""),
        invoice(decision_reference="", provider_reference=""),
        credit_note(corrects=()),
        credit_note(lines=(line(PRIOR_PERIODS, 3_360_000, STANDARD, 2000), line(CARER_FEES, -1_000_000))),
    ],
)
def test_documents_meet_the_schema_and_the_rules(content):
    assert findings(ubl_document(content)) == []


def broken(document, old, new):
    assert old in document.decode()
    return document.decode().replace(old, new).encode()


def without(document, path):
    tree = etree.fromstring(document)
    for found in tree.xpath(path, namespaces=NAMES):
        found.getparent().remove(found)
    return etree.tostring(tree)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('PayableAmount currencyID="GBP">158603.48', 'PayableAmount currencyID="GBP">158603.49', "BR-CO-16"),
        ('LineExtensionAmount currencyID="GBP">10000.00', 'LineExtensionAmount currencyID="GBP">10000.01', "BR-CO-10"),
        ('PriceAmount currencyID="GBP">1970.72', 'PriceAmount currencyID="GBP">-1970.72', "BR-27"),
        ("<cbc:TaxExemptionReason>Exempt from VAT</cbc:TaxExemptionReason>", "", "BR-E-10"),
    ],
)
def test_an_amount_a_penny_off_a_negative_price_and_an_exemption_without_reason_are_refused(old, new, rule):
    sound = ubl_document(invoice())
    assert findings(sound) == []
    assert rule in rule_findings(broken(sound, old, new))


def test_a_document_without_a_buyer_is_refused():
    sound = ubl_document(invoice())
    assert schema_findings(without(sound, "//cac:AccountingCustomerParty")) != []
    assert "BR-07" in rule_findings(without(sound, "//cac:AccountingCustomerParty//cbc:RegistrationName"))


def test_what_is_outside_the_scope_cannot_stand_as_such_beside_other_lines():
    alone = ubl_document(invoice(lines=(line(FIXED_FEE, 100, OUTSIDE),)))
    assert findings(alone) == []
    beside = ubl_document(invoice(lines=(line(FIXED_FEE, 100), line(EXPENSES, 100, OUTSIDE))))
    assert findings(beside) == []
    forced = beside.decode().replace("<cbc:ID>E</cbc:ID>", "<cbc:ID>O</cbc:ID>", 2)
    assert "BR-O-11" in rule_findings(forced.encode()) or "BR-O-12" in rule_findings(forced.encode())


def test_the_lines_of_an_invoice_are_its_charges_in_fixed_words():
    assert texts(invoice(), "//cac:InvoiceLine/cac:Item/cbc:Name") == [
        "Fixed fee of April 2026",
        "Carer fees",
        "Fixed fee of prior periods",
    ]
    assert texts(invoice(), "//cac:InvoiceLine/cbc:LineExtensionAmount") == ["150574.20", "10000.00", "-1970.72"]
    assert texts(invoice(), "//cac:InvoiceLine/cbc:InvoicedQuantity") == ["1", "1", "-1"]
    assert texts(invoice(), "//cac:Price/cbc:PriceAmount") == ["150574.20", "10000.00", "1970.72"]
    assert texts(invoice(), "//cac:LegalMonetaryTotal/cbc:PayableAmount") == ["158603.48"]


def test_vat_is_broken_down_by_category():
    content = invoice(lines=MIXED)
    assert texts(content, "//cac:TaxSubtotal/cac:TaxCategory/cbc:ID") == ["S", "E", "Z"]
    assert texts(content, "//cac:TaxSubtotal/cbc:TaxableAmount") == ["148603.51", "10727.20", "149607.52"]
    assert texts(content, "//cac:TaxSubtotal/cbc:TaxAmount") == ["29720.71", "0.00", "0.00"]
    assert texts(content, "//cac:TaxSubtotal/cac:TaxCategory/cbc:Percent") == ["20.00", "0.00", "0.00"]
    assert texts(content, "//cbc:TaxExemptionReason") == ["Exempt from VAT; Outside the scope of VAT"]
    assert texts(content, "//cac:Item/cbc:Description") == ["Outside the scope of VAT"]


def test_what_is_not_subject_to_vat_has_neither_rate_nor_vat_number():
    content = invoice(lines=(line(FIXED_FEE, 100, OUTSIDE),), seller=replace(SELLER, vat_number="123456782"))
    assert texts(content, "//cac:TaxCategory/cbc:ID") == ["O"]
    assert texts(content, "//cbc:Percent") == []
    assert texts(content, "//cac:PartyTaxScheme/cbc:CompanyID") == []


def test_the_sellers_vat_number_bears_its_country_and_a_missing_one_is_said_to_be_missing():
    assert texts(taxed(), "//cac:PartyTaxScheme/cbc:CompanyID") == ["GB123456782"]
    assert texts(taxed(), "//cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["VAT"]
    assert texts(invoice(), "//cac:PartyTaxScheme/cbc:CompanyID") == ["No VAT number recorded"]
    assert texts(invoice(), "//cac:PartyTaxScheme/cac:TaxScheme/cbc:ID") == ["TAX"]


def test_an_invoice_says_how_and_by_when_it_is_paid():
    content = invoice()
    assert texts(content, "/*/cbc:DueDate") == ["2026-06-07"]
    assert texts(content, "//cac:PaymentMeans/cbc:PaymentID") == ["L04 25/26-8"]
    assert texts(content, "//cac:PayeeFinancialAccount/cbc:ID") == ["20-45-77 33208014"]
    assert texts(content, "//cac:PaymentTerms/cbc:Note") == [
        "£158,603.48 is due by 7 June 2026, 30 days after issue, from Team Matrix on behalf of Plymouth City Council."
    ]
    assert texts(content, "/*/cac:OrderReference/cbc:ID") == ["PO 4500123456"]


def test_a_credit_note_is_one_and_names_what_it_corrects():
    content = credit_note()
    assert etree.QName(etree.fromstring(ubl_document(content))).localname == "CreditNote"
    assert texts(content, "/*/cbc:CreditNoteTypeCode") == ["381"]
    assert texts(content, "//cac:BillingReference//cbc:ID") == ["L04 25/26-3", "L04 25/26-4"]
    assert texts(content, "//cac:BillingReference//cbc:IssueDate") == ["2026-04-09", "2026-05-08"]
    assert texts(content, "//cac:CreditNoteLine/cbc:LineExtensionAmount") == ["33600.00"]


def test_both_claim_peppol_bis_billing():
    for content in (invoice(), credit_note()):
        assert texts(content, "/*/cbc:CustomizationID") == [
            "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0"
        ]
        assert texts(content, "/*/cbc:ProfileID") == ["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"]


def test_electronic_addresses_stand_where_they_are_recorded():
    assert texts(taxed(), "//cbc:EndpointID") == ["5060012349998", "5060543210989"]
    assert texts(invoice(), "//cbc:EndpointID") == []


def test_peppol_carries_a_document_between_two_electronic_addresses():
    addressed = {"seller": taxed().seller, "buyer": taxed().buyer}
    for content in (taxed(), invoice(**addressed), credit_note(**addressed), invoice(lines=MIXED, **addressed)):
        assert peppol_findings(ubl_document(content)) == []
    assert peppol_findings(ubl_document(invoice())) == ["PEPPOL-EN16931-R010", "PEPPOL-EN16931-R020"]
    assert peppol_findings(ubl_document(invoice(seller=taxed().seller))) == ["PEPPOL-EN16931-R010"]
    empty = without(ubl_document(taxed()), "//cac:AccountingCustomerParty//cac:PartyName/cbc:Name")
    assert peppol_findings(empty) == ["PEPPOL-EN16931-R008"]


def test_a_company_number_stands_with_the_registered_name():
    content = invoice(seller=replace(SELLER, company_number="SC123456"))
    assert findings(ubl_document(content)) == []
    assert texts(content, "//cac:AccountingSupplierParty//cac:PartyLegalEntity/*") == ["Reconnect", "SC123456"]
    assert texts(invoice(), "//cac:PartyLegalEntity/cbc:CompanyID") == []


def test_an_address_is_taken_apart_no_further_than_it_tells():
    path = "//cac:AccountingSupplierParty//cac:PostalAddress//*[not(*)]"
    assert texts(invoice(), path) == ["Unit 4, Millbay Works", "Plymouth", "PL1 3EF", "GB"]
    long = replace(SELLER, address=("Reconnect", "Unit 4", "Millbay Works", "Great Western Road", "Plymouth"))
    assert texts(invoice(seller=long), path) == [
        "Reconnect",
        "Unit 4",
        "Millbay Works, Great Western Road, Plymouth",
        "GB",
    ]


def test_two_processes_make_the_same_bytes():
    program = (
        "import sys, django; django.setup(); from invoicing.documents.ubl import ubl_document; "
        "from tests.invoice_documents.samples import taxed; sys.stdout.buffer.write(ubl_document(taxed()))"
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
    assert made[0] == made[1] == ubl_document(taxed())
