"""A report as a workbook: a sheet for each table, with sums as live formulas."""

from collections.abc import Iterator
from decimal import Decimal

from xlsxwriter.utility import xl_rowcol_to_cell

from invoicing.documents.reports import model
from invoicing.documents.reports.model import COUNT, MONEY, SHARE, Report, Sum, Value
from pbr_ledger.money import pounds_of
from pbr_ledger.words import instant_shown
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.cells import Value as Plain

ABOUT = "About"
STYLES = {model.TEXT: "words", MONEY: "money", COUNT: "count", SHARE: "percent", model.DAY: "date"}
WIDTHS = {model.TEXT: 22, MONEY: 17, COUNT: 12, SHARE: 12, model.DAY: 15}
LONGEST_SHEET_NAME = 31


def report_xlsx(report: Report) -> bytes:
    """The workbook: what the report is about, then each of its tables with live sums. Text stays text."""
    names = {table.key: table.title[:LONGEST_SHEET_NAME] for table in report.tables}
    book = Book(
        title=f"{report.title}, {report.contract_reference}",
        author=report.council,
        footer=f"{report.contract_reference} · {report.title} · {instant_shown(report.known_at)}",
        made_at=report.known_at,
        sheets=(ABOUT, *names.values()),
    )
    _write_about(book.sheets[ABOUT], report)
    for table in report.tables:
        _write_table(book.sheets[names[table.key]], table)
    return book.finished()


def _write_about(sheet: Sheet, report: Report) -> None:
    lines = (
        f"{report.period}.",
        f"Contract {report.contract_reference}: {report.contract_title}.",
        f"{report.council} (council) and {report.provider} (provider).",
        f"As known at {instant_shown(report.known_at)}, London time.",
        report.closed,
        *report.notes,
    )
    sheet.title(report.title, *lines)


def _write_table(sheet: Sheet, table: model.Table) -> None:
    """The table beneath its title; a table without rows says so."""
    notes = [note for note in (table.intro, "" if table.rows else table.empty) if note]
    sheet.title(table.title, *notes)
    columns = (Column("", table.corner, "words", 42, label=True), *map(_column, table.columns))
    area = Table(sheet.name, len(notes) + 2, columns, len(table.rows))
    sheet.headings(area)
    for index, row in enumerate(table.rows):
        at, is_sum = area.top + 1 + index, bool(row.look)
        sheet.put(at, 0, row.name, "words", label=True, total=is_sum)
        for place, (column, cell) in enumerate(zip(table.columns, _cells(table, index, area), strict=True), start=1):
            style = "words" if isinstance(cell, str) else STYLES[column.kind]
            align = "right" if isinstance(cell, str) and column.is_numeric else None
            sheet.put(at, place, cell, style, total=is_sum, align=align)
    sheet.freeze(area.top + 1, 1)


def _column(column: model.Column) -> Column:
    return Column(column.key, column.name, STYLES[column.kind], WIDTHS[column.kind])


def _cells(table: model.Table, index: int, area: Table) -> Iterator[Cell]:
    """The cells of a row: values, and where the row or the column is a sum, the formula that gives it."""
    row = table.rows[index]
    at = area.top + 1 + index
    rows = {each.key: area.top + 1 + number for number, each in enumerate(table.rows)}
    places = {each.key: place for place, each in enumerate(table.columns, start=1)}
    for column, value in zip(table.columns, row.cells, strict=True):
        plain, place = _plain(value, column.kind), places[column.key]
        if not isinstance(value, int) or column.kind not in (MONEY, COUNT):
            yield plain
        elif row.of is not None:
            yield Formula(_formula(row.of, {key: (number, place) for key, number in rows.items()}), plain or 0)
        elif column.of is not None:
            yield Formula(_formula(column.of, {key: (at, number) for key, number in places.items()}), plain or 0)
        else:
            yield plain


def _formula(total: Sum, where: dict[str, tuple[int, int]]) -> str:
    """The sum as a formula of its own sheet; neighbours are written as one range."""
    plus = _areas([where[key] for key in total.plus])
    minus = _areas([where[key] for key in total.minus])
    taken = f"-SUM({minus})" if minus else ""
    return f"ROUND(SUM({plus}){taken},2)"


def _areas(cells: list[tuple[int, int]]) -> str:
    ranges: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for cell in cells:
        if ranges and _follows(ranges[-1], cell):
            ranges[-1] = (ranges[-1][0], cell)
        else:
            ranges.append((cell, cell))
    names = ((xl_rowcol_to_cell(*first), xl_rowcol_to_cell(*last)) for first, last in ranges)
    return ",".join(first if first == last else f"{first}:{last}" for first, last in names)


def _follows(run: tuple[tuple[int, int], tuple[int, int]], cell: tuple[int, int]) -> bool:
    """Whether the cell is the next of its row or column after the run, in the direction that the run has."""
    first, last = run
    down = cell == (last[0] + 1, last[1]) and first[1] == last[1]
    across = cell == (last[0], last[1] + 1) and first[0] == last[0]
    return down or across


def _plain(value: Value, kind: str) -> Plain | None:
    if isinstance(value, int):
        if kind == MONEY:
            return pounds_of(value)
        return Decimal(value) / 1000 if kind == SHARE else value
    return value
