"""What an uploaded file is, decided by its content; its name only says how people know it."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import puremagic

from pbr_ledger.uploads import images, office, pdf, text
from pbr_ledger.uploads.refusals import UploadRefused

LARGEST_FILE = 10 * 1024 * 1024
"""In bytes."""
LONGEST_NAME = 100
_LONGEST_ENDING = 6

Reader = Callable[[bytes], tuple[str, bytes]]
"""Takes the bytes, gives the ending of the type's names and the bytes to keep. Raises `UploadRefused`."""

_BEGINNINGS: tuple[tuple[bytes, Reader], ...] = (
    (b"%PDF-", pdf.read),
    (b"\x89PNG\r\n\x1a\n", images.read),
    (b"\xff\xd8\xff", images.read),
    (b"PK\x03\x04", office.read),
)
MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "pdf": "application/pdf",
        "png": "image/png",
        "jpg": "image/jpeg",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "txt": "text/plain",
        "csv": "text/csv",
    }
)
"""Every type that is taken, by the ending of its names."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that may be kept: the name to show, its type, and the bytes, in which an image has no metadata left."""

    name: str
    media_type: str
    content: bytes


def checked_content(name: str, content: bytes) -> Checked:
    """The file as it may be kept. Raises `UploadRefused` with a sentence for whatever is not on the short list."""
    shown = cleaned_name(name)
    if not content:
        raise UploadRefused(f"“{shown}” is empty.")
    if len(content) > LARGEST_FILE:
        raise UploadRefused(f"“{shown}” is larger than 10 MB.")
    try:
        ending, kept = _reader_of(content)(content)
    except UploadRefused as refusal:
        raise UploadRefused(f"“{shown}” {refusal}") from refusal
    if ending == "txt" and shown.lower().endswith(".csv"):
        ending = "csv"
    return Checked(_with_ending(shown, ending), MEDIA_TYPES[ending], kept)


def _reader_of(content: bytes) -> Reader:
    for beginning, reader in _BEGINNINGS:
        if content.startswith(beginning):
            return reader
    if _is_known_binary(content):
        raise UploadRefused(text.NOT_TAKEN)
    return text.read


def _is_known_binary(content: bytes) -> bool:
    """The beginning is that of a kind of file which is no text.

    Short beginnings, and those made of letters alone, are found in plain text by chance and say nothing.
    """
    try:
        found = puremagic.magic_string(content)
    except (puremagic.PureError, ValueError):
        return False
    marks = [each.byte_match or b"" for each in found if not each.mime_type.startswith("text/")]
    return any(len(mark) >= _TELLING and not mark.isascii() for mark in marks)


_TELLING = 4


def cleaned_name(name: str) -> str:
    """The name without folders, control characters and marks that turn writing round; never empty, never long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(" " if character.isspace() else character for character in last if _is_shown(character))
    plain = re.sub(r" +", " ", re.sub(r'[<>:"|?*;]', "_", visible)).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if len(plain) > LONGEST_NAME:
        plain = (
            f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}" if dot and len(ending) < 6 else plain[:LONGEST_NAME]
        )
    return plain or "file"


def _is_shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character)[0] not in "CM" or unicodedata.combining(character) > 0


def _with_ending(name: str, ending: str) -> str:
    """The name with the ending of its true type: `move.exe` that is plain text is shown as `move.txt`."""
    stem, dot, found = name.rpartition(".")
    if dot and (found.lower() == ending or (ending == "jpg" and found.lower() == "jpeg")):
        return name
    return f"{stem if dot and stem and re.fullmatch(r'[A-Za-z0-9]{1,5}', found) else name}.{ending}"
