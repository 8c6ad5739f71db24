"""`manage.py check_ledger [--contract REF]`: everything that must hold of the ledger, looked at afresh.

For every night, after a restore, and as the judge of every test that breaks something. It changes nothing.
"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cohort.models import Contract
from invoicing.queries.checks import check_everything, held_still, waiting_for_a_person


class Command(BaseCommand):
    """Print each finding with its place; exit with 1 when there is any."""

    help = "Check the ledger: balances, chains, statements, invoices, documents, limits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare which contract to look at; all of them without."""
        parser.add_argument("--contract", metavar="REFERENCE", help="this contract alone")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look at one moment of the database, and print as findings come."""
        found = 0
        with held_still():
            contract = _contract(options["contract"])
            for waiting in waiting_for_a_person(contract):
                self.stdout.write(f"Waiting: {waiting}")
            for finding in check_everything(contract):
                self.stdout.write(str(finding))
                found += 1
        if found:
            self.stderr.write(f"{found} {'finding' if found == 1 else 'findings'}.")
            raise SystemExit(1)
        self.stdout.write("Nothing found.")


def _contract(reference: str | None) -> Contract | None:
    if reference is None:
        return None
    contract = Contract.objects.filter(reference=reference).first()
    if contract is None:
        raise CommandError(f"There is no contract {reference}.")
    return contract
