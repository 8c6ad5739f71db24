"""What a backup holds and what it must be once it is restored, as text beside the data."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from pbr_ledger.errors import LedgerError

FORMAT = 1
MANIFEST, DUMP, EVIDENCE = "manifest.json", "database.dump", "evidence"
"""What stands in the archive: two files, and a folder of files by the names under which they are kept."""
_AT_ONCE = 1 << 20


class BackupError(LedgerError):
    """A backup could not be made or restored."""


class NotABackup(BackupError):
    """The file is no backup, is damaged, or cannot be opened with this key. Nothing was restored."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the archive: how long it is, and its SHA-256."""

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> Self:
        """The file's, read piece by piece."""
        digest = hashlib.sha256()
        with path.open("rb") as file:
            while piece := file.read(_AT_ONCE):
                digest.update(piece)
        return cls(path.stat().st_size, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class Head:
    """Where one chain of the activity log stood: its length and last hash."""

    length: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """`made_at` is the moment of the database's snapshot, in UTC; `evidence` is by name, `heads` by stream."""

    release: str
    made_at: str
    migrations: tuple[str, ...]
    heads: Mapping[str, Head]
    database: Kept
    evidence: Mapping[str, Kept]

    def as_text(self) -> str:
        """As JSON, the same for the same backup."""
        return json.dumps({"format": FORMAT} | asdict(self), indent=1, sort_keys=True) + "\n"

    @classmethod
    def read(cls, text: str) -> Self:
        """The manifest in the text. Raises `NotABackup`."""
        try:
            found = json.loads(text)
            return cls._of(found)
        except (ValueError, KeyError, TypeError) as error:
            raise NotABackup(f"Its manifest cannot be read: {error}") from error

    @classmethod
    def _of(cls, found: dict[str, Any]) -> Self:
        if found.pop("format") != FORMAT:
            raise NotABackup("It was made by a later release of the ledger: restore it with that.")
        return cls(
            release=found["release"],
            made_at=found["made_at"],
            migrations=tuple(found["migrations"]),
            heads={name: Head(**head) for name, head in found["heads"].items()},
            database=Kept(**found["database"]),
            evidence={name: Kept(**kept) for name, kept in found["evidence"].items()},
        )
