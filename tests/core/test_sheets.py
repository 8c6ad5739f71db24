"""Rows of sheets as facts: what cells mean, what rows do to what is known, and that saying it twice changes nothing."""

import os
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from cohort.core.facts import Child, Claim, KnownFacts, Placement, Rate
from cohort.core.known import known_with
from cohort.core.sheets.desk import Standing
from cohort.core.sheets.kinds import SHEETS, SheetKind
from cohort.core.sheets.plan import CHANGED, KNOWN, planned
from cohort.core.sheets.rows import GivenRows, given, kept, kept_read
from cohort.core.sheets.values import WrongCell, value_of
from cohort.core.validity import shape_problems
from pbr_ledger.tables import DAY, NUMBER, Cell, Row, Sheet

EXAMPLES = int(os.environ.get("PBR_SHEETS", "60"))
"""Of each property: `PBR_SHEETS=20000` for a long run."""
COLUMNS = {(kind.key, column.key): column for kind in SHEETS for column in kind.columns}
JOINED, AMOUNT, MILES = COLUMNS["children", "joined"], COLUMNS["children", "weekly"], COLUMNS["expenses", "miles"]
MARCH = date(2026, 3, 12)

KNOWN_FACTS = known_with(
    KnownFacts(),
    [
        Child(
            "C01", date(2025, 4, 1), None, (Rate(date(2024, 1, 1), 700_000), Rate(date(2025, 9, 1), 710_000, 10_000))
        ),
        Placement(
            "C01-R0", "C01", "residential", date(2024, 1, 1), MARCH, "planned", None, (Rate(date(2024, 1, 1), 1),)
        ),
        Placement("C01-F0", "C01", "fostering_in_house", MARCH, None, None, None, (Rate(MARCH, 78_500, 500),)),
        Claim("C01-T0", "C01-F0", "queried"),
    ],
)


@pytest.mark.parametrize(
    "text", ["12/03/2026", "12.03.2026", "12-3-2026", "2026-03-12", "12 March 2026", "12 mar 2026", " 12/03/2026 "]
)
def test_day_is_read_in_british_order_or_as_iso(text: str):
    assert value_of(Cell(text), JOINED) == MARCH


@pytest.mark.parametrize(
    "cell",
    [
        *map(Cell, ("12/03/26", "12 Mar 26", "13/13/2026", "29/02/2026", "2026/03/12", "March 2026", "12 Mars 2026")),
        *map(Cell, ("2026-3-12", "0026-03-12", "12/03/2026 09:00", "١٢/٠٣/٢٠٢٦", "yesterday")),
        Cell("46093", NUMBER),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused(cell: Cell):
    with pytest.raises(WrongCell):
        value_of(cell, JOINED)


@pytest.mark.parametrize(
    ("cell", "pence"),
    [
        (Cell("£4,807.69"), 480_769),
        (Cell("4807.6"), 480_760),
        (Cell("1,234,567"), 123_456_700),
        (Cell("0"), 0),
        (Cell("4807.69", NUMBER), 480_769),
        (Cell("9999999999.99"), 999_999_999_999),
    ],
)
def test_amount_is_read_with_pound_sign_and_thousands(cell: Cell, pence: int):
    assert value_of(cell, AMOUNT) == pence


@pytest.mark.parametrize(
    "cell",
    [
        *map(Cell, ("1,5", "4.807,69", "1234,56", "12,34,567", "-1", "(5.00)", "1e3", "4807.691", "£", "10000000000")),
        *map(Cell, ("nil", "٤٨٠٧", "4 807")),
        Cell("2026-03-12", DAY),
    ],
)
def test_what_is_no_amount_or_could_be_two_is_refused(cell: Cell):
    with pytest.raises(WrongCell):
        value_of(cell, AMOUNT)


def test_miles_have_one_decimal_and_an_end():
    assert value_of(Cell("54.5", NUMBER), MILES) == Decimal("54.5")
    for text in ("54.55", "0", "10001", "-1"):
        with pytest.raises(WrongCell):
            value_of(Cell(text), MILES)


def sheet(name: str, *rows: list[str]) -> Sheet:
    """A sheet of the template with these rows of text."""
    kind = next(kind for kind in SHEETS if kind.name == name)
    lines = [[column.heading for column in kind.columns], *rows]
    return Sheet(name, tuple(Row(number, tuple(map(Cell, line))) for number, line in enumerate(lines, start=1)))


def rows_of(*sheets: Sheet) -> GivenRows:
    found = given(sheets)
    assert found.wrong == []
    return found.rows


def test_first_price_of_a_known_fact_is_that_of_its_first_day_and_later_ones_stay():
    rows = rows_of(
        sheet("Children", ["C01", "01/04/2025", "", "7000", ""]),
        sheet("Placements", ["C01-F0", "C01", "In-house fostering", "01/03/2026", "", "", "", "800", ""]),
    )
    plan = planned(rows, Standing(KNOWN_FACTS))
    assert [outcome.what for outcome in plan.outcomes] == [KNOWN, CHANGED]
    (placement,) = plan.facts
    assert isinstance(placement, Placement)
    assert placement.costs == (Rate(date(2026, 3, 1), 80_000, 500),)
    later = planned(rows_of(sheet("Children", ["C01", "01/04/2025", "", "7050", "50"])), Standing(KNOWN_FACTS))
    (child,) = later.facts
    assert isinstance(child, Child)
    assert child.baseline == (Rate(date(2024, 1, 1), 705_000, 5_000), Rate(date(2025, 9, 1), 710_000, 10_000))


def test_price_of_a_first_day_that_moves_is_the_one_in_force_on_it_and_the_same_when_said_again():
    rows = rows_of(sheet("Children", ["C01", "13/03/2026", "", "7050", ""]))
    plan = planned(rows, Standing(KNOWN_FACTS))
    (child,) = plan.facts
    assert isinstance(child, Child)
    assert child.baseline == (Rate(date(2024, 1, 1), 700_000), Rate(date(2025, 9, 1), 705_000, 10_000))
    again = planned(rows, Standing(known_with(KNOWN_FACTS, plan.facts)))
    assert (again.changes_nothing, again.wrong) == (True, ())


def test_two_prices_from_the_same_night_are_refused_with_the_place_of_the_first():
    rows = rows_of(
        sheet("Placements", ["X", "C01", "Residential", "01/03/2023", "01/04/2023", "As planned", "", "800", ""]),
        sheet("Prices", ["X", "01/03/2023", "801", ""]),
    )
    (wrong,) = planned(rows, Standing(KNOWN_FACTS)).wrong
    assert str(wrong) == "Prices, row 2, From: Placements, row 2 gives another price from the same night"


def test_known_claim_stays_as_it_was_decided():
    again = planned(rows_of(sheet("Claims", ["C01-T0", "C01-F0", "Claimed", "It moved"])), Standing(KNOWN_FACTS))
    assert (again.changes_nothing, again.wrong) == (True, ())
    agreed = planned(rows_of(sheet("Claims", ["C01-T0", "C01-F0", "Agreed", "It moved"])), Standing(KNOWN_FACTS))
    assert [str(wrong) for wrong in agreed.wrong] == [
        "Claims, row 2, Status: claim C01-T0 is known as Queried. It is decided on its page"
    ]


# Whatever stands in the cells

POOLS = {
    "reference": ["C01", "C02", "C01-R0", "C01-F0", "C02-F0", "H01", "C01-T0", "T1", "E1"],
    "day": ["01/04/2025", "2026-03-12", "12 March 2026", "13/03/2026", "01/06/2026", "31/02/2026"],
    "amount": ["0", "£785.00", "7,100.50", "1,5"],
    "count": ["54.5", "0"],
    "words": ["visit to household H07"],
}


def cells(kind: SheetKind) -> st.SearchStrategy[list[str]]:
    """A row of the sheet: mostly what could stand there, now and then anything."""
    pools = [[*column.choices] or POOLS[column.holds] for column in kind.columns]
    likely = [
        st.one_of(st.sampled_from(pool), st.sampled_from(pool), st.sampled_from(["", pool[0]]), st.text(max_size=8))
        for pool in pools
    ]
    return st.tuples(*likely).map(list)


SHEETS_OF_ANYTHING = st.tuples(
    *(st.lists(cells(kind), max_size=4).map(lambda rows, name=kind.name: sheet(name, *rows)) for kind in SHEETS)
)


@settings(max_examples=EXAMPLES, deadline=None)
@for_all(SHEETS_OF_ANYTHING)
def test_whatever_stands_in_the_cells_is_a_fact_known_or_wrong_somewhere(sheets: tuple[Sheet, ...]):
    found = given(sheets)
    assert kept_read(kept(found.rows)) == found.rows
    plan = planned(found.rows, Standing(KNOWN_FACTS))
    for wrong in (*found.wrong, *plan.wrong):
        assert str(wrong).startswith((wrong.place.sheet, "The file"))
    if plan.wrong:
        return
    for fact in plan.facts:
        for problem in shape_problems(fact):
            assert plan.place_of(fact, problem.place).row > 1
    known = known_with(KNOWN_FACTS, plan.facts)
    taken = {kind: known.of_kind(kind).keys() for kind in ("child", "household", "placement", "claim", "expense")}
    again = planned(found.rows, Standing(known, taken))
    assert (again.changes_nothing, again.wrong) == (True, ())
    assert {outcome.what for outcome in again.outcomes} <= {KNOWN}
