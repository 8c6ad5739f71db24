"""`manage.py close_period --council REF --period 2025/26-P3 --by EMAIL`: no more postings to a period."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from invoicing.management.naming import add_actor, council_named, period_named, person_named
from invoicing.services.periods import close_period
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError


class Command(BaseCommand):
    """Close one accounting period of a council, for all of its contracts."""

    help = "Close an accounting period for all contracts of a council; nothing more is posted to it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare whose period, which, and who closes it."""
        parser.add_argument("--council", required=True, metavar="REFERENCE", help="the council's short name")
        parser.add_argument(
            "--period", required=True, metavar="YYYY/YY-PN", help="2025/26-P3 is June 2025; P1 is April, P12 March"
        )
        add_actor(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Close it, or say in a sentence why it stays open."""
        try:
            closed = close_period(
                council=council_named(options["council"]),
                period=period_named(options["period"]),
                by=person_named(options["by"]),
                clock=DATABASE_CLOCK,
            )
        except LedgerError as error:
            self.stderr.write(f"The period was not closed: {error}")
            raise SystemExit(1) from error
        self.stdout.write(f"Closed: {closed}.")
