"""The year's end: what is owed and not posted, what may come, what is open by age, and that everything agrees."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from cohort.core.facts import Claim
from cohort.core.known import RecordedFact
from invoicing.services.ledger_year_end import accrue_year_end
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from savings.core.scenario import Scenario, read_scenario
from savings.models import SavingsPlan
from savings.services.plans import record_savings_plan
from tests.pages import billing
from tests.pages.months import page_of
from tests.pages.reported import Reported, assert_forms_agree, reported, seen
from tests.pages.world import SCENARIOS, World, world
from tests.signing_in import signed_in

YEAR = "2025/26-P12"
ACCRUAL, MAY_COME, CREDITORS = "Accrual", "What may still come", "Creditors by age"
LEARNED, YEARS = "Months as stated and as known now", "The year beside the one before"
VAT, CHECKS = "VAT of the year", "What has to agree"
MOVED, OPEN = "What moved", "What is open, by age"
NOTHING = "£0.00"


def late_breakdown(*, closed: int, status: str = "agreed") -> Scenario:
    """The worked example with its first months closed alone, and its claim so decided."""
    scenario = read_scenario((SCENARIOS / "breakdown-reported-late.json").read_bytes())

    def decided(fact: RecordedFact) -> RecordedFact:
        content = fact.content
        return replace(fact, content=replace(content, status=status)) if isinstance(content, Claim) else fact

    return replace(scenario, facts=tuple(map(decided, scenario.facts)), closings=scenario.closings[:closed])


def client_of(here: World, who: str = "council lead_accountant") -> Client:
    return signed_in(here.people[f"own {who}"])


def report_of(here: World, kind: str, period: str, who: str = "council lead_accountant") -> Reported:
    report = reported(client_of(here, who), here.contract.pk, kind, period)
    assert_forms_agree(report)
    return report


def seen_of(here: World, kind: str, period: str, who: str = "council lead_accountant") -> Reported:
    return seen(client_of(here, who), here.contract.pk, kind, period)


def differences(report: Reported) -> set[str]:
    return set(report.column(CHECKS, "Difference"))


def test_what_is_closed_and_not_approved_is_to_be_accrued_and_after_it_is_accrued(db: None) -> None:
    """February of 15,200.00 is approved, March of 24,800.00 is not. A breakdown of 20 March is known by now.

    March then has 19 nights at 800.00, 15,200.00: 9,600.00 less, which only a later statement can give back.
    """
    here = world(late_breakdown(closed=2))
    february, march = billing.drafted(here.contract)
    billing.approved(here.contract, february)
    before = report_of(here, "year-end", YEAR)
    assert before.row(ACCRUAL, "5100 Fixed fee") == [
        *("£40,000.00", "£15,200.00", "£24,800.00", NOTHING, NOTHING, "£24,800.00")
    ]
    assert "To be accrued on 31 March 2026: £24,800.00." in before.page
    assert before.row(LEARNED, "P11 February 2026") == [*("£15,200.00",) * 2, NOTHING, *("£15,200.00",) * 2, NOTHING]
    assert before.row(LEARNED, "P12 March 2026") == [*("£24,800.00", "£15,200.00", "−£9,600.00") * 2]
    assert before.row(LEARNED, "Together")[2] == "−£9,600.00"
    assert before.row(YEARS, "Net benefit") == [NOTHING] * 3
    assert "Nothing was issued in this time." in before.page

    accrual = accrue_year_end(
        contract=here.contract,
        year=2025,
        by=here.people["own council lead_accountant"],
        clock=billing.ticking(here.contract),
    )
    assert str(accrual.total) == "24800.00"
    billing.approved(here.contract, march)
    after = seen_of(here, "year-end", YEAR)
    assert after.row(ACCRUAL, "5100 Fixed fee") == [
        *("£40,000.00", "£15,200.00", "£24,800.00", NOTHING, "£24,800.00", NOTHING)
    ]
    assert "£24,800.00 was accrued on 31 March 2026. Nothing was learned of since." in after.page
    assert differences(after) == {NOTHING}
    assert "Everything agrees." in after.page
    for reference in ("C01", "C01-F0", "C01-T0"):
        assert reference not in after.page


def test_claims_that_are_not_decided_say_what_they_would_bring(db: None) -> None:
    """19 nights of February and 19 of March at 800.00 would save 30,400.00, all of it within the schedule."""
    here = world(late_breakdown(closed=1, status="submitted"))
    report = seen_of(here, "year-end", YEAR)
    assert report.row(ACCRUAL, "Together") == [NOTHING] * 6
    assert report.tables[MAY_COME][1:] == [
        ["Claims not decided", "1", "£30,400.00", "£30,400.00", NOTHING, NOTHING, NOTHING],
        ["Success fee, at the run rate of the last night", "", "", "", "", NOTHING, ""],
    ]


def test_claim_of_a_placement_that_begins_after_the_period_is_not_counted(db: None) -> None:
    here = world(late_breakdown(closed=0, status="submitted"))
    january = report_of(here, "year-end", "2025/26-P10")
    assert january.tables[MAY_COME][1] == ["Claims not decided", "0", *(NOTHING,) * 5]


def test_run_rate_says_nothing_of_a_success_fee_on_realised_savings(db: None) -> None:
    here = world("success-fee-realised")
    rows = report_of(here, "year-end", "2026/27-P4").tables[MAY_COME][1:]
    assert [row[0] for row in rows] == ["Claims not decided"]


def test_month_that_was_skipped_belongs_to_its_own_year(db: None) -> None:
    """February is closed, and April, which states March too: 19 nights of March at 800.00 are the old year's."""
    scenario = late_breakdown(closed=3)
    here = world(replace(scenario, closings=(scenario.closings[0], scenario.closings[2])))
    row = report_of(here, "year-end", YEAR).row(ACCRUAL, "5100 Fixed fee")
    assert row == ["£30,400.00", NOTHING, "£15,200.00", "£15,200.00", NOTHING, "£30,400.00"]


def test_year_of_a_programme_in_which_nothing_was_closed_is_accrued_all_the_same(db: None) -> None:
    here = world(late_breakdown(closed=0))
    row = report_of(here, "year-end", YEAR).row(ACCRUAL, "5100 Fixed fee")
    assert row == ["£30,400.00", NOTHING, NOTHING, "£30,400.00", NOTHING, "£30,400.00"]
    page = page_of(client_of(here), f"/contracts/{here.contract.pk}/ledger/periods/2025/accrue/")
    assert "£30,400.00" in page


def test_what_is_not_closed_is_worked_out_from_what_is_known(db: None) -> None:
    """19 nights of March at 800.00, as the breakdown of 20 March is known by now."""
    here = world(late_breakdown(closed=1))
    row = seen_of(here, "year-end", YEAR, "council auditor").row(ACCRUAL, "5100 Fixed fee")
    assert row == ["£30,400.00", NOTHING, "£15,200.00", "£15,200.00", NOTHING, "£30,400.00"]
    february = seen_of(here, "year-end", "2025/26-P11")
    assert "Owed and not posted on 28 February 2026: £15,200.00. Only P12 is accrued" in february.page


def test_the_account_of_the_year_and_what_is_open_by_age(db: None) -> None:
    """In June 2026 three invoices of 64,000.00 and a credit note of 33,600.00 are issued, and 5,000.00 is paid.

    200.00 of the credit is set off against February. In July what is not settled is late; credit never is.
    """
    here = world("breakdown-reported-late")
    scene = billing.scene(here.contract)
    issued = scene.february.issued_on
    assert issued is not None
    report = report_of(here, "account", f"2026/27-P{issued.month - 3}", "provider provider_staff")
    assert [[row[0], *row[2:]] for row in report.tables[MOVED][1:]] == [
        ["Outstanding before", "", "", NOTHING],
        ["Invoice 1", "£15,200.00", "", "£15,200.00"],
        ["Invoice 2", "£24,800.00", "", "£40,000.00"],
        ["Invoice 3", "£24,000.00", "", "£64,000.00"],
        ["Credit note 4", "−£33,600.00", "", "£30,400.00"],
        ["Payment BACS 1", "", "−£5,000.00", "£25,400.00"],
        ["Payment BACS 2", "", "−£1.00", "£25,399.00"],
        ["Payment BACS 2, taken back", "", "£1.00", "£25,400.00"],
        ["Together", "£30,400.00", "−£5,000.00", ""],
    ]
    assert report.row(OPEN, "Together") == ["", "£25,400.00", *[NOTHING] * 4, "£25,400.00"]

    following = f"2026/27-P{issued.month - 2}"
    july = seen_of(here, "account", following)
    assert july.tables[MOVED] == report.tables[MOVED]
    assert [[row[0], *row[2:]] for row in july.tables[OPEN][1:]] == [
        ["Invoice 1", "", "£10,000.00", "", "", "", "£10,000.00"],
        ["Invoice 2", "", "£24,800.00", "", "", "", "£24,800.00"],
        ["Invoice 3", "", "£24,000.00", "", "", "", "£24,000.00"],
        ["Credit note 4", "−£33,400.00", "", "", "", "", "−£33,400.00"],
        ["Together", "−£33,400.00", "£58,800.00", NOTHING, NOTHING, NOTHING, "£25,400.00"],
    ]
    march = seen_of(here, "year-end", YEAR)
    assert "Savings of these months: £40,000.00 by the statements to March 2026, and −£9,600.00" in march.page
    year = report_of(here, "year-end", following)
    assert year.tables[CREDITORS][1:] == [
        ["Not due yet", "0", NOTHING],
        ["1 to 30 days late", "3", "£58,800.00"],
        *([name, "0", NOTHING] for name in ("31 to 60", "61 to 90", "Over 90")),
        ["Credit that comes back", "1", "−£33,400.00"],
        ["Together", "4", "£25,400.00"],
    ]
    assert year.row(YEARS, "Invoiced, less credited") == ["£30,400.00", NOTHING, "£30,400.00"]
    assert year.row(YEARS, "Paid, less paid back") == ["−£5,000.00", NOTHING, "−£5,000.00"]
    assert year.row(YEARS, "Savings stated") == ["−£9,600.00", NOTHING, "£30,400.00"]
    assert year.tables[VAT][1:] == [
        ["Exempt from VAT", "£30,400.00", NOTHING, "£30,400.00"],
        ["Together", "£30,400.00", NOTHING, "£30,400.00"],
    ]


def test_the_year_end_is_for_those_who_read_the_books(here: World) -> None:
    address = f"/contracts/{here.contract.pk}/reports/"
    for who in ("council lead_accountant", "council finance_officer", "council auditor"):
        assert "Year end and accruals" in page_of(client_of(here, who), address)
    staff = client_of(here, "provider provider_staff")
    listed = page_of(staff, address)
    assert "Year end and accruals" not in listed
    assert "Statement of account" in listed
    for ending in ("", "report.pdf", "report.xlsx"):
        assert staff.get(f"{address}year-end/{ending}").status_code == 404
        assert staff.get(f"{address}account/{ending}").status_code == 200


def test_the_care_of_the_whole_cohort_stands_by_setting(db: None) -> None:
    """C01 costs 1,000.00 a night at the home and 200.00 with the family, where it lived from 10 February to 19 March.

    In 2025/26 it joined on 6 August: 188 nights to 9 February and 12 from 20 March on at the home, 38 with the family.
    """
    here = world(late_breakdown(closed=2))
    report = report_of(here, "care", YEAR, "provider provider_staff")
    assert report.tables["By setting"][1:] == [
        ["Residential", "1", "200", "£200,000.00", NOTHING, "£200,000.00", "96.3%"],
        ["In-house fostering", "1", "38", "£7,600.00", NOTHING, "£7,600.00", "3.6%"],
        ["Together", "", "238", "£207,600.00", NOTHING, "£207,600.00", ""],
    ]
    assert report.row("By period", "P11 February 2026") == [*("£9,000.00", "£3,800.00", NOTHING, NOTHING, "£12,800.00")]
    assert report.row("By period", "P1 April 2025") == [NOTHING] * 5
    assert report.row("By period", "To date")[-1] == "£207,600.00"
    assert "C01" not in report.page


def test_savings_stand_beside_what_the_financial_plan_counts_on(db: None) -> None:
    """20,000.00 a period from P11 on is planned; February saved 15,200.00 and March 24,800.00, as stated."""
    here = world(late_breakdown(closed=2))
    client, address = client_of(here), f"/contracts/{here.contract.pk}/savings-plan/"
    assert "No plan is recorded for this year." in page_of(client, f"/contracts/{here.contract.pk}/reports/plan/")
    form = {"source": "MTFP 2025, line 7", "p11": "20,000.00", "p12": "£20,000"}
    refused = client.post(f"{address}2025/record/", form | {"source": "", "p1": "-1"}).content.decode()
    for words in ("Enter where these figures stand", "P1 April 2025"):
        assert words in refused
    said = client.post(f"{address}2025/record/", form, follow=True).content.decode()
    assert "Plan of 2025/26 recorded" in said
    assert "£40,000.00" in said
    assert 'value="20000.00"' in page_of(client, f"{address}2025/record/")
    assert client.get(f"{address}1999/record/").status_code == 404

    report = report_of(here, "plan", YEAR, "council auditor")
    assert report.tables["By period"][-3:] == [
        ["P11 February 2026", "£20,000.00", "£15,200.00", "−£4,800.00", "£20,000.00", "£15,200.00", "−£4,800.00"],
        ["P12 March 2026", "£20,000.00", "£24,800.00", "£4,800.00", "£40,000.00", "£40,000.00", NOTHING],
        ["To date", "£40,000.00", "£40,000.00", NOTHING, "", "", ""],
    ]
    assert report.tables["By financial year"][1:] == [
        ["2025/26", "£40,000.00", "£40,000.00", "£40,000.00", NOTHING, NOTHING],
        ["Together", "£40,000.00", "£40,000.00", "£40,000.00", NOTHING, NOTHING],
    ]
    assert "Plan of 2025/26: £40,000.00. Stands in: MTFP 2025, line 7. Recorded by Lee Accountant" in report.page
    staff = client_of(here, "provider provider_staff")
    for ending in ("savings-plan/", "savings-plan/2025/record/", "reports/plan/", "reports/plan/report.pdf"):
        assert staff.get(f"/contracts/{here.contract.pk}/{ending}").status_code == 404


def test_year_without_a_plan_is_neither_over_nor_under_it(db: None) -> None:
    here = world(late_breakdown(closed=2))
    report = report_of(here, "plan", YEAR)
    assert report.tables["By financial year"][1:] == [["2025/26", "", "", "£40,000.00", "", ""]]


def test_a_savings_plan_is_the_lead_accountants_and_of_twelve_amounts(here: World) -> None:
    def recorded(who: str = "own council lead_accountant", **changes: Any) -> None:
        right = {"year": 2025, "amounts": [Decimal("1.00")] * 12, "source": "MTFP"}
        by = here.people[who]
        record_savings_plan(contract=here.contract, by=by, clock=DATABASE_CLOCK, **(right | changes))

    for who in ("own council finance_officer", "own council auditor", "own provider provider_staff"):
        with pytest.raises(NotPermitted):
            recorded(who)
    for who in ("own agent payments_clerk", "other council lead_accountant"):
        with pytest.raises(NotFound):
            recorded(who)
    wrong = ({"amounts": [Decimal(1)] * 11}, {"amounts": [Decimal("-0.01")] * 12}, {"amounts": [Decimal("0.001")] * 12})
    for changes in (*wrong, {"amounts": [Decimal("NaN")] * 12}, {"source": " "}, {"source": "x" * 201}, {"year": 25}):
        with pytest.raises(Refused):
            recorded(**changes)
    recorded()
    recorded(amounts=[Decimal("2.00")] * 12)
    assert [str(sum(plan.amounts)) for plan in SavingsPlan.objects.order_by("pk")] == ["12.00", "24.00"]
