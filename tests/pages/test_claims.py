"""Claims with evidence, baselines agreed by both, carers and expenses, as their pages show and change them."""

from dataclasses import replace
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cohort import models, services
from cohort.core.facts import Child, Claim, Expense, Household, Placement, Rate
from cohort.queries import agreed_baselines, current_facts, terms_known_at
from cohort.queries.claims import conversation
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.needs import needs_of
from pbr_ledger.uploads.store import path_of
from tests.pages.world import World
from tests.signing_in import signed_in
from tests.uploads import files

OFFICER, PROVIDER, AUDITOR = "own council finance_officer", "own provider provider_staff", "own council auditor"
BASELINE = (Rate(date(2025, 8, 6), 700_000),)
MOVED = (
    Household("H01", "provider", None),
    Child("C02", date(2025, 8, 6), None, BASELINE),
    Placement("C02-R", "C02", "residential", date(2025, 8, 6), date(2025, 12, 1), "planned", None, BASELINE),
    Placement(
        "C02-F", "C02", "fostering_in_house", date(2025, 12, 1), None, None, "H01", (Rate(date(2025, 12, 1), 140_000),)
    ),
)


@pytest.fixture
def moved(here: World) -> World:
    """A second child has moved; its baseline is the council's alone, and nothing is claimed yet."""
    officer = here.people[OFFICER]
    services.record(contract=here.contract, facts=MOVED, by=officer, clock=DATABASE_CLOCK)
    return here


def as_(here: World, who: str) -> Client:
    return signed_in(here.people[who], Client())


def address(here: World, name: str, *parts: object) -> str:
    return reverse(name, args=[here.contract.pk, *parts])


def words(answer: HttpResponse) -> str:
    return answer.content.decode()


def pdf(name: str = "plan.pdf", content: bytes = files.PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/octet-stream")


def claim_of(here: World) -> models.Claim:
    return models.Claim.objects.get(contract=here.contract, reference="C02-T1")


def submit(here: World, *uploads: SimpleUploadedFile) -> HttpResponse:
    data = {"placement": "C02-F", "text": "Moved on 1 December", "evidence": list(uploads)}
    return as_(here, PROVIDER).post(address(here, "claim-submit"), data, follow=True)


def seen(here: World, said: dict[str, str] | None = None) -> dict[str, str]:
    """What a page sends that is opened now: what is filled in, and the last stamp of all that was recorded."""
    at = models.Contract.objects.get(pk=here.contract.pk).last_stamped_at
    assert at is not None
    return {**(said or {}), "seen": at.isoformat()}


def texts(here: World, who: str) -> list[str]:
    return [need.text for need in needs_of(here.people[who], [here.contract.pk])]


def test_claim_goes_from_the_provider_to_the_officer_and_back_until_it_is_agreed(moved: World) -> None:
    officer, provider = as_(moved, OFFICER), as_(moved, PROVIDER)
    page = words(submit(moved, pdf(), pdf("letter.txt", files.TEXT)))
    assert "Claim C02-T1 submitted" in page
    for shown in ("plan.pdf", "letter.txt", "PDF, ", "not scanned", "£5,600.00", "Moved on 1 December"):
        assert shown in page
    assert "cannot be agreed before both sides have agreed" in page
    assert "1 claim waits for a decision" in texts(moved, OFFICER)
    assert "1 baseline waits for your agreement" in texts(moved, PROVIDER)
    claim = claim_of(moved)

    queue = words(officer.get(f"{address(moved, 'claims')}?status=submitted"))
    assert "C02-T1" in queue
    assert "2 files" in queue
    assert "Agree the claim" not in words(officer.get(address(moved, "claim", claim.pk)))
    empty = officer.post(address(moved, "claim-query", claim.pk), {"text": ""})
    assert "Say what you need to know" in words(empty)
    officer.post(address(moved, "claim-query", claim.pk), {"text": "Which social worker agreed?"})
    assert "1 claim is queried by the council" in texts(moved, PROVIDER)
    answering = words(provider.get(address(moved, "claim-answer", claim.pk)))
    assert f"What {moved.people[OFFICER].full_name} asked" in answering
    assert "Which social worker agreed?" in answering
    data = {"text": "The service manager did.", "evidence": [pdf("mail.txt", files.TEXT)]}
    answered = words(provider.post(address(moved, "claim-answer", claim.pk), data, follow=True))
    assert "Answer sent: C02-T1" in answered
    assert "mail.txt" in answered

    child = models.Child.objects.get(contract=moved.contract, reference="C02")
    rates = '[{"from": "2025-08-06", "weekly": "7000.00", "contribution": "0.00"}]'
    agreed = provider.post(address(moved, "baseline-agree-recorded", child.pk), {"rates": rates}, follow=True)
    assert "Baseline of C02 agreed" in words(agreed)
    assert "Agree the claim" in words(officer.get(address(moved, "claim", claim.pk)))
    done = words(officer.post(address(moved, "claim-agree", claim.pk), {"text": " "}, follow=True))
    assert "Claim agreed: C02-T1" in done
    assert current_facts(moved.contract).claims["C02-T1"] == Claim("C02-T1", "C02-F", "agreed")
    said = [(each.status, each.text) for each in conversation(moved.contract, "C02-T1")]
    assert said == [
        ("submitted", "Moved on 1 December"),
        ("queried", "Which social worker agreed?"),
        ("submitted", "The service manager did."),
        ("agreed", ""),
    ]


def test_file_is_kept_by_whoever_may_see_the_contract_and_never_shown_in_the_page(moved: World) -> None:
    submit(moved, pdf("my plan.exe"))
    row = models.Evidence.objects.get()
    for who in (AUDITOR, OFFICER, PROVIDER):
        answer = as_(moved, who).get(address(moved, "evidence", row.pk))
        assert (answer.status_code, answer.content) == (200, files.PDF)
        assert answer["Content-Type"] == "application/pdf"
        assert answer["Content-Disposition"] == 'attachment; filename="my plan.pdf"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "private, no-store"
    for who in ("other council finance_officer", "other provider provider_staff", "own agent administrator"):
        assert as_(moved, who).get(address(moved, "evidence", row.pk)).status_code == 404

    path_of(row.kept_as).write_bytes(b"something else")
    damaged = as_(moved, OFFICER).get(address(moved, "evidence", row.pk))
    assert damaged.status_code == 500
    assert "This file cannot be opened" in words(damaged)


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (pdf("x.pdf", b"MZ\x90\x00" + b"\0" * 99), "“x.pdf” is of a kind that is not taken"),
        (pdf("x.pdf", files.docx(word__vbaProject_dot_bin=b"x")), "has macros"),
        (pdf("x.png", files.png_bomb(60_000, 60_000)), "has more than 50 million pixels"),
        (pdf("x.txt", b"<script>alert(1)</script>"), "is a page or a script"),
        (pdf("big.txt", b"a" * (10 * 1024 * 1024 + 1)), "“big.txt” is larger than 10 MB"),
        (pdf("<img src=x onerror=alert(1)>.pdf", b""), "is empty"),
    ],
)
def test_hostile_upload_is_refused_at_its_field_and_records_nothing(
    moved: World, upload: SimpleUploadedFile, why: str
) -> None:
    upload.seek(0)
    page = words(submit(moved, upload))
    assert "There is a problem" in page
    assert why in page
    assert "<img src" not in page
    assert not models.Evidence.objects.exists()
    assert "C02-T1" not in current_facts(moved.contract).claims


def test_withdrawn_file_stays_named_and_only_the_council_opens_it(moved: World) -> None:
    submit(moved, pdf())
    row, provider = models.Evidence.objects.get(), as_(moved, PROVIDER)
    assert "Say why you withdraw the file" in words(
        provider.post(address(moved, "evidence-withdraw", row.pk), {"reason": " "})
    )
    page = provider.post(address(moved, "evidence-withdraw", row.pk), {"reason": "Another child’s plan"}, follow=True)
    assert "Another child’s plan" in words(page)
    assert provider.get(address(moved, "evidence", row.pk)).status_code == 404
    assert as_(moved, OFFICER).get(address(moved, "evidence", row.pk)).content == files.PDF


def test_officer_agrees_a_move_both_know_of_once_the_baseline_is_agreed(moved: World) -> None:
    officer = as_(moved, OFFICER)
    data = {"placement": "C02-F", "text": "Agreed at the review"}
    refused = officer.post(address(moved, "claim-agree-move"), data)
    assert "The baseline of child C02 is not agreed by both sides yet" in words(refused)
    services.agree_recorded_baseline(
        contract=moved.contract, child="C02", rates=BASELINE, by=moved.people[PROVIDER], clock=DATABASE_CLOCK
    )
    assert "Claim C02-T1 agreed" in words(officer.post(address(moved, "claim-agree-move"), data, follow=True))


def test_step_that_is_no_longer_possible_leads_back_with_a_word(moved: World) -> None:
    submit(moved)
    claim, officer = claim_of(moved), as_(moved, OFFICER)
    as_(moved, PROVIDER).post(address(moved, "claim-withdraw", claim.pk), {"text": "The wrong child"})
    answer = officer.post(address(moved, "claim-reject", claim.pk), {"text": "No"}, follow=True)
    assert "This cannot be done to claim C02-T1 now." in words(answer)
    assert current_facts(moved.contract).claims["C02-T1"].status == "withdrawn"


def test_change_of_a_baseline_is_proposed_read_by_the_other_side_and_agreed(here: World) -> None:
    officer, provider = as_(here, OFFICER), as_(here, PROVIDER)
    child = models.Child.objects.get(contract=here.contract, reference="C01")
    form = {
        "start_0_0": "1",
        "start_0_1": "1",
        "start_0_2": "2024",
        "weekly_0": "7,000",
        "start_1_0": "1",
        "start_1_1": "4",
        "start_1_2": "2026",
        "weekly_1": "",
        "reason": "Uplift of April",
    }
    propose = address(here, "baseline-propose", child.pk)
    assert "Enter the price a week" in words(officer.post(propose, form))
    page = officer.post(propose, {**form, "weekly_1": "7210.50"}, follow=True)
    assert "Baseline proposed" in words(page)
    assert "1 proposed baseline waits for your answer" in texts(here, PROVIDER)
    assert [text for text in texts(here, OFFICER) if "baseline" in text] == []
    proposal = models.BaselineProposal.objects.get()
    assert officer.get(address(here, "baseline-agree", proposal.pk)).status_code == 403
    shown = words(provider.get(address(here, "baseline-agree", proposal.pk)))
    assert "£7,210.50" in shown
    assert "Uplift of April" in shown

    done = provider.post(address(here, "baseline-agree", proposal.pk), {"sent": "1"}, follow=True)
    assert "Baseline of C01 agreed" in words(done)
    rates = (Rate(date(2024, 1, 1), 700_000), Rate(date(2026, 4, 1), 721_050))
    assert current_facts(here.contract).children["C01"].baseline == rates
    assert agreed_baselines(here.contract) == {"C01": rates}
    again = provider.post(address(here, "baseline-agree", proposal.pk), {"sent": "1"}, follow=True)
    assert "This proposal is answered already." in words(again)


def test_baseline_that_changed_since_it_was_read_is_not_agreed(moved: World) -> None:
    child = models.Child.objects.get(contract=moved.contract, reference="C02")
    agree, provider = address(moved, "baseline-agree-recorded", child.pk), as_(moved, PROVIDER)
    for sent in ('[{"from": "2025-08-06", "weekly": "6999.00", "contribution": "0.00"}]', "[1]", '{"a": 1}'):
        assert "has changed since you read it" in words(provider.post(agree, {"rates": sent}))
    assert "Open this page again" in words(provider.post(agree, {"rates": "{"}))


def test_carers_page_says_that_panels_approval_alone_makes_a_fee_due(moved: World) -> None:
    provider, officer = as_(moved, PROVIDER), as_(moved, OFFICER)
    (before,) = terms_known_at(contract=moved.contract, at=DATABASE_CLOCK.read(after=None))
    services.record_terms(
        contract=moved.contract,
        terms=replace(before, carer_fee_trigger="approved"),
        by=moved.people["own council lead_accountant"],
        clock=DATABASE_CLOCK,
    )
    page = words(officer.get(address(moved, "carers")))
    assert "on the day on which panel approves it, whether or not a child ever lives there." in page
    assert "Panel has not approved it." in page

    household = models.Household.objects.get(contract=moved.contract, reference="H01")
    panel = address(moved, "household-panel", household.pk)
    provider.post(panel, seen(moved, {"panel_approved_0": "20", "panel_approved_1": "12", "panel_approved_2": "2025"}))
    page = words(provider.get(address(moved, "carers")))
    assert "Due on 20 December 2025, when panel approved it. The next statement charges it." in page
    preview = words(officer.get(address(moved, "statement-propose", "2025-12")))
    assert "1 carer fee falls due on panel’s approval alone, without a file that shows it: H01." in preview
    provider.post(address(moved, "evidence-attach", "household", household.pk), {"evidence": [pdf()]})
    assert "approval alone" not in words(officer.get(address(moved, "statement-propose", "2025-12")))

    provider.post(panel, seen(moved, {"panel_approved_0": "5", "panel_approved_1": "8", "panel_approved_2": "2025"}))
    page = words(officer.get(address(moved, "carers")))
    assert "Panel approved it on 5 August 2025, outside the programme." in page
    assert "Due on" not in page


def test_carers_page_says_of_each_household_whether_a_fee_is_due_and_why(moved: World) -> None:
    provider, officer = as_(moved, PROVIDER), as_(moved, OFFICER)
    assert "Panel has not approved it and no claim for a placement there is agreed." in words(
        provider.get(address(moved, "carers"))
    )
    household = models.Household.objects.get(contract=moved.contract, reference="H01")
    day = {"panel_approved_0": "20", "panel_approved_1": "11", "panel_approved_2": "2025"}
    panel = address(moved, "household-panel", household.pk)
    assert "Enter the date on which panel approved the household" in words(
        provider.post(panel, {"panel_approved_0": ""})
    )
    assert "Household H01 approved by panel" in words(provider.post(panel, seen(moved, day), follow=True))
    services.agree_recorded_baseline(
        contract=moved.contract, child="C02", rates=BASELINE, by=moved.people[PROVIDER], clock=DATABASE_CLOCK
    )
    services.agree_move(
        contract=moved.contract, placement="C02-F", text="x", by=moved.people[OFFICER], clock=DATABASE_CLOCK
    )
    due = words(officer.get(address(moved, "carers")))
    assert "Due on 1 December 2025 for C02 in placement C02-F. The next statement charges it." in due
    assert "£10,000.00" in due

    correct = address(moved, "household-correct", household.pk)
    assert provider.get(correct).status_code == 403
    officer.post(correct, seen(moved, {**day, "assessed_by": "council"}))
    assert "The council assessed this household, so no fee is due for it." in words(
        officer.get(address(moved, "carers"))
    )
    add = address(moved, "household-add")
    assert "H01 is in use already" in words(provider.post(add, {"reference": "H01"}))
    provider.post(add, seen(moved, {"reference": "H02", "assessed_by": "council"}))
    assert current_facts(moved.contract).households["H02"] == Household("H02", "provider", None)
    assert "No child" not in words(provider.get(address(moved, "carers")))


def test_expenses_are_added_by_the_mile_corrected_and_retracted(here: World) -> None:
    provider = as_(here, PROVIDER)
    assert "No expense is recorded yet." in words(provider.get(address(here, "expenses")))
    add = address(here, "expense-add")
    journey = {"day_0": "5", "day_1": "11", "day_2": "2025", "description": "Visit to household H01"}
    assert "Enter the miles" in words(provider.post(add, {**journey, "category": "mileage", "amount": "12"}))
    assert "Enter the amount" in words(provider.post(add, {**journey, "category": "travel", "miles": "12"}))
    assert "Choose a kind" in words(provider.post(add, journey))
    done = words(provider.post(add, seen(here, {**journey, "category": "mileage", "miles": "54.5"}), follow=True))
    assert "Expense E001 added: £24.53" in done
    expected = Expense("E001", date(2025, 11, 5), "mileage", 2_453, "54.5 miles at 45p: Visit to household H01")
    assert current_facts(here.contract).expenses == {"E001": expected}
    assert "To be charged" in done

    row = models.Expense.objects.get(contract=here.contract, reference="E001")
    correct = address(here, "expense-correct", row.pk)
    assert "Choose a kind" in words(provider.post(correct, seen(here, {**journey, "amount": "0.29"})))
    provider.post(correct, seen(here, {**journey, "category": "travel", "amount": "0.29"}))
    expected = Expense("E001", date(2025, 11, 5), "travel", 29, "Visit to household H01")
    assert current_facts(here.contract).expenses == {"E001": expected}
    provider.post(address(here, "expense-retract", row.pk), seen(here))
    assert current_facts(here.contract).expenses == {}
    assert provider.get(address(here, "expense-correct", row.pk)).status_code == 404


def test_another_tab_s_newer_version_of_a_household_or_an_expense_is_not_overwritten(moved: World) -> None:
    officer, by = as_(moved, OFFICER), moved.people[OFFICER]
    expense = Expense("E001", date(2025, 11, 5), "travel", 1_200, "Visit to household H01")
    services.record(contract=moved.contract, facts=[expense], by=by, clock=DATABASE_CLOCK)
    day = {"panel_approved_0": "20", "panel_approved_1": "11", "panel_approved_2": "2025"}
    journey = {"day_0": "5", "day_1": "11", "day_2": "2025", "description": "Visit", "category": "travel"}
    household = models.Household.objects.get(contract=moved.contract, reference="H01").pk
    row = models.Expense.objects.get(contract=moved.contract, reference="E001").pk
    stale = {
        address(moved, "household-panel", household): seen(moved, day),
        address(moved, "household-correct", household): seen(moved, {**day, "assessed_by": "council"}),
        address(moved, "household-retract", household): seen(moved),
        address(moved, "expense-correct", row): seen(moved, {**journey, "amount": "99"}),
        address(moved, "expense-retract", row): seen(moved),
    }
    newer = [Household("H01", "provider", date(2025, 11, 21)), replace(expense, amount_pence=1_300)]
    services.record(contract=moved.contract, facts=newer, by=by, clock=DATABASE_CLOCK)
    for page, sent in stale.items():
        assert "since this page was opened. Open it again and look." in words(officer.post(page, sent)), page
        assert "This page is out of date. Open it again." in words(officer.post(page, {**sent, "seen": ""})), page
    known = current_facts(moved.contract)
    assert [known.households["H01"], known.expenses["E001"]] == newer
    officer.post(address(moved, "expense-correct", row), seen(moved, {**journey, "amount": "99"}))
    assert current_facts(moved.contract).expenses["E001"].amount_pence == 9_900


def test_a_kind_of_expense_that_is_none_of_ours_can_stay(here: World) -> None:
    officer = as_(here, OFFICER)
    expense = Expense("E001", date(2025, 11, 5), "ferry", 1_200, "Visit to household H01")
    services.record(contract=here.contract, facts=[expense], by=here.people[OFFICER], clock=DATABASE_CLOCK)
    correct = address(here, "expense-correct", models.Expense.objects.get(contract=here.contract).pk)
    journey = {"day_0": "6", "day_1": "11", "day_2": "2025", "description": "Visit", "amount": "12"}
    officer.post(correct, seen(here, {**journey, "category": "ferry"}))
    corrected = Expense("E001", date(2025, 11, 6), "ferry", 1_200, "Visit")
    assert current_facts(here.contract).expenses == {"E001": corrected}
    assert "Choose a kind" in words(officer.post(correct, seen(here, {**journey, "category": "balloon"})))


def test_unknown_statuses_kinds_and_pages_are_not_found_and_readers_only_read(moved: World) -> None:
    submit(moved, pdf())
    claim, auditor = claim_of(moved), as_(moved, AUDITOR)
    assert auditor.get(f"{address(moved, 'claims')}?status=nonsense").status_code == 404
    assert auditor.get(address(moved, "evidence-beside", "child", claim.pk)).status_code == 404
    assert auditor.get(f"{address(moved, 'claims')}?page=99").status_code == 200
    assert auditor.post(address(moved, "claim", claim.pk), {"text": "x"}).status_code == 403
    page = words(auditor.get(address(moved, "claim", claim.pk)))
    for offered in ("Send the message", "Attach evidence", "Query the claim", "Withdraw"):
        assert offered not in page


def many(first: int, last: int) -> list[Household | Child | Placement | Claim | Expense]:
    """So many children who have moved, each with its household, its claim and a journey."""
    facts: list[Household | Child | Placement | Claim | Expense] = []
    for number in range(first, last):
        name, day = f"K{number:03d}", date(2025, 12, 1)
        price = (Rate(day, 140_000),)
        facts += [
            Household(f"H{name}", "provider", date(2025, 11, 1)),
            Child(name, date(2025, 8, 6), None, BASELINE),
            Placement(f"{name}-R", name, "residential", date(2025, 8, 6), day, "planned", None, BASELINE),
            Placement(f"{name}-F", name, "fostering_in_house", day, None, None, f"H{name}", price),
            Claim(f"{name}-T", f"{name}-F", "submitted"),
            Expense(f"E{name}", date(2025, 11, 5), "mileage", 2_430, "54 miles at 45p"),
        ]
    return facts


@pytest.mark.parametrize("name", ["claims", "baselines", "carers", "expenses", "what needs somebody"])
def test_list_asks_the_database_as_often_for_three_hundred_rows_as_for_one(here: World, name: str) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            if name in ("claims", "baselines", "carers", "expenses"):
                assert as_(here, PROVIDER).get(address(here, name)).status_code == 200
            else:
                assert texts(here, OFFICER) + texts(here, PROVIDER) != []
        return len(queries)

    officer = here.people[OFFICER]
    services.record(contract=here.contract, facts=many(0, 1), by=officer, clock=DATABASE_CLOCK)
    with_one = asked()
    services.record(contract=here.contract, facts=many(1, 300), by=officer, clock=DATABASE_CLOCK)
    assert asked() == with_one


def test_long_list_is_shown_in_pages_and_the_queue_begins_with_the_longest_waiting(here: World) -> None:
    officer = here.people[OFFICER]
    services.record(contract=here.contract, facts=many(0, 60), by=officer, clock=DATABASE_CLOCK)
    queue = f"{address(here, 'claims')}?status=submitted"
    first, second = (words(as_(here, OFFICER).get(f"{queue}&page={page}")) for page in (1, 2))
    assert "Page 1 of 2" in first
    assert first.index("K000-T") < first.index("K049-T")
    assert "K050-T" not in first
    assert "K059-T" in second
    assert "?status=submitted&amp;page=1" in second
    assert "60 claims wait for a decision" in texts(here, OFFICER)


def test_effect_on_closed_months_is_said_before_an_agreed_claim_is_queried(here: World) -> None:
    claim = models.Claim.objects.get(contract=here.contract)
    page = words(as_(here, OFFICER).get(address(here, "claim-query", claim.pk)))
    assert "The savings of November 2025, closed, fall by £15,200.00" in page
    assert current_facts(here.contract).claims[claim.reference].status == "agreed"
