"""The templates that people fill in: a workbook with a sheet for each kind of fact, or one of them as CSV."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cohort.core.sheets.kinds import AMOUNT, CHOICE, COUNT, DAY_VALUE, MOST_ROWS, SHEETS, Column, SheetKind
from cohort.models import Contract
from cohort.rules import records_for_council
from pbr_ledger.accounts.models import Person

_MADE_AT = datetime(2026, 1, 1)  # noqa: DTZ001 - the same bytes whenever it is made
_FORMATS = {DAY_VALUE: "dd/mm/yyyy", AMOUNT: "£#,##0.00", COUNT: "0.0"}
_TEXT_FORMAT = "@"
_WIDEST, _NARROWEST = 34, 14
HOW_TO = (
    "Fill in the sheets that you need and leave the others empty. Each row is one fact.",
    "Dates like 12/03/2026 (12 March) or 2026-03-12; amounts like 4,807.69, with or without a pound sign.",
    "Write values, no formulas. Keep the headings; their order does not matter. Nothing is read from this sheet.",
    "References never name a child or a carer: the council keeps the key to names elsewhere.",
    "The ledger knows a row again by its reference. A row that says what is known already changes nothing.",
    "A row that says something else corrects what is known, and you are shown that before anything is recorded.",
    "An empty cell says nothing: it never takes away what is known.",
)


def kinds_for(person: Person, contract: Contract) -> tuple[SheetKind, ...]:
    """The sheets that the person's side fills in: all of them for officers of the council."""
    if records_for_council(person, contract):
        return SHEETS
    return tuple(kind for kind in SHEETS if kind.for_provider)


def template_csv(kind: SheetKind) -> bytes:
    """The headings of one sheet, in UTF-8 with its mark, so that Excel reads pound signs back."""
    written = io.StringIO()
    csv.writer(written).writerow([column.heading for column in kind.columns])
    return written.getvalue().encode("utf-8-sig")


def template_xlsx(kinds: Sequence[SheetKind]) -> bytes:
    """The workbook: what to write on its first sheet, then one sheet for each kind, with formats and choices."""
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"title": "Facts to import", "created": _MADE_AT})
        heading = workbook.add_format({"bold": True, "bg_color": "#1d70b8", "font_color": "#ffffff", "text_wrap": True})
        formats = {
            holds: workbook.add_format({"num_format": code}) for holds, code in [*_FORMATS.items(), ("", _TEXT_FORMAT)]
        }
        _read_me(workbook, kinds, heading)
        for kind in kinds:
            _sheet(workbook.add_worksheet(kind.name), kind, heading, formats)
    return written.getvalue()


def _read_me(workbook: Workbook, kinds: Sequence[SheetKind], heading: Format) -> None:
    sheet = workbook.add_worksheet("Read me")
    sheet.hide_gridlines(2)
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 1, 22, wrapped)
    sheet.set_column(2, 2, 12, wrapped)
    sheet.set_column(3, 3, 80, wrapped)
    row = 0
    for line in HOW_TO:
        sheet.write_string(row, 0, line, workbook.add_format({"text_wrap": False}))
        row += 1
    row += 1
    for position, title in enumerate(("Sheet", "Column", "Needed", "What to write")):
        sheet.write_string(row, position, title, heading)
    for kind in kinds:
        for column in kind.columns:
            row += 1
            for position, text in enumerate((kind.name, column.heading, "Yes" if column.required else "", column.note)):
                sheet.write_string(row, position, text, wrapped)


def _sheet(sheet: Worksheet, kind: SheetKind, heading: Format, formats: dict[str, Format]) -> None:
    sheet.freeze_panes(1, 0)
    for position, column in enumerate(kind.columns):
        width = min(max(len(column.heading) + 4, _NARROWEST), _WIDEST)
        sheet.set_column(position, position, width, formats.get(column.holds, formats[""]))
        sheet.write_string(0, position, column.heading, heading)
        sheet.data_validation(1, position, MOST_ROWS, position, _validation(column))


def _validation(column: Column) -> dict[str, object]:
    """What Excel says beside the cell, and the list from which a choice is made."""
    said: dict[str, object] = {"input_title": column.heading, "input_message": column.note}
    if column.holds == CHOICE:
        return {**said, "validate": "list", "source": list(column.choices), "error_type": "warning"}
    return {**said, "validate": "any"}
