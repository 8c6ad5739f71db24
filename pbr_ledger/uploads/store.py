"""Files below the folder `EVIDENCE_DIR`, under names made here; written whole or not at all."""

import hashlib
import os
import re
import secrets
from pathlib import Path

from django.conf import settings

from pbr_ledger.errors import LedgerError

KEPT_NAME = r"^[0-9a-f]{32}$"
"""What a name made here looks like."""


class FileDamaged(LedgerError):
    """A file that was kept is missing, or no longer what it was."""


def keep(content: bytes) -> str:
    """The name under which the bytes are on disk now, safe from a loss of power.

    Write the row that names it after this: a crash in between leaves a file that nobody knows, and never a row without
    its file.
    """
    name = secrets.token_hex(16)
    place = path_of(name)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    begun = place.with_suffix(".part")
    descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        begun.replace(place)
    except BaseException:
        begun.unlink(missing_ok=True)
        raise
    for folder in (place.parent, place.parent.parent):
        _settle(folder)
    return name


def kept(name: str, *, sha256: str) -> bytes:
    """The bytes kept under the name. Raises `FileDamaged` when they are gone or have another hash."""
    try:
        content = path_of(name).read_bytes()
    except OSError as error:
        raise FileDamaged("The file is missing.") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileDamaged("The file is not what it was when it was attached.")
    return content


def destroy(name: str) -> None:
    """Take the file of this name off the disk, safe from a loss of power; nothing where it is gone already."""
    place = path_of(name)
    if place.exists():
        place.unlink()
        _settle(place.parent)


def path_of(name: str) -> Path:
    """Where a file of this name stands. Raises `ValueError` for a name that was not made here."""
    if not re.fullmatch(KEPT_NAME, name):
        raise ValueError(f"“{name}” is no name of a kept file")
    return Path(settings.EVIDENCE_DIR) / name[:2] / name


def _settle(folder: Path) -> None:
    """Have the disk keep the folder's entries too."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
