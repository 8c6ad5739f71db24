"""Sheets out of the files that people bring, workbooks (XLSX) and CSV: read within bounds, or refused in a sentence."""

from pbr_ledger.tables import Sheet
from pbr_ledger.uploads.content import LARGEST_FILE, cleaned_name
from pbr_ledger.uploads.refusals import UploadRefused
from pbr_ledger.uploads.sheets import csv_text, workbook
from pbr_ledger.uploads.sheets.bounds import Bounds
from pbr_ledger.uploads.sheets.csv_text import AS_THE_FILE_SAYS, ENCODINGS, WINDOWS

__all__ = ["AS_THE_FILE_SAYS", "ENCODINGS", "WINDOWS", "Bounds", "read_sheets"]

_PACKAGE = b"PK\x03\x04"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")


def read_sheets(name: str, content: bytes, *, bounds: Bounds, encoding: str = AS_THE_FILE_SAYS) -> tuple[Sheet, ...]:
    """The sheets in the file, decided by its content and not by its name. `encoding` is asked of CSV alone.

    Raises `UploadRefused`, with a sentence that names the file, for all that is no table, is larger than the bounds, or
    could mean two things.
    """
    shown = cleaned_name(name)
    if not content:
        raise UploadRefused(f"“{shown}” is empty.")
    if len(content) > LARGEST_FILE:
        raise UploadRefused(f"“{shown}” is larger than 10 MB.")
    try:
        return _read(content, bounds, encoding)
    except UploadRefused as refusal:
        raise UploadRefused(f"“{shown}” {refusal}") from refusal


def _read(content: bytes, bounds: Bounds, encoding: str) -> tuple[Sheet, ...]:
    if content.startswith(_PACKAGE):
        return workbook.read(content, bounds)
    if content.startswith(_OLD_OFFICE):
        raise UploadRefused(_old(content))
    return (csv_text.read(content, bounds, encoding),)


def _old(content: bytes) -> str:
    """Excel wraps a workbook with a password in the form that it used before 2007, whatever its name ends in."""
    if _ENCRYPTED in content:
        return "has a password. Save it without one."
    return "is a workbook in the form that Excel used before 2007 (XLS). Save it as an Excel workbook (XLSX)."
