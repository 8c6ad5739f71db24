"""The order of a list, as the address asks for it."""

import pytest
from django.test import RequestFactory

from pbr_ledger.sorting import DAY, NUMBER, Choice, Sort, Sorting, sorting_of

COLUMNS = (
    Sort("name", "Name", lambda row: row[0]),
    Sort("due", "Due", lambda row: row[1], DAY),
    Sort("amount", "Amount", lambda row: row[2], NUMBER),
)
ROWS = [
    ("beech", "3 May 2026", "£9.00"),
    ("Ash", "", "−£10.00"),
    ("", "12 March 2026", "£1,000.00"),
    ("Cedar", "12 March 2026", "not known"),
]


def sorting(query: str, own: str = "") -> Sorting:
    return sorting_of(RequestFactory().get(f"/?{query}"), COLUMNS, own=own)


def names(query: str, own: str = "") -> list[str]:
    return [row[0] for row in sorting(query, own).in_memory(ROWS)]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("name", ["Ash", "beech", "Cedar", ""]),
        ("-name", ["Cedar", "beech", "Ash", ""]),
        ("due", ["", "Cedar", "beech", "Ash"]),
        ("-due", ["beech", "", "Cedar", "Ash"]),
        ("amount", ["Ash", "beech", "", "Cedar"]),
        ("-amount", ["", "beech", "Ash", "Cedar"]),
    ],
)
def test_what_is_empty_stands_last_and_what_is_equal_in_the_lists_own_order(order: str, expected: list[str]) -> None:
    assert names(f"sort={order}") == expected


@pytest.mark.parametrize("query", ["", "sort=", "sort=-", "sort=--due", "sort=nonsense", "sort=due,name", "sort=Due"])
def test_unknown_order_is_the_lists_own(query: str) -> None:
    assert names(query) == ["beech", "Ash", "", "Cedar"]
    found = sorting(query, own="-due")
    assert (found.asked, found.heads["due"].aria, found.heads["name"].aria) == ("", "descending", "none")


def test_head_leads_to_the_other_way() -> None:
    assert sorting("sort=due").heads["due"].other == "-due"
    assert sorting("sort=-due").heads["due"].other == "due"
    assert sorting("sort=-due").heads["name"].other == "name"


def test_choice_begins_on_the_first_page_and_keeps_what_narrows_the_list() -> None:
    found = sorting("status=held&sort=-amount&page=3&export=csv&show=%3Cb%3E")
    assert found.kept == (("status", "held"), ("show", "<b>"))
    assert found.choices[-2:] == [
        Choice("amount", "Amount: lowest first", is_chosen=False),
        Choice("-amount", "Amount: highest first", is_chosen=True),
    ]
    assert [each.words for each in sorting("").choices][:2] == ["Usual order", "Name: A to Z"]
    assert [each.words for each in sorting("sort=due").choices if not each.value] == ["Usual order"]
    assert [each.value for each in sorting("", own="due").choices if each.is_chosen] == ["due"]
