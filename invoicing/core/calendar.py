"""The council's financial year: April to March, in periods P1 to P12."""

import re
from dataclasses import dataclass
from datetime import date

from pbr_ledger.periods import Month

FIRST_MONTH_OF_YEAR = 4
PERIODS = 12
MONTHS_OF_QUARTER = 3

_PERIOD = re.compile(r"(?P<year>[12][0-9]{3})/(?P<end>[0-9]{2})[- ]P(?P<number>1[0-2]|[1-9])")


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

    @classmethod
    def parse(cls, text: str) -> "Period":
        """The period written `2025/26-P3`, or `2025/26 P3` as it is shown. Raises `ValueError` for anything else."""
        match = _PERIOD.fullmatch(text.strip())
        if not match or int(match["end"]) != (int(match["year"]) + 1) % 100:
            raise ValueError(f"“{text}” is no period; write P3 of April 2025 to March 2026 as 2025/26-P3")
        return cls(int(match["year"]), int(match["number"]))

    @property
    def month(self) -> Month:
        """The calendar month that the period is."""
        return Month(self.year, FIRST_MONTH_OF_YEAR).plus(self.number - 1)

    @property
    def quarter(self) -> int:
        """The quarter of the financial year, 1 to 4: P1 to P3 are the first."""
        return (self.number - 1) // MONTHS_OF_QUARTER + 1

    @property
    def place_in_quarter(self) -> int:
        """1 to 3: so many periods of its quarter there are up to this one."""
        return (self.number - 1) % MONTHS_OF_QUARTER + 1

    @property
    def following(self) -> "Period":
        """The next period, P1 of the next year after P12."""
        return Period.of(self.month.plus(1).first_day)

    def __str__(self) -> str:
        return f"{self.year}/{(self.year + 1) % 100:02d} P{self.number}"
