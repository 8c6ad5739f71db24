"""Reports: their figures are those of closed statements, invoices and books, and the same in all three forms."""

from dataclasses import replace
from decimal import Decimal

from django.test import Client

from cohort.queries import current_facts
from cohort.services import create_contract, record
from invoicing.models import Payment
from invoicing.pages.reports.kinds import KINDS
from invoicing.queries.ledger import trial_balance
from invoicing.services import payments
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.money import pence_of, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import amount_shown
from savings.core.by_setting import left_for
from tests.pages import billing
from tests.pages.months import at, page_of, queries_of
from tests.pages.reported import Reported, assert_forms_agree, reported
from tests.pages.world import World, world
from tests.savings.ledger import expected
from tests.signing_in import signed_in

CHARGES, INVOICES, BY_PERIOD = "Savings and charges", "Invoices and payments", "By period"
BOOKS = "As posted in the books"
RUN_RATE = "Run rate month by month"
BUDGET_HEADINGS = [
    *("Without VAT", "Budget in all", "Budget to date", "Charged to date", "Under budget to date", "Left of all")
]
NOTHING = "£0.00"


def client_of(here: World, who: str = "council lead_accountant") -> Client:
    return signed_in(here.people[f"own {who}"])


def report_of(here: World, kind: str, period: str, who: str = "council lead_accountant") -> Reported:
    return reported(client_of(here, who), here.contract.pk, kind, period)


def pence(cells: list[str]) -> list[int]:
    """The amounts that a page shows; an empty cell is nothing."""
    return [pence_of(Decimal(cell.translate({0xA3: "", 0x2C: "", 0x2212: "-"}))) if cell else 0 for cell in cells]


def test_the_sample_contract_in_every_report(db: None) -> None:
    here = world("plymouth")
    billing.drafted(here.contract)
    _month_quarter_and_year(here)
    _budget_and_baseline(here)
    _run_rate_and_success_fee(here)
    _savings_by_setting(here)
    _for_publication(here)


def _month_quarter_and_year(here: World) -> None:
    """September 2026: each amount is a sum over closed statements, and the books hold the same."""
    report = report_of(here, "month", "2026/27-P6")
    assert_forms_agree(report)
    assert "P6 of 2026/27: September 2026" in report.page
    assert "Closed: August 2025 to October 2026 (15 statements)." in report.page
    assert report.tables[CHARGES] == [
        ["Without VAT", "P6, September 2026", "Quarter 2 to date", "2026/27 to date", "Since the start"],
        ["Savings of the months", "£344,904.40", "£1,103,412.80", "£1,922,188.98", "£2,138,436.13"],
        ["Adjustments of earlier months", NOTHING, NOTHING, "−£1,970.72", "−£1,970.72"],
        ["Savings stated", "£344,904.40", "£1,103,412.80", "£1,920,218.26", "£2,136,465.41"],
        ["Schedule of the fixed fee", "£43,296.44", "£139,167.12", "£279,880.55", "£599,800.00"],
        ["Fixed fee of the months themselves", "£43,296.44", "£139,167.12", "£384,065.71", "£601,770.72"],
        ["Fixed fee of earlier months", NOTHING, NOTHING, "−£1,970.72", "−£1,970.72"],
        ["Carer fees", NOTHING, "£10,000.00", "£40,000.00", "£70,000.00"],
        ["Success fee", "£149,607.52", "£149,607.52", "£149,607.52", "£149,607.52"],
        ["Expenses", NOTHING, "£89.10", "£360.90", "£1,088.10"],
        ["Charged", "£192,903.96", "£298,863.74", "£572,063.41", "£820,495.62"],
        ["VAT on it", NOTHING, NOTHING, NOTHING, NOTHING],
        ["Net benefit", "£152,000.44", "£804,549.06", "£1,348,154.85", "£1,315,969.79"],
    ]
    statements = {each["month"]: each for each in expected("plymouth")["statements"]}
    assert report.row(CHARGES, "Savings stated")[-1] == amount_shown(statements["2026-09"]["savings_to_date"])
    assert report.row(CHARGES, "Charged")[-1] == amount_shown(statements["2026-09"]["charged_to_date"])
    months = Month(2026, 4).through(Month(2026, 9))
    assert report.column(BY_PERIOD, "Charged")[:-1] == [amount_shown(statements[str(m)]["total"]) for m in months]
    stated = pence(report.column(BY_PERIOD, "Savings stated"))
    assert sum(stated[:-1]) == stated[-1] == pence(report.row(CHARGES, "Savings stated"))[2]

    now = DATABASE_CLOCK.read(after=None)
    balances = trial_balance(of=here.contract, on=Month(2026, 9).last_day, as_known_at=now)
    books = {f"{each.code} {each.name}": pounds_shown(pence_of(each.balance)) for each in balances}
    assert {row[0]: row[-1] for row in report.tables[BOOKS][1:-1]} == books
    assert books["9100 Savings made"] == report.row(CHARGES, "Savings stated")[-1]
    assert books["9200 Schedule"] == report.row(CHARGES, "Schedule of the fixed fee")[-1]
    assert report.row(BOOKS, "Together") == [NOTHING] * 4


def _budget_and_baseline(here: World) -> None:
    """March 2026: what the schedule allowed and savings did not cover; care and charges cost more than care before."""
    report = report_of(here, "budget", "2025/26-P12")
    assert_forms_agree(report)
    assert report.tables["Budget by kind of charge"] == [
        BUDGET_HEADINGS,
        ["Fixed fee", "£599,800.00", "£319,919.45", "£217,705.01", "£102,214.44", "£382,094.99"],
        ["Carer fees", "", "", "£30,000.00", "", ""],
        ["Success fee", "", "", NOTHING, "", ""],
        ["Expenses", "", "", "£727.20", "", ""],
        ["Outside the fixed fee", "£400,200.00", "", "£30,727.20", "", "£369,472.80"],
        ["Everything", "£1,000,000.00", "", "£248,432.21", "", "£751,567.79"],
    ]
    march = next(each for each in expected("plymouth")["statements"] if each["month"] == "2026-03")
    assert report.row("Budget by kind of charge", "Everything")[-1] == amount_shown(march["headroom"])
    assert report.row("Fixed fee against schedule", "P12 March 2026") == [
        *("£47,935.34", "£143,529.15", "£319,919.45", "£217,705.01", "£102,214.44")
    ]
    assert report.row("Fixed fee against schedule", "Financial year")[:2] == ["£319,919.45", "£217,705.01"]
    assert "would pay 36 carer fees of £10,000.00, if nothing else came." in report.page
    care = report.tables["Care against the baseline"]
    assert [row[0] for row in care[1:]] == [
        "Residential care at the baseline",
        "Care that was paid instead",
        "Charged",
        "Care and charges",
        "Less than the baseline by",
    ]
    baseline, paid, charged, together, less = (pence(row[1:]) for row in care[1:])
    assert (baseline, less) == ([30_632_428] * 2, [-3_218_506] * 2)
    assert [each + fee for each, fee in zip(paid, charged, strict=True)] == together
    net = report_of(here, "month", "2025/26-P12").row(CHARGES, "Net benefit")
    assert less == pence(net[-2:])


def _run_rate_and_success_fee(here: World) -> None:
    """As closed each month is what its statement says; March is another as known now, by a breakdown reported late."""
    report = report_of(here, "run-rate", "2026/27-P7")
    assert_forms_agree(report)
    closed = [amount_shown(each["run_rate"]) for each in expected("plymouth")["statements"]]
    assert report.column(RUN_RATE, "As closed") == closed
    differing = {row[0]: row[3] for row in report.tables[RUN_RATE][1:] if row[2] != row[3]}
    assert differing == {"March 2026": "£2,168,126.08"}
    by_month = {row[0]: row[1:] for row in report.tables[RUN_RATE][1:]}
    assert by_month["April 2026"] == [
        *("10", "£2,816,011.50", "£2,816,011.50", "£3,000,000.00", "−£183,988.50", "93.8%", NOTHING)
    ]
    assert by_month["May 2026"] == [
        *("12", "£3,545,015.57", "£3,545,015.57", "£3,000,000.00", "£545,015.57", "118.1%", "£54,501.56")
    ]
    assert by_month["September 2026"][-1] == by_month["October 2026"][-1] == "£149,607.52"
    assert "£1,496,075.20 above the £3,000,000.00 from which a success fee is paid" in report.page
    april = report_of(here, "run-rate", "2026/27-P1")
    assert "£183,988.50 short of the £3,000,000.00 above which a success fee is paid." in april.page


def _savings_by_setting(here: World) -> None:
    """To September 2026 they are the savings to date; a bed is told apart once it is said to be block-contracted."""
    before = report_of(here, "settings", "2026/27-P6")
    assert_forms_agree(before)
    assert before.tables["Since the start"] == [
        ["From and to", "Saving", "Placements", "Nights", "Savings", "Share"],
        ["Residential to connected carers", "Cashable", "1", "190", "£181,663.99", "8.5%"],
        ["Residential to external fostering", "Cashable", "3", "395", "£226,957.42", "10.6%"],
        ["Residential to in-house fostering", "Cashable", "10", "1,586", "£1,462,290.40", "68.4%"],
        ["Residential to reunification", "Cashable", "2", "279", "£227,968.60", "10.6%"],
        ["Unregistered to external fostering", "Cashable", "1", "134", "£37,585.00", "1.7%"],
        ["Together", "", "17", "2,584", "£2,136,465.41", ""],
    ]
    assert before.row("Financial year to date", "Together")[-2] == "£1,922,188.98"

    known = current_facts(here.contract)
    (carers,) = [each for each in known.placements.values() if each.setting == "connected_carers"]
    home = left_for(carers, known)
    assert home is not None
    officer = here.people["own council finance_officer"]
    record(
        contract=here.contract,
        facts=[replace(home, block_contract=True)],
        by=officer,
        clock=billing.ticking(here.contract),
    )
    after = report_of(here, "settings", "2026/27-P6")
    assert_forms_agree(after)
    assert after.row("Since the start", "Residential to connected carers") == [
        *("Frees a bed", "1", "190", "£181,663.99", "8.5%")
    ]
    assert after.tables["Cashable and not"] == [
        ["Saving", "Financial year to date", "Since the start"],
        ["Cashable", "£1,749,181.70", "£1,954,801.42"],
        ["Frees a bed", "£173,007.28", "£181,663.99"],
        ["Together", "£1,922,188.98", "£2,136,465.41"],
    ]
    for reference in (*known.children, *known.placements, *known.households):
        assert reference not in after.page


def _for_publication(here: World) -> None:
    """2025/26: seven children in four kinds of home, none with five; three carer fees, which the fixed fee covers."""
    report = report_of(here, "public", "2025/26-P6", "provider provider_staff")
    assert_forms_agree(report)
    assert "Financial year 2025/26" in report.page
    assert report.tables["The year in figures"][1:] == [
        ["Children who lived in families instead of residential care", "7"],
        ["Carer households whose fee fell due", "fewer than 5"],
    ]
    homes = ("In-house fostering", "External fostering", "Connected carers", "Special guardianship", "Reunification")
    assert report.tables["Savings by kind of home"][1:] == [
        *([home, "withheld", "withheld", "withheld"] for home in homes),
        ["Together", "7", "301", "£216,247.15"],
    ]
    assert report.tables["Savings and charges"][1:] == [
        ["Savings", "£216,247.15"],
        ["Fixed fee", "withheld"],
        ["Carer fees", "withheld"],
        ["Success fee", NOTHING],
        ["Expenses", "£727.20"],
        ["Charged", "£248,432.21"],
        ["Net benefit", "−£32,185.06"],
    ]
    following = report_of(here, "public", "2026/27-P1")
    assert_forms_agree(following)
    assert following.row("Savings by kind of home", "In-house fostering") == ["10", "1,375", "£1,283,285.39"]
    assert following.row("Savings by kind of home", "External fostering") == ["withheld"] * 3
    assert following.row("Savings by kind of home", "Together") == ["16", "2,282", "£1,922,188.98"]
    assert "The year is closed to October 2026 so far." in following.page


def test_the_run_rate_is_said_not_to_be_what_a_fee_on_realised_savings_is_paid_on(db: None) -> None:
    page = page_of(client_of(here := world("success-fee-realised")), f"/contracts/{here.contract.pk}/reports/run-rate/")
    assert "success fee is paid on the savings realised over Phase 3 and not on the run rate (clause 6.3)" in page


def test_what_is_outstanding_is_invoiced_less_credited_and_paid_on_the_days_of_each(db: None) -> None:
    """In June 2026 three invoices of 64,000.00 are issued, 33,600.00 credited, and 5,000.00 paid.

    A payment that was taken back counts twice, so that nothing is left of it.
    """
    here = world("breakdown-reported-late")
    scene = billing.scene(here.contract)
    assert scene.february.issued_on is not None
    period = f"2026/27-P{scene.february.issued_on.month - 3}"
    report = report_of(here, "month", period, "provider provider_staff")
    assert_forms_agree(report)
    assert [row[:2] + row[4:] for row in report.tables[INVOICES][1:]] == [
        ["Outstanding before", NOTHING, NOTHING],
        ["Invoiced", "£64,000.00", "£64,000.00"],
        ["Credited", "−£33,600.00", "−£33,600.00"],
        ["Paid", "−£5,000.00", "−£5,000.00"],
        ["Credit paid back", NOTHING, NOTHING],
        ["Outstanding at the end", "£25,400.00", "£25,400.00"],
    ]
    assert report.row(CHARGES, "Fixed fee of earlier months")[-1] == "−£33,600.00"
    assert BOOKS not in report.tables

    payments.reverse_payment(
        payment=Payment.objects.get(amount=Decimal("5000.00"), reverses=None),
        reason="Another contract’s",
        by=billing.clerk(here.contract),
        clock=billing.ticking(here.contract),
    )
    again = report_of(here, "month", period)
    assert again.row(BOOKS, "2100 Payable to provider")[-1]
    assert again.row(INVOICES, "Paid")[-1] == NOTHING
    assert again.row(INVOICES, "Outstanding at the end")[-1] == "£30,400.00"
    following = report_of(here, "month", f"2026/27-P{scene.february.issued_on.month - 2}")
    assert following.row(INVOICES, "Outstanding before") == [
        "£30,400.00",
        *following.row(INVOICES, "Outstanding before")[1:],
    ]


def test_months_that_are_not_closed_are_named_and_an_undrafted_invoice_too(here: World) -> None:
    report = report_of(here, "month", "2025/26-P10")
    assert "Closed: November 2025 (1 statement)." in report.page
    assert "Not closed yet, and not in these figures: December 2025 and January 2026." in report.page
    assert "VAT is known once an invoice is drafted: 1 statement had none by then." in report.page
    assert report.row(BY_PERIOD, "P9 December 2025") == [""] * 7


def test_the_month_closed_last_is_shown_first_and_a_period_that_is_not_there_is_refused(here: World) -> None:
    client, address = client_of(here), f"/contracts/{here.contract.pk}/reports/month/"
    assert "P8 of 2025/26: November 2025</p>" in page_of(client, address)
    refused = page_of(client, address, period="2019/20-P1")
    assert "Choose a period from the list" in refused
    assert "P8 of 2025/26: November 2025</p>" in refused
    for ending in ("report.pdf", "report.xlsx"):
        assert client.get(f"{address}{ending}", {"period": "2019/20-P1"}).status_code == 404
        assert client.get(f"{address}{ending}").status_code == 200
    assert client.get(f"/contracts/{here.contract.pk}/reports/weather/").status_code == 404


def test_every_report_of_a_contract_of_which_nothing_is_known_yet_says_so(here: World) -> None:
    empty = create_contract(
        reference="L05 26/27",
        title="t",
        council=here.contract.council,
        provider=here.contract.provider,
        agent=here.contract.agent,
        decision_reference="L05 26/27",
        decision_on=here.contract.decision_on,
        by=here.people["own council lead_accountant"],
        clock=at("2026-04-01 09:00"),
    )
    client = client_of(here)
    for kind in KINDS:
        page = page_of(client, f"/contracts/{empty.pk}/reports/{kind.key}/")
        assert "No month is closed yet." in page, kind.key
        assert client.get(f"/contracts/{empty.pk}/reports/{kind.key}/report.xlsx").status_code == 200, kind.key


def test_the_files_are_attachments_and_for_the_paying_agent_and_others_there_are_none(here: World) -> None:
    address = f"/contracts/{here.contract.pk}/reports/"
    staff = client_of(here, "provider provider_staff")
    found = {ending: staff.get(f"{address}month/report.{ending}")["Content-Disposition"] for ending in ("pdf", "xlsx")}
    assert found == {
        "pdf": 'attachment; filename="L04-25-26-report-month-2025-11.pdf"',
        "xlsx": 'attachment; filename="L04-25-26-report-month-2025-11.xlsx"',
    }
    for who in ("own agent payments_clerk", "other council lead_accountant"):
        client = signed_in(here.people[who])
        for ending in ("", "month/", "month/report.pdf", "month/report.xlsx"):
            assert client.get(f"{address}{ending}").status_code == 404


def test_a_report_costs_as_many_queries_for_many_months_as_for_one(db: None) -> None:
    here = world("whole-year-cap-only")
    costs: dict[str, dict[int, int]] = {}
    for kind in KINDS:
        for side, contract in (("own", here.contract), ("other", here.other_contract)):
            auditor = signed_in(here.people[f"{side} council auditor"])
            cost = queries_of(auditor, f"/contracts/{contract.pk}/reports/{kind.key}/")
            costs.setdefault(kind.key, {})[contract.closed_statements.count()] = cost
    assert costs == {
        "month": {1: 20, 14: 20},
        "year-end": {1: 40, 14: 40},
        "account": {1: 22, 14: 22},
        "budget": {1: 24, 14: 24},
        "plan": {1: 19, 14: 19},
        "run-rate": {1: 19, 14: 19},
        "settings": {1: 19, 14: 19},
        "care": {1: 19, 14: 19},
        "prompt-payment": {1: 20, 14: 20},
        "public": {1: 19, 14: 19},
    }
