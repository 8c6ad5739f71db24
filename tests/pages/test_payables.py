"""The paying agent's pages: what is payable, and recording what was paid, set off, repaid and taken back."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client

from invoicing.models import Invoice, Payment, SetOff
from tests.pages import billing
from tests.pages.billing import Scene, scene
from tests.pages.test_contracts import page_of
from tests.pages.world import World
from tests.signing_in import signed_in

PAID_ON = {"paid_on_0": "10", "paid_on_1": "6", "paid_on_2": "2026"}


@pytest.fixture
def done(late: World) -> Scene:
    return scene(late.contract)


@pytest.fixture
def clerk(late: World, client: Client) -> Client:
    return signed_in(late.people["own agent payments_clerk"], client)


def said(client: Client, address: str, data: dict[str, Any]) -> str:
    """What the page says after the form is sent."""
    return " ".join(client.post(address, data, follow=True).content.decode().split())


def left(invoice: Invoice) -> str:
    invoice.refresh_from_db()
    return f"{invoice.status} {invoice.gross - invoice.settled}"


def pay_address(done: Scene) -> str:
    return f"/payables/contracts/{done.february.contract_id}/pay/"


def payment_of(amount: str, shares: dict[Invoice, str], reference: str = "BACS 9") -> dict[str, str]:
    parts = {f"share_{invoice.pk}": share for invoice, share in shares.items()}
    return {"amount": amount, "remittance_reference": reference, **PAID_ON, **parts}


# Reading


def test_lists_show_what_is_to_pay_to_use_and_settled(done: Scene, clerk: Client):
    page = page_of(clerk, "/payables/")
    for words in ("£34,800.00", "£33,400.00", "Invoice 1", "Invoice 2", "£10,000.00", "Reconnect", "days late"):
        assert words in page
    for words in ("Invoice 3", "Credit note 4", "Take back"):
        assert words not in page
    credit = page_of(clerk, "/payables/?show=credit")
    assert "Credit note 4" in credit
    assert "Invoice 1" not in credit
    assert "Nothing has been settled yet." in page_of(clerk, "/payables/?show=settled")
    assert "Invoice 1" in page_of(clerk, "/payables/?show=nonsense")


def test_lists_are_empty_before_anything_is_approved(late: World, clerk: Client):
    billing.issued(late.contract, billing.drafted(late.contract)[0])
    assert "Nothing is to be paid." in page_of(clerk, "/payables/")
    assert "There is no credit to use." in page_of(clerk, "/payables/?show=credit")
    assert "Nothing has been recorded yet." in page_of(clerk, "/payables/recorded/")


def test_menu_is_the_same_on_every_page(late: World, clerk: Client):
    for address in ("/payables/", "/payables/recorded/", "/account/", "/search/"):
        menu = page_of(clerk, address).partition('aria-label="Menu"')[2].partition("</nav>")[0]
        assert re.findall(r'href="([^"]+)"', menu) == ["/payables/", "/payables/recorded/", "/search/"]


def test_held_and_issued_invoices_do_not_exist_for_the_agent(done: Scene, clerk: Client):
    for ending in ("", "documents/", "invoice.pdf", "invoice.xml", "set-off/", "repay/"):
        assert clerk.get(f"/payables/invoices/{done.april.pk}/{ending}").status_code == 404


def test_other_agents_clerk_sees_and_pays_nothing_of_it(late: World, done: Scene):
    other = signed_in(late.people["other agent payments_clerk"])
    assert "Invoice 1" not in page_of(other, "/payables/")
    assert other.get(f"/payables/invoices/{done.february.pk}/").status_code == 404
    assert other.post(pay_address(done), payment_of("1.00", {done.february: "1.00"})).status_code == 404
    payment = Payment.objects.get(remittance_reference="BACS 1")
    assert other.post(f"/payables/recorded/{payment.pk}/take-back/", {"reason": "No"}).status_code == 404


def test_invoice_shows_kinds_of_charge_documents_and_payments(done: Scene, clerk: Client):
    page = page_of(clerk, f"/payables/invoices/{done.february.pk}/")
    for words in ("Fixed fee of February 2026", "BACS 1", "Credit set off from credit note 4", "Record a payment"):
        assert words in page
    assert "/contracts/" not in page.replace(pay_address(done), "").replace('href="/contracts/"', "")


# Paying


def test_payment_is_allocated_to_two_invoices(done: Scene, clerk: Client):
    shares = {done.february: "10,000.00", done.march: "£4,800"}
    page = said(clerk, pay_address(done), payment_of("14,800.00", shares))
    assert "The payment of £14,800.00 is recorded." in page
    assert (left(done.february), left(done.march)) == ("paid 0.00", "part_paid 20000.00")
    payment = Payment.objects.get(remittance_reference="BACS 9")
    assert (payment.paid_on, payment.recorded_by.full_name) == (date(2026, 6, 10), "Clara Clerk")


def test_invoice_that_is_named_is_filled_in_whole(done: Scene, clerk: Client):
    page = page_of(clerk, f"{pay_address(done)}?invoice={done.march.pk}")
    assert page.count('value="24,800.00"') == 2


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"amount": ""}, "Enter the amount"),
        ({"amount": "0"}, "Enter an amount above zero"),
        ({"amount": "twelve"}, "Enter an amount in pounds and pence, like 1,234.50"),
        ({"amount": "2.00"}, "The parts come to £1.00, and the amount paid to £2.00"),
        ({"remittance_reference": " "}, "Enter the remittance reference"),
        ({"remittance_reference": "x" * 101}, "The reference must be 100 characters or fewer"),
        ({"paid_on_0": "", "paid_on_1": "", "paid_on_2": ""}, "Enter the day of payment"),
        ({"paid_on_2": "2999"}, "The day of payment must be today or earlier"),
        ({"paid_on_0": "1"}, "Invoice 1 was issued on 7 June 2026: enter that day or a later one"),
        ({"share": ""}, "Enter what was paid for at least one invoice"),
        ({"share": "10000.01", "amount": "10000.01"}, "Of invoice 1, £10,000.00 is left: enter no more than that"),
    ],
)
def test_payment_that_cannot_be_is_refused_at_its_field(
    done: Scene, clerk: Client, changes: dict[str, str], words: str
):
    sent = payment_of("1.00", {done.february: changes.pop("share", "1.00")}) | changes
    page = said(clerk, pay_address(done), sent)
    assert page.count(words) == 2
    assert "Error: Record a payment" in page
    assert Payment.objects.filter(reverses=None).count() == 2
    assert left(done.february) == "part_paid 10000.00"


def test_nothing_left_to_pay_leads_back(late: World, clerk: Client):
    assert (
        "Nothing is left to pay"
        in clerk.get(f"/payables/contracts/{late.contract.pk}/pay/", follow=True).content.decode()
    )


# Credit


def test_credit_is_set_off_against_an_invoice(done: Scene, clerk: Client):
    address = f"/payables/invoices/{done.may.pk}/set-off/"
    page = page_of(clerk, address)
    assert 'value="10,000.00"' in page
    assert "Invoice 2, £24,800.00 left to pay" in page
    page = said(clerk, address, {"invoice": done.march.pk, "amount": "24,800.00"})
    assert "£24,800.00 of credit note 4 is set off." in page
    assert (left(done.may), left(done.march)) == ("part_paid 8600.00", "paid 0.00")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"invoice": "", "amount": "1.00"}, "Choose the invoice against which the credit is used"),
        ({"invoice": "0", "amount": "1.00"}, "Choose the invoice against which the credit is used"),
        ({"amount": ""}, "Enter how much of the credit is used"),
        ({"amount": "10000.01"}, "Of invoice 1, £10,000.00 is left: enter no more than that"),
        ({"amount": "33400.01"}, "Of credit note 4, £33,400.00 is left: enter no more than that"),
    ],
)
def test_set_off_that_cannot_be_is_refused(done: Scene, clerk: Client, sent: dict[str, str], words: str):
    page = said(clerk, f"/payables/invoices/{done.may.pk}/set-off/", {"invoice": done.february.pk, **sent})
    assert words in page
    assert SetOff.objects.count() == 1


def test_credit_is_repaid_in_cash(done: Scene, clerk: Client):
    address = f"/payables/invoices/{done.may.pk}/repay/"
    refused = said(clerk, address, {"amount": "33400.01", "remittance_reference": "CHAPS 1", **PAID_ON})
    assert refused.count("Of credit note 4, £33,400.00 is left: enter no more than that") == 2
    page = said(clerk, address, {"amount": "33400", "remittance_reference": "CHAPS 1", **PAID_ON})
    assert "The repayment of £33,400.00 is recorded." in page
    assert left(done.may) == "paid 0.00"
    assert "There is no credit to use of credit note 4." in clerk.get(address, follow=True).content.decode()


def test_credit_without_an_invoice_to_use_it_against_can_be_repaid(late: World, clerk: Client):
    *earlier, credit = billing.drafted(late.contract)
    for draft in earlier:
        billing.issued(late.contract, draft)
    credit = billing.approved(late.contract, credit)
    page = clerk.get(f"/payables/invoices/{credit.pk}/set-off/", follow=True).content.decode()
    assert "There is no invoice of L04 25/26 to use it against: it can be repaid." in page


# Taking back


def test_payment_recorded_in_error_is_taken_back_with_a_reason(done: Scene, clerk: Client):
    payment = Payment.objects.get(remittance_reference="BACS 1")
    address = f"/payables/recorded/{payment.pk}/take-back/"
    assert address in page_of(clerk, "/payables/recorded/")
    assert said(clerk, address, {"reason": ""}).count("Say what was wrong") == 2
    page = said(clerk, address, {"reason": "Paid to another"})
    assert "BACS 1 is taken back." in page
    assert "Paid to another" in page
    assert address not in page
    assert left(done.february) == "part_paid 15000.00"
    assert "BACS 1 is taken back already." in said(clerk, address, {"reason": "Again"})
    assert Payment.objects.filter(reverses=payment).count() == 1


def test_set_off_recorded_in_error_is_taken_back_with_a_reason(late: World, done: Scene, clerk: Client):
    use = SetOff.objects.get()
    address = f"/payables/recorded/set-offs/{use.pk}/take-back/"
    assert address in page_of(clerk, "/payables/recorded/")
    assert "£200.00 against invoice 1, recorded in error." in page_of(clerk, address)
    for other in ("other agent payments_clerk", "own council lead_accountant", "own agent administrator"):
        assert signed_in(late.people[other]).post(address, {"reason": "No"}).status_code == 404
    assert said(clerk, address, {"reason": " "}).count("Say what was wrong") == 2
    page = said(clerk, address, {"reason": "Wrong invoice"})
    assert "The set-off of credit note 4 is taken back." in page
    for words in ("Set-off reversed", "Wrong invoice", "−£200.00"):
        assert words in page
    assert address not in page
    assert (left(done.february), left(done.may)) == ("part_paid 10200.00", "approved 33600.00")
    assert "is taken back already." in said(clerk, address, {"reason": "Again"})
    page = page_of(clerk, f"/payables/invoices/{done.february.pk}/")
    assert "Credit set off from credit note 4, reversed" in page
