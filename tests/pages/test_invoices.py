"""Invoices in the browser: what the list and an invoice say, and what each side does with them."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client

from cohort.services import record_terms
from invoicing.models import INVOICE_PDF, Invoice
from invoicing.services import terms
from pbr_ledger.jobs.models import FAILED, Job
from savings.core.scenario import read_scenario
from tests.pages import billing
from tests.pages.billing import scene
from tests.pages.test_contracts import page_of
from tests.pages.world import SCENARIOS, World
from tests.signing_in import signed_in

FEBRUARY_TITLE = "Draft invoice of February 2026"


@pytest.fixture
def drafts(late: World) -> list[Invoice]:
    return billing.drafted(late.contract)


def someone(late: World, who: str) -> Client:
    return signed_in(late.people[f"own {who}"])


def provider(late: World) -> Client:
    return someone(late, "provider provider_staff")


def accountant(late: World) -> Client:
    return someone(late, "council lead_accountant")


def address(invoice: Invoice, action: str = "") -> str:
    return f"/contracts/{invoice.contract_id}/invoices/{invoice.pk}/{action}"


def status(invoice: Invoice) -> str:
    return Invoice.objects.values_list("status", flat=True).get(pk=invoice.pk)


# Reading


def test_list_names_every_invoice_with_its_month_amount_and_status(late: World):
    scene(late.contract)
    page = page_of(provider(late), f"/contracts/{late.contract.pk}/invoices/")
    for words in ("Credit note 4", "Invoice 3", "Invoice 2", "Invoice 1", "May 2026", "−£33,600.00", "£5,200.00"):
        assert words in page
    tags = ("Part used</strong>", "Held</strong>", "Approved</strong>", "Part paid</strong>")
    assert [page.count(tag) for tag in tags] == [1, 1, 1, 1]
    assert page.index("Credit note 4") < page.index("Invoice 1")


def test_list_of_one_status_shows_no_other(late: World):
    scene(late.contract)
    listed = f"/contracts/{late.contract.pk}/invoices/"
    page = page_of(provider(late), f"{listed}?status=held")
    assert "Invoice 3" in page
    assert "Invoice 1" not in page
    assert "There is none of this status." in page_of(provider(late), f"{listed}?status=draft")
    assert "Choose a status from the list" in page_of(provider(late), f"{listed}?status=lost")


def test_list_without_an_invoice_says_where_invoices_come_from(late: World):
    assert "There is no invoice yet." in page_of(provider(late), f"/contracts/{late.contract.pk}/invoices/")


def test_invoice_shows_its_lines_parties_payments_and_history(late: World):
    invoice = scene(late.contract).february
    page = page_of(someone(late, "council auditor"), address(invoice))
    for words in (
        "£10,000.00 is to be paid by Team Matrix",
        "Fixed fee of February 2026",
        f'href="/contracts/{late.contract.pk}/statements/2026-02/"',
        "BACS 1",
        "Credit set off from credit note 4",
        "Drafted from the closed statement",
        "Priya Provider, Reconnect",
        "Sam Second, Plymouth City Council",
        "No VAT number recorded",
        "is being made.",
        "Look again</a>",
    ):
        assert words in page
    assert 'role="button"' not in page


def test_credit_note_and_the_invoices_that_it_corrects_lead_to_each_other(late: World):
    done = scene(late.contract)
    credit = page_of(provider(late), address(done.may))
    assert "£33,400.00 of credit can be set off against invoices of this contract, or repaid." in credit
    for corrected in (done.march, done.april):
        assert f'href="{address(corrected)}"' in credit
        page = page_of(provider(late), address(corrected))
        assert "Corrected by" in page
        assert f'href="{address(done.may)}"' in page
    assert "Corrected by" not in page_of(provider(late), address(done.february))


def test_draft_has_neither_number_nor_documents_and_its_parties_as_they_are_now(late: World, drafts: list[Invoice]):
    page = page_of(someone(late, "council auditor"), address(drafts[0]))
    assert FEBRUARY_TITLE in page
    assert "Parties, as they are now" in page
    assert "Documents" not in page
    assert provider(late).get(address(drafts[0], "invoice.pdf")).status_code == 404


def test_invoice_of_another_contract_is_not_found_under_ones_own(late: World):
    (theirs,) = billing.drafted(late.other_contract)
    assert provider(late).get(f"/contracts/{late.contract.pk}/invoices/{theirs.pk}/").status_code == 404


def test_documents_are_being_made_then_stored_or_said_to_have_failed(late: World, drafts: list[Invoice]):
    invoice, reader = billing.issued(late.contract, drafts[0]), provider(late)
    part = page_of(reader, address(invoice, "documents/"))
    assert 'hx-trigger="load delay:2s"' in part
    assert "<html" not in part
    Job.objects.filter(kind=INVOICE_PDF, key=str(invoice.pk)).update(
        state=FAILED, error="no font", finished_at=invoice.drafted_at
    )
    assert "could not be made" in page_of(reader, address(invoice, "documents/"))
    kept = billing.keep_documents(invoice)
    part = page_of(reader, address(invoice, "documents/"))
    assert "hx-trigger" not in part
    answer = reader.get(address(invoice, "invoice.pdf"))
    assert answer.content == kept[INVOICE_PDF]
    assert answer["Content-Disposition"] == 'attachment; filename="L04-25-26-invoice-1.pdf"'
    assert reader.get(address(invoice, "invoice.xml"))["Content-Type"] == "application/xml"


# Issuing


def test_provider_issues_with_its_own_reference(late: World, drafts: list[Invoice]):
    staff = provider(late)
    assert "Issue this invoice" in page_of(staff, address(drafts[0]))
    answer = staff.post(address(drafts[0], "issue/"), {"provider_reference": " RC-031 "}, follow=True)
    page = " ".join(answer.content.decode().split())
    assert "Invoice 1 is issued, due by" in page
    assert "RC-031" in page
    again = staff.post(address(drafts[0], "issue/"), {}, follow=True).content.decode()
    assert "Invoice 1 is issued: this was done before." in again
    assert Invoice.objects.filter(number__isnull=False).count() == 1


def test_reference_that_is_too_long_is_said_at_its_field(late: World, drafts: list[Invoice]):
    page = provider(late).post(address(drafts[0], "issue/"), {"provider_reference": "x" * 51}).content.decode()
    assert page.count("Your reference must be 50 characters or fewer") == 2
    assert status(drafts[0]) == "draft"


def test_credit_note_that_corrects_a_draft_leads_to_that_one_first(late: World, drafts: list[Invoice]):
    *_, credit = drafts
    first = credit.corrects.order_by("statement__month_start").first()
    assert first is not None
    staff = provider(late)
    page = page_of(staff, address(credit, "issue/"))
    assert f'href="{address(first, "issue/")}"' in page
    assert "<textarea" not in page
    assert "Issue this credit note</button>" not in page
    staff.post(address(credit, "issue/"), {})
    assert status(credit) == "draft"


# Approving


def test_officer_approves_having_seen_what_it_brings_the_contract_to(late: World, drafts: list[Invoice]):
    invoice = billing.issued(late.contract, drafts[0])
    page = page_of(accountant(late), address(invoice, "approve/"))
    assert "£0.00 of £" in page
    assert "£15,200.00 of £" in page
    answer = accountant(late).post(address(invoice, "approve/"), follow=True)
    assert "Invoice 1 is approved." in answer.content.decode()
    assert status(invoice) == "approved"


def test_proposer_is_told_that_another_approves_and_cannot(late: World, drafts: list[Invoice]):
    invoice = billing.issued(late.contract, drafts[0])
    proposer = someone(late, "council finance_officer")
    page = page_of(proposer, address(invoice))
    assert "You proposed the statement behind it, so another officer of the council approves it." in page
    assert "Approve this invoice" not in page
    assert "Hold this invoice" in page
    assert proposer.post(address(invoice, "approve/")).status_code == 403
    assert status(invoice) == "issued"


def restated(late: World, **changes: object) -> None:
    """Record the contract's terms once more, with the changes."""
    terms = read_scenario((SCENARIOS / "breakdown-reported-late.json").read_bytes()).terms[-1]
    by, clock = late.people["own council lead_accountant"], billing.ticking(late.contract)
    record_terms(contract=late.contract, terms=replace(terms, **changes), by=by, clock=clock)


@pytest.mark.parametrize(
    ("maximum_pence", "words"),
    [
        (1_900_000, "80% or more of the maximum contract value will be used: £3,800.00 is left."),
        (1_600_000, "90% or more of the maximum contract value will be used: £800.00 is left."),
    ],
)
def test_approval_warns_from_80_and_90_percent_of_the_maximum(
    late: World, drafts: list[Invoice], maximum_pence: int, words: str
):
    invoice = billing.issued(late.contract, drafts[0])
    assert "or more of the maximum" not in page_of(accountant(late), address(invoice, "approve/"))
    restated(late, maximum_value_pence=maximum_pence)
    page = page_of(accountant(late), address(invoice, "approve/"))
    assert words in page
    assert "Approve this invoice</button>" in page


def test_past_the_maximum_no_approval_is_offered_until_a_variation_is_recorded(late: World, drafts: list[Invoice]):
    invoice = billing.issued(late.contract, drafts[0])
    restated(late, maximum_value_pence=1_500_000)
    lead = accountant(late)
    page = page_of(lead, address(invoice, "approve/"))
    assert "to £15,200.00, past its maximum value of £15,000.00. That needs a variation" in page
    assert "Approve this invoice</button>" not in page
    refused = lead.post(address(invoice, "approve/"))
    assert "that needs a recorded variation" in refused.content.decode()
    assert status(invoice) == "issued"
    terms.record_variation(
        contract=late.contract,
        reference="Variation 1",
        maximum_value=Decimal(15200),
        reason="More children",
        by=late.people["own council lead_accountant"],
        clock=billing.ticking(late.contract),
    )
    assert "Approve this invoice</button>" in page_of(lead, address(invoice, "approve/"))
    lead.post(address(invoice, "approve/"))
    assert status(invoice) == "approved"


def test_past_the_cap_of_the_fixed_fee_no_approval_is_offered(late: World, drafts: list[Invoice]):
    invoice = billing.issued(late.contract, drafts[0])
    terms_now = read_scenario((SCENARIOS / "breakdown-reported-late.json").read_bytes()).terms[-1]
    restated(late, phase2=replace(terms_now.phase2, fee_pence=0), phase3=replace(terms_now.phase3, fee_pence=1_000_000))
    page = page_of(accountant(late), address(invoice, "approve/"))
    assert "to £15,200.00, past its cap of £10,000.00 (4.1)" in page
    assert "Approve this invoice</button>" not in page


# Holding


def test_hold_needs_a_reason_and_release_needs_none(late: World, drafts: list[Invoice]):
    invoice, officer = billing.issued(late.contract, drafts[0]), someone(late, "council finance_officer")
    page = officer.post(address(invoice, "hold/"), {"reason": "  "}).content.decode()
    assert page.count("Say why it is held") == 2
    assert status(invoice) == "issued"
    page = officer.post(address(invoice, "hold/"), {"reason": "No order number"}, follow=True).content.decode()
    assert "Plymouth City Council holds it: No order number" in page
    assert "Approve this invoice" not in page
    assert accountant(late).get(address(invoice, "approve/")).status_code == 302
    page = officer.post(address(invoice, "release/"), {"reason": ""}, follow=True).content.decode()
    assert "Invoice 1 is released." in page
    assert status(invoice) == "issued"


# Parked statements


def test_parked_statement_says_what_was_found_and_who_may_release_it(late: World):
    billing.parked(late.contract)
    for who in ("council lead_accountant", "provider provider_staff"):
        page = page_of(someone(late, who), f"/contracts/{late.contract.pk}/invoices/")
        assert "The fee of November 2025 passes its limit: £2.00 against £1.00." in page
        assert "Release the statement" not in page


def test_another_lead_accountant_releases_a_parked_statement_and_says_why(late: World):
    parked = billing.parked(late.contract)
    deputy = signed_in(billing.lent(late, "council nobody", "lead_accountant"))
    listed = f"/contracts/{late.contract.pk}/invoices/"
    release = f"{listed}parked/{parked.pk}/release/"
    assert release in page_of(deputy, listed)
    page = deputy.post(release, {"reason": ""}).content.decode()
    assert page.count("Say why this statement may be invoiced as it is") == 2
    page = deputy.post(release, {"reason": "The limit was read wrongly"}, follow=True).content.decode()
    assert "The statement of February 2026 is released" in page
    (draft,) = Invoice.objects.all()
    assert draft.statement == parked.statement
    assert "The limit was read wrongly" in page_of(deputy, address(draft))
    assert "was released already" in deputy.get(release, follow=True).content.decode()


# How promptly


def test_payment_practice_counts_what_was_paid_and_what_is_overdue(late: World):
    scene(late.contract)
    practice = f"/contracts/{late.contract.pk}/invoices/payment-practice/"
    page = page_of(provider(late), f"{practice}?year=2026")
    for words in ("Paid in 2026/27", "£5,000.00", "1 payment<", "100%", "on average 0 days", "Invoice 3", "Held"):
        assert words in page
    assert "No invoice is overdue." not in page
    assert "0 payments<" in page_of(provider(late), f"{practice}?year=2025")
    assert "Choose a year from the list" in page_of(provider(late), f"{practice}?year=1900")


def test_margin_of_the_agent_is_the_councils_to_know(late: World):
    by, clock = late.people["own council lead_accountant"], billing.ticking(late.contract)
    terms.record_invoicing_terms(contract=late.contract, by=by, clock=clock, agent_margin_rate=Decimal("0.0200"))
    scene(late.contract)
    practice = f"/contracts/{late.contract.pk}/invoices/payment-practice/?year=2026"
    assert "on top for these payments: £100.00" in page_of(accountant(late), practice)
    assert "on top" not in page_of(provider(late), practice)


# Payments, as council and provider read them


def test_payments_list_shows_every_movement_with_its_reference_and_allocation(late: World):
    done = scene(late.contract)
    page = page_of(provider(late), f"/contracts/{late.contract.pk}/payments/")
    for words in (
        "BACS 1",
        "BACS 2",
        "Payment reversed",
        "Another contract’s",
        "Credit set off",
        "−£1.00",
        "£5,000.00",
    ):
        assert words in page
    assert address(done.february) in page
    assert "Take back" not in page


def test_payments_list_is_empty_before_anything_is_paid(late: World):
    assert "Nothing has been paid yet." in page_of(provider(late), f"/contracts/{late.contract.pk}/payments/")
