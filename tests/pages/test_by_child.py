"""Savings by child and month, with sums both ways, on the page and as a file."""

import csv
import io

from django.test import Client

from tests.pages.months import page_of, queries_of
from tests.pages.reported import tables_of
from tests.pages.world import World, world
from tests.signing_in import signed_in

NOTHING = "£0.00"
MONTHS = ("Aug 2025", "Sep 2025", "Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026", "Mar 2026")


def address(here: World) -> str:
    return f"/contracts/{here.contract.pk}/statements/by-child/"


def client_of(here: World, who: str = "council lead_accountant") -> Client:
    return signed_in(here.people[f"own {who}"])


def file_of(client: Client, path: str, **query: str) -> list[list[str]]:
    answer = client.get(path, query | {"export": "csv"})
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_what_was_taken_back_later_stands_in_its_own_month(db: None) -> None:
    """March was stated with 24,800.00 and lost 9,600.00 in May’s statement; April was stated and lost altogether."""
    here = world("breakdown-reported-late")
    client = client_of(here, "provider provider_staff")
    assert "Savings by child and month" in page_of(client, f"/contracts/{here.contract.pk}/statements/")
    year = file_of(client, address(here), year="2025/26")
    assert year[0] == ["Child", *MONTHS, "Together"]
    assert year[1:] == [
        ["C01", "", "", "", "", "", "", "15200.00", "15200.00", "30400.00"],
        ["Together", *["0.00"] * 6, "15200.00", "15200.00", "30400.00"],
    ]
    following = page_of(client, address(here))
    assert "2026/27" in following
    (table,) = tables_of(following).values()
    assert table[-2:] == [["C01", NOTHING, "", NOTHING], ["Together", NOTHING, NOTHING, NOTHING]]
    now = file_of(client, address(here), year="2025/26", basis="now")
    assert now == year
    refused = page_of(client, address(here), year="1999/00")
    assert "Choose a year from the list" in refused


def test_the_whole_comes_to_the_savings_to_date(db: None) -> None:
    """Of the sample contract; the picture of all months, sorted by what each child saved."""
    here = world("plymouth")
    client = client_of(here)
    rows = file_of(client, address(here), year="all", sort="-total")
    assert len(rows) == 23
    assert rows[-1][-1] == "2136465.41"
    totals = [float(row[-1]) for row in rows[1:-1]]
    assert totals == sorted(totals, reverse=True)
    for column in range(1, len(rows[0])):
        cells = [row[column] for row in rows[1:]]
        assert round(sum(float(cell) for cell in cells[:-1] if cell), 2) == float(cells[-1])
    one_year = address(here) + "?year=2025/26"
    assert queries_of(client, one_year) == queries_of(client, address(here) + "?year=all")


def test_what_is_not_there_yet_is_said_and_strangers_find_nothing(here: World) -> None:
    client = client_of(here, "council auditor")
    assert "Nov 2025" in page_of(client, address(here))
    for who in ("own agent payments_clerk", "other council lead_accountant"):
        assert signed_in(here.people[who]).get(address(here)).status_code == 404
