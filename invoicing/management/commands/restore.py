"""`manage.py restore BACKUP`: a backup into an empty database and folder, and the proof that it is whole."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from pbr_ledger.backups import BackupError, restore_backup
from pbr_ledger.words import count_shown


class Command(BaseCommand):
    """Refuses where anything is already; then brings the tables up to date and checks the whole ledger."""

    help = "Restore a backup into an empty database and an empty folder of evidence, migrate, and check the ledger."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what to restore, and the key to it."""
        parser.add_argument("backup", type=Path, help="the file that `manage.py backup` wrote")
        parser.add_argument("--identity", type=Path, help="the file with the age key of an enciphered backup")

    def handle(self, *_args: Any, backup: Path, identity: Path | None, **_options: Any) -> None:
        """Restore, say of when it is, and end with 1 if anything does not hold."""
        try:
            manifest = restore_backup(backup=backup, identity=identity)
        except (BackupError, OSError) as error:
            raise CommandError(f"{backup.name} was not restored. {error}") from error
        self.stdout.write(
            f"Restored as of {manifest.made_at} (release {manifest.release}): "
            f"{count_shown(len(manifest.evidence), 'file')} of evidence, and every chain of the activity log "
            "ends as it did then."
        )
        call_command("migrate", database="owner", interactive=False, verbosity=0)
        call_command("check_ledger", stdout=self.stdout, stderr=self.stderr)
