"""`manage.py accrue_year_end --contract REF --year 2025 --by EMAIL`: what a year owes and the books do not show yet."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from invoicing.management.naming import add_actor, contract_named, person_named
from invoicing.services.ledger_year_end import accrue_year_end
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import LedgerError, Problem, Refused
from pbr_ledger.money import pence_of, pounds_shown

FIRST_YEAR, LAST_YEAR = 2000, 9000


class Command(BaseCommand):
    """Post the accrual of one contract at 31 March, and its reversal on 1 April."""

    help = "Accrue what a financial year owes under a contract and the books do not show yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare which contract, which year, and who accrues."""
        parser.add_argument("--contract", required=True, metavar="REFERENCE", help="the contract's reference")
        parser.add_argument("--year", required=True, type=int, metavar="YYYY", help="2025 for April 2025 to March 2026")
        add_actor(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Post both entries, or say in a sentence why neither was."""
        try:
            accrual = accrue_year_end(
                contract=contract_named(options["contract"]),
                year=_year(options["year"]),
                by=person_named(options["by"]),
                clock=DATABASE_CLOCK,
            )
        except LedgerError as error:
            self.stderr.write(f"The year's end was not accrued: {error}")
            raise SystemExit(1) from error
        self.stdout.write(
            f"Accrued: {pounds_shown(pence_of(accrual.total))} on {accrual.effective_on} (entry {accrual.number}), "
            f"taken back by entry {accrual.number + 1}."
        )


def _year(year: int) -> int:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Refused(
            [Problem("--year", "has to be the calendar year in which the financial year begins, such as 2025")]
        )
    return year
