"""Restoring a backup: into an empty database and an empty folder, or not at all."""

import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pyrage
from django.conf import settings
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from pbr_ledger.audit.models import AuditStream
from pbr_ledger.backups import postgres
from pbr_ledger.backups.manifest import DUMP, EVIDENCE, MANIFEST, BackupError, Head, Kept, Manifest, NotABackup
from pbr_ledger.uploads.store import path_of

NAMES = re.compile(rf"{re.escape(MANIFEST)}|{re.escape(DUMP)}|{EVIDENCE}/[0-9a-f]{{32}}")
"""What the files in an archive may be called."""


class NotEmpty(BackupError):
    """The database holds tables, or the folder of evidence holds files: a backup goes where nothing is."""


def restore_backup(*, backup: Path, identity: Path | None = None) -> Manifest:
    """What was restored, once the database and the folder of evidence are what the backup's manifest says.

    Everything is checked before anything is written: each file's hash, that this release knows the backup's tables, and
    that nothing is there yet. `identity` is the file with the age key of an enciphered backup. Works as the owner of
    the tables. Raises `NotABackup` and `NotEmpty`, nothing written; `BackupError` when PostgreSQL refuses.
    """
    with tempfile.TemporaryDirectory(prefix="restoring-", dir=backup.parent) as name:
        folder = Path(name)
        manifest = _opened(_deciphered(backup, identity, folder), folder)
        _require_known(manifest)
        _require_empty()
        with _placed(folder / EVIDENCE, manifest.evidence):
            postgres.load(connections["owner"].settings_dict, dumped=folder / DUMP)
    _require_heads(manifest)
    return manifest


def _deciphered(backup: Path, identity: Path | None, folder: Path) -> Path:
    if not backup.name.endswith(".age"):
        return backup
    if identity is None:
        raise NotABackup("It is enciphered: name the file with the key that opens it (--identity).")
    lines = identity.read_text(encoding="utf-8").splitlines()
    archive = folder / "archive.tar"
    try:
        keys = [pyrage.x25519.Identity.from_str(line.strip()) for line in lines if line.startswith("AGE-SECRET-KEY-")]
        pyrage.decrypt_file(str(backup), str(archive), keys)
    except (pyrage.DecryptError, pyrage.IdentityError) as error:
        raise NotABackup(f"It cannot be opened with {identity.name}: {error}") from error
    return archive


def _opened(archive: Path, folder: Path) -> Manifest:
    """The manifest of what now stands in the folder, each file as it says."""
    try:
        with tarfile.open(archive) as tar:
            _extract(tar, folder)
        manifest = Manifest.read((folder / MANIFEST).read_text(encoding="utf-8"))
    except (tarfile.TarError, OSError, UnicodeDecodeError) as error:
        raise NotABackup(f"It cannot be opened: {error}") from error
    files = {folder / DUMP: manifest.database}
    files |= {folder / EVIDENCE / name: kept for name, kept in manifest.evidence.items()}
    for path, kept in files.items():
        if not path.is_file() or Kept.of(path) != kept:
            raise NotABackup(f"{path.relative_to(folder)} is missing or damaged.")
    return manifest


def _extract(tar: tarfile.TarFile, folder: Path) -> None:
    """Write the archive's files into the folder: plain files by the names that a backup has, and nothing else."""
    (folder / EVIDENCE).mkdir()
    for member in tar:
        if not member.isfile() or not NAMES.fullmatch(member.name):
            raise NotABackup(f"It holds “{member.name}”, which no backup does.")
        content = tar.extractfile(member)
        if content is not None:
            with content, (folder / member.name).open("xb") as place:
                shutil.copyfileobj(content, place)


def _require_known(manifest: Manifest) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    if unknown := sorted(set(manifest.migrations) - known):
        raise NotABackup(f"It was made by release {manifest.release}, which knows more tables: {', '.join(unknown)}.")


def _require_empty() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        (tables,) = cursor.fetchone()
    if tables:
        name = connections["owner"].settings_dict["NAME"]
        raise NotEmpty(f"The database {name} holds {tables} tables. Restore into an empty one; nothing was changed.")
    folder = Path(settings.EVIDENCE_DIR)
    if folder.exists() and any(folder.iterdir()):
        raise NotEmpty(f"{folder} holds files. Restore into an empty folder; nothing was changed.")


@contextmanager
def _placed(folder: Path, names: Iterable[str]) -> Iterator[None]:
    """Inside, the files stand where evidence is kept; they are taken away again if the tables are not loaded there."""
    places = {path_of(name): folder / name for name in names}
    try:
        for place, found in places.items():
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.move(found, place)
            place.chmod(0o600)
        yield
    except BaseException:
        for place in places:
            place.unlink(missing_ok=True)
            with suppress(OSError):
                place.parent.rmdir()
        raise


def _require_heads(manifest: Manifest) -> None:
    rows = AuditStream.objects.using("owner").values_list("name", "length", "head_hash")
    if {name: Head(length, last) for name, length, last in rows} != dict(manifest.heads):
        raise BackupError("The activity log does not end as the manifest says: do not use what was restored.")
