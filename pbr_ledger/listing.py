"""A list as a file: all rows of what a page shows, filtered as it is, as CSV or as a workbook.

What stands on the page as an amount or a day is an amount or a day in the file, so that a spreadsheet can add and sort.
Text never becomes a formula.
"""

import io
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from defusedcsv import csv
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from pbr_ledger.words import MONTH_NAMES, file_stem

Column = tuple[str, Callable[[Any], str]]
"""A column's heading, and what stands in it for a row, as the page writes it."""
Cell = str | Decimal | date

CSV, XLSX = "csv", "xlsx"
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_AMOUNT = re.compile(r"([−+-]?)£([\d,]+\.\d{2})")
_DAY = re.compile(rf"(\d{{1,2}}) ({'|'.join(MONTH_NAMES)}) (\d{{4}})")
_WIDEST, _NARROWEST = 60, 9


def listed(
    request: HttpRequest, *, name: str, columns: Sequence[Column], rows: Callable[[], Iterable[Any]]
) -> HttpResponse | None:
    """The list as the file that the address asks for with `?export=csv` or `xlsx`; None where it asks for a page.

    `rows` gives all of them, and is asked for a file alone. `name` is the file's, without its ending.
    """
    ending = request.GET.get("export", "")
    if ending not in MEDIA_TYPES:
        return None
    headings = [heading for heading, _ in columns]
    cells = [[cell_of(shown(row)) for _, shown in columns] for row in rows()]
    content = csv_of(headings, cells) if ending == CSV else xlsx_of(headings, cells)
    file_name = f"{file_stem(name)}.{ending}"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file_name),
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=MEDIA_TYPES[ending], headers=headers)


def cell_of(shown: str) -> Cell:
    """What the page's words stand for: `−£9,600.00` an amount in pounds, `3 May 2026` a day, all else themselves."""
    if amount := _AMOUNT.fullmatch(shown):
        pounds = Decimal(amount[2].replace(",", ""))
        return -pounds if amount[1] in ("−", "-") else pounds
    if day := _DAY.fullmatch(shown):
        return date(int(day[3]), MONTH_NAMES.index(day[2]) + 1, int(day[1]))
    return shown


def csv_of(headings: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """As CSV with a byte order mark, by which spreadsheets know it for UTF-8; days as ISO dates, amounts bare."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([cell.isoformat() if isinstance(cell, date) else cell for cell in row])
    return text.getvalue().encode("utf-8-sig")


def xlsx_of(headings: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """As a workbook of one sheet that can be filtered, its headings kept in sight."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(content, options) as book:
        sheet = book.add_worksheet("List")
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {
            Decimal: book.add_format({"num_format": "£#,##0.00;−£#,##0.00", "valign": "top"}),
            date: book.add_format({"num_format": "d mmmm yyyy", "valign": "top", "align": "left"}),
            str: book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
            sheet.set_column(column, column, _width(heading, [row[column] for row in rows]))
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write(sheet, number, column, cell, formats)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(rows), 1), len(headings) - 1)
        sheet.repeat_rows(0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
    return content.getvalue()


def _write(sheet: Any, row: int, column: int, cell: Cell, formats: dict[type, Any]) -> None:
    if isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, formats[Decimal])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, datetime(cell.year, cell.month, cell.day), formats[date])  # noqa: DTZ001
    else:
        sheet.write_string(row, column, cell, formats[str])


def _width(heading: str, cells: Iterable[Cell]) -> int:
    longest = max([len(heading), *(len(str(cell)) for cell in cells)])
    return max(_NARROWEST, min(longest + 2, _WIDEST))
