"""The books as a Beancount file, so that a program of other people's can add them up again.

Every month's end asserts what stands on every account, to the penny.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from invoicing.core.entries import ZERO
from invoicing.core.journal import BookedEntry, BookedLeg
from pbr_ledger.periods import Month

CURRENCY = "GBP"
ROOTS = {"expense": "Expenses", "liability": "Liabilities", "memorandum": "Equity:Memorandum"}


def beancount_text(title: str, entries: Sequence[BookedEntry]) -> str:
    """The entries as a ledger file: the accounts opened, each entry a transaction, the balances at each month's end."""
    dated = sorted(entries, key=lambda entry: (entry.effective_on, entry.number))
    header = [f'option "title" {_quoted(title)}', f'option "operating_currency" "{CURRENCY}"']
    if not dated:
        return "\n".join([*header, ""])
    blocks = ["\n".join(header), "\n".join(_opened(dated)), *map(_transaction, dated), *_month_ends(dated)]
    return "\n\n".join(blocks) + "\n"


def account_name(leg: BookedLeg) -> str:
    """The account as Beancount writes it: `Expenses:5100-Placements-fixed-fee`."""
    words = re.sub(r"[^A-Za-z0-9]+", "-", leg.account_name).strip("-")
    return f"{ROOTS[leg.account_kind]}:{leg.account}-{words}"


def _opened(dated: Sequence[BookedEntry]) -> Iterator[str]:
    first = dated[0].effective_on
    for name in sorted({account_name(leg) for entry in dated for leg in entry.legs}):
        yield f"{first} open {name} {CURRENCY}"


def _transaction(entry: BookedEntry) -> str:
    lines = [
        f"{entry.effective_on} * {_quoted(entry.kind)} {_quoted(entry.narrative)}",
        f"  entry: {entry.number}",
        f"  key: {_quoted(entry.key)}",
        f"  recorded: {_quoted(entry.recorded_at.isoformat())}",
        *(f"  {account_name(leg)}  {leg.debit} {CURRENCY}" for leg in entry.legs),
    ]
    return "\n".join(lines)


def _month_ends(dated: Sequence[BookedEntry]) -> Iterator[str]:
    """The assertions; Beancount asks at the beginning of a day, so each stands on the first of the next month.

    `~ 0` asks for the very penny: without it a difference of one would pass.
    """
    balances: dict[str, Decimal] = defaultdict(lambda: ZERO)
    by_month = _by_month(dated)
    for month in min(by_month).through(max(by_month)):
        for leg in by_month.get(month, ()):
            balances[account_name(leg)] += leg.debit
        asserted = month.plus(1).first_day
        yield "\n".join(_assertion(asserted, name, balances[name]) for name in sorted(balances))


def _by_month(dated: Iterable[BookedEntry]) -> dict[Month, list[BookedLeg]]:
    months: dict[Month, list[BookedLeg]] = {}
    for entry in dated:
        months.setdefault(Month.of(entry.effective_on), []).extend(entry.legs)
    return months


def _assertion(day: date, name: str, balance: Decimal) -> str:
    return f"{day} balance {name}  {balance} ~ 0.00 {CURRENCY}"


def _quoted(text: str) -> str:
    escaped = " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
