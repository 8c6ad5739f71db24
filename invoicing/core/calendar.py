"""The council's financial year: April to March, in periods P1 to P12."""

from dataclasses import dataclass
from datetime import date

from pbr_ledger.periods import Month

FIRST_MONTH_OF_YEAR = 4
PERIODS = 12


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One accounting period. `year` is the calendar year in which the financial year begins: 2025 is 2025/26."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Period":
        """The period in which the day lies: April is P1, March P12 of the year begun before."""
        if day.month >= FIRST_MONTH_OF_YEAR:
            return cls(day.year, day.month - FIRST_MONTH_OF_YEAR + 1)
        return cls(day.year - 1, day.month + PERIODS - FIRST_MONTH_OF_YEAR + 1)

    @property
    def month(self) -> Month:
        """The calendar month that the period is."""
        return Month(self.year, FIRST_MONTH_OF_YEAR).plus(self.number - 1)

    @property
    def following(self) -> "Period":
        """The next period, P1 of the next year after P12."""
        return Period.of(self.month.plus(1).first_day)

    def __str__(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02d} P{self.number}"
