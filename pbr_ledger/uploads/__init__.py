"""Files that people bring: what they are by their content, whether a scanner minds them, and where they are kept."""

from pbr_ledger.uploads.content import LARGEST_FILE, Checked, checked_content
from pbr_ledger.uploads.refusals import UploadRefused
from pbr_ledger.uploads.scanning import CLEAN, NOT_SCANNED, SCANS, scanned
from pbr_ledger.uploads.store import FileDamaged, keep, kept

__all__ = [
    "CLEAN",
    "LARGEST_FILE",
    "NOT_SCANNED",
    "SCANS",
    "Checked",
    "FileDamaged",
    "UploadRefused",
    "checked_content",
    "keep",
    "kept",
    "scanned",
]
