"""What follows a closed month, as its people do it in a browser: issued, approved, paid, and credit repaid."""

import hashlib
from datetime import date

from playwright.sync_api import expect

from invoicing.models import Invoice
from savings.models import ClosedStatement
from tests.jobs.processes import wait_until
from tests.pages.cast import Cast
from tests.pages.hands import Hands, button
from tests.pages.month_acts import codes

BANNER = ".govuk-notification-banner"


def drafted(statement: ClosedStatement) -> Invoice:
    """What the worker drafts of the closed statement."""
    wait_until(lambda: Invoice.objects.filter(statement=statement).exists(), patience=30)
    return Invoice.objects.get(statement=statement)


def issue(cast: Cast, draft: Invoice, *, need: str, kind: str, reference: str) -> Invoice:
    """The provider issues the draft under its own reference."""
    provider = cast.at("provider")
    provider.follow(need)
    provider.write(provider.page.get_by_label("Your own reference (optional)"), reference)
    cast.look(provider.page, f"issue {kind}")
    provider.push(f"Issue this {kind}")
    expect(provider.page.locator(BANNER)).to_contain_text("is issued, due by")
    expect(provider.page.get_by_text(reference, exact=True)).to_be_visible()
    _take_the_document(provider, draft)
    draft.refresh_from_db()
    return draft


def _take_the_document(provider: Hands, invoice: Invoice) -> None:
    """The invoice's PDF, made by the worker, is what the page says and what is kept."""
    link = provider.page.get_by_role("link", name="PDF, with the XML inside")
    provider.await_link(link)
    provider.await_link(provider.page.get_by_role("link", name="XML for a machine to read"))
    content = provider.download(link)
    kept = invoice.documents.get(name="invoice.pdf")
    assert content == bytes(kept.content)
    assert hashlib.sha256(content).hexdigest() == kept.sha256
    assert kept.sha256 in codes(provider)


def proposer_is_not_offered_approval(cast: Cast, invoice: Invoice, kind: str) -> None:
    """Neither on the invoice, nor by its address."""
    officer = cast.at("officer", f"invoices/{invoice.pk}/")
    expect(button(officer.page, f"Approve this {kind}")).to_have_count(0)
    expect(button(officer.page, f"Hold this {kind}")).to_be_visible()
    expect(officer.page.get_by_text("You proposed the statement behind it, so another officer")).to_be_visible()
    answer = officer.page.goto(f"{cast.address}/contracts/{cast.contract.pk}/invoices/{invoice.pk}/approve/")
    assert answer is not None
    assert answer.status == 403
    expect(officer.page.get_by_role("heading", level=1)).to_have_text("You cannot do this")


def approve(cast: Cast, *, need: str, kind: str) -> None:
    """Another officer approves."""
    hands = cast.at("second officer")
    hands.follow(need)
    cast.look(hands.page, f"approve {kind}")
    hands.push(f"Approve this {kind}")
    expect(hands.page.locator(BANNER)).to_contain_text("is approved.")


def pay(cast: Cast, invoice: Invoice, amount: str, reference: str) -> None:
    """The clerk records so much of the invoice as paid, on the day of its issue."""
    clerk = cast.at_address("clerk", "/payables/")
    clerk.follow(f"Invoice {invoice.number} of {cast.contract.reference}")
    clerk.push("Record a payment")
    clerk.write(clerk.page.get_by_label("Amount paid in all"), amount)
    clerk.write(clerk.page.get_by_label(f"For invoice {invoice.number}"), amount)
    clerk.write_day(_day_of(invoice), "Day of payment")
    clerk.write(clerk.page.get_by_label("Remittance reference"), reference)
    cast.look(clerk.page, "pay")
    clerk.push("Record this payment")
    expect(clerk.page.locator(BANNER)).to_contain_text(f"The payment of £{amount} is recorded.")


def repay(cast: Cast, credit: Invoice, amount: str, reference: str) -> None:
    """The clerk records that the provider paid the credit back in cash."""
    clerk = cast.at_address("clerk", "/payables/?show=credit")
    clerk.follow(f"Credit note {credit.number} of {cast.contract.reference}")
    clerk.push("Record a repayment")
    clerk.write(clerk.page.get_by_label("Amount", exact=True), amount)
    clerk.write_day(_day_of(credit), "Day of payment")
    clerk.write(clerk.page.get_by_label("Remittance reference"), reference)
    cast.look(clerk.page, "repay")
    clerk.push("Record this repayment")
    expect(clerk.page.locator(BANNER)).to_contain_text(f"The repayment of £{amount} is recorded.")


def provider_sees(cast: Cast, invoice: Invoice, status: str, standing: str) -> None:
    """On the invoice's own page."""
    provider = cast.at("provider", f"invoices/{invoice.pk}/")
    expect(provider.page.locator("main .govuk-tag").first).to_have_text(status)
    expect(provider.page.get_by_text(standing)).to_be_visible()


def _day_of(invoice: Invoice) -> date:
    assert invoice.issued_on is not None
    return invoice.issued_on
