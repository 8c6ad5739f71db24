"""A month's acts as its people do them in a browser, from the claim to the closed statement and its documents."""

import hashlib
from datetime import date
from pathlib import Path

from playwright.sync_api import expect

from savings.models import ClosedStatement
from tests.pages.cast import Cast
from tests.pages.hands import Hands, button
from tests.signing_in import PASSWORD
from tests.uploads import files

SECOND_THOUGHT = "The home costs more than that."
SKIPPED = "No child had moved before November."


def claim_with_evidence(cast: Cast, folder: Path) -> None:
    """The provider claims for the move, an officer asks, the provider answers, and the officer agrees."""
    plan = folder / "plan.pdf"
    plan.write_bytes(files.PDF)
    provider = cast.at("provider", "claims/")
    provider.push("Submit a claim")
    provider.choose(provider.page.get_by_label("Which move?"), "C01, in-house fostering from 12 November 2025 (C01-F0)")
    provider.write(provider.page.get_by_label("Why is this a transition?"), "The child moved on 12 November.")
    provider.page.get_by_label("Evidence (optional)").set_input_files(plan)
    cast.look(provider.page, "claim")
    provider.push("Submit the claim")
    expect(provider.page.get_by_text("Claim C01-T1 submitted")).to_be_visible()

    officer = cast.at("officer")
    officer.follow("1 claim waits for a decision")
    officer.follow("C01-T1")
    assert officer.download(officer.page.get_by_role("link", name="plan.pdf", exact=True)) == files.PDF
    officer.push("Query the claim")
    officer.write(officer.page.get_by_label("What do you need to know?"), "Who agreed the plan?")
    officer.push("Query the claim")
    expect(officer.page.get_by_text("Claim queried: C01-T1")).to_be_visible()

    claim = officer.page.url
    provider.page.goto(claim)
    provider.push("Answer the query")
    provider.write(provider.page.get_by_label("Your answer"), "The service manager, on 5 November.")
    provider.push("Answer the query")
    expect(provider.page.get_by_text("Answer sent: C01-T1")).to_be_visible()

    officer.page.goto(claim)
    officer.push("Agree the claim")
    expect(officer.page.get_by_role("heading", name="What this does to closed months")).to_be_visible()
    officer.push("Agree the claim")
    expect(officer.page.get_by_text("Claim agreed: C01-T1")).to_be_visible()


def propose(cast: Cast, month: str, says: str) -> None:
    """The officer proposes the month, whose preview says so."""
    officer = cast.at("officer", "statements/")
    officer.follow(f"Propose {month}")
    expect(officer.page.get_by_role("heading", level=1)).to_have_text(f"{month} as known now")
    expect(officer.page.get_by_text(says).first).to_be_visible()
    cast.look(officer.page, f"{month}, preview")
    officer.push("Propose these figures")
    expect(officer.page.get_by_role("heading", level=1)).to_have_text(f"Proposed statement of {month}")
    expect(button(officer.page, "Agree to these figures")).to_have_count(0)


def dispute(cast: Cast, month: str, figure: str) -> None:
    """The provider disputes the figure of the proposal."""
    provider = cast.at("provider")
    provider.follow(f"Agree or dispute the proposed statement of {month}")
    provider.push("Dispute a figure")
    provider.choose(provider.page.get_by_label("Which figure do you dispute?"), figure)
    provider.write(provider.page.get_by_label("What is wrong with it?"), SECOND_THOUGHT)
    provider.push("Dispute this figure")
    expect(provider.page.get_by_text("Disputed: Child C01")).to_be_visible()
    cast.look(provider.page, "disputed")


def correct_the_price(cast: Cast, weekly: str) -> None:
    """The officer corrects what the placement costs a week, having seen that no closed month changes by it."""
    officer = cast.at("officer", "cohort/")
    officer.follow("C01")
    officer.follow("Correct C01-F0")
    officer.write(officer.page.get_by_label("Price a week"), weekly)
    officer.push("Continue")
    expect(officer.page.get_by_text("No month is closed yet, so nothing that was stated changes.")).to_be_visible()
    cast.look(officer.page, "correction, check")
    officer.push("Record")
    expect(officer.page.get_by_text("Placement C01-F0 is corrected.")).to_be_visible()


def propose_again(cast: Cast, month: str, *, price: str, before: str, after: str, difference: str) -> None:
    """From the dispute to a new proposal, which says what has changed."""
    officer = cast.at("officer")
    officer.follow(f"The provider disputes Child C01 in the statement of {month}")
    expect(officer.page.get_by_role("heading", name="What has changed since this proposal")).to_be_visible()
    officer.push("Propose again")
    expect(officer.page.get_by_text(price).first).to_be_visible()
    row = officer.page.locator("tr", has_text="C01")
    expect(row.filter(has_text=before).filter(has_text=after).filter(has_text=difference)).to_be_visible()
    officer.push("Propose these figures again")
    expect(officer.page.get_by_role("heading", name="What this proposal changed")).to_be_visible()
    cast.look(officer.page, "proposed again")


def agree_for_both_sides(cast: Cast, month: str) -> None:
    """The provider agrees, and another officer than the proposer."""
    for who in ("provider", "second officer"):
        hands = cast.at(who)
        hands.follow(f"Agree or dispute the proposed statement of {month}")
        hands.push("Agree to these figures")
        expect(hands.page.get_by_text(f"You have agreed to the figures of {month}")).to_be_visible()


def close(cast: Cast, month: str, *, skipping: bool = False) -> None:
    """The Lead Accountant closes the month for good, six minutes after signing in: so she is asked who she is."""
    accountant = cast.at("accountant")
    cast.let_minutes_pass("accountant", 6)
    accountant.follow(f"Close {month}: both sides have agreed")
    if skipping:
        accountant.write(accountant.page.get_by_label("Why do the months before it stay without a statement?"), SKIPPED)
    accountant.push(f"Close {month}")
    expect(accountant.page.get_by_role("heading", level=1)).to_have_text("Confirm that it is still you")
    assert not ClosedStatement.objects.filter(contract=cast.contract, month_start=_first_day(month)).exists()
    cast.look(accountant.page, "confirm")
    accountant.write(accountant.page.get_by_label("Password", exact=True), PASSWORD)
    accountant.push("Continue")
    expect(accountant.page.get_by_role("heading", level=1)).to_have_text(f"Statement of {month}")
    expect(accountant.page.get_by_text(f"{month} is closed. Its documents are being made.")).to_be_visible()


def take_the_documents(cast: Cast, month: str) -> ClosedStatement:
    """The report and the workbook, made by the worker: what is downloaded is what the page says, and what is kept.

    Gives the statement.
    """
    statement = ClosedStatement.objects.get(contract=cast.contract, month_start=_first_day(month))
    accountant = cast.windows["accountant"]
    links = {
        "reconciliation.pdf": f"Reconciliation report of {month} (PDF",
        "workbook.xlsx": f"Reconciliation workbook of {month} (XLSX",
    }
    for name, words in links.items():
        link = accountant.page.get_by_role("link", name=words)
        accountant.await_link(link)
        content = accountant.download(link)
        report = statement.reports.get(name=name)
        assert content == bytes(report.content)
        assert content.startswith(b"%PDF-" if name.endswith("pdf") else b"PK")
    accountant.page.reload()
    cast.look(accountant.page, f"{month}, closed")
    shown = codes(accountant)
    for report in statement.reports.all():
        assert hashlib.sha256(bytes(report.content)).hexdigest() == report.sha256
        assert report.sha256 in shown
    return statement


def report_breakdown(cast: Cast, day: date, *, closed: str, charge: str) -> None:
    """The provider reports that the placement broke down, having seen what that does to closed months."""
    provider = cast.at("provider", "cohort/")
    provider.follow("C01")
    provider.follow("Breakdown of C01-F0")
    provider.write_day(day, "First night elsewhere")
    provider.push("Continue")
    expect(provider.page.get_by_text(closed)).to_be_visible()
    expect(provider.page.get_by_text(charge)).to_be_visible()
    cast.look(provider.page, "breakdown, check")
    provider.push("Report the breakdown")
    expect(provider.page.get_by_text("The breakdown of placement C01-F0 is recorded.")).to_be_visible()


def codes(hands: Hands) -> list[str]:
    """Every hash that the page shows, without the gaps between its groups."""
    return [text.replace(" ", "") for text in hands.page.locator(".ledger-code").all_inner_texts()]


def _first_day(month: str) -> date:
    return {"November 2025": date(2025, 11, 1), "December 2025": date(2025, 12, 1)}[month]
