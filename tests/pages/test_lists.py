"""Every list is to be had as a file that says what the page shows; one search finds what has a reference."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cohort.models import Child, Claim
from pbr_ledger.listing import cell_of, csv_of, xlsx_of
from tests.pages.months import client_of
from tests.pages.world import World
from tests.signing_in import signed_in

pytestmark = pytest.mark.django_db


def rows_of(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Cache-Control"] == "private, no-store"
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize(
    ("shown", "cell"),
    [
        ("£1,234.50", Decimal("1234.50")),
        ("−£9,600.00", Decimal("-9600.00")),
        ("+£10.00", Decimal("10.00")),
        ("12 March 2026", date(2026, 3, 12)),
        ("12 March 2026, 10:30", "12 March 2026, 10:30"),
        ("£1,234", "£1,234"),
        ("March 2026", "March 2026"),
        ("", ""),
    ],
)
def test_amounts_and_days_are_such_in_a_file(shown: str, cell: object) -> None:
    assert cell_of(shown) == cell


def test_text_never_becomes_a_formula() -> None:
    rows = [["=1+1", Decimal("-5.00"), date(2026, 3, 1)], ["@SUM(A1)", "+44", "https://example.org"]]
    text = csv_of(["What", "Amount", "Day"], rows).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["'=1+1", "-5.00", "2026-03-01"],
        ["'@SUM(A1)", "'+44", "https://example.org"],
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx_of(["What", "Amount", "Day"], rows))).active
    assert sheet is not None
    cells = [[(cell.value, cell.data_type) for cell in row] for row in sheet.iter_rows(min_row=2)]
    assert cells[0][0] == ("=1+1", "s")
    assert cells[0][1] == (-5, "n")
    assert cells[0][2][0].date() == date(2026, 3, 1)
    assert cells[1] == [("@SUM(A1)", "s"), ("+44", "s"), ("https://example.org", "s")]
    assert sheet.freeze_panes == "A2"


def test_each_list_says_in_its_file_what_its_page_shows(late: World) -> None:
    client, contract = client_of(late, "lead_accountant"), f"/contracts/{late.contract.pk}/"
    assert rows_of(client, f"{contract}claims/?export=csv") == [
        ["Claim", "Child", "Moved to", "On", "Status", "Since", "Evidence"],
        ["C01-T0", "C01", "In-house fostering", "2026-02-10", "Agreed", "2026-02-10", "No files"],
    ]
    statements = rows_of(client, f"{contract}statements/?export=csv")
    assert statements[0][:4] == ["Month", "Status", "Savings", "Fixed fee"]
    assert ["March 2026", "Closed"] in [row[:2] for row in statements]
    charged = [Decimal(row[6]) for row in statements[1:] if row[1] == "Closed"]
    assert charged[-1] < 0
    for name, first in (
        ("cohort/", ["Child", "Joined", "Where"]),
        ("carers/", ["Household", "Assessed by", "Approved by panel"]),
        ("expenses/", ["Expense", "Date", "Kind"]),
        ("invoices/", ["Number", "Month", "Status"]),
        ("payments/", ["Contract", "Day", "What"]),
        ("activity/", ["Number", "When", "Who"]),
    ):
        assert rows_of(client, f"{contract}{name}?export=csv")[0][:3] == first
    assert rows_of(client, "/contracts/?export=csv")[1][:2] == ["L04 25/26", late.contract.title]


def test_file_is_filtered_as_the_page_is_and_has_all_its_pages(late: World) -> None:
    client, contract = client_of(late, "lead_accountant"), f"/contracts/{late.contract.pk}/"
    assert len(rows_of(client, f"{contract}claims/?status=rejected&export=csv")) == 1
    events = rows_of(client, f"{contract}activity/?export=csv&page=2")
    assert [row[0] for row in events[1:]] == [str(number) for number in range(len(events) - 1, 0, -1)]
    page = client.get(f"{contract}claims/?status=agreed").content.decode()
    assert 'href="?status=agreed&amp;export=xlsx"' in page
    assert client.get(f"{contract}claims/?export=pdf")["Content-Type"] == "text/html; charset=utf-8"
    book = client.get(f"{contract}claims/?export=xlsx")
    assert book["Content-Disposition"] == 'attachment; filename="L04-25-26-claims.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).active
    assert sheet is not None
    assert [cell.value for cell in sheet[2]][:2] == ["C01-T0", "C01"]


def found(client: Client, wanted: str) -> str:
    return client.get("/search/", {"q": wanted}).content.decode()


def test_search_finds_by_reference_what_the_person_may_see(late: World) -> None:
    client, contract = client_of(late, "finance_officer"), late.contract
    child, claim = Child.objects.get(contract=contract, reference="C01"), Claim.objects.get(contract=contract)
    page = found(client, "c01")
    assert f'href="/contracts/{contract.pk}/cohort/{child.pk}/">C01</a>' in page
    assert f'href="/contracts/{contract.pk}/claims/{claim.pk}/">C01-T0</a>' in page
    assert "X99" not in page
    assert f'href="/contracts/{contract.pk}/statements/2026-03/">March 2026</a>' in found(client, "mar 2026")
    assert f'href="/contracts/{contract.pk}/statements/2026-03/">March 2026</a>' in found(client, "2026-03")
    assert f'href="/contracts/{contract.pk}/">L04 25/26</a>' in found(client, "l04")
    assert "Nothing that you can see has “nonesuch\U0001f600” in its reference." in found(client, "nonesuch\U0001f600")


def test_search_shows_nobody_what_is_not_theirs(late: World) -> None:
    """The other council's people, the agent's clerk and an administrator find neither child nor contract."""
    for who in ("other council finance_officer", "own agent payments_clerk", "own council administrator"):
        client = signed_in(late.people[who])
        for wanted in ("C01", "C01-T0", "L04", "March 2026", "%", "_"):
            assert f"/contracts/{late.contract.pk}/" not in found(client, wanted), (who, wanted)


def test_search_asks_as_much_for_many_as_for_one(late: World) -> None:
    client = client_of(late, "finance_officer")
    with CaptureQueriesContext(connection) as few:
        found(client, "C")
    Child.objects.bulk_create(Child(contract=late.contract, reference=f"CX{number}") for number in range(300))
    with CaptureQueriesContext(connection) as many:
        found(client, "C")
    assert len(few) == len(many)
