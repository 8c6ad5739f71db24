"""Sheets as rows of meaning: which sheet is which, what each cell means, and what is wrong where (11.3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from cohort.core.sheets.kinds import BY_KEY, SHEETS, Column, SheetKind
from cohort.core.sheets.values import Value, WrongCell, quoted, value_of, written
from pbr_ledger.tables import Cell, Row, Sheet
from pbr_ledger.words import listed

MOST_PROBLEMS = 100
"""Told at once: the rest shows when these are mended."""
_READ_ME = "read me"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: the sheet, the row as the program numbers it, and the heading of the column."""

    sheet: str
    row: int
    column: str = ""

    def __str__(self) -> str:
        parts = [self.sheet, *([f"row {self.row}"] if self.row else []), *([self.column] if self.column else [])]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Wrong:
    """Something wrong at a place: `Placements, row 14, Moved in: “31/02/2026” is not a date`."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class GivenRow:
    """A row that means something: values by the keys of their columns, None where a cell is empty."""

    number: int
    values: Mapping[str, Value]


GivenRows = Mapping[str, Sequence[GivenRow]]
"""By the key of the sheet, in the order of `SHEETS`."""
Kept = dict[str, list[list[object]]]
"""Rows as they are kept: `{"children": [[2, "C01", "2025-04-01", "", "7100.00", ""]]}`."""


@dataclass(slots=True)
class Given:
    """What a file gives: rows, whatever is wrong, and the names of sheets that are none of ours and were not read."""

    rows: dict[str, list[GivenRow]] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


def given(sheets: Sequence[Sheet]) -> Given:
    """The rows of the sheets that are ours; a sheet without a name is known by its headings (docs/contract.md 11.3).

    Nothing is taken from a hidden sheet, nor from one with merged cells.
    """
    found = Given()
    for sheet in sheets:
        kind = _kind_of(sheet)
        if kind is None and not sheet.name:
            found.wrong.append(Wrong(Place("The file", 1), _NO_KIND))
        elif kind is None:
            found.passed_over += [] if sheet.name.lower() == _READ_ME else [sheet.name]
        elif kind.key in found.rows:
            found.wrong.append(Wrong(Place(kind.name, 0), "there are two sheets of this name"))
        else:
            found.rows[kind.key] = list(_rows(sheet, kind, found.wrong))
    if sheets and sheets[0].name and not found.rows:
        names = listed(kind.name for kind in SHEETS)
        found.wrong.append(Wrong(Place("The file", 0), f"none of its sheets is called {names}"))
    found.wrong = found.wrong[: MOST_PROBLEMS + 1]
    return found


_NO_KIND = "the headings are those of none of the templates. Take the first row from the template"


def kept(rows: GivenRows) -> Kept:
    """The rows as they are kept until they are recorded (docs/contract.md 11.3)."""
    return {
        key: [
            [row.number, *(written(row.values[column.key], column) for column in BY_KEY[key].columns)] for row in given
        ]
        for key, given in rows.items()
    }


def kept_read(kept_rows: Mapping[str, Sequence[Sequence[object]]]) -> dict[str, list[GivenRow]]:
    """The rows that were kept (docs/contract.md 11.3)."""
    return {key: [_kept_row(row, BY_KEY[key]) for row in rows] for key, rows in kept_rows.items()}


def _kept_row(row: Sequence[object], kind: SheetKind) -> GivenRow:
    """The row; columns that have come since it was kept are empty in it."""
    number, *texts = row
    cells = zip(kind.columns, (*texts, *[""] * (len(kind.columns) - len(texts))), strict=True)
    return GivenRow(int(str(number)), {column.key: value_of(Cell(str(text)), column) for column, text in cells})


# One sheet


def _kind_of(sheet: Sheet) -> SheetKind | None:
    """The kind that the name says; without a name the one whose headings these are."""
    if sheet.name:
        return next((kind for kind in SHEETS if kind.name.lower() == sheet.name.lower()), None)
    headings = {_heading(cell) for cell in sheet.rows[0].cells} if sheet.rows else set()
    return next((kind for kind in SHEETS if _are_headings(headings, kind)), None)


def _are_headings(headings: set[str], kind: SheetKind) -> bool:
    own = {column.heading.lower() for column in kind.columns}
    return {heading.lower() for heading in kind.required_headings} <= headings <= own | {""}


def _heading(cell: Cell) -> str:
    return " ".join(cell.text.lower().split())


def _rows(sheet: Sheet, kind: SheetKind, wrong: list[Wrong]) -> Iterator[GivenRow]:
    if not sheet.rows:
        return
    first, *rest = sheet.rows
    problems = list(_sheet_problems(sheet, first, kind))
    wrong += problems
    if problems:
        return
    at = {column.key: position for column in kind.columns for position in _positions(first, column)}
    for row in rest:
        yield from _row(row, kind, at, wrong)


def _sheet_problems(sheet: Sheet, first: Row, kind: SheetKind) -> Iterator[Wrong]:
    if sheet.is_hidden and len(sheet.rows) > 1:
        yield Wrong(Place(kind.name, 0), "is a hidden sheet with rows in it. Show it, or delete it")
    if sheet.has_merged_cells:
        yield Wrong(Place(kind.name, 0), "has merged cells. Split them, so that each row stands for itself")
    own = {column.heading.lower() for column in kind.columns}
    for cell in first.cells:
        if cell.text and _heading(cell) not in own:
            message = f"there is no column {quoted(cell)} in the template. Take it out, or give it its heading"
            yield Wrong(Place(kind.name, first.number), message)
    for column in kind.columns:
        count = len(_positions(first, column))
        if count > 1:
            yield Wrong(Place(kind.name, first.number, column.heading), "stands there twice")
        if count == 0 and column.required:
            yield Wrong(Place(kind.name, first.number, column.heading), "there is no such column")


def _positions(first: Row, column: Column) -> list[int]:
    return [position for position, cell in enumerate(first.cells) if _heading(cell) == column.heading.lower()]


def _row(row: Row, kind: SheetKind, at: Mapping[str, int], wrong: list[Wrong]) -> Iterable[GivenRow]:
    """The row, where each of its cells means something; else what is wrong goes to the list."""
    problems: list[Wrong] = []
    values: dict[str, Value] = {}
    for column in kind.columns:
        cell = row.cell(at[column.key]) if column.key in at else Cell()
        place = Place(kind.name, row.number, column.heading)
        try:
            values[column.key] = value_of(cell, column)
        except WrongCell as error:
            problems.append(Wrong(place, str(error)))
        else:
            if column.required and values[column.key] is None:
                problems.append(Wrong(place, "is empty, and has to be filled in"))
    problems += [
        Wrong(Place(kind.name, row.number), f"{quoted(cell)} stands in a column without a heading")
        for position, cell in enumerate(row.cells)
        if cell.text and position not in at.values()
    ]
    if len(wrong) <= MOST_PROBLEMS:
        wrong += problems
    return [] if problems else [GivenRow(row.number, values)]
