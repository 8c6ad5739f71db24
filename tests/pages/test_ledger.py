"""The books in the browser: trial balance, a year, an account, an entry, files, and closing periods."""

import csv
import io
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from invoicing.core.calendar import Period
from invoicing.models import ClosedPeriod, JournalEntry
from invoicing.queries.ledger import trial_balance
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages import billing
from tests.pages.billing import billed
from tests.pages.test_contracts import page_of
from tests.pages.world import World, world
from tests.signing_in import signed_in
from tests.stage import Stage


@pytest.fixture
def late(stage: Stage) -> World:
    """Invoices of February and March approved, one of them paid in part, May's credit note approved."""
    return stage.of(billed)


@pytest.fixture
def auditor(late: World, client: Client) -> Client:
    return signed_in(late.people["own council auditor"], client)


@pytest.fixture
def accountant(late: World) -> Client:
    return signed_in(late.people["own council lead_accountant"])


def books(late: World, ending: str = "") -> str:
    return f"/contracts/{late.contract.pk}/ledger/{ending}"


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


# Trial balance


def test_trial_balance_shows_the_chart_with_what_stands_on_it(late: World, auditor: Client):
    page = page_of(auditor, books(late, "?on=2026-03-31"))
    assert "Effective by the end of 31 March 2026, as known at" in page
    for words in ("2100 Payable to provider", "−£40,000.00", "5120 Placements: success fee", "CYPFS placements"):
        assert words in page
    assert "Total</th>" in page
    assert "£0.00</td></tr> </tbody>" in page


def test_trial_balance_is_that_of_an_earlier_instant_where_it_is_asked_for(late: World, auditor: Client):
    page = page_of(auditor, books(late, "?on=2026-06-30&known=2026-05-01T12:00"))
    assert "as known at 1 May 2026, 12:00." in page
    assert "5100 Placements: fixed fee</a>" not in page
    known = datetime(2026, 5, 1, 11, tzinfo=UTC)
    then = trial_balance(of=late.contract, on=date(2026, 6, 30), as_known_at=known)
    assert [each.code for each in then] == []


@pytest.mark.parametrize("query", ["on=2026-02-30", "on=yesterday", "known=noon", "scope=world"])
def test_day_or_instant_that_never_was_is_refused_at_its_field(late: World, auditor: Client, query: str):
    page = page_of(auditor, books(late, f"?{query}"))
    assert "Error: Ledger" in page
    assert "Total</th>" not in page
    assert auditor.get(books(late, f"trial-balance.csv?{query}")).status_code == 404


def test_trial_balance_as_a_file_is_what_the_page_shows(late: World, auditor: Client):
    rows = rows_of(auditor, books(late, "trial-balance.csv?on=2026-03-31"))
    assert {row["account"]: row["balance"] for row in rows if row["account"] < "9"} == {
        "2100": "-40000.00",
        "5100": "40000.00",
    }


def test_council_wide_balance_holds_no_other_councils_books(late: World, auditor: Client):
    (theirs,) = billing.drafted(late.other_contract)
    billing.approved(late.other_contract, theirs)
    own = rows_of(auditor, books(late, "trial-balance.csv"))
    assert rows_of(auditor, books(late, "trial-balance.csv?scope=council")) == own
    page = page_of(auditor, books(late, "accounts/2100/?scope=council"))
    assert "L04 25/26 Entry" in page
    assert "X99" not in page


# A year, an account, an entry


def test_year_shows_what_each_period_moved(late: World, auditor: Client):
    page = page_of(auditor, books(late, "year/?year=2025"))
    for words in ("2025/26 by periods", "P11", "Feb", "£15,200.00", "£24,800.00", "£40,000.00"):
        assert words in page
    this_year = page_of(auditor, books(late, "year/?year=2026"))
    assert "−£33,600.00" in this_year
    assert "Choose a year from the list" in page_of(auditor, books(late, "year/?year=1900"))


def test_account_runs_its_balance_and_leads_to_each_entry(late: World, auditor: Client):
    page = page_of(auditor, books(late, "accounts/2100/"))
    assert books(late, "entries/5/") in page
    for words in ("−£15,200.00", "−£40,000.00", "−£6,400.00", "−£1,400.00", "Payment BACS 1 of invoice 1"):
        assert words in page
    rows = rows_of(auditor, books(late, "accounts/2100/account.csv"))
    assert [row["balance"] for row in rows] == [
        "-15200.00",
        "-40000.00",
        "-6400.00",
        "-1400.00",
        "-1399.00",
        "-1400.00",
    ]
    assert auditor.get(books(late, "accounts/nothing/")).status_code == 404


def test_postings_of_an_account_are_sorted_on_the_page_and_in_the_file(late: World, auditor: Client):
    """By what was debited, the most first; what was credited stands last, in the order of days."""
    page = page_of(auditor, books(late, "accounts/2100/?sort=-debit"))
    assert "Each balance is the one after the posting, in the order of days." in page
    assert "accounts/2100/account.csv?sort=-debit" in page
    rows = rows_of(auditor, books(late, "accounts/2100/account.csv?sort=-debit"))
    assert [(row["side"], row["amount"], row["balance"]) for row in rows] == [
        ("debit", "33600.00", "-6400.00"),
        ("debit", "5000.00", "-1400.00"),
        ("debit", "1.00", "-1399.00"),
        ("credit", "15200.00", "-15200.00"),
        ("credit", "24800.00", "-40000.00"),
        ("credit", "1.00", "-1400.00"),
    ]


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("statement 2026-02", "Statement of February 2026</a>"),
        ("invoice 1", "Invoice 1</a>"),
        ("credit_note 4", "Credit note 4</a>"),
    ],
)
def test_entry_leads_to_what_it_came_from(late: World, auditor: Client, key: str, words: str):
    entry = JournalEntry.objects.get(contract=late.contract, key=key)
    page = page_of(auditor, books(late, f"entries/{entry.number}/"))
    assert words in page
    assert entry.narrative in page


def test_payments_entry_and_its_reversal_lead_to_each_other_and_to_the_invoice(late: World, auditor: Client):
    reversal = JournalEntry.objects.get(contract=late.contract, kind="reversal")
    assert reversal.reverses is not None
    taken_back = page_of(auditor, books(late, f"entries/{reversal.reverses.number}/"))
    assert f'href="{books(late, f"entries/{reversal.number}/")}"' in taken_back
    assert "Invoice 2</a>" in taken_back
    page = page_of(auditor, books(late, f"entries/{reversal.number}/"))
    assert f'href="{books(late, f"entries/{reversal.reverses.number}/")}"' in page
    assert auditor.get(books(late, "entries/999/")).status_code == 404


# Files


def test_journal_is_of_the_contract_the_council_or_a_year(late: World, auditor: Client):
    whole = rows_of(auditor, books(late, "journal.csv"))
    assert {row["entry"] for row in whole} == {str(number) for number in range(1, 11)}
    year = rows_of(auditor, books(late, "journal.csv?year=2025"))
    assert {row["period"] for row in year} == {"2025/26 P11", "2025/26 P12"}
    council = rows_of(auditor, books(late, "journal.csv?scope=council"))
    assert {row["contract"] for row in council} == {"L04 25/26"}
    assert [row["entry"] for row in council] == [row["entry"] for row in whole]
    assert auditor.get(books(late, "journal.csv?year=1900")).status_code == 404


def test_beancount_file_is_the_whole_ledger(late: World, auditor: Client):
    answer = auditor.get(books(late, "ledger.beancount"))
    assert answer["Content-Disposition"] == 'attachment; filename="L04-25-26-ledger.beancount"'
    assert answer.content.decode().startswith('option "title" "L04 25/26"')


# Periods and years' ends


def test_lead_accountant_closes_periods_one_after_the_other(late: World, accountant: Client):
    close = books(late, "periods/close/")
    assert "Choose the period to close" in accountant.post(close, {}).content.decode()
    assert "2025/26 P11 (February 2026)" in page_of(accountant, close)
    page = accountant.post(close, {"period": "2025-11"}, follow=True).content.decode()
    assert "2025/26 P11 is closed." in page
    assert "Lee Accountant" in page
    assert page.count("Takes no more postings") == 10
    page = page_of(accountant, close)
    assert "2025/26 P12 (March 2026)" in page
    assert "2026/27 P1" not in page
    accountant.post(close, {"period": "2026-1"})
    assert [str(period) for period in ClosedPeriod.objects.all()] == ["2025/26 P11"]


def test_period_that_is_not_over_cannot_be_closed(late: World, accountant: Client):
    ahead = Period.of(date(2030, 1, 1))
    ClosedPeriod.objects.create(
        council=late.contract.council,
        financial_year=ahead.year,
        number=ahead.number,
        closed_at=DATABASE_CLOCK.read(after=None),
        closed_by=late.people["own council lead_accountant"],
    )
    page = accountant.get(books(late, "periods/close/"), follow=True).content.decode()
    assert "There is no period that is over and still open." in page
    assert "Close a period" not in page


def test_year_that_owes_nothing_more_is_not_accrued(late: World, accountant: Client):
    page = accountant.post(books(late, "periods/2025/accrue/"), follow=True).content.decode()
    assert "2025/26 owes nothing that is not approved and posted." in page
    assert JournalEntry.objects.filter(kind="accrual").count() == 0


@pytest.mark.django_db
def test_end_of_a_year_is_accrued_once_and_shown_with_what_takes_it_back(client: Client):
    late = world("breakdown-reported-late")
    billing.approved(late.contract, billing.drafted(late.contract)[0])
    signed_in(late.people["own council lead_accountant"], client)
    accrue = books(late, "periods/2025/accrue/")
    assert accrue in page_of(client, books(late, "periods/"))
    asked = page_of(client, accrue)
    for words in ("posted on 31 March 2026", "5100 Placements: fixed fee", "£24,800.00", "report", "2025/26-P12"):
        assert words in asked
    page = client.post(accrue, {"seen": "something else"}).content.decode()
    assert "What the year owes has changed since it was shown." in page
    assert not JournalEntry.objects.filter(kind="accrual").exists()
    (seen,) = re.findall('name="seen" value="([0-9a-f]{64})"', asked)
    page = client.post(accrue, {"seen": seen}, follow=True).content.decode()
    assert "The end of 2025/26 is accrued." in page
    assert "£24,800.00" in page
    page = page_of(client, books(late, "periods/"))
    assert "£24,800.00, taken back on 1 April" in page
    assert accrue not in page
    assert "is accrued already." in client.post(accrue, follow=True).content.decode()
    assert JournalEntry.objects.filter(kind="accrual").count() == 2
    for year in (2024, 2026, 9999):
        assert client.get(books(late, f"periods/{year}/accrue/")).status_code == 404


def test_auditor_reads_periods_and_is_offered_nothing_to_do(late: World, auditor: Client):
    page = page_of(auditor, books(late, "periods/"))
    assert "2025/26" in page
    for words in ("Close a period", "Accrue the end of"):
        assert words not in page
