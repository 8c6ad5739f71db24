"""Cells and tables: what stands in them, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell

from pbr_ledger.periods import Month

DAY_ZERO = date(1899, 12, 30)
FIRST_SERIAL = 61
"""1 March 1900, the first day that every spreadsheet counts alike."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A live formula, without its `=`, and the value it comes to: programs show that until they recalculate."""

    text: str
    value: "Value"


Value = str | int | Decimal | date | Month
Cell = Value | Formula | None
"""An amount is a `Decimal` in pounds; None leaves the cell empty."""


def serial(day: date) -> int:
    """The day as spreadsheets count it; an earlier one than 1 March 1900 stands as that day."""
    return max(FIRST_SERIAL, (day - DAY_ZERO).days)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `style` is how its cells look; a `label` is a name that nobody is meant to change."""

    key: str
    heading: str
    style: str
    width: int = 12
    label: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Where a table of `count` rows stands on its sheet: its headings in row `top`, its first column in `left`.

    Rows and columns count from 0, as the writing library does. An empty table keeps one empty row, so that the ranges
    of its columns exist.
    """

    sheet: str
    top: int
    columns: Sequence[Column]
    count: int
    left: int = 0

    @property
    def last(self) -> int:
        """The last row of the table."""
        return self.top + max(self.count, 1)

    def place(self, key: str) -> int:
        """The number of the column on its sheet."""
        return self.left + [column.key for column in self.columns].index(key)

    def here(self, key: str, index: int) -> str:
        """The cell in row `index` as formulas of the same row and sheet name it: `D9`. The headings are row -1."""
        return xl_rowcol_to_cell(self.top + 1 + index, self.place(key))

    def cell(self, key: str, index: int) -> str:
        """The cell in row `index` as formulas of any sheet name it: `Facts!$D$9`."""
        name = xl_rowcol_to_cell(self.top + 1 + index, self.place(key), row_abs=True, col_abs=True)
        return f"{quoted(self.sheet)}!{name}"

    def column(self, key: str) -> str:
        """All rows of the column: `Facts!$D$9:$D$40`."""
        return block(self.sheet, self.top + 1, self.place(key), self.last, self.place(key))


def block(sheet: str, top: int, left: int, bottom: int, right: int) -> str:
    """The rectangle as formulas of any sheet name it."""
    first = f"${xl_col_to_name(left)}${top + 1}"
    return f"{quoted(sheet)}!{first}:${xl_col_to_name(right)}${bottom + 1}"


def quoted(sheet: str) -> str:
    """The sheet's name as formulas write it."""
    return f"'{sheet}'" if " " in sheet else sheet
