"""The books as pages: trial balance, a year by periods, an account's history, and one entry with what it came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from cohort.models import Contract
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.charges import DEBIT
from invoicing.core.entries import ZERO
from invoicing.models import Invoice, JournalEntry, PaymentAllocation
from invoicing.pages.words import amount_shown, person_shown, title_of
from invoicing.queries.books import chart, year_of_accounts
from invoicing.queries.ledger import HistoryLine, trial_balance
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.periods import Month
from pbr_ledger.sorting import DAY, NUMBER, Sort
from pbr_ledger.words import day_shown, instant_shown, month_short, month_shown

KINDS = {"expense": "Expense", "liability": "Liability", "memorandum": "Memorandum"}


@dataclass(frozen=True, slots=True)
class AsOf:
    """For which day the books are read, as known at which instant, and for whom: a contract or the whole council."""

    of: Contract | Organisation
    on: date
    known: datetime
    asked: Mapping[str, str]

    @property
    def words(self) -> str:
        """`Effective by the end of 31 March 2026, as known at 10 April 2026, 17:00.`"""
        return f"Effective by the end of {day_shown(self.on)}, as known at {instant_shown(self.known)}."

    @property
    def query(self) -> str:
        """What the address asked for, to be asked for again by the pages and files that follow."""
        return f"?{urlencode(self.asked)}" if self.asked else ""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account of the chart, with what stands on it; the amounts are empty where nothing was posted."""

    code: str
    name: str
    kind: str
    cost_code: str
    debits: str
    credits: str
    balance: str


def trial_page(as_of: AsOf) -> dict[str, Any]:
    """The whole chart with its balances, and their sums, which balance."""
    balances = {each.code: each for each in trial_balance(of=as_of.of, on=as_of.on, as_known_at=as_of.known)}
    rows = []
    for account in chart():
        found = balances.get(account.code)
        amounts = (found.debits, found.credits, found.balance) if found else None
        shown = tuple(map(amount_shown, amounts)) if amounts else ("", "", "")
        rows.append(AccountRow(account.code, account.name, KINDS[account.kind], account.cost_code, *shown))
    return {
        "rows": rows,
        "as_of": as_of,
        "debits": amount_shown(sum((each.debits for each in balances.values()), ZERO)),
        "credits": amount_shown(sum((each.credits for each in balances.values()), ZERO)),
        "balance": amount_shown(sum((each.balance for each in balances.values()), ZERO)),
    }


def year_page(of: Contract | Organisation, *, year: int, known: datetime) -> dict[str, Any]:
    """What each account moved in P1 to P12 of the financial year."""
    columns = [(f"P{number}", month_short(Period(year, number).month)[:3]) for number in range(1, PERIODS + 1)]
    rows = [
        {
            "code": row.code,
            "name": row.name,
            "opening": _blank(row.opening),
            "periods": [
                (f"{name} {month}", _blank(moved)) for (name, month), moved in zip(columns, row.periods, strict=True)
            ],
            "closing": amount_shown(row.closing),
        }
        for row in year_of_accounts(of=of, year=year, as_known_at=known)
    ]
    return {"columns": columns, "rows": rows}


def _blank(amount: Decimal) -> str:
    return amount_shown(amount) if amount else ""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A posting to an account, and what stood on it after."""

    contract: str
    entry: int
    address: str
    on: str
    recorded: str
    narrative: str
    debit: str
    credit: str
    balance: str


def history_rows(lines: Iterable[HistoryLine], contracts: Mapping[str, int]) -> list[HistoryRow]:
    """The rows; `contracts` are the keys by reference, for the addresses of the entries."""
    return [
        HistoryRow(
            contract=line.contract,
            entry=line.number,
            address=reverse("ledger-entry", args=[contracts[line.contract], line.number]),
            on=day_shown(line.effective_on),
            recorded=instant_shown(line.recorded_at),
            narrative=line.narrative,
            debit=amount_shown(line.amount) if line.side == DEBIT else "",
            credit="" if line.side == DEBIT else amount_shown(line.amount),
            balance=amount_shown(line.balance),
        )
        for line in lines
    ]


HISTORY_SORTS = (
    Sort("day", "Effective", lambda line: line.effective_on, DAY),
    Sort("entry", "Entry", lambda line: line.number, NUMBER),
    Sort("what", "What", lambda line: line.narrative),
    Sort("debit", "Debit", lambda line: line.amount if line.side == DEBIT else None, NUMBER),
    Sort("credit", "Credit", lambda line: None if line.side == DEBIT else line.amount, NUMBER),
)
"""What an account's postings can be sorted by; the balance stays the one after the posting, in the order of days."""


@dataclass(frozen=True, slots=True)
class Source:
    """What an entry came from, as a link."""

    text: str
    address: str


def entry_page(entry: JournalEntry) -> dict[str, Any]:
    """The entry: its legs, its two dates, what took it back, and what it came from."""
    legs = entry.postings.select_related("account").order_by("pk")
    reversal = getattr(entry, "reversal", None)
    return {
        "entry": entry,
        "period": str(Period.of(entry.effective_on)),
        "effective": day_shown(entry.effective_on),
        "recorded": instant_shown(entry.recorded_at),
        "recorded_by": person_shown(entry.recorded_by),
        "total": amount_shown(entry.total),
        "legs": [
            {
                "code": leg.account.code,
                "name": leg.account.name,
                "debit": amount_shown(leg.amount) if leg.side == DEBIT else "",
                "credit": "" if leg.side == DEBIT else amount_shown(leg.amount),
            }
            for leg in legs
        ],
        "reverses": entry.reverses.number if entry.reverses else None,
        "reversal": reversal.number if reversal else None,
        "sources": sources_of(entry),
    }


def sources_of(entry: JournalEntry) -> list[Source]:
    """The invoice, the invoices that a payment settled, or the statement; of a reversal what it reverses says it."""
    kind, _, rest = entry.key.rpartition(" ")
    match kind:
        case "invoice" | "credit_note":
            invoices = Invoice.objects.filter(contract=entry.contract_id, number=int(rest))
        case "payment" | "repayment":
            parts = PaymentAllocation.objects.filter(payment=int(rest)).values("invoice")
            invoices = Invoice.objects.filter(contract=entry.contract_id, pk__in=parts).order_by("number")
        case "statement" | "reclassification":
            month = Month.parse(rest)
            return [Source(f"Statement of {month_shown(month)}", reverse("statement", args=[entry.contract_id, month]))]
        case _:
            return []
    return [
        Source(title_of(invoice), reverse("invoice", args=[entry.contract_id, invoice.pk]))
        for invoice in invoices.select_related("statement")
    ]
