"""The parts of a workbook's package, opened once their number and sizes are known to be within bounds.

Nothing here builds a tree of a whole part: a file of 300 KB can hold a million elements.
"""

import io
import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from pbr_ledger.uploads.refusals import UploadRefused

MOST_PARTS = 500
MOST_UNPACKED = 40 * 1024 * 1024
"""In bytes, of all that is in the package."""
HIGHEST_RATIO = 100
"""Of all that is unpacked to the file's own size. Sheets of numbers come to about 10."""
RATIO_ASKED_FROM = 1024 * 1024
"""In bytes unpacked: less is harmless however well it was packed."""
MOST_ELEMENTS = 600_000
"""Of all parts that are read: 5,000 rows of a template take about 200,000."""

MOST_IN_A_CELL = 1_000
"""Elements: a text with a change of type at every word has some."""
MOST_CHARACTERS = 4_000_000
"""Of all texts together."""

DAMAGED = "is damaged. Save it again as an Excel workbook (XLSX)."
_TOO_MANY_CELLS = (
    "has far more cells than a template needs. Delete rows and columns that are empty but formatted, or copy the "
    "values into a new template."
)
_UNPACKS = "unpacks to far more than it is, and is not opened."
_MACROS = "has macros. Save it without them, as an Excel workbook (XLSX)."
_TYPES = "[Content_Types].xml"
_BINARY = "application/vnd.ms-excel.sheet.binary.macroenabled.main"
_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
    KeyError,
    IndexError,
    ArithmeticError,
    ParseError,
    DefusedXmlException,
)
"""What reading hostile bytes raises in the libraries below."""


class Package:
    """A workbook's parts. Elements and characters are counted over all of them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._elements = 0
        self._characters = 0

    def has(self, part: str) -> bool:
        """There is a part of this name."""
        return part in self._archive.NameToInfo

    def elements(self, part: str, *, whole: str = "") -> Iterator[tuple[str, Element]]:
        """`start` and `end` of each element, as they come; after its end each is forgotten.

        Those of the name `whole` have all their descendants at their end. A document type, and with it every entity,
        is refused by the parser. Raises `UploadRefused` past the bound.
        """
        above: list[Element] = []
        kept = 0
        with self._archive.open(part) as opened:
            for event, element in iterparse(opened, events=("start", "end"), forbid_dtd=True):
                is_whole = whole and local_name(element) == whole
                if event == "start":
                    self._count()
                    kept += 1 if kept or is_whole else 0
                    above.append(element)
                    yield event, element
                    continue
                yield event, element
                above.pop()
                kept = 0 if is_whole else kept
                if not kept and above:
                    above[-1].remove(element)
                if kept > MOST_IN_A_CELL:
                    raise UploadRefused(DAMAGED)

    def _count(self) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS:
            raise UploadRefused(_TOO_MANY_CELLS)

    def count_text(self, text: str) -> str:
        """The text itself. Raises `UploadRefused` once all texts together are far more than people write."""
        self._characters += len(text)
        if self._characters > MOST_CHARACTERS:
            raise UploadRefused(_UNPACKS)
        return text


def local_name(element: Element) -> str:
    """The name without its namespace: files of the strict standard have another one."""
    return str(element.tag).rpartition("}")[2]


@contextmanager
def opened(content: bytes) -> Iterator[Package]:
    """The package of a workbook. Raises `UploadRefused` for any other, for a damaged, encrypted or outsized one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_bounds(archive, len(content))
            package = Package(archive)
            _require_workbook(package, archive)
            yield package
    except _UNREADABLE as error:
        raise UploadRefused(DAMAGED) from error


def _require_bounds(archive: zipfile.ZipFile, size: int) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_PARTS or unpacked > MOST_UNPACKED:
        raise UploadRefused(_UNPACKS)
    if unpacked > RATIO_ASKED_FROM and unpacked > size * HIGHEST_RATIO:
        raise UploadRefused(_UNPACKS)
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused("has a password. Save it without one.")
    if len({entry.filename for entry in entries}) != len(entries):
        raise UploadRefused(DAMAGED)


def _require_workbook(package: Package, archive: zipfile.ZipFile) -> None:
    if any("vbaproject" in name.lower() for name in archive.namelist()):
        raise UploadRefused(_MACROS)
    if not package.has(_TYPES):
        raise UploadRefused("is an archive and no workbook (XLSX).")
    kinds = {element.get("ContentType", "").lower() for event, element in package.elements(_TYPES) if event == "end"}
    if _BINARY in kinds:
        raise UploadRefused("is a binary workbook (XLSB). Save it as an Excel workbook (XLSX).")
    if any("macroenabled" in kind for kind in kinds):
        raise UploadRefused(_MACROS)
    if _MAIN not in kinds:
        raise UploadRefused("is no workbook (XLSX).")


def target_of(source: str, target: str) -> str:
    """The name of the part to which a relation of `source` leads: `sheet1.xml` beside `xl/workbook.xml`."""
    if target.startswith("/"):
        return posixpath.normpath(target[1:])
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
