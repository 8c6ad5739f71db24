"""From the closed month to money moved, in a browser: by mouse, by keyboard alone, without JavaScript, on a phone."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from invoicing.models import Invoice
from tests.pages import billing
from tests.pages.accessibility import faults
from tests.pages.billing import Scene, scene
from tests.pages.test_journeys import tab_to
from tests.pages.world import World, world
from tests.signing_in import sign_in

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def late(transactional_db: None) -> World:
    """February to May 2026 closed: three invoices, and a credit note for a breakdown that was reported late."""
    return world("breakdown-reported-late")


@contextmanager
def window_of(browser: Browser, live_server: LiveServer, late: World, who: str, **options: bool) -> Iterator[Page]:
    """A browser of somebody's own, signed in."""
    context = browser.new_context(**options)
    page = context.new_page()
    person = billing.second_officer(late.contract) if who == "council second officer" else late.people[f"own {who}"]
    sign_in(page, live_server.url, person)
    yield page
    context.close()


def heading(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def issue(page: Page, address: str, month: str, kind: str = "invoice") -> None:
    """The provider issues the draft of the month from the list."""
    page.goto(address)
    page.get_by_role("link", name=f"Draft {kind} of {month}").click()
    page.get_by_role("button", name=f"Issue this {kind}").click()
    page.get_by_role("button", name=f"Issue this {kind}").click()
    expect(page.locator(".govuk-notification-banner")).to_contain_text("is issued, due by")


def pay(page: Page, invoice: str, amount: str, reference: str, day: tuple[int, int, int]) -> None:
    """The clerk pays so much of the invoice."""
    page.get_by_role("link", name="Payables", exact=True).click()
    page.get_by_role("link", name=invoice).click()
    page.get_by_role("button", name="Record a payment").click()
    page.get_by_label("Amount paid in all").fill(amount)
    page.get_by_label(f"For {invoice.lower()}").fill(amount)
    fill_day(page, day)
    page.get_by_label("Remittance reference").fill(reference)
    page.get_by_role("button", name="Record this payment").click()


def fill_day(page: Page, day: tuple[int, int, int]) -> None:
    for label, number in zip(("Day", "Month", "Year"), day, strict=True):
        page.get_by_label(label, exact=True).fill(str(number))


def today() -> tuple[int, int, int]:
    """The day on which what was issued just now can be paid."""
    invoice = Invoice.objects.exclude(issued_on=None).order_by("issued_on").last()
    assert invoice is not None
    assert invoice.issued_on is not None
    return invoice.issued_on.day, invoice.issued_on.month, invoice.issued_on.year


def test_from_the_draft_to_paid_in_two_parts_and_credit_repaid(browser: Browser, live_server: LiveServer, late: World):
    billing.drafted(late.contract)
    listed = f"{live_server.url}/contracts/{late.contract.pk}/invoices/"
    with window_of(browser, live_server, late, "provider provider_staff") as page:
        for month in ("February 2026", "March 2026", "April 2026"):
            issue(page, listed, month)
        issue(page, listed, "May 2026", "credit note")
    with window_of(browser, live_server, late, "council second officer") as page:
        page.goto(listed)
        page.get_by_role("link", name="Invoice 1", exact=True).click()
        page.get_by_role("button", name="Hold this invoice").click()
        page.get_by_label("Why it is held").fill("No order number")
        page.get_by_role("button", name="Hold this invoice").click()
        expect(page.get_by_text("Plymouth City Council holds it: No order number")).to_be_visible()
        page.get_by_role("button", name="Release this invoice").click()
        page.get_by_role("button", name="Release this invoice").click()
        for number, kind in ((1, "invoice"), (4, "credit note")):
            page.goto(listed)
            page.get_by_role("link", name=f"{kind.capitalize()} {number}", exact=True).click()
            page.get_by_role("button", name=f"Approve this {kind}").click()
            page.get_by_role("button", name=f"Approve this {kind}").click()
            expect(page.locator(".govuk-notification-banner")).to_contain_text("is approved.")
    with window_of(browser, live_server, late, "agent payments_clerk") as page:
        page.goto(f"{live_server.url}/payables/")
        pay(page, "Invoice 1", "5,000.00", "BACS 1", today())
        expect(page.locator(".govuk-notification-banner")).to_contain_text("The payment of £5,000.00 is recorded.")
        pay(page, "Invoice 1", "10,200.00", "BACS 2", today())
        page.goto(f"{live_server.url}/payables/?show=credit")
        page.get_by_role("link", name="Credit note 4").click()
        page.get_by_role("button", name="Record a repayment").click()
        fill_day(page, today())
        page.get_by_label("Remittance reference").fill("CHAPS 1")
        page.get_by_role("button", name="Record this repayment").click()
        expect(page.locator(".govuk-notification-banner")).to_contain_text("The repayment of £33,600.00 is recorded.")
    with window_of(browser, live_server, late, "provider provider_staff") as page:
        page.goto(listed)
        for title, status in (("Invoice 1", "Paid"), ("Credit note 4", "Used"), ("Invoice 2", "Issued")):
            row = page.get_by_role("row").filter(has=page.get_by_role("link", name=title, exact=True))
            expect(row.locator(".govuk-tag")).to_have_text(status)


def test_officer_approves_by_keyboard_alone(page: Page, live_server: LiveServer, late: World):
    invoice = billing.issued(late.contract, billing.drafted(late.contract)[0])
    sign_in(page, live_server.url, billing.second_officer(late.contract))
    page.goto(f"{live_server.url}/contracts/{late.contract.pk}/invoices/")
    tab_to(page, page.get_by_role("link", name="Invoice 1", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Approve this invoice"))
    page.keyboard.press("Space")
    heading(page)
    tab_to(page, page.get_by_role("button", name="Approve this invoice"))
    page.keyboard.press("Enter")
    expect(page.locator(".govuk-notification-banner")).to_contain_text("Invoice 1 is approved.")
    invoice.refresh_from_db()
    assert invoice.status == "approved"


def test_clerk_mends_a_mistake_and_pays_without_javascript(browser: Browser, live_server: LiveServer, late: World):
    invoice = billing.approved(late.contract, billing.drafted(late.contract)[0])
    billing.keep_documents(invoice)
    with window_of(browser, live_server, late, "agent payments_clerk", java_script_enabled=False) as page:
        page.goto(f"{live_server.url}/payables/")
        pay(page, "Invoice 1", "15,200.01", "BACS 1", today())
        expect(page).to_have_title("Error: Record a payment to Reconnect, L04 25/26 – Payment-by-results ledger")
        expect(page.locator(".govuk-error-summary")).to_contain_text("Of invoice 1, £15,200.00 is left")
        for label in ("Amount paid in all", "For invoice 1"):
            page.get_by_label(label).fill("15200")
        page.get_by_role("button", name="Record this payment").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("What was recorded")
        page.get_by_role("link", name="Take back").click()
        page.get_by_label("What was wrong").fill("Another contract’s")
        page.get_by_role("button", name="Take back this payment").click()
        expect(page.get_by_text("Payment reversed")).to_be_visible()
        page.get_by_role("link", name="Invoice 1").first.click()
        with page.expect_download() as download:
            page.get_by_role("link", name="PDF, with the XML inside").click()
    assert download.value.suggested_filename == "L04-25-26-invoice-1.pdf"
    invoice.refresh_from_db()
    assert invoice.status == "approved"


def test_documents_come_by_themselves_once_they_are_made(page: Page, live_server: LiveServer, late: World):
    invoice = billing.issued(late.contract, billing.drafted(late.contract)[0])
    sign_in(page, live_server.url, late.people["own provider provider_staff"])
    page.goto(f"{live_server.url}/contracts/{late.contract.pk}/invoices/{invoice.pk}/")
    expect(page.get_by_text("is being made.").first).to_be_visible()
    billing.keep_documents(invoice)
    expect(page.get_by_role("link", name="PDF, with the XML inside")).to_be_visible(timeout=15_000)


def pages_of(late: World, done: Scene, draft: Invoice) -> dict[str, dict[str, str]]:
    """Every page of this room by who opens it: in its main states, those that say what is wrong included."""
    contract = f"/contracts/{late.contract.pk}/"
    books, invoices = f"{contract}ledger/", f"{contract}invoices/"
    other = f"/contracts/{draft.contract_id}/invoices/{draft.pk}/"
    return {
        "own provider provider_staff": {"invoices": invoices, "held": f"{invoices}{done.april.pk}/"},
        "other provider provider_staff": {"draft": other, "issue": f"{other}issue/"},
        "own council lead_accountant": {
            "part paid": f"{invoices}{done.february.pk}/",
            "credit note": f"{invoices}{done.may.pk}/",
            "none of a status": f"{invoices}?status=draft",
            "release": f"{invoices}{done.april.pk}/release/",
            "practice": f"{invoices}payment-practice/",
            "payments": f"{contract}payments/",
            "ledger": books,
            "ledger, wrong": f"{books}?on=never",
            "year": f"{books}year/?year=2025",
            "account": f"{books}accounts/2100/",
            "entry": f"{books}entries/5/",
            "periods": f"{books}periods/",
            "close": f"{books}periods/close/",
            "accrue": f"{books}periods/2025/accrue/",
            "activity": f"{contract}activity/?verify=1",
            "activity, wrong": f"{contract}activity/?since=never",
        },
        "own agent payments_clerk": {
            "payables": "/payables/",
            "credit": "/payables/?show=credit",
            "settled": "/payables/?show=settled",
            "payable": f"/payables/invoices/{done.february.pk}/",
            "credit to use": f"/payables/invoices/{done.may.pk}/",
            "pay": f"/payables/contracts/{late.contract.pk}/pay/",
            "set off": f"/payables/invoices/{done.may.pk}/set-off/",
            "repay": f"/payables/invoices/{done.may.pk}/repay/",
            "recorded": "/payables/recorded/",
        },
    }


FORMS = {"release", "close", "pay", "set off", "repay"}
"""Sent empty, they say what is missing."""


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_and_none_is_wider_than_the_screen(
    browser: Browser, live_server: LiveServer, late: World, width: int
):
    done = scene(late.contract)
    billing.keep_documents(done.february)
    (draft,) = billing.drafted(late.other_contract)
    found: dict[str, list[str]] = {}
    trouble: list[str] = []
    for who, pages in pages_of(late, done, draft).items():
        context = browser.new_context(viewport={"width": width, "height": 800})
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        sign_in(page, live_server.url, late.people[who])
        for name, address in pages.items():
            answer = page.goto(live_server.url + address)
            assert answer is not None
            assert answer.status == 200
            found[name] = faults(page)
            if name in FORMS:
                page.locator("main form button[type=submit]").last.click()
                heading(page)
                found[f"{name}, sent empty"] = faults(page)
        context.close()
    assert found == {name: [] for name in found}
    assert [text for text in trouble if "does not conform to the required format" not in text] == []
