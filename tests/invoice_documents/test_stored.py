"""From an issued invoice to its stored documents: out of frozen copies, once, and never changed."""

import hashlib
from dataclasses import replace
from io import BytesIO

import pikepdf
import pytest
from django.core.management import call_command
from django.db import connection, connections

from invoicing.documents.content import ElectronicAddress, PartyContent
from invoicing.documents.pdf import invoice_pdf
from invoicing.documents.ubl import ubl_document
from invoicing.models import DOCUMENT_NAMES, INVOICE_PDF, INVOICE_XML, InvoiceDocument
from invoicing.queries.documents import InvoiceNotIssued, invoice_content, invoice_document
from invoicing.services.documents import store_invoice_document
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.services import OrganisationDetails, correct_organisation
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.models import Job
from pbr_ledger.jobs.services import run
from tests.documents.reading import printed_text, prints
from tests.documents.test_reconciliation import assert_valid
from tests.invoice_documents.validation import findings, peppol_findings
from tests.refusals import forbidden, refused_by
from tests.savings import ledger


def make(invoice):
    """The invoice's documents by name, made by their jobs."""
    for job in Job.objects.filter(kind__in=DOCUMENT_NAMES, key=str(invoice.pk)):
        assert run(job_id=job.pk).state == "done"
    return {document.name: bytes(document.content) for document in invoice.documents.all()}


def test_a_draft_has_no_document(world):
    draft = world.draft("2026-02")
    assert not Job.objects.filter(kind__in=DOCUMENT_NAMES).exists()
    with pytest.raises(InvoiceNotIssued, match="is not issued yet, so there is no document of it"):
        invoice_content(draft)
    with refused_by("document_is_of_issued"):
        store_invoice_document(invoice=draft, name=INVOICE_XML, media_type="application/xml", content=b"<a/>")
    assert invoice_content(world.issue(draft)).number == 1


def test_issuing_makes_both_documents_sound_and_the_same_in_one_another(world):
    *invoices, credit_note = world.all_issued()
    for invoice, name in ((invoices[0], "invoice-1.xml"), (credit_note, "credit-note-4.xml")):
        made = make(invoice)
        assert findings(made[INVOICE_XML]) == []
        assert_valid(made[INVOICE_PDF])
        with pikepdf.open(BytesIO(made[INVOICE_PDF])) as pdf:
            assert pdf.attachments[name].get_file().read_bytes() == made[INVOICE_XML]


def test_a_credit_note_names_the_invoices_it_corrects_by_number_and_day(world):
    *invoices, credit_note = world.all_issued()
    content = invoice_content(credit_note)
    assert content.is_credit
    assert content.gross_pence == 3_360_000
    corrected = set(credit_note.corrects.all())
    assert [each.identifier for each in content.corrects] == [
        f"{world.contract.reference}-{invoice.number}" for invoice in invoices if invoice in corrected
    ]
    assert content.corrects
    assert {each.issued_on for each in content.corrects} == {invoices[0].issued_on}


def test_what_was_frozen_stays_when_names_and_addresses_change(world):
    issued = world.issue(world.draft("2026-02"))
    before = invoice_content(issued)
    Organisation.objects.update(address="Elsewhere")
    Organisation.objects.filter(pk=world.contract.provider_id).update(name="Another name")
    issued.refresh_from_db()
    assert invoice_content(issued) == before
    assert before.seller.name == "Reconnect"


def test_the_parties_numbers_and_addresses_are_frozen_on_issue(world):
    """The provider corrects its numbers once two invoices are issued, and the third one bears the new ones."""
    for party, details in ((world.parties.provider, PROVIDER), (world.parties.council, COUNCIL)):
        corrected(party, details)
    february = world.issue(world.draft("2026-02"))
    before = invoice_content(february)
    corrected(world.parties.provider, replace(PROVIDER, vat_number="123456782", electronic_identifier="GB123456782"))
    world.contract.refresh_from_db()
    february.refresh_from_db()

    assert invoice_content(february) == before
    assert before.seller == PartyContent(
        "reconnect",
        "Reconnect",
        ("1 Sample Street", "Exeter"),
        "GB999999973",
        ElectronicAddress("9932", "GB999999973"),
        "SC123456",
    )
    assert before.buyer.electronic_address == ElectronicAddress("0088", "5060012349998")
    assert before.payer.electronic_address is None
    made = make(february)
    assert findings(made[INVOICE_XML]) == []
    assert peppol_findings(made[INVOICE_XML]) == []
    for sentence in ("VAT number GB999999973", "Company number SC123456", "E-invoices to 9932:GB999999973"):
        assert prints(made[INVOICE_PDF], sentence), sentence
    later = invoice_content(world.issue(world.draft("2026-03", "2026-06-09 09:00"), "2026-06-09 10:00"))
    assert later.seller.vat_number == "GB123456782"


def test_an_invoice_of_before_there_were_numbers_reads_as_it_did(world):
    """Its frozen parties have a name and an address alone."""
    issued = world.issue(world.draft("2026-02"))
    for party in ("council", "provider", "agent"):
        issued.particulars[party] = {"name": "Then", "address": "There\nPL1 3BJ"}
    content = invoice_content(issued)
    assert content.seller == PartyContent("reconnect", "Then", ("There", "PL1 3BJ"))
    assert findings(ubl_document(content)) == []
    assert prints(invoice_pdf(content), "No VAT number recorded")


PROVIDER = OrganisationDetails("Reconnect", "1 Sample Street\nExeter", "999 9999 73", "SC123456", "9932", "GB999999973")
COUNCIL = OrganisationDetails("Plymouth City Council", electronic_scheme="0088", electronic_identifier="5060012349998")


def corrected(organisation, details):
    by = ledger.administrator()
    correct_organisation(organisation=organisation, details=details, by=by, clock=DATABASE_CLOCK)


def test_a_document_is_stored_once_under_its_hash_and_the_first_one_stays(world):
    issued = world.issue(world.draft("2026-02"))
    made = make(issued)
    stored = invoice_document(invoice=issued, name=INVOICE_PDF)
    assert stored.sha256 == hashlib.sha256(made[INVOICE_PDF]).hexdigest()
    assert stored.media_type == "application/pdf"
    again = store_invoice_document(invoice=issued, name=INVOICE_PDF, media_type="application/pdf", content=b"other")
    assert again == stored
    assert bytes(again.content) == made[INVOICE_PDF]
    assert AuditEvent.objects.filter(stream="documents", subject=str(stored)).count() == 1
    assert {job.output_digest for job in Job.objects.filter(kind=INVOICE_PDF)} == {stored.sha256}


def test_no_document_knows_a_child_a_carer_or_a_placement(world):
    """Every reference in the facts behind the invoices is looked for in all that is printed or written."""
    references = [reference.encode() for reference in references_of(world.contract)]
    assert len(references) > 3
    for invoice in world.all_issued():
        made = make(invoice)
        printed = printed_text(made[INVOICE_PDF]).encode()
        for reference in references:
            assert reference not in printed, reference
            assert reference not in made[INVOICE_XML], reference


def references_of(contract):
    tables = ("cohort_child", "cohort_placement", "cohort_claim", "cohort_household", "cohort_expense")
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT DISTINCT reference FROM {table} WHERE contract_id = %s", [contract.pk])
            yield from (reference for (reference,) in cursor.fetchall())


def document_of(invoice, **changed):
    content = b"<a/>"
    right = {
        "invoice": invoice,
        "name": INVOICE_XML,
        "media_type": "application/xml",
        "content": content,
        "sha256": hashlib.sha256(content).hexdigest(),
        "release": "0.1.0",
        "made_at": invoice.drafted_at,
    }
    return InvoiceDocument(**(right | changed))


def test_wrong_documents_are_refused_and_right_ones_taken(world):
    issued = world.issue(world.draft("2026-02"))
    document_of(issued).save(force_insert=True)
    with refused_by("invoice_document_made_once"):
        document_of(issued).save(force_insert=True)
    with refused_by("invoice_document_name_known"):
        document_of(issued, name="invoice.txt").save(force_insert=True)
    with refused_by("invoice_document_hash_is_of_its_content"):
        document_of(issued, name=INVOICE_PDF, sha256="ab" * 32).save(force_insert=True)


def test_the_application_neither_changes_nor_deletes_a_document(world):
    document_of(world.issue(world.draft("2026-02"))).save(force_insert=True)
    for statement in (
        "UPDATE invoicing_invoicedocument SET content = 'x'",
        "DELETE FROM invoicing_invoicedocument",
        "TRUNCATE invoicing_invoicedocument",
        "ALTER TABLE invoicing_invoicedocument DISABLE TRIGGER ALL",
    ):
        with forbidden(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_not_even_the_owner_changes_deletes_or_empties_documents(world):
    document_of(world.issue(world.draft("2026-02"))).save(force_insert=True)
    for trigger, statement in (
        ("invoicedocument_never_changed", "UPDATE invoicing_invoicedocument SET content = 'x'"),
        ("invoicedocument_never_deleted", "DELETE FROM invoicing_invoicedocument"),
        ("invoicedocument_never_truncated", "TRUNCATE invoicing_invoicedocument"),
    ):
        with refused_by(trigger, "owner"), connections["owner"].cursor() as cursor:
            cursor.execute(statement)


def test_export_writes_the_stored_documents(world, tmp_path):
    issued = world.issue(world.draft("2026-02"))
    reference = world.contract.reference
    with pytest.raises(SystemExit):
        call_command("export", INVOICE_PDF, "--contract", reference, "--number", "1", "-o", tmp_path / "early.pdf")
    made = make(issued)
    for name in DOCUMENT_NAMES:
        call_command("export", name, "--contract", reference, "--number", "1", "-o", tmp_path / name)
        assert (tmp_path / name).read_bytes() == made[name]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--number", "1"], "is not made yet; `manage.py dispatch --inline` makes what waits."),
        (["--number", "9"], "has no invoice or credit note 9."),
        ([], "say which issued invoice or credit note"),
    ],
)
def test_export_says_what_is_missing(world, capfd, arguments, said):
    world.issue(world.draft("2026-02"))
    with pytest.raises(SystemExit):
        call_command("export", INVOICE_XML, "--contract", world.contract.reference, *arguments)
    assert said in capfd.readouterr().err
