"""Sheets out of workbooks and CSV: what is read, what is refused in which words, and at what cost."""

import json
import os
import subprocess
import sys
from datetime import date, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pbr_ledger.tables import DAY, FORMULA, MOMENT, NUMBER, YES_OR_NO, Cell
from pbr_ledger.uploads import UploadRefused
from pbr_ledger.uploads.sheets import WINDOWS, Bounds, read_sheets
from tests.uploads import hostile_sheets

BOUNDS = Bounds(rows=5000, columns=50, characters=4000)
MOST_MEGABYTES = 200
EXAMPLES = int(os.environ.get("PBR_SHEETS", "20"))
"""Of each property: `PBR_SHEETS=20000` for a long run."""
MOST_SECONDS = 15.0


def read(content: bytes, name: str = "facts.xlsx", **said: str):
    return read_sheets(name, content, bounds=BOUNDS, **said)


def written(book: Workbook) -> bytes:
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def test_cells_of_a_workbook_are_told_apart():
    book = Workbook()
    sheet = book.active
    sheet.title = " Children "
    sheet["A1"], sheet["C1"] = " C01 ", date(2026, 3, 12)
    sheet["A4"], sheet["B4"], sheet["C4"] = 4807.69, datetime(2026, 3, 12, 9, 30), True  # noqa: DTZ001 - Excel knows no zones
    sheet["D4"], sheet["E4"], sheet["F4"] = "=1+1", 0.1 + 0.2, 101
    hidden = book.create_sheet("Prices")
    hidden.sheet_state = "veryHidden"
    hidden.merge_cells("A1:B2")
    first, second = read(written(book))
    assert (first.name, first.is_hidden, first.has_merged_cells) == ("Children", False, False)
    assert [row.number for row in first.rows] == [1, 4]
    assert first.rows[0].cells == (Cell("C01"), Cell(), Cell("2026-03-12", DAY))
    assert first.rows[1].cells == (
        Cell("4807.69", NUMBER),
        Cell("2026-03-12 09:30:00", MOMENT),
        Cell("1", YES_OR_NO),
        Cell("", FORMULA),
        Cell("0.3", NUMBER),
        Cell("101", NUMBER),
    )
    assert (second.is_hidden, second.has_merged_cells, second.rows) == (True, True, ())


def test_days_are_counted_in_the_calendar_of_the_workbook():
    book = Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = date(2026, 3, 12)
    assert read(written(book))[0].rows[0].cells == (Cell("2026-03-12", DAY),)


def test_rows_of_csv_are_counted_as_a_spreadsheet_counts_them():
    (sheet,) = read(b'a,b\r\n\r\n"two\nlines",x\r\n', "a.csv")
    assert [(row.number, [cell.text for cell in row.cells]) for row in sheet.rows] == [
        (1, ["a", "b"]),
        (3, ["two\nlines", "x"]),
    ]


def test_windows_text_is_read_where_it_is_declared():
    (sheet,) = read(b"\xa3100;x\n", "a.csv", encoding=WINDOWS)
    assert [cell.text for cell in sheet.rows[0].cells] == ["£100", "x"]
    with pytest.raises(UploadRefused, match="is not in Windows-1252"):
        read(b"\x81\n", "a.csv", encoding=WINDOWS)


@pytest.mark.slow
def test_hostile_files_are_refused_in_words_within_200_megabytes(subtests: pytest.Subtests):
    """In a process of its own, which tells the most memory that it ever had."""
    told = subprocess.run(
        [sys.executable, "-m", "tests.uploads.reading_hostile_sheets"], capture_output=True, text=True, check=True
    )
    *lines, last = told.stdout.splitlines()
    answers = dict(json.loads(line) for line in lines)
    for name, _, said in hostile_sheets.corpus():
        with subtests.test(name):
            answer, seconds = answers[name]
            assert answer == f"“facts.xlsx” {said}"
            assert seconds < MOST_SECONDS
    assert json.loads(last) < MOST_MEGABYTES


def is_read_or_refused(content: bytes) -> bool:
    """It is read, or refused in words; any other error gets through."""
    try:
        read(content)
    except UploadRefused as refusal:
        return str(refusal).startswith("“facts.xlsx” ")
    return True


@settings(max_examples=EXAMPLES)
@given(st.binary(max_size=2000))
def test_whatever_bytes_are_refused_or_read_and_raise_nothing_else(content: bytes):
    for beginning in (b"", b"PK\x03\x04", b"Child,Joined\n", b"\xff\xfe"):
        assert is_read_or_refused(beginning + content)


@settings(max_examples=EXAMPLES)
@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_workbook_damaged_in_one_byte_is_refused_or_read(place: int, flipped: int):
    content = bytearray(hostile_sheets.workbook())
    content[place % len(content)] ^= flipped
    assert is_read_or_refused(bytes(content))
