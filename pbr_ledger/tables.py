"""Tables as people bring them in files: sheets of rows of cells, whatever program wrote them."""

from dataclasses import dataclass

TEXT, NUMBER, DAY, MOMENT, FORMULA, ERROR, YES_OR_NO = (
    "text",
    "number",
    "day",
    "moment",
    "formula",
    "error",
    "yes or no",
)
"""What a cell holds. A text file knows nothing but text; a workbook tells days (`DAY`: ISO) from numbers."""


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell, as text without space around it, and what kind of thing that is."""

    text: str = ""
    kind: str = TEXT


NOTHING = Cell()


@dataclass(frozen=True, slots=True)
class Row:
    """A row with its number as the program shows it; the cells after the last one that holds something are left out."""

    number: int
    cells: tuple[Cell, ...]

    def cell(self, position: int) -> Cell:
        """What stands in the column at this position, from 0; nothing past the row's end."""
        return self.cells[position] if position < len(self.cells) else NOTHING


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet's rows that hold anything. A text file is one sheet without a name."""

    name: str
    rows: tuple[Row, ...]
    is_hidden: bool = False
    has_merged_cells: bool = False
