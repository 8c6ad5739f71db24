"""Reading the books: balances and histories on any day, as known at any instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, DecimalField, F, Prefetch, QuerySet, Sum, When

from cohort.models import Contract
from cohort.queries import terms_version_in_force
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.charges import CREDIT, DEBIT
from invoicing.core.entries import ACCRUAL, ZERO
from invoicing.core.journal import BookedEntry, BookedLeg
from invoicing.models import ClosedPeriod, ContractVariation, JournalEntry, Posting
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.periods import Month, day_of
from savings.queries import closed_statements


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """What stands on an account: its debits and credits so far. `balance` is above zero where debits are more."""

    code: str
    name: str
    kind: str
    debits: Decimal
    credits: Decimal

    @property
    def balance(self) -> Decimal:
        """Debits less credits."""
        return self.debits - self.credits


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One posting to an account, with what stood on the account after it."""

    contract: str
    number: int
    effective_on: date
    recorded_at: datetime
    narrative: str
    side: str
    amount: Decimal
    balance: Decimal


def trial_balance(*, of: Contract | Organisation, on: date, as_known_at: datetime) -> list[AccountBalance]:
    """Each account with postings effective by the day and recorded by the instant, by code.

    `of` is a contract, or a council for all of its contracts. The balances add up to nothing.
    """
    rows = _postings(of, on=on, as_known_at=as_known_at).values("account__code", "account__name", "account__kind")
    totals = rows.annotate(debits=_sum_of(DEBIT), credits=_sum_of(CREDIT)).order_by("account__code")
    return [AccountBalance(*row) for row in totals.values_list(*_COLUMNS, "debits", "credits")]


_COLUMNS = ("account__code", "account__name", "account__kind")


def account_history(
    *, of: Contract | Organisation, account: str, on: date, as_known_at: datetime
) -> Iterator[HistoryLine]:
    """Every posting to the account, by effective day and then as recorded, with the balance after each."""
    balance = ZERO
    rows = _postings(of, on=on, as_known_at=as_known_at).filter(account__code=account)
    order = ("entry__effective_on", "entry__recorded_at", "entry__contract__reference", "entry__number", "pk")
    for row in rows.select_related("entry__contract").order_by(*order):
        entry = row.entry
        balance += row.amount if row.side == DEBIT else -row.amount
        yield HistoryLine(
            contract=entry.contract.reference,
            number=entry.number,
            effective_on=entry.effective_on,
            recorded_at=entry.recorded_at,
            narrative=entry.narrative,
            side=row.side,
            amount=row.amount,
            balance=balance,
        )


def booked_entries(contract: Contract, *, year: int | None = None) -> list[BookedEntry]:
    """The contract's entries with their legs, as recorded; those of one financial year, where 2025 is 2025/26.

    The year is that of the effective day.
    """
    entries = JournalEntry.objects.filter(contract=contract)
    if year is not None:
        first, last = Period(year, 1).month.first_day, Period(year, PERIODS).month.last_day
        entries = entries.filter(effective_on__range=(first, last))
    legs = Prefetch("postings", Posting.objects.select_related("account").order_by("pk"))
    return [_booked(entry) for entry in entries.prefetch_related(legs).order_by("number")]


def _booked(entry: JournalEntry) -> BookedEntry:
    legs = tuple(
        BookedLeg(leg.account.code, leg.account.name, leg.account.kind, leg.account.cost_code, leg.side, leg.amount)
        for leg in entry.postings.all()
    )
    return BookedEntry(
        entry.number, entry.key, entry.kind, entry.effective_on, entry.recorded_at, entry.narrative, legs
    )


def last_closed_period(council_id: int) -> Period | None:
    """The latest period that the council has closed; it and all before it take no postings."""
    row = ClosedPeriod.objects.filter(council=council_id).order_by("financial_year", "number").last()
    return Period(row.financial_year, row.number) if row else None


def posting_day(contract: Contract, day: date) -> date:
    """The day itself while its period is open, else the first day of the earliest open period."""
    last = last_closed_period(contract.council_id)
    if last is None or Period.of(day) > last:
        return day
    return last.following.month.first_day


def expense_day(contract: Contract, day: date) -> date:
    """The day on which an expense counts: as `posting_day`, and not in a year whose end has been accrued.

    What is agreed after the accrual counts in the next year, against the reversal of the accrual.
    """
    year = Period.of(day).year
    while JournalEntry.objects.filter(contract=contract, key=accrual_key(year)).exists():
        year += 1
    return posting_day(contract, max(day, Period(year, 1).month.first_day))


def accrual_key(year: int) -> str:
    """The natural key of a contract's accrual at the end of the financial year."""
    return f"{ACCRUAL} {year}"


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a contract may come to: the cap of its fixed fee, and its maximum value."""

    fixed_fee_cap: Decimal
    maximum: Decimal


def limits_of(contract: Contract, *, at: datetime) -> Limits:
    """What terms and variations set as known at the instant, by the terms of the month closed last.

    Before anything is closed: by those of the instant's own month. The maximum is the greater of the terms' and of the
    highest variation's. Raises `NoTermsKnown`.
    """
    latest = closed_statements(contract).values_list("month_start", flat=True).last()
    terms = terms_version_in_force(contract=contract, month=Month.of(latest or day_of(at)), at=at)
    highest = (
        ContractVariation.objects.filter(contract=contract, recorded_at__lte=at)
        .order_by("maximum_value")
        .values_list("maximum_value", flat=True)
        .last()
    )
    return Limits(terms.phase2_fee + terms.phase3_fee, max(terms.maximum_value, highest or ZERO))


def _postings(of: Contract | Organisation, *, on: date, as_known_at: datetime) -> QuerySet[Posting]:
    rows = Posting.objects.filter(entry__effective_on__lte=on, entry__recorded_at__lte=as_known_at)
    if isinstance(of, Contract):
        return rows.filter(entry__contract=of)
    return rows.filter(entry__contract__council=of)


def _sum_of(side: str) -> Sum:
    amount = Case(When(side=side, then=F("amount")), default=ZERO, output_field=DecimalField())
    return Sum(amount)
