"""PDF files: whole, and readable without a password."""

import re

from pbr_ledger.uploads.refusals import UploadRefused

_HEADER = re.compile(rb"%PDF-(1\.[0-7]|2\.0)")
_ENCRYPTED = re.compile(rb"/Encrypt\s*(?:[0-9]+\s+[0-9]+\s+R\b|<<)")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
_RUNS = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_TAIL = 1024


def read(content: bytes) -> tuple[str, bytes]:
    """`pdf` and the bytes as they are.

    Raises `UploadRefused` for a file that is cut off or has a password (nobody could scan or check what it holds), and
    for one that says that it runs something or holds other files.
    """
    if not _HEADER.match(content):
        raise UploadRefused("is no PDF of a version that is known.")
    tail = content[-_TAIL:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise UploadRefused("is a PDF that is not complete. Save it again and attach that.")
    names = _ESCAPED.sub(lambda escape: bytes([int(escape[1], 16)]), content)
    if _ENCRYPTED.search(names):
        raise UploadRefused(
            "is a PDF with a password. Save it without one: evidence has to be readable for both sides."
        )
    if _RUNS.search(names):
        raise UploadRefused("is a PDF that runs something or holds other files. Print it to a new PDF and attach that.")
    return "pdf", content
