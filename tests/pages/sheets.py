"""Files that people bring, made in tests: a workbook of the template's sheets, and one sheet as CSV."""

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from cohort.core.sheets.kinds import SHEETS

Rows = Sequence[Sequence[Any]]
HEADINGS = {kind.name: [column.heading for column in kind.columns] for kind in SHEETS}

FAMILY_OF_TWO: dict[str, Rows] = {
    "Children": [["C02", date(2025, 11, 3), None, 7_100.5, None]],
    "Households": [["H02", "Provider", date(2025, 12, 1)]],
    "Placements": [
        ["C02-R0", "C02", "Residential", "03/11/2025", "12/01/2026", "As planned", None, "£7,100.50", None],
        ["C02-F0", "C02", "in-house  fostering", "2026-01-12", None, None, "H02", 785, None],
    ],
    "Prices": [["C02-F0", "1 April 2026", "790.25", "100"]],
    "Claims": [["C02-T0", "C02-F0", None, "The review of 5 January says so."]],
    "Expenses": [["E100", date(2026, 1, 9), "Mileage", 54.5, None, "visit to household H02"]],
}
"""A child, where it lives, and all that goes with it."""


def workbook(sheets: Mapping[str, Rows], *, template: bytes | None = None) -> bytes:
    """The workbook with these rows below the headings; of the template, or made anew."""
    book = load_workbook(io.BytesIO(template)) if template else Workbook()
    if not template:
        book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book[name] if template else book.create_sheet(name)
        if not template:
            sheet.append(HEADINGS[name])
        for number, row in enumerate(rows, start=2):
            for position, value in enumerate(row, start=1):
                sheet.cell(number, position, value)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv_of(name: str, rows: Rows, *, separator: str = ",") -> bytes:
    """One sheet as CSV, cells written as they are."""
    lines = [HEADINGS[name], *rows]
    return "".join(
        separator.join("" if cell is None else str(cell) for cell in line) + "\r\n" for line in lines
    ).encode()


def chosen(content: bytes, name: str = "cohort.xlsx") -> dict[str, SimpleUploadedFile]:
    """What a browser sends for the chosen file."""
    return {"file": SimpleUploadedFile(name, content)}
