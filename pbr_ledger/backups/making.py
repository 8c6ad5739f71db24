"""Making a backup, while everybody goes on working."""

import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pyrage
from django.conf import settings
from django.db import connections

from pbr_ledger.backups import postgres
from pbr_ledger.backups.manifest import DUMP, EVIDENCE, MANIFEST, BackupError, Head, Kept, Manifest
from pbr_ledger.release import RELEASE


def make_backup(*, into: Path, recipients: Sequence[str] = ()) -> Path:
    """The finished backup in the folder `into`: one file, whole or not there.

    Everything in the database is of one moment. The files of evidence are read after it, so that each row has its file:
    files are written before their rows, and only ever added. With `recipients` (age public keys) it is enciphered to
    them. Raises `BackupError`.
    """
    keys = [_recipient(text) for text in recipients]
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".making-", dir=into) as folder:
        manifest, archive = _archived(Path(folder))
        name = f"ledger-{datetime.fromisoformat(manifest.made_at):%Y%m%dT%H%M%SZ}.tar"
        if keys:
            sealed = archive.with_suffix(".age")
            pyrage.encrypt_file(str(archive), str(sealed), keys)
            archive, name = sealed, f"{name}.age"
        archive.chmod(0o600)
        return archive.replace(into / name)


def backup_database() -> Mapping[str, Any]:
    """Where to read from, and as whom: the role for backups, which reads everything and changes nothing."""
    if settings.DATABASE_BACKUP:
        return settings.DATABASE_BACKUP
    return connections["default"].settings_dict | {"USER": "pbr_backup", "PASSWORD": ""}


def _archived(folder: Path) -> tuple[Manifest, Path]:
    dumped = folder / DUMP
    database = backup_database()
    with _snapshot(database) as (snapshot, connection):
        seen = _seen(connection)
        postgres.dump(database, snapshot=snapshot, into=dumped)
    evidence = _evidence(Path(settings.EVIDENCE_DIR))
    manifest = Manifest(
        release=RELEASE,
        database=Kept.of(dumped),
        evidence={path.name: Kept.of(path) for path in evidence},
        **seen,
    )
    written = folder / MANIFEST
    written.write_text(manifest.as_text(), encoding="utf-8")
    archive = folder / "archive.tar"
    with tarfile.open(archive, "w") as tar:
        for path, name in ((written, MANIFEST), (dumped, DUMP)):
            tar.add(path, name)
        for path in evidence:
            tar.add(path, f"{EVIDENCE}/{path.name}")
    dumped.unlink()
    return manifest, archive


@contextmanager
def _snapshot(database: Mapping[str, Any]) -> Iterator[tuple[str, "psycopg.Connection[Any]"]]:
    """One moment of the database, by the name under which others may look at it while this lasts."""
    with postgres.session(database) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None  # noqa: S101 - the function gives one
        yield row[0], connection


def _seen(connection: "psycopg.Connection[Any]") -> dict[str, Any]:
    heads = connection.execute("SELECT name, length, head_hash FROM audit_auditstream ORDER BY name").fetchall()
    applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY app, name").fetchall()
    now = connection.execute("SELECT transaction_timestamp()").fetchone()
    assert now is not None  # noqa: S101 - the function gives one
    return {
        "made_at": now[0].astimezone(UTC).isoformat(),
        "migrations": tuple(name for (name,) in applied),
        "heads": {name: Head(length, last) for name, length, last in heads},
    }


def _evidence(folder: Path) -> list[Path]:
    """The finished files; what is still being written has no row yet."""
    return sorted(path for path in folder.glob("??/*") if path.is_file() and path.suffix != ".part")


def _recipient(text: str) -> Any:
    try:
        return pyrage.x25519.Recipient.from_str(text.strip())
    except pyrage.RecipientError as error:
        raise BackupError(f"BACKUP_RECIPIENTS: “{text.strip()}” is no age public key (age1…).") from error
