"""`manage.py export WHAT --contract REF --month YYYY-MM -o FILE`: the documents of a closed month."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cohort.models import Contract
from pbr_ledger.errors import LedgerError, NotFound
from pbr_ledger.periods import Month
from savings.models import RECONCILIATION_REPORT, ClosedStatement
from savings.queries import closed_statement, statement_report
from savings.services import statement_text


class NotMadeYet(LedgerError):
    """The document's job has not been done yet."""


def reconciliation_report(statement: ClosedStatement) -> bytes:
    """The stored PDF. Raises `NotMadeYet` while its job waits."""
    report = statement_report(statement=statement, name=RECONCILIATION_REPORT)
    if report is None:
        raise NotMadeYet(f"The report of {statement} is not made yet; `manage.py dispatch --inline` makes what waits.")
    return bytes(report.content)


def statement_document(statement: ClosedStatement) -> bytes:
    """The result document of the month, as JSON."""
    return statement_text(statement).encode()


DOCUMENTS: dict[str, Callable[[ClosedStatement], bytes]] = {
    RECONCILIATION_REPORT: reconciliation_report,
    "statement.json": statement_document,
}


class Command(BaseCommand):
    """Write one document of a closed month to a file, or to standard output."""

    help = f"Write a document of a closed month: {', '.join(DOCUMENTS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare which document of which month, and where to."""
        parser.add_argument("document", choices=DOCUMENTS, metavar="DOCUMENT", help=f"one of {', '.join(DOCUMENTS)}")
        parser.add_argument("--contract", required=True, metavar="REFERENCE", help="the contract's reference")
        parser.add_argument("--month", required=True, metavar="YYYY-MM", help="a month that is closed")
        parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="the file; without it, standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read the closed statement and write the document, whole or not at all."""
        try:
            statement = _statement(options["contract"], options["month"])
            content = DOCUMENTS[options["document"]](statement)
            if options["output"]:
                _write(options["output"], content)
            else:
                sys.stdout.buffer.write(content)
        except (LedgerError, ValueError, OSError) as error:
            self.stderr.write(f"{options['document']} was not written: {error}")
            raise SystemExit(1) from error


def _statement(reference: str, month: str) -> ClosedStatement:
    contract = Contract.objects.filter(reference=reference).first()
    if contract is None:
        raise NotFound(f"There is no contract {reference}.")
    statement = closed_statement(contract=contract, month=Month.parse(month))
    if statement is None:
        raise NotFound(f"{month} of {reference} is not closed.")
    return statement


def _write(path: Path, content: bytes) -> None:
    """Write beside the file first, so that a failure leaves no half of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
