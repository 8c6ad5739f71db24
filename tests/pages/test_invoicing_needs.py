"""What waits for each in this room: said to those who can do it, and to nobody else."""

from invoicing.models import Invoice
from pbr_ledger.needs import Need, needs_of
from tests.pages import billing
from tests.pages.billing import scene
from tests.pages.test_invoices import restated
from tests.pages.world import World


def needs(late: World, who: str) -> list[Need]:
    """What waits in this room: months to be proposed belong to another."""
    found = needs_of(late.people[f"own {who}"], [late.contract.pk, late.other_contract.pk])
    return [need for need in found if "/statements/" not in need.address]


def texts(late: World, who: str) -> list[str]:
    return [need.text for need in needs(late, who)]


def test_provider_is_told_of_drafts_to_issue(late: World):
    drafts = billing.drafted(late.contract)
    billing.drafted(late.other_contract)
    told = needs(late, "provider provider_staff")
    assert [need.text for need in told] == [
        "Issue the draft invoice of February 2026: £15,200.00",
        "Issue the draft invoice of March 2026: £24,800.00",
        "Issue the draft invoice of April 2026: £24,000.00",
        "Issue the draft credit note of May 2026: £33,600.00",
    ]
    assert told[0].address == f"/contracts/{late.contract.pk}/invoices/{drafts[0].pk}/issue/"
    assert told[0].when == "since 7 June 2026"
    assert texts(late, "council lead_accountant") == []


def test_officers_are_told_of_invoices_that_they_may_approve(late: World):
    billing.issued(late.contract, billing.drafted(late.contract)[0])
    assert texts(late, "council lead_accountant") == ["Approve invoice 1: £15,200.00"]
    assert texts(late, "council finance_officer") == []  # who proposed the statement
    assert texts(late, "council auditor") == []


def test_officers_are_told_of_what_is_held_overdue_and_not_used(late: World):
    scene(late.contract)
    assert sorted(texts(late, "council finance_officer")) == [
        "2 invoices are overdue: £34,800.00 is left to pay",
        "Invoice 3 is held: release it when that is settled",
        "£33,400.00 of credit note 4 is neither used nor repaid",
    ]
    assert texts(late, "council auditor") == []
    (overdue,) = [each for each in needs(late, "council finance_officer") if "overdue" in each.text]
    assert overdue.address == f"/contracts/{late.contract.pk}/invoices/payment-practice/"
    assert overdue.when.startswith("the first ")


def test_only_overdue_invoice_of_a_contract_is_told_by_its_number(late: World):
    invoice = billing.approved(late.contract, billing.drafted(late.contract)[0])
    (need,) = [each for each in needs(late, "council finance_officer") if "overdue" in each.text]
    assert need.text == "Invoice 1 is overdue: £15,200.00 is left to pay"
    assert need.address == f"/contracts/{late.contract.pk}/invoices/{invoice.pk}/"
    assert need.since == invoice.due_on
    assert need.when.endswith(" days late")


def test_limit_is_told_from_eighty_percent_on(late: World):
    drafts = billing.drafted(late.contract)
    restated(late, maximum_value_pence=1_900_000)
    billing.approved(late.contract, drafts[0])
    limit = "80% of the maximum contract value of L04 25/26 is approved: £3,800.00 is left"
    assert limit in texts(late, "council finance_officer")
    assert limit not in texts(late, "provider provider_staff")


def test_parked_statement_is_told_to_who_did_not_close_it(late: World):
    billing.parked(late.contract)
    words = "The statement of February 2026 is out of bounds: say whether it may be invoiced"
    assert texts(late, "council lead_accountant") == []
    billing.lent(late, "council nobody", "lead_accountant")
    assert texts(late, "council nobody") == [words]


def test_clerk_is_told_what_is_payable_and_nothing_else(late: World):
    scene(late.contract)
    assert sorted(need.text for need in needs_of(late.people["own agent payments_clerk"], [])) == [
        "Pay invoice 1 of L04 25/26: £10,000.00",
        "Pay invoice 2 of L04 25/26: £24,800.00",
        "Use credit note 4 of L04 25/26: £33,400.00",
    ]
    assert needs_of(late.people["own agent administrator"], []) == []
    assert needs_of(late.people["other agent payments_clerk"], []) == []
    assert Invoice.objects.filter(status="held").count() == 1
