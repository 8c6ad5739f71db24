"""Reading the books for pages: the chart, a financial year by periods, and which periods can be closed or accrued."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Case, DecimalField, F, QuerySet, Sum, When
from django.db.models.functions import TruncMonth

from cohort.models import Contract
from cohort.queries.terms import programme_begins
from invoicing.core.calendar import PERIODS, Period
from invoicing.core.charges import DEBIT
from invoicing.core.entries import ACCRUAL, ZERO
from invoicing.models import Account, ClosedPeriod, JournalEntry, Posting
from invoicing.queries.ledger import last_closed_period
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.periods import Month
from savings.queries import closed_statements


@dataclass(frozen=True, slots=True)
class YearOfAccount:
    """What an account brought into a financial year, and moved in its periods P1 to P12: debits less credits."""

    code: str
    name: str
    kind: str
    opening: Decimal
    periods: tuple[Decimal, ...]

    @property
    def closing(self) -> Decimal:
        """What stands at the end of the year."""
        return self.opening + sum(self.periods, ZERO)


def chart() -> QuerySet[Account]:
    """Every account, by code."""
    return Account.objects.order_by("code")


def year_of_accounts(*, of: Contract | Organisation, year: int, as_known_at: datetime) -> list[YearOfAccount]:
    """Each account with postings up to the end of the financial year, by code, in one query; 2025 is 2025/26."""
    last = Period(year, PERIODS).month.last_day
    rows = Posting.objects.filter(entry__effective_on__lte=last, entry__recorded_at__lte=as_known_at)
    rows = rows.filter(entry__contract=of) if isinstance(of, Contract) else rows.filter(entry__contract__council=of)
    moved = Case(When(side=DEBIT, then=F("amount")), default=-F("amount"), output_field=DecimalField())
    months = rows.values("account__code", "account__name", "account__kind", month=TruncMonth("entry__effective_on"))
    found = months.annotate(moved=Sum(moved)).values_list(
        "account__code", "account__name", "account__kind", "month", "moved"
    )
    return _by_account(found, year)


def _by_account(rows: Iterable[tuple[str, str, str, date, Decimal]], year: int) -> list[YearOfAccount]:
    moved: dict[tuple[str, str, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for code, name, kind, month, amount in rows:
        period = Period.of(month)
        moved[code, name, kind][period.number if period.year == year else 0] += amount
    return [
        YearOfAccount(*account, opening=by[0], periods=tuple(by[number] for number in range(1, PERIODS + 1)))
        for account, by in sorted(moved.items())
    ]


def entry_of(*, contract: Contract, number: int) -> JournalEntry | None:
    """The contract's entry of that number, with its reversal and what it reverses; None where there is none."""
    found = JournalEntry.objects.filter(contract=contract, number=number)
    return found.select_related("contract", "recorded_by__organisation", "reverses", "reversal").first()


def first_month(contract: Contract) -> Month | None:
    """The first month of the contract's books: that of its programme, or an earlier closed one; None without either."""
    begins = programme_begins(contract=contract)
    closed = closed_statements(contract).values_list("month_start", flat=True).first()
    return min((each for each in (begins, Month.of(closed) if closed else None) if each is not None), default=None)


def closed_periods(council: Organisation) -> QuerySet[ClosedPeriod]:
    """The periods that the council has closed, the earliest first."""
    found = ClosedPeriod.objects.filter(council=council).select_related("closed_by")
    return found.order_by("financial_year", "number")


def periods_to_close(council: Organisation, *, today: date) -> list[Period]:
    """The period that can be closed next, if it is over.

    Before the first is closed, any that is over can be the first, from that of the first posting on.
    """
    last = last_closed_period(council.pk)
    if last is not None:
        return [last.following] if last.following.month.last_day < today else []
    entries = JournalEntry.objects.filter(contract__council=council).order_by("effective_on")
    first = entries.values_list("effective_on", flat=True).first()
    periods, period = [], Period.of(first) if first else None
    while period is not None and period.month.last_day < today:
        periods.append(period)
        period = period.following
    return periods


def accruals_of(contract: Contract) -> QuerySet[JournalEntry]:
    """The contract's year-end accruals, each with the entry that takes it back."""
    found = JournalEntry.objects.filter(contract=contract, kind=ACCRUAL, reverses=None)
    return found.select_related("reversal").order_by("effective_on")
