"""XLSX, read cell by cell: values alone, with days told from numbers by their format. Formulas are named, not worked.

openpyxl makes an object of every style, rule and name in a workbook, wanted or not; only its words for formats and days
are used here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Context, Decimal
from xml.etree.ElementTree import Element

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from pbr_ledger.tables import DAY, ERROR, FORMULA, MOMENT, NOTHING, NUMBER, TEXT, YES_OR_NO, Cell, Row, Sheet
from pbr_ledger.uploads.refusals import UploadRefused
from pbr_ledger.uploads.sheets.bounds import Bounds
from pbr_ledger.uploads.sheets.package import DAMAGED, Package, local_name, opened, target_of

_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_COORDINATE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LAST_ROW = 1_048_576
_MOST_FIGURES = 30
_FIFTEEN_FIGURES = Context(prec=15)


@dataclass(frozen=True, slots=True)
class _Book:
    """What the cells of every sheet refer to: texts, which formats are days, and the day from which days count."""

    texts: tuple[str, ...]
    day_formats: frozenset[int]
    first_day: datetime


def read(content: bytes, bounds: Bounds) -> tuple[Sheet, ...]:
    """The sheets in the order of their tabs. Raises `UploadRefused`; memory and time are bounded, whatever comes."""
    with opened(content) as package:
        listed, first_day = _listed(package)
        targets = _targets(package)
        book = _Book(_texts(package, targets, bounds), _day_formats(package, targets), first_day)
        sheets: list[Sheet] = []
        for name, is_hidden, relation in listed:
            part = targets.get(relation, "")
            if not package.has(part):
                raise UploadRefused(DAMAGED)
            held = sum(len(sheet.rows) for sheet in sheets)
            sheets.append(_Reading(book, bounds, held).sheet(package, part, name, is_hidden=is_hidden))
        return tuple(sheets)


def _listed(package: Package) -> tuple[list[tuple[str, bool, str]], datetime]:
    """The sheets by name, whether each is hidden, and its relation; and the first day of the workbook's calendar."""
    found: list[tuple[str, bool, str]] = []
    first_day = CALENDAR_WINDOWS_1900
    for event, element in package.elements(_WORKBOOK):
        if event == "end" and local_name(element) == "sheet":
            found.append(
                (_attribute(element, "name"), element.get("state", "visible") != "visible", _relation(element))
            )
        if event == "end" and local_name(element) == "workbookPr" and element.get("date1904") in ("1", "true"):
            first_day = CALENDAR_MAC_1904
    return found, first_day


def _targets(package: Package) -> dict[str, str]:
    """The workbook's parts by relation, and the texts and the styles by what they are."""
    found: dict[str, str] = {}
    for event, element in package.elements(_RELATIONS):
        if event == "end" and local_name(element) == "Relationship" and element.get("TargetMode") != "External":
            part = target_of(_WORKBOOK, _attribute(element, "Target"))
            found[_attribute(element, "Id")] = part
            found[element.get("Type", "").rpartition("/")[2]] = part
    return found


def _texts(package: Package, targets: dict[str, str], bounds: Bounds) -> tuple[str, ...]:
    part = targets.get("sharedStrings", "")
    if not package.has(part):
        return ()
    texts: list[str] = []
    pieces: list[str] = []
    for event, element in package.elements(part):
        name = local_name(element)
        if event == "end" and name == "t":
            pieces.append(element.text or "")
        elif event == "end" and name == "rPh":
            pieces.clear()
        elif event == "end" and name == "si":
            text = "".join(pieces)
            texts.append(package.count_text(text[: bounds.characters + 1]))
            pieces.clear()
    return tuple(texts)


def _day_formats(package: Package, targets: dict[str, str]) -> frozenset[int]:
    """The positions of the cell formats that show a number as a day."""
    part = targets.get("styles", "")
    if not package.has(part):
        return frozenset()
    codes = dict(BUILTIN_FORMATS)
    formats: list[int] = []
    inside = False
    for event, element in package.elements(part):
        name = local_name(element)
        if name == "cellXfs":
            inside = event == "start"
        elif event == "end" and name == "numFmt":
            codes[int(_attribute(element, "numFmtId"))] = element.get("formatCode", "")[:255]
        elif event == "end" and name == "xf" and inside:
            formats.append(int(element.get("numFmtId", "0")))
    days = {number for number, code in codes.items() if is_date_format(code)}
    return frozenset(position for position, number in enumerate(formats) if number in days)


class _Reading:
    """One sheet as it is read: where the next row and cell stand, when they do not say so themselves."""

    def __init__(self, book: _Book, bounds: Bounds, held: int) -> None:
        self._book = book
        self._bounds = bounds
        self._held = held
        self._row = 0
        self._column = 0
        self._cells: dict[int, Cell] = {}
        self._merged = False

    def sheet(self, package: Package, part: str, name: str, *, is_hidden: bool) -> Sheet:
        """All of it."""
        rows = tuple(self._rows(package, part))
        return Sheet(name.strip(), rows, is_hidden, self._merged)

    def _rows(self, package: Package, part: str) -> Iterator[Row]:
        for event, element in package.elements(part, whole="c"):
            name = local_name(element)
            if event == "start":
                if name == "row":
                    self._begin(element)
                continue
            if name == "mergeCell":
                self._merged = True
            elif name == "c":
                self._take(element, package)
            elif name == "row" and self._cells:
                self._held += 1
                self._bounds.require_rows(self._held)
                last = max(self._cells)
                yield Row(self._row, tuple(self._cells.get(column, NOTHING) for column in range(last + 1)))

    def _begin(self, element: Element) -> None:
        self._row = int(element.get("r", self._row + 1))
        if not 0 < self._row <= _LAST_ROW:
            raise UploadRefused(DAMAGED)
        self._column = 0
        self._cells = {}

    def _take(self, element: Element, package: Package) -> None:
        coordinate = element.get("r")
        self._column = _column_of(coordinate) if coordinate else self._column + 1
        cell = self._cell(element)
        if cell.text or cell.kind != TEXT:
            self._bounds.require_columns(self._column)
            self._bounds.require_characters(package.count_text(cell.text), self._row)
            self._cells[self._column - 1] = cell

    def _cell(self, element: Element) -> Cell:
        if any(local_name(each) == "f" for each in element):
            return Cell(_child_text(element, "v"), FORMULA)
        kind, value = element.get("t", "n"), _child_text(element, "v")
        if kind == "inlineStr":
            return Cell("".join(each.text or "" for each in element.iter() if local_name(each) == "t").strip())
        return self._of_kind(kind, value, int(element.get("s", "0"))) if value else NOTHING

    def _of_kind(self, kind: str, value: str, style: int) -> Cell:
        match kind:
            case "s":
                return Cell(self._book.texts[int(value)].strip())
            case "b" | "e":
                return Cell(value, YES_OR_NO if kind == "b" else ERROR)
            case "d":
                return _day(datetime.fromisoformat(value))
            case "n":
                return self._number(value, style)
        return Cell(value.strip())

    def _number(self, value: str, style: int) -> Cell:
        number = Decimal(value)
        if not number.is_finite() or abs(number.adjusted()) > _MOST_FIGURES:
            return Cell(value[:_MOST_FIGURES], ERROR)
        if style in self._book.day_formats:
            return self._day(number)
        return Cell(_plain(number), NUMBER)

    def _day(self, number: Decimal) -> Cell:
        try:
            return _day(from_excel(int(number) if number == int(number) else float(number), self._book.first_day))
        except (OverflowError, ValueError):
            return Cell(_plain(number), NUMBER)


def _plain(number: Decimal) -> str:
    """A number as Excel shows it, to fifteen figures: what it keeps in binary may end in ...9996."""
    shown = f"{_FIFTEEN_FIGURES.plus(number):f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _day(found: object) -> Cell:
    """A day; what has a time of day, or nothing but one, is no day."""
    if isinstance(found, datetime):
        return Cell(found.date().isoformat(), DAY) if found.time() == time.min else Cell(found.isoformat(" "), MOMENT)
    if isinstance(found, date):
        return Cell(found.isoformat(), DAY)
    return Cell(str(found), MOMENT)


def _column_of(coordinate: str) -> int:
    """`B7` is 2."""
    found = _COORDINATE.fullmatch(coordinate)
    if not found:
        raise UploadRefused(DAMAGED)
    number = 0
    for letter in found[1]:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _child_text(element: Element, name: str) -> str:
    return next((each.text or "" for each in element if local_name(each) == name), "")


def _relation(element: Element) -> str:
    return next((value for key, value in element.attrib.items() if key.endswith("}id")), "")


def _attribute(element: Element, name: str) -> str:
    value = element.get(name)
    if value is None:
        raise UploadRefused(DAMAGED)
    return value
