"""The demonstration's contract for practice: what is left to do on it, for whom."""

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from cohort.core.known import as_known_on
from cohort.models import Contract, Evidence
from invoicing.lifecycles import APPROVED, DRAFT, ISSUED, PAID
from invoicing.management import sample_files
from invoicing.management.commands import demo
from invoicing.management.practice import first_months, load_practice
from invoicing.management.sample_scenarios import FINISHED, IN_HAND, IN_HAND_NAME, MADE_AT, keep_scenario
from invoicing.models import Invoice
from invoicing.services.scenarios import At
from pbr_ledger import uploads
from pbr_ledger.accounts.models import Person
from pbr_ledger.needs import needs_of
from pbr_ledger.periods import LONDON, Month
from savings.core.what_if.applied import applied
from savings.management.parties import standing_clerk
from savings.models import ClosedStatement
from savings.pages.needs import waiting_on
from savings.services import propose
from tests.savings import ledger
from tests.signing_in import signed_in


@pytest.fixture
def practice(db: None) -> Contract:
    """The contract as the demonstration makes it, without a worker beside it."""
    cast, others = demo._cast()
    parties = demo._parties(cast, others)
    return load_practice(
        scenario=ledger.scenario("plymouth"),
        reference=demo.PRACTICE_REFERENCE,
        particulars=demo.PRACTICE_PARTICULARS,
        parties=parties,
        clerk=standing_clerk(parties=parties, cast=cast),
    )


def waiting_for(mailbox: str, contract: Contract) -> list[str]:
    """What waits for the person on whatever day the test runs: not what is late, nor which months are over."""
    person = Person.objects.get(email__startswith=f"{mailbox}@")
    texts = [need.text for need in needs_of(person, [contract.pk])]
    return sorted(text for text in texts if "overdue" not in text and not text.startswith("Propose"))


@pytest.mark.slow
def test_it_leaves_exactly_this_work(practice: Contract) -> None:
    assert waiting_for("priya.shah", practice) == ["1 claim waits for a decision", "Record where child C11 lives"]
    assert waiting_for("tom.hale", practice) == [
        "1 claim waits for a decision",
        "Approve invoice 3: £153,653.35",
        "Record where child C11 lives",
    ]
    assert waiting_for("dele.okafor", practice) == [
        "1 baseline waits for your agreement",
        "1 claim is queried by the council",
        "1 proposed baseline waits for your answer",
        "Issue the draft invoice of April 2026: £158,603.48",
    ]
    assert waiting_for("joy.adeyemi", practice) == ["Pay invoice 2 of L04 25/26 practice: £84,778.86"]
    assert waiting_for("ruth.lang", practice) == []


@pytest.mark.slow
def test_may_can_be_proposed_next_and_puts_the_late_breakdown_right(practice: Contract) -> None:
    officer = Person.objects.get(full_name="Priya Shah")
    texts = [need.text for need in waiting_on(officer, [practice.pk], today=date(2026, 6, 8))]
    assert texts == ["Propose the statement of May 2026"]

    proposal = propose(
        contract=practice, month=Month(2026, 5), by=officer, clock=At(datetime(2026, 6, 8, 9, tzinfo=LONDON))
    )
    adjustments = json.loads(proposal.document)["adjustments"]
    assert [(each["child"], each["month"]) for each in adjustments] == [("C11", "2026-03"), ("C11", "2026-04")]


@pytest.mark.slow
def test_its_first_months_are_closed_and_their_invoices_in_every_state(practice: Contract) -> None:
    closed = ClosedStatement.objects.filter(contract=practice)
    assert [statement.month for statement in closed.order_by("month_start")] == [
        *Month(2025, 8).through(Month(2026, 4))
    ]
    states = Invoice.objects.filter(contract=practice).order_by("statement__month_start")
    assert list(states.values_list("number", "status")) == [(1, PAID), (2, APPROVED), (3, ISSUED), (None, DRAFT)]


@pytest.mark.slow
def test_evidence_stands_beside_the_claim_and_the_expense(practice: Contract) -> None:
    files = Evidence.objects.order_by("pk").values_list("name", "media_type", "claim__reference", "expense__reference")
    assert list(files) == [
        ("placement-agreement-C16.pdf", "application/pdf", "C16-T1", None),
        ("mileage-log-May.png", "image/png", None, "E05"),
    ]


def test_nothing_after_the_cut_is_left_but_what_it_says() -> None:
    """The breakdown that the sample reports in April is not known yet; everything else of that time is."""
    sample = ledger.scenario("plymouth")
    cut = date(2026, 5, 6)
    left_out = [fact.content.id for fact in sample.facts if fact.recorded <= cut]
    for fact in first_months(sample).facts:
        left_out.remove(fact.content.id)
    assert left_out == ["C11-F0", "C11-R1"]


def test_the_sample_files_are_what_their_names_say() -> None:
    agreement = uploads.checked_content("agreement.pdf", sample_files.placement_agreement())
    log = uploads.checked_content("log.png", sample_files.mileage_log())
    assert (agreement.media_type, log.media_type) == ("application/pdf", "image/png")


@pytest.mark.slow
def test_scenario_beside_it_is_worked_out_with_every_plan(practice: Contract) -> None:
    officer = Person.objects.get(email__startswith="priya.shah@")
    kept = keep_scenario(contract=practice, name=IN_HAND_NAME, changes=IN_HAND, by=officer, clock=MADE_AT)
    client = signed_in(officer)
    (row,) = client.get(f"/contracts/{practice.pk}/what-if/").context["rows"]
    assert (row.name, row.starts_from, row.changes) == (
        "Four moves by July, and one breakdown",
        "The contract as known on 30 May 2026",
        "5 planned changes",
    )
    page = " ".join(client.get(f"/contracts/{practice.pk}/what-if/{kept.pk}/").content.decode().split())
    assert "does not fit" not in page
    assert "C18 moves to in-house fostering on 6 July 2026" in page


def test_scenario_beside_the_finished_contract_fits_it() -> None:
    scenario = ledger.scenario("plymouth")
    known = as_known_on(date.max, terms=scenario.terms, versions=scenario.facts)
    assert applied(known, FINISHED, on=date(2026, 11, 26)).misfits == {}
    (broken,) = applied(known, FINISHED, on=date(2026, 11, 26)).facts
    assert broken == replace(known.placements["C20-F0"], until=date(2026, 9, 14), ended="breakdown")
