"""The journal and the ledger as files: exact rows, and a program of other people's that comes to the same balances."""

import csv
import io
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import data, realization
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cohort.models import Contract
from invoicing.core.beancount import account_name, beancount_text
from invoicing.core.calendar import Period
from invoicing.core.entries import PAYABLE, Leg, mirrored, transfer
from invoicing.core.journal import COLUMNS, BookedEntry, BookedLeg, journal_csv
from invoicing.queries.ledger import booked_entries, trial_balance
from invoicing.services.periods import close_period
from savings.services import Parties
from tests.ledger import billing
from tests.savings import ledger

NEVER = datetime(2099, 1, 1, tzinfo=UTC)


@pytest.fixture
def paid_contract(contract: Contract, parties: Parties) -> Contract:
    """Four months invoiced, one of them as credit, and the first paid."""
    first, *_ = billing.approved(contract, parties)
    billing.paid(contract, parties, first, "15200.00")
    return contract


def exported(tmp_path: Path, document: str, *arguments: str) -> Path:
    path = tmp_path / document
    call_command("export", document, "--contract", "EXAMPLE", "-o", str(path), *arguments)
    return path


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


# The journal


def test_journal_has_a_row_for_each_posting(paid_contract: Contract, tmp_path: Path) -> None:
    journal = rows(exported(tmp_path, "journal.csv"))

    assert len(journal) == 4 * 6 + 4 * 2 + 2
    assert tuple(journal[0]) == COLUMNS
    assert journal[-4:] == [
        {
            "entry": "8",
            "date": "2026-05-31",
            "period": "2026/27 P2",
            "cost code": "CYPFS placements",
            "account": "5100",
            "debit": "",
            "credit": "33600.00",
            "narrative": "Credit note 4, statement of May 2026",
        },
        {
            "entry": "8",
            "date": "2026-05-31",
            "period": "2026/27 P2",
            "cost code": "",
            "account": "2100",
            "debit": "33600.00",
            "credit": "",
            "narrative": "Credit note 4, statement of May 2026",
        },
        {
            "entry": "9",
            "date": journal[-1]["date"],
            "period": "2026/27 P3",
            "cost code": "",
            "account": "2100",
            "debit": "15200.00",
            "credit": "",
            "narrative": "Payment BACS 1 of invoice 1",
        },
        {
            "entry": "9",
            "date": journal[-1]["date"],
            "period": "2026/27 P3",
            "cost code": "",
            "account": "2200",
            "debit": "",
            "credit": "15200.00",
            "narrative": "Payment BACS 1 of invoice 1",
        },
    ]


def test_journal_of_one_financial_year_is_a_part_of_the_whole(paid_contract: Contract, tmp_path: Path) -> None:
    whole = rows(exported(tmp_path, "journal.csv"))
    years = [rows(exported(tmp_path, "journal.csv", "--year", year)) for year in ("2024", "2025", "2026")]

    assert [len(year) for year in years] == [0, 2 * 6 + 2 * 2, 2 * 6 + 2 * 2 + 2]
    assert sorted(map(str, years[1] + years[2])) == sorted(map(str, whole))


def booked(narrative: str, legs: tuple[Leg, ...], *, day: date = date(2026, 5, 1), number: int = 1) -> BookedEntry:
    """An entry as the books hold it."""
    kinds = {"5": "expense", "2": "liability", "9": "memorandum"}
    kept = tuple(
        BookedLeg(leg.account, f"Account {leg.account}", kinds[leg.account[0]], "", leg.side, leg.amount)
        for leg in legs
    )
    return BookedEntry(number, f"key {number}", "payment", day, NEVER, narrative, kept)


def test_no_text_of_the_journal_becomes_a_formula() -> None:
    text = journal_csv([booked("=1+1", transfer("5100", PAYABLE, Decimal("1.00")))])
    assert next(csv.DictReader(io.StringIO(text)))["narrative"] == "'=1+1"


# Beancount


def totals(text: str) -> tuple[dict[str, Decimal], list[str]]:
    """What Beancount makes of the file: the balance of every account, and its complaints."""
    entries, errors, _ = loader.load_string(text)
    real = realization.realize(entries)
    found = {}
    for account in realization.iter_children(real):
        if account.txn_postings:
            units = account.balance.reduce(lambda position: position.units).get_currency_units("GBP")
            found[account.account] = units.number
    return found, [str(error.message) for error in errors]


def ours(contract: Contract) -> dict[str, Decimal]:
    names = {account_name(leg): leg.account for entry in booked_entries(contract) for leg in entry.legs}
    balances = {row.code: row.balance for row in trial_balance(of=contract, on=date(2099, 1, 1), as_known_at=NEVER)}
    return {name: balances[code] for name, code in names.items()}


def test_beancount_accepts_the_ledger_and_comes_to_our_balances(paid_contract: Contract, tmp_path: Path) -> None:
    path = exported(tmp_path, "ledger.beancount")
    balances, complaints = totals(path.read_text())

    assert complaints == []
    assert balances == ours(paid_contract)
    assert balances["Liabilities:2100-Payable-to-provider"] == Decimal("-15200.00")
    bean_check = [sys.executable, "-m", "beancount.scripts.check", str(path)]
    assert subprocess.run(bean_check, capture_output=True, text=True, check=False).returncode == 0


def test_every_month_end_asserts_every_account_then_open(paid_contract: Contract, tmp_path: Path) -> None:
    entries, _, _ = loader.load_string(exported(tmp_path, "ledger.beancount").read_text())
    asserted = {}
    for entry in entries:
        if isinstance(entry, data.Balance) and entry.account == "Liabilities:2100-Payable-to-provider":
            asserted[str(entry.date)] = str(entry.amount.number)

    assert asserted == {
        "2026-03-01": "-15200.00",
        "2026-04-01": "-40000.00",
        "2026-05-01": "-64000.00",
        "2026-06-01": "-30400.00",
        "2026-07-01": "-15200.00",
    }


def test_a_penny_changed_by_hand_is_caught(paid_contract: Contract, tmp_path: Path) -> None:
    """In one leg the transaction does not balance; in both of one, the months' assertions do not hold."""
    text = exported(tmp_path, "ledger.beancount").read_text()
    once = text.replace("  15200.00 GBP", "  15200.01 GBP", 1)
    _, complaints = totals(once)
    assert complaints
    transaction = '"Invoice 1, statement of February 2026"'
    head, tail = text.split(transaction)
    both = head + transaction + tail.replace("15200.00 GBP", "15200.01 GBP", 2)
    _, complaints = totals(both)
    assert [message for message in complaints if message.startswith("Balance failed")]


@pytest.mark.slow
def test_beancount_accepts_the_ledger_of_the_sample(parties: Parties) -> None:
    contract = ledger.load(ledger.scenario("plymouth"), parties)
    for invoice in billing.approved(contract, parties)[:3]:
        billing.paid(contract, parties, invoice, str(invoice.gross), f"BACS {invoice.number}")
    close_period(
        council=parties.council, period=Period(2025, 12), by=parties.accountant, clock=billing.ticking(contract)
    )

    balances, complaints = totals(beancount_text(contract.reference, booked_entries(contract)))

    assert complaints == []
    assert balances == ours(contract)
    assert billing.findings() == []


ACCOUNTS = ["5100", "5110", "5120", "5130", "5190", "2100", "2200", "2300"]
MEMORANDUM = ["9100", "9190", "9200", "9290", "9300", "9390"]


@st.composite
def books(draw: st.DrawFn) -> list[BookedEntry]:
    """Some entries with two to six legs each, of real or of memorandum accounts, and reversals of some."""
    entries: list[BookedEntry] = []
    for _ in range(draw(st.integers(0, 8))):
        chart = draw(st.sampled_from([ACCOUNTS, MEMORANDUM]))
        amounts = st.decimals(Decimal("-99999.99"), Decimal("99999999.99"), places=2).filter(bool)
        pairs = st.lists(st.sampled_from(chart), min_size=2, max_size=2, unique=True)
        moves = draw(st.lists(st.tuples(pairs, amounts), min_size=1, max_size=3))
        legs = tuple(leg for (debited, credited), amount in moves for leg in transfer(debited, credited, amount))
        day = draw(st.dates(date(2025, 4, 1), date(2027, 3, 31)))
        words = draw(st.text(min_size=1, max_size=30, alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
        entries.append(booked(words, legs, day=day, number=len(entries) + 1))
        if draw(st.booleans()):
            entries.append(booked("Reversed", mirrored(legs), day=day, number=len(entries) + 1))
    return entries


@given(books())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_beancount_comes_to_the_balances_of_any_books(entries: list[BookedEntry]) -> None:
    expected: dict[str, Decimal] = {}
    for entry in entries:
        for leg in entry.legs:
            expected[account_name(leg)] = expected.get(account_name(leg), Decimal("0.00")) + leg.debit
    balances, complaints = totals(beancount_text('“Books” of "L04\\25"', entries))

    assert complaints == []
    assert {name: balances.get(name) or Decimal("0.00") for name in expected} == expected


# The command


def test_a_document_that_cannot_be_written_says_why(contract: Contract, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, message in [
        (["ledger.beancount", "--year", "2025"], "--year: the Beancount file holds the whole ledger"),
        (["statement.json"], "--month: say which closed month"),
        (["statement.json", "--month", "2030-01"], "2030-01 of EXAMPLE is not closed."),
    ]:
        with pytest.raises(SystemExit):
            call_command("export", *arguments, "--contract", "EXAMPLE")
        assert capsys.readouterr().err == f"{arguments[0]} was not written: {message}\n"
