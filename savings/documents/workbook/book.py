"""Writing the workbook: sheets, tables, names and print set-up, the same bytes for the same content."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from pbr_ledger.periods import Month
from savings.documents.workbook import styles
from savings.documents.workbook.cells import Cell, Column, Formula, Table, Value, quoted, serial

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEETS = (
    *("Read me", "Terms", "Facts", "Nights", "Savings", "Schedule", "Fee", "Charges", "Adjustments", "Why"),
    "Checks",
)
A4 = 9
LONGEST_TEXT = 32_767
LONGEST_FOOTER = 150
FORMULA_STARTS = ("=", "+", "-", "@")
QUIET = {"number_stored_as_text": "A1:XFD1048576", "formula_differs": "A1:XFD1048576"}


class Book:
    """The workbook while it is being written. `footer` stands at the foot of every printed page."""

    def __init__(
        self, *, title: str, author: str, footer: str, made_at: datetime, sheets: Sequence[str] = SHEETS
    ) -> None:
        self._bytes = BytesIO()
        self._workbook = Workbook(self._bytes, {"in_memory": True, "strings_to_formulas": False})
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}
        made = made_at.astimezone(UTC).replace(tzinfo=None)
        self._workbook.set_properties({"title": title, "author": author, "created": made})
        self._workbook.set_calc_mode("auto")
        self.sheets = {name: Sheet(self, self._workbook.add_worksheet(name), footer=footer) for name in sheets}

    def format(self, properties: dict[str, Any]) -> Format:
        """The format with these properties, made once."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self._workbook.add_format(properties)
        return self._formats[key]

    def name(self, name: str, place: str) -> None:
        """Give a cell or range a name that formulas can use."""
        self._workbook.define_name(name, f"={place}")

    def finished(self) -> bytes:
        """The workbook's bytes; nothing can be written after it."""
        self._workbook.close()
        return self._bytes.getvalue()


class Sheet:
    """One sheet of the workbook."""

    def __init__(self, book: Book, worksheet: Worksheet, *, footer: str) -> None:
        self.book = book
        self.worksheet = worksheet
        self.name = worksheet.get_name()
        self._widths: dict[int, int] = {}
        worksheet.hide_gridlines(2)
        worksheet.set_tab_color(styles.TABS.get(self.name, styles.DARK))
        worksheet.set_landscape()
        worksheet.set_paper(A4)
        worksheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
        worksheet.fit_to_pages(1, 0)
        worksheet.set_footer(f"&L&8 {footer.replace('&', '&&')[:LONGEST_FOOTER]}&C&8&A&R&8Page &P of &N")
        worksheet.ignore_errors(QUIET)

    def title(self, title: str, *notes: str) -> None:
        """The sheet's heading, and what it shows in a sentence or two beneath."""
        self.worksheet.write_string(0, 0, title, self.book.format(styles.TITLE))
        self.worksheet.set_row(0, 24)
        for row, note in enumerate(notes, start=1):
            self.note(row, note)

    def note(self, row: int, text: str, column: int = 0) -> None:
        """A sentence that runs across the sheet."""
        self.worksheet.write_string(row, column, text, self.book.format(styles.NOTE))

    def section(self, row: int, text: str, column: int = 0) -> None:
        """The heading of a part of the sheet."""
        self.worksheet.write_string(row, column, text, self.book.format(styles.SECTION))

    def freeze(self, row: int, column: int = 0, *, repeat: tuple[int, int] | None = None) -> None:
        """Keep what stands above and to the left in sight, and print the heading rows on every page."""
        self.worksheet.freeze_panes(row, column)
        first, last = repeat or (row - 1, row - 1)
        self.worksheet.repeat_rows(first, last)

    def headings(self, table: Table, *, height: int = 30) -> None:
        """The table's headings, and columns wide enough for it."""
        self.worksheet.set_row(table.top, height)
        for column in table.columns:
            place = table.place(column.key)
            self.put_text(table.top, place, column.heading, styles.heading_style(column.style))
            self.widen(place, column.width)

    def widen(self, place: int, width: int) -> None:
        """Make the column at least so many characters wide."""
        if width > self._widths.get(place, 0):
            self._widths[place] = width
            self.worksheet.set_column(place, place, width)

    def table(self, table: Table, rows: Iterable[Sequence[Cell]], *, height: int = 30) -> None:
        """The whole table."""
        self.headings(table, height=height)
        for row, cells in enumerate(rows, start=table.top + 1):
            for column, cell in zip(table.columns, cells, strict=True):
                self.put_column(row, table.place(column.key), cell, column)

    def line(self, row: int, name: str, label: str, paragraph: str, cell: Cell, style: str) -> None:
        """A single figure: what it is, its paragraph, and its value, which formulas reach by the name."""
        self.put(row, 0, label, "text", label=True)
        self.put(row, 1, paragraph, "text", label=True)
        self.put(row, 2, cell, style, align="right")
        self.book.name(name, self.at(row, 2))

    def put_column(self, row: int, place: int, cell: Cell, column: Column) -> None:
        """One cell of a table, in its column's style."""
        self.put(row, place, cell, column.style, label=column.label)

    def put(
        self,
        row: int,
        place: int,
        cell: Cell,
        style: str,
        *,
        label: bool = False,
        total: bool = False,
        align: str | None = None,
    ) -> None:
        """One cell: a value that was entered stands in blue, a formula or a label in black."""
        is_input = not (label or isinstance(cell, Formula))
        properties = styles.cell_style(style, is_input=is_input, total=total, align=align)
        if isinstance(cell, str):
            self.put_text(row, place, cell, properties)
        elif isinstance(cell, Formula):
            value = _plain(cell.value)
            self.worksheet.write_formula(row, place, f"={cell.text}", self.book.format(properties), value)
        elif cell is None:
            self.worksheet.write_blank(row, place, None, self.book.format(properties))
        else:
            self.worksheet.write_number(row, place, _plain(cell), self.book.format(properties))

    def put_totals(self, row: int, table: Table, sums: Mapping[str, Value]) -> None:
        """The sums of the table's columns, by key, in one row beneath it."""
        for place, column in enumerate(table.columns, start=table.left):
            cell: Cell = None
            if column.key in sums:
                area = f"{table.here(column.key, 0)}:{table.here(column.key, table.last - table.top - 1)}"
                cell = Formula(f"ROUND(SUM({area}),2)", sums[column.key])
            elif place == table.left:
                cell = "Total"
            self.put(row, place, cell, "text" if cell == "Total" else column.style, label=True, total=True)

    def put_text(self, row: int, place: int, text: str, properties: dict[str, Any]) -> None:
        """Text that stays text, whatever it begins with."""
        if text.startswith(FORMULA_STARTS):
            properties = {**properties, "quote_prefix": True}
        self.worksheet.write_string(row, place, text[:LONGEST_TEXT], self.book.format(properties))

    def colour(self, area: str, criterion: str, look: dict[str, Any]) -> None:
        """Give the area's cells a look where the formula, written for its first cell, is true."""
        rule = {"type": "formula", "criteria": f"={criterion}", "format": self.book.format(look)}
        self.worksheet.conditional_format(area, rule)

    def filter(self, table: Table) -> None:
        """Arrows at the table's headings to choose rows by."""
        last = table.place(table.columns[-1].key)
        self.worksheet.autofilter(table.top, table.left, table.last, last)

    def put_heading(self, row: int, place: int, month: Formula) -> None:
        """A month as the heading of a column, so that formulas beneath can point to it."""
        properties = {**styles.AMOUNT_HEADING, "num_format": styles.STYLES["month"]["num_format"]}
        self.worksheet.write_formula(row, place, f"={month.text}", self.book.format(properties), _plain(month.value))

    def at(self, row: int, place: int) -> str:
        """The cell as formulas of any sheet name it."""
        return Table(self.name, row - 1, (Column("x", "", "text"),), 1, place).cell("x", 0)

    def within(self, place: str) -> str:
        """An address of this sheet without the sheet's name."""
        return place.removeprefix(f"{quoted(self.name)}!")


def _plain(value: Value) -> Any:
    """The value as the file holds it: days as numbers, amounts as exact decimals."""
    match value:
        case Month():
            return serial(value.first_day)
        case date():
            return serial(value)
        case str() | int() | Decimal():
            return value
