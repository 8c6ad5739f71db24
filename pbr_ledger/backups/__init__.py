"""A backup is one file: the database, the files of evidence, and a manifest that says what they must be (ADR 23)."""

from pbr_ledger.backups.making import make_backup
from pbr_ledger.backups.manifest import BackupError, Manifest, NotABackup
from pbr_ledger.backups.restoring import NotEmpty, restore_backup

__all__ = ["BackupError", "Manifest", "NotABackup", "NotEmpty", "make_backup", "restore_backup"]
