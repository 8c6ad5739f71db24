"""A report as one structure of tables, from which its page, its PDF and its workbook are all made.

Amounts are whole pence, shares whole thousandths. What is a sum says of which rows or columns, so that every form
shows the same figure and the workbook can work it out again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pbr_ledger.money import pounds_shown
from pbr_ledger.words import day_shown

TEXT, MONEY, COUNT, SHARE, DAY = "text", "money", "count", "share", "day"
NUMERIC = (MONEY, COUNT, SHARE)
MOST_ROWS_KEPT_TOGETHER = 20
"""A table of so many rows is not broken over two pages."""
LONGEST_NARROW_NAME = 26
"""As many letters as fit into the narrow first column of a wide table in print."""

Value = int | str | date | None
"""A figure in the unit of its column, a day, or words; None leaves the cell empty."""


@dataclass(frozen=True, slots=True)
class Sum:
    """Of which rows of its column, or columns of its row, a figure is the sum, and which are taken off it."""

    plus: tuple[str, ...]
    minus: tuple[str, ...] = ()

    def of(self, figures: Mapping[str, Value]) -> int:
        """The sum of these figures; what is empty or words counts as nothing."""
        return _added(figures, self.plus) - _added(figures, self.minus)


def _added(figures: Mapping[str, Value], keys: Iterable[str]) -> int:
    return sum(figure for key in keys if isinstance(figure := figures[key], int))


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its figures are, and the other columns of which they are the sum."""

    key: str
    name: str
    kind: str
    of: Sum | None = None

    @property
    def is_numeric(self) -> bool:
        """Whether its figures stand to the right."""
        return self.kind in NUMERIC


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name and a cell for each column. `look` is `sum` or `total` where it stands out."""

    key: str
    name: str
    cells: tuple[Value, ...]
    look: str = ""
    of: Sum | None = None


@dataclass(frozen=True, slots=True)
class CellShown:
    """A cell in words, with the heading under which it stands."""

    heading: str
    text: str
    is_numeric: bool


@dataclass(frozen=True, slots=True)
class RowShown:
    """A row in words."""

    name: str
    look: str
    cells: tuple[CellShown, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report. `corner` heads the names of its rows; `empty` is what is said where there are none."""

    key: str
    title: str
    corner: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    intro: str = ""
    empty: str = "There is nothing to show."

    @property
    def shown(self) -> Iterator[RowShown]:
        """Its rows in words: what the page and the PDF both print."""
        for row in self.rows:
            cells = tuple(
                CellShown(column.name, shown(value, column.kind), column.is_numeric)
                for column, value in zip(self.columns, row.cells, strict=True)
            )
            yield RowShown(row.name, row.look, cells)

    @property
    def is_wide(self) -> bool:
        """Whether it has so many columns that it is printed smaller."""
        return len(self.columns) > 4

    @property
    def is_short(self) -> bool:
        """Whether it is printed on one page, moved to the next where it does not fit."""
        return len(self.rows) <= MOST_ROWS_KEPT_TOGETHER

    @property
    def has_long_names(self) -> bool:
        """Whether the names of its rows need more room than a month does."""
        return any(len(row.name) > LONGEST_NARROW_NAME for row in self.rows)


@dataclass(frozen=True, slots=True)
class Report:
    """A report: what it is called and of which time, its tables, and how its figures come about."""

    key: str
    title: str
    period: str
    contract_reference: str
    contract_title: str
    council: str
    provider: str
    known_at: datetime
    closed: str
    tables: tuple[Table, ...]
    notes: tuple[str, ...]
    release: str


def shown(value: Value, kind: str) -> str:
    """The value as pages and documents write it; words stay what they are."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, date):
        return day_shown(value)
    if kind == MONEY:
        return pounds_shown(value)
    return f"{value // 10}.{value % 10}%" if kind == SHARE else f"{value:,}"


def row_of(key: str, name: str, figures: Mapping[str, Value], columns: Sequence[Column]) -> Row:
    """The row with these figures by column; a column that is a sum of others is worked out."""
    cells: dict[str, Value] = dict(figures)
    for column in columns:
        if column.of is not None:
            cells[column.key] = column.of.of(cells)
    return Row(key, name, tuple(cells.get(column.key) for column in columns))


def sum_row(
    key: str,
    name: str,
    rows: Iterable[Row],
    columns: Sequence[Column],
    *,
    plus: Iterable[str] | None = None,
    minus: Iterable[str] = (),
    look: str = "total",
) -> Row:
    """The row that is the sum of rows above it by key, of all of them where none is named, in its numeric columns."""
    by_key = {row.key: row for row in rows}
    of = Sum(tuple(by_key) if plus is None else tuple(plus), tuple(minus))
    cells = (
        of.of({key: row.cells[place] for key, row in by_key.items()}) if column.kind in (MONEY, COUNT) else None
        for place, column in enumerate(columns)
    )
    return Row(key, name, tuple(cells), look, of)
