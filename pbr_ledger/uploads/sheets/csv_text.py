"""CSV: in UTF-8, or UTF-16 with its mark, or Windows-1252 where somebody says so; with commas, semicolons or tabs."""

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import chain
from typing import TextIO

from pbr_ledger.tables import Cell, Row, Sheet
from pbr_ledger.uploads.refusals import UploadRefused
from pbr_ledger.uploads.sheets.bounds import Bounds

AS_THE_FILE_SAYS, WINDOWS = "as_the_file_says", "windows"
ENCODINGS = (AS_THE_FILE_SAYS, WINDOWS)

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SEPARATORS = (",", ";", "\t")
_MOST_LINES = 100_000
"""Empty ones too."""


def read(content: bytes, bounds: Bounds, encoding: str) -> Sheet:
    """The one sheet, without a name. Raises `UploadRefused` for what is no CSV, or could be read in two ways."""
    marked = next((name for mark, name in _MARKS if content.startswith(mark)), None)
    named = marked or ("cp1252" if encoding == WINDOWS else "utf-8")
    try:
        with io.TextIOWrapper(io.BytesIO(content), encoding=named, newline="") as lines:
            return Sheet("", tuple(_rows(_bounded(lines, bounds), bounds)))
    except UnicodeDecodeError as error:
        raise UploadRefused(_undecoded(marked, encoding)) from error


def _bounded(lines: TextIO, bounds: Bounds) -> Iterator[str]:
    """The lines with their ends, one at a time: the whole text as one piece could take forty bytes for ten."""
    longest = bounds.columns * bounds.characters
    count = 0
    while line := lines.readline(longest + 1):
        count += 1
        if len(line) > longest or count > _MOST_LINES:
            raise UploadRefused("is far larger than a template. Delete what is empty, or split it into several files.")
        if _UNSEEN.search(line):
            raise UploadRefused("is neither a workbook (XLSX) nor CSV: it holds characters that no text has.")
        yield line


def _undecoded(marked: str | None, encoding: str) -> str:
    if marked:
        return "says of itself how it is encoded, and is damaged. Save it again."
    if encoding == WINDOWS:
        return "is not in Windows-1252. Save it as “CSV UTF-8”."
    return "is not in UTF-8. Save it as “CSV UTF-8”, or say below that it is in Windows-1252."


def _rows(lines: Iterator[str], bounds: Bounds) -> Iterator[Row]:
    first = next(lines, "")
    held = number = 0
    try:
        reader = csv.reader(chain((first,), lines), delimiter=_separator(first), strict=True)
        for number, cells in enumerate(reader, start=1):
            row = _row(number, cells, bounds)
            if row.cells:
                held += 1
                bounds.require_rows(held)
                yield row
    except csv.Error as error:
        raise UploadRefused(f"has a quotation mark out of place in row {number + 1} or after it.") from error


def _separator(headings: str) -> str:
    """The one that stands in the headings. Raises `UploadRefused` where several do: each would give another table."""
    plain = re.sub(r'"[^"]*"', "", headings)
    found = [separator for separator in _SEPARATORS if separator in plain]
    if len(found) > 1:
        raise UploadRefused("has commas and semicolons or tabs in its first row. Separate columns by one of them.")
    return found[0] if found else ","


def _row(number: int, cells: list[str], bounds: Bounds) -> Row:
    texts = [cell.strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    bounds.require_columns(len(texts))
    for text in texts:
        bounds.require_characters(text, number)
    return Row(number, tuple(Cell(text) for text in texts))
