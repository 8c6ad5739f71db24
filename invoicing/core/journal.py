"""The journal for the finance system: one row a posting, in a form that spreadsheets and finance systems read."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from defusedcsv import csv

from invoicing.core.calendar import Period
from invoicing.core.charges import DEBIT
from invoicing.core.finance_codes import NO_CODE, Codes, FinanceCode

MEMORANDUM = "memorandum"
"""The kind of the accounts that a finance system does not take over."""
COLUMNS = ("entry", "date", "period", "cost code", "account", "debit", "credit", "narrative")


@dataclass(frozen=True, slots=True)
class BookedLeg:
    """One posting with what the chart says of its account."""

    account: str
    account_name: str
    account_kind: str
    cost_code: str
    side: str
    amount: Decimal

    @property
    def debit(self) -> Decimal:
        """The amount as a debit; below zero for a credit."""
        return self.amount if self.side == DEBIT else -self.amount


@dataclass(frozen=True, slots=True)
class BookedEntry:
    """One entry of the journal as it stands in the books."""

    number: int
    key: str
    kind: str
    effective_on: date
    recorded_at: datetime
    narrative: str
    legs: tuple[BookedLeg, ...]


def journal_csv(entries: Iterable[BookedEntry]) -> str:
    """Every posting of the entries in their order, amounts in pounds; no text in it becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        for leg in entry.legs:
            writer.writerow(_row(entry, leg))
    return text.getvalue()


def journal_of_contracts_csv(books: Iterable[tuple[str, Iterable[BookedEntry]]]) -> str:
    """The same of several contracts, one after the other, each row with its contract's reference before it."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("contract", *COLUMNS))
    for reference, entries in books:
        for entry in entries:
            for leg in entry.legs:
                writer.writerow((reference, *_row(entry, leg)))
    return text.getvalue()


UPLOADED = (
    "contract",
    "entry",
    "date",
    "period",
    "cost centre",
    "subjective",
    "account",
    "account name",
    "debit",
    "credit",
    "narrative",
)


def upload_csv(reference: str, entries: Iterable[BookedEntry], codes: Codes) -> str:
    """The postings that a finance system takes over, with the council's own codes; memorandum accounts are left out."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(UPLOADED)
    for entry in entries:
        for leg in entry.legs:
            if leg.account_kind != MEMORANDUM:
                writer.writerow(_uploaded(reference, entry, leg, codes.get(leg.account, NO_CODE)))
    return text.getvalue()


def _uploaded(reference: str, entry: BookedEntry, leg: BookedLeg, code: FinanceCode) -> tuple[object, ...]:
    debit, credit = _sides(leg)
    return (
        reference,
        entry.number,
        entry.effective_on.isoformat(),
        str(Period.of(entry.effective_on)),
        code.cost_centre,
        code.subjective,
        leg.account,
        leg.account_name,
        debit,
        credit,
        entry.narrative,
    )


def _sides(leg: BookedLeg) -> tuple[Decimal | str, Decimal | str]:
    return (leg.amount, "") if leg.side == DEBIT else ("", leg.amount)


def rows_csv(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A table of the books as a file; no text in it becomes a formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _row(entry: BookedEntry, leg: BookedLeg) -> tuple[object, ...]:
    debit, credit = _sides(leg)
    return (
        entry.number,
        entry.effective_on.isoformat(),
        str(Period.of(entry.effective_on)),
        leg.cost_code,
        leg.account,
        debit,
        credit,
        entry.narrative,
    )
