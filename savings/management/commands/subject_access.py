"""`manage.py subject_access --contract REF --child REF --by EMAIL -o FILE`: all that is held about one child."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohort.models import Contract
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError
from savings.services.subject_access import subject_access


class Command(BaseCommand):
    """Write the file, and note in the activity log that it was made."""

    help = "Write everything that is held about one child into a ZIP, for a request of access."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whom it is about, and who answers."""
        parser.add_argument("--contract", required=True, metavar="REFERENCE", help="the contract's reference")
        parser.add_argument("--child", required=True, metavar="REFERENCE", help="the child's reference")
        parser.add_argument("--by", required=True, metavar="EMAIL", help="the Lead Accountant who answers")
        parser.add_argument("-o", "--output", required=True, metavar="FILE", type=Path, help="the file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the file, readable by whoever asked for it alone."""
        contract = Contract.objects.filter(reference=options["contract"]).first()
        by = Person.objects.filter(email__iexact=options["by"], is_active=True).select_related("organisation").first()
        if contract is None:
            raise CommandError(f"There is no contract {options['contract']}.")
        if by is None:
            raise CommandError(f"Nobody here has the address {options['by']}.")
        try:
            made = subject_access(contract=contract, child=options["child"], by=by, clock=DATABASE_CLOCK)
            options["output"].touch(mode=0o600, exist_ok=False)
            options["output"].write_bytes(made.content)
        except (LedgerError, OSError) as error:
            raise CommandError(f"Nothing was written: {error}") from error
        self.stdout.write(f"{options['output']}: {len(made.content):,} bytes, SHA-256 {made.sha256}")
