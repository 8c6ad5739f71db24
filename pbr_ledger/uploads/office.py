"""Word documents and workbooks: packages of XML. Their sizes are looked at before anything is unpacked."""

import io
import zipfile
import zlib
from collections.abc import Iterator

from lxml import etree

from pbr_ledger.uploads.refusals import UploadRefused

MOST_ENTRIES = 2_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_XML = 10 * 1024 * 1024
"""In bytes, of the small parts that say what a package is."""
HIGHEST_RATIO = 200
"""Of all that is unpacked to the file's own size; real documents stay far below."""

_TYPES = "[Content_Types].xml"
_MAIN = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": "xlsx",
}
_RUNS = ("vbaproject", "vbadata", "activex", "oleobject", "macrosheet")
_FETCHED = ("/attachedTemplate", "/oleObject", "/frame", "/subDocument")


def read(content: bytes) -> tuple[str, bytes]:
    """`docx` or `xlsx` and the bytes as they are.

    Raises `UploadRefused` for any other package, for one with macros or objects of other programs, for one that fetches
    its template from elsewhere, and for one that unpacks to far more than it is.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            _require_bounds(package, len(content))
            if package.testzip() is not None:
                raise UploadRefused("is damaged. Save it again and attach that.")
            ending = _ending_of(package)
            _require_still(package)
            return ending, content
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise UploadRefused("is damaged. Save it again and attach that.") from error


def _require_bounds(package: zipfile.ZipFile, size: int) -> None:
    entries = package.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or unpacked > min(MOST_UNPACKED, size * HIGHEST_RATIO):
        raise UploadRefused("unpacks to far more than it is, and is not opened.")
    names = [entry.filename for entry in entries]
    if len(set(names)) != len(names) or any(_leads_out(name) for name in names):
        raise UploadRefused("is damaged. Save it again and attach that.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UploadRefused("has a password. Save it without one: evidence has to be readable for both sides.")


def _leads_out(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _ending_of(package: zipfile.ZipFile) -> str:
    """Which of the two it is, as the package's own list of types says of a part that is there."""
    if _TYPES not in package.namelist():
        raise UploadRefused("is an archive. Attach the files that are in it.")
    types = list(_xml(package, _TYPES).iter())
    named = [(each.get("PartName", ""), each.get("ContentType", "")) for each in types]
    if any("macroenabled" in kind.lower() or "vbaproject" in kind.lower() for _, kind in named):
        raise UploadRefused("has macros. Save it without them, or as a PDF.")
    for part, kind in named:
        if kind in _MAIN and part.lstrip("/") in package.namelist():
            _xml(package, part.lstrip("/"), most=MOST_UNPACKED)
            return _MAIN[kind]
    raise UploadRefused("is neither a Word document (DOCX) nor a workbook (XLSX). Save it as a PDF and attach that.")


def _require_still(package: zipfile.ZipFile) -> None:
    """Nothing in it runs, and nothing is fetched when it is opened."""
    if any(mark in name.lower() for name in package.namelist() for mark in _RUNS):
        raise UploadRefused("has macros or objects of other programs in it. Save it without them, or as a PDF.")
    for kind in _fetched(package):
        if kind.endswith(_FETCHED):
            raise UploadRefused("takes a part of itself from elsewhere. Save it as a PDF and attach that.")


def _fetched(package: zipfile.ZipFile) -> Iterator[str]:
    """The kinds of the relations that lead out of the package."""
    for name in package.namelist():
        if name.endswith(".rels"):
            for each in _xml(package, name).iter():
                if each.get("TargetMode") == "External":
                    yield each.get("Type", "")


def _xml(package: zipfile.ZipFile, name: str, *, most: int = MOST_XML) -> "etree._Element":
    if package.getinfo(name).file_size > most:
        raise UploadRefused("unpacks to far more than it is, and is not opened.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(package.read(name), parser)
    except etree.XMLSyntaxError as error:
        raise UploadRefused("is damaged. Save it again and attach that.") from error
    if root.getroottree().docinfo.doctype:
        raise UploadRefused("is damaged. Save it again and attach that.")
    return root
