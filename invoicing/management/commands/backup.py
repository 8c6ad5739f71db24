"""`manage.py backup FOLDER`: one file with everything that is true, taken while everybody goes on working."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pbr_ledger.backups import BackupError, make_backup
from pbr_ledger.words import count_shown


class Command(BaseCommand):
    """For every night; docs/operations.md says where to keep what it writes."""

    help = "Write a backup into the folder: the database, the files of evidence, and a manifest with their hashes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where it goes."""
        parser.add_argument("folder", type=Path, help="where to write it; made if it is missing")

    def handle(self, *_args: Any, folder: Path, **_options: Any) -> None:
        """Make it, and say what it is called and whether it is enciphered."""
        recipients = settings.BACKUP_RECIPIENTS
        try:
            made = make_backup(into=folder, recipients=recipients)
        except (BackupError, OSError) as error:
            raise CommandError(f"No backup was made. {error}") from error
        how = f"enciphered to {count_shown(len(recipients), 'key')}" if recipients else "in the clear"
        self.stdout.write(f"{made}: {made.stat().st_size:,} bytes, {how}.")
