"""What every report is made from, and the words that stand in each: which months are closed, and as known at when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cohort.models import Contract
from invoicing.core.calendar import Period
from invoicing.documents.reports.model import Report, Table
from invoicing.queries.books import first_month
from invoicing.queries.reports import StatementFigures, statement_figures
from pbr_ledger.periods import LONDON, Month, day_of
from pbr_ledger.release import RELEASE
from pbr_ledger.words import count_shown, day_shown, listed, month_shown
from savings.queries import last_closed_month


@dataclass(frozen=True, slots=True)
class Ground:
    """A contract with its closed statements, the period of the report, and the instant as known at which it speaks.

    `with_books` is whether the reader may see what was posted.
    """

    contract: Contract
    period: Period
    at: datetime
    with_books: bool
    statements: tuple[StatementFigures, ...]

    @classmethod
    def of(cls, contract: Contract, period: Period, *, at: datetime, with_books: bool) -> "Ground":
        """The ground, with what is closed now; two queries."""
        return cls(contract, period, at, with_books, statement_figures(contract))

    @property
    def month(self) -> Month:
        """The calendar month of the period."""
        return self.period.month

    @property
    def until(self) -> date:
        """The day to whose end money and debts are told: the period's last, or today while it goes on."""
        return min(self.month.last_day, day_of(self.at))

    @property
    def first_month_of_year(self) -> Month:
        """April of the period's financial year."""
        return Period(self.period.year, 1).month

    @property
    def first_month_of_quarter(self) -> Month:
        """The first month of the period's quarter of the financial year."""
        return self.month.plus(1 - self.period.place_in_quarter)

    def closed(self, first: Month | None = None) -> tuple[StatementFigures, ...]:
        """The statements from the month to the period's, from the contract's first where none is given."""
        return tuple(
            each for each in self.statements if each.month <= self.month and (first is None or first <= each.month)
        )

    def report(self, key: str, title: str, *, period: str, tables: Iterable[Table], notes: Iterable[str]) -> Report:
        """The report with what stands in every one."""
        return Report(
            key=key,
            title=title,
            period=period,
            contract_reference=self.contract.reference,
            contract_title=self.contract.title,
            council=self.contract.council.name,
            provider=self.contract.provider.name,
            known_at=self.at.astimezone(LONDON),
            closed=closed_words(self.statements),
            tables=tuple(tables),
            notes=tuple(note for note in notes if note),
            release=RELEASE,
        )


def periods_of(contract: Contract, *, today: date) -> list[Period]:
    """The periods of which there are reports, the latest first: from the programme's first month to today's."""
    begins, closed = first_month(contract), last_closed_month(contract)
    this = Period.of(today)
    first = min(this, Period.of(begins.first_day)) if begins else this
    last = max(this, Period.of(closed.first_day)) if closed else this
    found = []
    while last >= first:
        found.append(last)
        last = Period.of(last.month.plus(-1).first_day)
    return found


def usual_period(periods: Sequence[Period], last_closed: Month | None) -> Period:
    """The period of the month closed last, the latest of all where none is closed."""
    return Period.of(last_closed.first_day) if last_closed else periods[0]


def closed_words(statements: Sequence[StatementFigures]) -> str:
    """Which months are closed, in a sentence, those between them that were skipped too."""
    if not statements:
        return "No month is closed yet."
    months = [each.month for each in statements]
    first, last = month_shown(months[0]), month_shown(months[-1])
    span = first if len(months) == 1 else f"{first} to {last}"
    skipped = [month_shown(month) for month in months[0].through(months[-1]) if month not in months]
    without = f" Without a statement of their own: {listed(skipped)}." if skipped else ""
    return f"Closed: {span} ({count_shown(len(months), 'statement')}).{without}"


def not_closed_words(ground: Ground, first: Month) -> str:
    """Which months of the report are not closed, and that the figures leave them out; empty where all are."""
    last = ground.statements[-1].month if ground.statements else None
    begin = first if last is None else max(first, last.plus(1))
    months = [month_shown(month) for month in begin.through(ground.month)]
    return f"Not closed yet, and not in these figures: {listed(months)}." if months else ""


def not_over_words(ground: Ground) -> str:
    """That nights of the period are still to come, and how they are taken; empty once it is over."""
    if day_of(ground.at) > ground.month.last_day:
        return ""
    return f"The period ends on {day_shown(ground.month.last_day)}: its nights to come are taken as known now."


def period_words(period: Period) -> str:
    """`P12 of 2025/26: March 2026`."""
    year, _, number = str(period).partition(" ")
    return f"{number} of {year}: {month_shown(period.month)}"
