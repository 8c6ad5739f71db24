"""Files that nobody fills in by hand: bombs, lies, and things that are not what their name says. Made, never stored."""

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

from openpyxl import Workbook

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
TEXTS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
HEADINGS = ("Child", "Joined", "Left", "Baseline a week", "Partners pay a week")


@cache
def workbook() -> bytes:
    """A right workbook with one child."""
    book = Workbook()
    sheet = book.active
    sheet.title = "Children"
    sheet.append(HEADINGS)
    sheet.append(["C02", "12/03/2026", None, "7,100.00", None])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def changed(parts: dict[str, bytes | Callable[[bytes], bytes]], *, drop: tuple[str, ...] = ()) -> bytes:
    """The right workbook with parts put in place of its own, changed, added or dropped."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook())) as right, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as wrong:
        held = {name: right.read(name) for name in right.namelist() if name not in drop}
        for name, change in parts.items():
            held[name] = change(held.get(name, b"")) if callable(change) else change
        for name, content in held.items():
            wrong.writestr(name, content)
    return written.getvalue()


def sheet_of(inside: bytes) -> bytes:
    """The right workbook with another sheet: what stands in its `sheetData`."""
    return changed({SHEET: b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN.encode(), inside)})


def with_texts(kept: bytes) -> bytes:
    """The workbook's relations, with one to shared texts."""
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    return kept.replace(
        b"</Relationships>", b'<Relationship Id="t1" Type="%s" Target="sharedStrings.xml"/></Relationships>' % kind
    )


def rows(count: int, cells: bytes = b'<c t="inlineStr"><is><t>C1</t></is></c>') -> bytes:
    """So many rows, all with these cells."""
    return b"".join(b'<row r="%d">%s</row>' % (number, cells) for number in range(1, count + 1))


def with_doctype(declared: bytes, body: bytes = b"&a;") -> Callable[[bytes], bytes]:
    """The sheet with a document type of its own and a cell that uses it."""

    def change(_content: bytes) -> bytes:
        cell = b'<row r="1"><c t="inlineStr"><is><t>%s</t></is></c></row>' % body
        kept = b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (MAIN.encode(), cell)
        return b"<!DOCTYPE worksheet [%s]>%s" % (declared, kept)

    return change


BILLION = b'<!ENTITY z "lol">' + b"".join(
    b'<!ENTITY %c "%s">' % (letter, b"&%c;" % (letter + 1) * 10) for letter in range(ord("y"), ord("a") - 1, -1)
)
QUADRATIC = b'<!ENTITY a "%s">' % (b"A" * 100_000)
MANY_STYLES = b'<styleSheet xmlns="%s"><cellXfs>%s</cellXfs></styleSheet>' % (MAIN.encode(), b"<xf/>" * 5_000_000)


def _zip_of(parts: dict[str, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return written.getvalue()


def _lying_size() -> bytes:
    """A package whose directory says of a sheet that it is small."""
    content = bytearray(sheet_of(rows(200_000)))
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        size = archive.getinfo(SHEET).file_size
    return bytes(content).replace(size.to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def _encrypted() -> bytes:
    content = bytearray(workbook())
    place = content.index(b"PK\x01\x02")
    while place >= 0:
        content[place + 8] |= 1
        place = content.find(b"PK\x01\x02", place + 4)
    return bytes(content)


DAMAGED = "is damaged. Save it again as an Excel workbook (XLSX)."
UNPACKS = "unpacks to far more than it is, and is not opened."
CELLS = (
    "has far more cells than a template needs. Delete rows and columns that are empty but formatted, or copy the "
    "values into a new template."
)
MACROS = "has macros. Save it without them, as an Excel workbook (XLSX)."
TOO_MANY_ROWS = "has more than 5,000 rows. Split it into several files."
TOO_MANY_COLUMNS = "has more than 50 columns. Delete those that are not in the template."
NO_TEXT = "is neither a workbook (XLSX) nor CSV: it holds characters that no text has."
NOT_UTF_8 = "is not in UTF-8. Save it as “CSV UTF-8”, or say below that it is in Windows-1252."
QUOTES = "has a quotation mark out of place in row 3 or after it."
TOO_LONG = "is far larger than a template. Delete what is empty, or split it into several files."
CSV_HEADINGS = ",".join(HEADINGS).encode() + b"\r\n"


def corpus() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    """Each with its name, how it is made, and what is said of it after the file's name."""
    yield from _packages()
    yield from _workbooks()
    yield from _texts()


def _packages() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    yield "zip bomb", lambda: changed({"xl/media/image1.png": b"\0" * 100_000_000}), UNPACKS
    yield "high ratio", lambda: changed({"xl/media/image1.png": b"\0" * 30_000_000}), UNPACKS
    yield "many parts", lambda: changed({f"xl/media/{number}": b"" for number in range(600)}), UNPACKS
    yield "lying size", _lying_size, DAMAGED
    yield "cut off", lambda: workbook()[:-200], DAMAGED
    yield "nothing but the mark", lambda: b"PK\x03\x04", DAMAGED
    yield (
        "no list of types",
        lambda: changed({}, drop=("[Content_Types].xml",)),
        "is an archive and no workbook (XLSX).",
    )
    yield "no workbook", lambda: changed({}, drop=("xl/workbook.xml",)), DAMAGED
    yield "no relations", lambda: changed({}, drop=("xl/_rels/workbook.xml.rels",)), DAMAGED
    yield "no sheet", lambda: changed({}, drop=(SHEET,)), DAMAGED
    yield "other archive", lambda: _zip_of({"a.txt": b"a"}), "is an archive and no workbook (XLSX)."
    yield "macros", lambda: changed({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}), MACROS
    types = "[Content_Types].xml"
    yield (
        "macros by type",
        lambda: changed({types: lambda kept: kept.replace(b"sheet.main", b"sheet.macroEnabled.main")}),
        MACROS,
    )
    yield "encrypted entries", _encrypted, "has a password. Save it without one."
    old = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    yield (
        "workbook of Excel 97",
        lambda: old,
        "is a workbook in the form that Excel used before 2007 (XLS). Save it as an Excel workbook (XLSX).",
    )
    yield (
        "workbook with a password",
        lambda: old + "EncryptedPackage".encode("utf-16-le"),
        "has a password. Save it without one.",
    )
    yield "picture", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 50, NOT_UTF_8


def _workbooks() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    yield "billion laughs", lambda: changed({SHEET: with_doctype(BILLION)}), DAMAGED
    yield "quadratic", lambda: changed({SHEET: with_doctype(QUADRATIC, b"&a;" * 5_000)}), DAMAGED
    outside = b'<!ENTITY a SYSTEM "file:///etc/passwd">'
    yield "external entity", lambda: changed({SHEET: with_doctype(outside)}), DAMAGED
    yield "external entity in the workbook", lambda: changed({"xl/workbook.xml": with_doctype(outside)}), DAMAGED
    yield (
        "external type",
        lambda: changed({SHEET: with_doctype(b'<!ENTITY % a SYSTEM "http://a.invalid/">%a;', b"")}),
        DAMAGED,
    )
    yield "no XML", lambda: changed({SHEET: b"<worksheet><sheetData>"}), DAMAGED
    yield (
        "other encoding",
        lambda: changed({SHEET: lambda kept: b'<?xml version="1.0" encoding="cp037"?>' + kept}),
        DAMAGED,
    )
    yield "50,000 rows", lambda: sheet_of(rows(50_000)), TOO_MANY_ROWS
    yield (
        "16,384 columns",
        lambda: sheet_of(b'<row r="1"><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>'),
        TOO_MANY_COLUMNS,
    )
    yield "a million cells", lambda: sheet_of(b"<row>%s</row>" % (b"<c/>" * 1_000_000)), UNPACKS
    yield "600,000 cells", lambda: sheet_of(b"<row>%s</row>" % _varied(600_001)), CELLS
    yield "values without cells", lambda: sheet_of(b"".join(b"<v>%d</v>" % number for number in range(700_000))), CELLS
    yield "styles", lambda: changed({"xl/styles.xml": MANY_STYLES}), UNPACKS
    yield "styles not so packed", lambda: changed({"xl/styles.xml": _styles(700_000)}), CELLS
    yield "texts", lambda: changed({TEXTS: _texts_of(300_000), RELATIONS: with_texts}), CELLS
    wide = "😀".encode() + b"a" * 3_990
    yield "wide texts", lambda: changed({TEXTS: _texts_of(8_000, wide), RELATIONS: with_texts}), UNPACKS
    yield "row far down", lambda: sheet_of(b'<row r="999999999999"><c><v>1</v></c></row>'), DAMAGED
    yield "row of no number", lambda: sheet_of(b'<row r="x"><c><v>1</v></c></row>'), DAMAGED
    yield "row of too many figures", lambda: sheet_of(b'<row r="%s"><c/></row>' % (b"9" * 5000)), DAMAGED
    yield "column of no letters", lambda: sheet_of(b'<row r="1"><c r="1A"><v>1</v></c></row>'), DAMAGED
    yield "text that is not there", lambda: sheet_of(b'<row r="1"><c t="s"><v>99</v></c></row>'), DAMAGED
    yield "number of no number", lambda: sheet_of(b'<row r="1"><c><v>x</v></c></row>'), DAMAGED
    long = b"<is><t>%s</t></is>" % b"".join(b"%d " % number for number in range(2_000))
    yield (
        "long text",
        lambda: sheet_of(b'<row r="1"><c t="inlineStr">%s</c></row>' % long),
        "has a cell with more than 4,000 characters, in row 1.",
    )


def _varied(count: int) -> bytes:
    return b"".join(b'<c s="%d"/>' % number for number in range(count))


def _styles(count: int) -> bytes:
    inside = b"".join(b'<xf numFmtId="%d"/>' % number for number in range(count))
    return b'<styleSheet xmlns="%s"><cellXfs>%s</cellXfs></styleSheet>' % (MAIN.encode(), inside)


def _texts_of(count: int, text: bytes = b"") -> bytes:
    inside = b"".join(b"<si><t>%s%d</t></si>" % (text, number * 7919) for number in range(count))
    return b'<sst xmlns="%s">%s</sst>' % (MAIN.encode(), inside)


def _texts() -> Iterator[tuple[str, Callable[[], bytes], str]]:
    yield "nothing", lambda: b"", "is empty."
    yield "NULs", lambda: CSV_HEADINGS + b"C\x0002,12/03/2026,,100,\r\n", NO_TEXT
    yield "Windows-1252", lambda: CSV_HEADINGS + b"C02,12/03/2026,,\xa3100,\r\n", NOT_UTF_8
    yield "UTF-16 without its mark", lambda: CSV_HEADINGS.decode().encode("utf-16-le"), NO_TEXT
    yield (
        "half of UTF-16",
        lambda: b"\xff\xfe" + b"C",
        "says of itself how it is encoded, and is damaged. Save it again.",
    )
    yield "unbalanced quotes", lambda: CSV_HEADINGS + b'C02,12/03/2026,,100,\r\n"C03,12/03/2026,,100,\r\n', QUOTES
    yield "text after quotes", lambda: CSV_HEADINGS + b'C02,12/03/2026,,100,\r\n"C03"x,12/03/2026,,100,\r\n', QUOTES
    yield (
        "two separators",
        lambda: b"Child;Joined,Left\r\n",
        "has commas and semicolons or tabs in its first row. Separate columns by one of them.",
    )
    yield "50,000 lines", lambda: CSV_HEADINGS + b"C02,12/03/2026,,100,\r\n" * 50_000, TOO_MANY_ROWS
    yield "16,384 fields", lambda: b"a," * 16_384 + b"a\r\n", TOO_MANY_COLUMNS
    yield "10 MB of quotes", lambda: b'"' * (10 * 1024 * 1024), TOO_LONG
    yield "10 MB in one field", lambda: b"a" * (10 * 1024 * 1024), TOO_LONG
    yield "10 MB of wide letters", lambda: "😀".encode() * 2_500_000, TOO_LONG
    yield "10 MB of line ends", lambda: b"\n" * (10 * 1024 * 1024), TOO_LONG
    yield "too large", lambda: b"a" * (10 * 1024 * 1024 + 1), "is larger than 10 MB."
