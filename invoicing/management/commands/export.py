"""`manage.py export WHAT --contract REF [--month YYYY-MM | --number N | --year YYYY] -o FILE`: documents of a contract.

Which option a document needs depends on what it is of: a closed month, an issued invoice, or the contract's books.
"""

import sys
from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from cohort.models import Contract
from invoicing.documents.books import BOOKS
from invoicing.models import DOCUMENT_NAMES
from invoicing.queries.documents import invoice_document
from invoicing.queries.invoices import numbered_invoice
from pbr_ledger.errors import LedgerError, NotFound, Problem, Refused
from pbr_ledger.periods import Month
from savings.management.exports import MONTH_DOCUMENTS, NotMadeYet
from savings.models import ClosedStatement
from savings.queries import closed_statement

DOCUMENTS = (*MONTH_DOCUMENTS, *DOCUMENT_NAMES, *BOOKS)


class Command(BaseCommand):
    """Write one document to a file, or to standard output."""

    help = f"Write a document of a contract: {', '.join(DOCUMENTS)}."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare which document of which contract and month, and where to."""
        parser.add_argument("document", choices=DOCUMENTS, metavar="DOCUMENT", help=f"one of {', '.join(DOCUMENTS)}")
        parser.add_argument("--contract", required=True, metavar="REFERENCE", help="the contract's reference")
        parser.add_argument("--month", metavar="YYYY-MM", help=f"a closed month, for {', '.join(MONTH_DOCUMENTS)}")
        parser.add_argument(
            "--number", type=int, metavar="N", help=f"an issued invoice or credit note, for {', '.join(DOCUMENT_NAMES)}"
        )
        parser.add_argument("--year", type=int, metavar="YYYY", help="for journal.csv: 2025 for April 2025 to March")
        parser.add_argument("-o", "--output", metavar="FILE", type=Path, help="the file; without it, standard output")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read what the document is of and write it, whole or not at all."""
        try:
            content = _content(options["document"], _contract(options["contract"]), options)
            if options["output"]:
                _write(options["output"], content)
            else:
                sys.stdout.buffer.write(content)
        except (LedgerError, ValueError, OSError) as error:
            self.stderr.write(f"{options['document']} was not written: {error}")
            raise SystemExit(1) from error


def _content(document: str, contract: Contract, options: Mapping[str, Any]) -> bytes:
    if document in BOOKS:
        return BOOKS[document](contract, options["year"])
    if document in DOCUMENT_NAMES:
        return _invoice_document(contract, options["number"], document)
    return MONTH_DOCUMENTS[document](_statement(contract, options["month"]))


def _contract(reference: str) -> Contract:
    contract = Contract.objects.filter(reference=reference).first()
    if contract is None:
        raise NotFound(f"There is no contract {reference}.")
    return contract


def _invoice_document(contract: Contract, number: int | None, name: str) -> bytes:
    """The stored document of the invoice. Raises `NotMadeYet` while its job waits."""
    if number is None:
        raise Refused([Problem("--number", "say which issued invoice or credit note")])
    invoice = numbered_invoice(contract=contract, number=number)
    if invoice is None:
        raise NotFound(f"{contract.reference} has no invoice or credit note {number}.")
    document = invoice_document(invoice=invoice, name=name)
    if document is None:
        raise NotMadeYet(f"{name} of {invoice} is not made yet; `manage.py dispatch --inline` makes what waits.")
    return bytes(document.content)


def _statement(contract: Contract, month: str | None) -> ClosedStatement:
    if month is None:
        raise Refused([Problem("--month", "say which closed month")])
    statement = closed_statement(contract=contract, month=Month.parse(month))
    if statement is None:
        raise NotFound(f"{month} of {contract.reference} is not closed.")
    return statement


def _write(path: Path, content: bytes) -> None:
    """Write beside the file first, so that a failure leaves no half of it."""
    beside = path.with_name(f".{path.name}.part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
