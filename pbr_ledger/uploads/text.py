"""Plain text, which CSV is too: what any editor shows, and nothing that a browser or a shell would run."""

import re

from pbr_ledger.uploads.refusals import UploadRefused

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_RUN_BY_SOMETHING = re.compile(
    r"\s*(?:<!doctype|<\?|<%|<(?:html|head|body|svg|script|iframe|math|x:|a\b|img\b)|<!--|#!|\{\\rtf|%!ps|@echo|mime-version:|from:\s)",
    re.IGNORECASE,
)

NOT_TAKEN = (
    "is of a kind that is not taken. Attach a PDF, a PNG or JPEG image, a Word document (DOCX), a workbook (XLSX), "
    "plain text or CSV."
)


def read(content: bytes) -> tuple[str, bytes]:
    """`txt` and the bytes as they are.

    UTF-8, or what Windows writes where that is all there is. Raises `UploadRefused` for anything that is no plain text,
    and for text that is a page, a script or a letter of another program.
    """
    written = _decoded(content)
    if written is None or _UNSEEN.search(written):
        raise UploadRefused(NOT_TAKEN)
    if _RUN_BY_SOMETHING.match(written.lstrip("\ufeff")):
        raise UploadRefused("is a page or a script and no plain text. Print it to a PDF and attach that.")
    return "txt", content


def _decoded(content: bytes) -> str | None:
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
