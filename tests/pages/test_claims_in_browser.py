"""A claim's whole way in a browser: evidence attached, queried, answered, agreed; every page of it accessible."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from cohort import models, services
from cohort.core.facts import Expense
from cohort.queries import current_facts
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.accessibility import faults
from tests.pages.routes.cohort import parts_of
from tests.pages.test_claims import BASELINE, MOVED, OFFICER, PROVIDER
from tests.pages.world import World, world
from tests.signing_in import sign_in
from tests.uploads import files

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def served(transactional_db: None) -> World:
    """A second child has moved; both sides have agreed its baseline, and nothing is claimed yet."""
    here = world()
    services.record(contract=here.contract, facts=MOVED, by=here.people[OFFICER], clock=DATABASE_CLOCK)
    services.agree_recorded_baseline(
        contract=here.contract, child="C02", rates=BASELINE, by=here.people[PROVIDER], clock=DATABASE_CLOCK
    )
    return here


def as_(browser: Browser, live_server: LiveServer, served: World, who: str, *, script: bool = True) -> Page:
    """A window of its own in which the person is signed in and sees the claims."""
    page = browser.new_context(java_script_enabled=script).new_page()
    sign_in(page, live_server.url, served.people[who])
    page.goto(live_server.url + reverse("claims", args=[served.contract.pk]))
    return page


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without"])
def test_claim_with_evidence_is_queried_answered_and_agreed(
    browser: Browser, live_server: LiveServer, served: World, tmp_path: Path, script: bool
) -> None:
    plan, photo = tmp_path / "plan.pdf", tmp_path / "room.jpg"
    plan.write_bytes(files.PDF)
    photo.write_bytes(files.jpeg_from_a_telephone())
    provider = as_(browser, live_server, served, PROVIDER, script=script)
    provider.get_by_role("button", name="Submit a claim").click()
    provider.get_by_label("Which move?").select_option(label="C02, in-house fostering from 1 December 2025 (C02-F)")
    provider.get_by_label("Why is this a transition?").fill("The child moved on 1 December.")
    provider.get_by_label("Evidence (optional)").set_input_files([plan, photo])
    provider.get_by_role("button", name="Submit the claim").click()
    expect(provider.get_by_text("Claim C02-T1 submitted")).to_be_visible()
    expect(provider.get_by_role("link", name="room.jpg", exact=True)).to_be_visible()

    officer = as_(browser, live_server, served, OFFICER, script=script)
    officer.get_by_role("link", name="Waiting for a decision (1)").click()
    officer.get_by_role("link", name="C02-T1").click()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="plan.pdf", exact=True).click()
    assert Path(download.value.path()).read_bytes() == files.PDF
    officer.get_by_role("button", name="Query the claim").click()
    officer.get_by_label("What do you need to know?").fill("Who agreed the plan?")
    officer.get_by_role("button", name="Query the claim").click()
    expect(officer.get_by_text("Claim queried: C02-T1")).to_be_visible()

    provider.reload()
    provider.get_by_role("button", name="Answer the query").click()
    provider.get_by_label("Your answer").fill("The service manager, on 20 November.")
    provider.get_by_role("button", name="Answer the query").click()
    expect(provider.get_by_text("Answer sent: C02-T1")).to_be_visible()

    officer.reload()
    officer.get_by_role("button", name="Agree the claim").click()
    expect(officer.get_by_role("heading", name="What this does to closed months")).to_be_visible()
    officer.get_by_role("button", name="Agree the claim").click()
    expect(officer.get_by_text("Claim agreed: C02-T1")).to_be_visible()
    assert current_facts(served.contract).claims["C02-T1"].status == "agreed"
    officer.context.close()
    provider.context.close()


def fill(served: World) -> dict[str, str]:
    """Something on every page, and the addresses of these pages by name."""
    contract, provider = served.contract, served.people[PROVIDER]
    parts = parts_of(contract)
    expense = Expense("E01", current_facts(contract).terms[0].phase2.start, "mileage", 2_430, "54 miles at 45p: visit")
    services.record(contract=contract, facts=[expense], by=provider, clock=DATABASE_CLOCK)
    upload = services.Upload("room.jpg", files.jpeg_from_a_telephone())
    claim = services.submit_claim(
        contract=contract, placement="C02-F", text="Moved.", files=[upload], by=provider, clock=DATABASE_CLOCK
    )
    services.withdraw_evidence(
        contract=contract,
        evidence=models.Evidence.objects.get(claim=claim),
        reason="The wrong room",
        by=provider,
        clock=DATABASE_CLOCK,
    )
    child, key = parts["child_id"], contract.pk
    household = models.Household.objects.get(contract=contract, reference="H01").pk
    row = models.Expense.objects.get(contract=contract, reference="E01").pk
    names: dict[str, list[object]] = {
        "claims": [],
        "claim": [claim.pk],
        "claim-submit": [],
        "claim-agree-move": [],
        "claim-agree": [claim.pk],
        "claim-query": [parts["claim_id"]],
        "claim-withdraw": [claim.pk],
        "evidence-attach": ["household", household],
        "evidence-beside": ["claim", parts["claim_id"]],
        "evidence-withdraw": [parts["evidence_id"]],
        "baselines": [],
        "baseline": [child],
        "baseline-agree": [parts["proposal_id"]],
        "baseline-decline": [parts["proposal_id"]],
        "baseline-propose": [models.Child.objects.get(contract=contract, reference="C02").pk],
        "carers": [],
        "household-add": [],
        "household-panel": [household],
        "household-correct": [household],
        "household-retract": [household],
        "expenses": [],
        "expense-add": [],
        "expense-correct": [row],
        "expense-retract": [row],
    }
    return {name: reverse(name, args=[key, *more]) for name, more in names.items()}


@pytest.mark.parametrize("width", [320, 1280])
def test_pages_are_accessible_also_with_errors_and_none_is_wider_than_the_screen(
    browser: Browser, live_server: LiveServer, served: World, width: int
) -> None:
    addresses = fill(served)
    found: dict[str, list[str]] = {}
    for who in (PROVIDER, OFFICER):
        page = browser.new_page(viewport={"width": width, "height": 900})
        sign_in(page, live_server.url, served.people[who])
        for name, address in addresses.items():
            answer = page.goto(live_server.url + address)
            if answer is None or answer.status == 403:
                continue
            found[f"{who} {name}"] = faults(page)
            main = page.locator("main form[method=post] button[type=submit]")
            if main.count() and not name.endswith(("retract", "agree", "claim")) and "optional" not in name:
                for box in page.locator("main form input[type=text], main form textarea").all():
                    box.fill("")
                main.first.click()
                found[f"{who} {name}, empty"] = faults(page)
        page.close()
    assert found == {name: [] for name in found}
