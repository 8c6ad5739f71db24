"""The books as files: the journal and balances for spreadsheets and the finance system, the ledger for Beancount."""

from collections.abc import Callable, Iterable, Mapping

from cohort.models import Contract
from invoicing.core.beancount import beancount_text
from invoicing.core.calendar import Period
from invoicing.core.journal import journal_csv, journal_of_contracts_csv, rows_csv, upload_csv
from invoicing.queries.finance_codes import finance_codes_now
from invoicing.queries.ledger import AccountBalance, HistoryLine, booked_entries
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.errors import Problem, Refused

SPREADSHEETS = "utf-8-sig"
"""With a byte order mark, by which spreadsheets know the text for UTF-8."""


def journal(contract: Contract, year: int | None) -> bytes:
    """The journal, one row a posting; of one financial year, where 2025 is 2025/26."""
    return journal_csv(booked_entries(contract, year=year)).encode(SPREADSHEETS)


def council_journal(council: Organisation, year: int | None) -> bytes:
    """The journals of all of the council's contracts, by reference, each row with its contract."""
    contracts = Contract.objects.filter(council=council).order_by("reference")
    books = ((contract.reference, booked_entries(contract, year=year)) for contract in contracts)
    return journal_of_contracts_csv(books).encode(SPREADSHEETS)


def upload(contract: Contract, period: Period) -> bytes:
    """What a period moved, for the finance system: with the council's own codes, without the memorandum accounts."""
    entries = booked_entries(contract, year=period.year)
    of_period = [entry for entry in entries if Period.of(entry.effective_on) == period]
    return upload_csv(contract.reference, of_period, finance_codes_now(contract)).encode(SPREADSHEETS)


def beancount_ledger(contract: Contract, year: int | None) -> bytes:
    """The whole ledger; a year alone would not carry its opening balances."""
    if year is not None:
        raise Refused([Problem("--year", "the Beancount file holds the whole ledger")])
    return beancount_text(contract.reference, booked_entries(contract)).encode()


def trial_balance_csv(balances: Iterable[AccountBalance]) -> bytes:
    """A trial balance, one row an account."""
    columns = ("account", "name", "kind", "debits", "credits", "balance")
    rows = ((each.code, each.name, each.kind, each.debits, each.credits, each.balance) for each in balances)
    return rows_csv(columns, rows).encode(SPREADSHEETS)


def account_csv(history: Iterable[HistoryLine]) -> bytes:
    """An account's postings with its balance after each."""
    columns = ("contract", "entry", "date", "period", "recorded", "narrative", "side", "amount", "balance")
    return rows_csv(columns, (_history_row(line) for line in history)).encode(SPREADSHEETS)


def _history_row(line: HistoryLine) -> tuple[object, ...]:
    return (
        line.contract,
        line.number,
        line.effective_on.isoformat(),
        str(Period.of(line.effective_on)),
        line.recorded_at.isoformat(),
        line.narrative,
        line.side,
        line.amount,
        line.balance,
    )


BOOKS: Mapping[str, Callable[[Contract, int | None], bytes]] = {
    "journal.csv": journal,
    "ledger.beancount": beancount_ledger,
}
