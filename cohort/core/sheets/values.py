"""What a cell means: a reference, a day, an amount, one of a few words (docs/contract.md 1.1, 1.5).

What could mean two things is refused: a year of two figures, an amount with a comma in another place than thousands
have it.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from cohort.core.sheets import kinds
from cohort.core.sheets.kinds import MOST_CHARACTERS, Column
from cohort.core.validity.values import can_be_kept
from pbr_ledger.money import pence_of, pounds_text
from pbr_ledger.tables import DAY, ERROR, FORMULA, MOMENT, NUMBER, TEXT, YES_OR_NO, Cell
from pbr_ledger.words import MONTH_NAMES, shortened

LONGEST_REFERENCE = 100
LONGEST_DESCRIPTION = 500
_QUOTED_AT_MOST = 40
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_BRITISH = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_WRITTEN = re.compile(r"([0-9]{1,2}) ([A-Za-z]{3,9}) ([0-9]{4})")
_TWO_FIGURES = re.compile(r"[0-9]{1,2}[/. -](?:[0-9]{1,2}|[A-Za-z]{3,9})[/. -][0-9]{2}")
_AMOUNT = re.compile(r"£? ?((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,10})(?:\.([0-9]+))?)")
_MILES = re.compile(r"[0-9]{1,5}(?:\.[0-9])?")
_MOST_PENCE = 999_999_999_999
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_CONTROL_IN_WORDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_MONTHS = {name.lower(): number for number, name in enumerate(MONTH_NAMES, start=1)}
_MONTHS |= {name[:3]: number for name, number in _MONTHS.items()}

Value = str | date | Decimal | int | None
"""What a cell means: text, a day, miles, pence, or nothing."""


class WrongCell(ValueError):
    """The cell means nothing; `str()` goes on after its place: `“31/02/2026” is not a date`."""


def value_of(cell: Cell, column: Column) -> Value:
    """What the cell means in its column; None where it is empty (docs/contract.md 1.1, 1.5). Raises `WrongCell`."""
    if cell.kind == FORMULA:
        raise WrongCell("holds a formula. Paste its value in place of it")
    if cell.kind == ERROR:
        raise WrongCell(f"{quoted(cell)} is an error of the spreadsheet")
    text = cell.text.strip()
    if not text:
        return None
    return _READERS[column.holds](cell, text, column)


def quoted(cell: Cell) -> str:
    """What stands in the cell, in quotation marks and not too long (docs/contract.md 11.3)."""
    return f"“{shortened(cell.text, _QUOTED_AT_MOST)}”"


def _reference(cell: Cell, text: str, _column: Column) -> str:
    if cell.kind in (DAY, MOMENT):
        raise WrongCell(f"{quoted(cell)} is a date, and no reference")
    if len(text) > LONGEST_REFERENCE:
        raise WrongCell(f"{quoted(cell)} has more than {LONGEST_REFERENCE} characters")
    if _CONTROL.search(text) or not can_be_kept(text):
        raise WrongCell("holds a character that cannot be kept")
    return text


def _day(cell: Cell, text: str, _column: Column) -> date:
    if cell.kind == MOMENT:
        raise WrongCell(f"{quoted(cell)} has a time of day. Leave the day alone")
    if cell.kind in (NUMBER, YES_OR_NO):
        raise WrongCell(f"{quoted(cell)} is not a date. Format the cell as a date")
    if _TWO_FIGURES.fullmatch(text):
        raise WrongCell(f"{quoted(cell)}: write the year with four figures, like 12/03/2026")
    try:
        return _day_written(text)
    except (ValueError, KeyError) as error:
        raise WrongCell(f"{quoted(cell)} is not a date. Write it like 12/03/2026 or 2026-03-12") from error


def _day_written(text: str) -> date:
    if found := _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _BRITISH.fullmatch(text):
        day, month, year = found.groups()
    elif found := _WRITTEN.fullmatch(text):
        day, name, year = found.groups()
        month = str(_MONTHS[name.lower()])
    else:
        raise ValueError(text)
    if int(year) < 1000:
        raise ValueError(text)
    return date(int(year), int(month), int(day))


def _pence(cell: Cell, text: str, _column: Column) -> int:
    found = _AMOUNT.fullmatch(text.replace("\u00a0", " "))
    if cell.kind not in (TEXT, NUMBER) or not found:
        raise WrongCell(f"{quoted(cell)} is not an amount. Write it like 4,807.69, not below zero")
    if len(found[2] or "") > 2:
        raise WrongCell(f"{quoted(cell)} has a fraction of a penny. Round it to two decimals")
    pence = pence_of(Decimal(found[1].replace(",", "")))
    if pence > _MOST_PENCE:
        raise WrongCell(f"{quoted(cell)} is more than can be kept")
    return pence


def _choice(cell: Cell, text: str, column: Column) -> str:
    wanted = " ".join(text.lower().split())
    for name, value in column.choices.items():
        if wanted == name.lower():
            return value
    raise WrongCell(f"{quoted(cell)} is none of: {', '.join(column.choices)}")


def _miles(cell: Cell, text: str, _column: Column) -> Decimal:
    if cell.kind not in (TEXT, NUMBER) or not _MILES.fullmatch(text):
        raise WrongCell(f"{quoted(cell)} is no number of miles with at most one decimal")
    miles = Decimal(text)
    if not 0 < miles <= 10_000:
        raise WrongCell(f"{quoted(cell)}: miles must be above zero, and 10,000 or fewer")
    return miles


def _words(_cell: Cell, text: str, column: Column) -> str:
    most = LONGEST_DESCRIPTION if column.key == "description" else MOST_CHARACTERS
    if len(text) > most:
        raise WrongCell(f"has more than {most:,} characters")
    if _CONTROL_IN_WORDS.search(text) or not can_be_kept(text):
        raise WrongCell("holds a character that cannot be kept")
    return text


_READERS: Mapping[str, Callable[[Cell, str, Column], Value]] = MappingProxyType(
    {
        kinds.REFERENCE: _reference,
        kinds.DAY_VALUE: _day,
        kinds.AMOUNT: _pence,
        kinds.CHOICE: _choice,
        kinds.COUNT: _miles,
        kinds.WORDS: _words,
    }
)


def written(value: Value, column: Column) -> str:
    """The value as a cell that means it, as rows are kept between reading and recording (docs/contract.md 11.3)."""
    if value is None:
        return ""
    if isinstance(value, date):
        return value.isoformat()
    if column.holds == kinds.AMOUNT:
        return pounds_text(int(str(value)))
    if column.holds == kinds.CHOICE:
        return next(name for name, meant in column.choices.items() if meant == value)
    return str(value)
