"""Periods: half-open spans of civil dates, and calendar months.

A night belongs to the date on which it begins. Dates are civil dates in Europe/London; no clock is read here.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month. Orders as time does; `str()` is `2026-03`."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Month":
        """The month written `YYYY-MM`. Raises `ValueError` for anything else."""
        match = _MONTH.fullmatch(text)
        if not match or match[1] == "0000":
            raise ValueError(f"“{text}” is no month; write it as 2026-03")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """The month in which the day lies."""
        return cls(day.year, day.month)

    @property
    def first_day(self) -> date:
        """The month's first day."""
        return date(self.year, self.number, 1)

    @property
    def last_day(self) -> date:
        """The month's last day, whose night is the month's last night."""
        return date(self.year, self.number, self.days)

    @property
    def days(self) -> int:
        """How many days, and so nights, the month has."""
        return _days_in(self.year, self.number)

    def plus(self, months: int) -> "Month":
        """The month so many months later (earlier, when negative)."""
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def through(self, last: "Month") -> Iterator["Month"]:
        """Every month from this one to `last`, both included; none when `last` is earlier."""
        month = self
        while month <= last:
            yield month
            month = month.plus(1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@lru_cache(maxsize=4096)
def _days_in(year: int, number: int) -> int:
    """Asked for hundreds of times by each statement."""
    return calendar.monthrange(year, number)[1]


def date_of(text: str) -> date:
    """The date written `YYYY-MM-DD`. Raises `ValueError` for any other form or for a day that never was."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"“{text}” is no date; write it as 2026-03-31")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"“{text}” is no date: there is no such day") from error


def start_of_day(day: date) -> datetime:
    """The instant at which the day begins in London."""
    return datetime.combine(day, time.min, LONDON)


def end_of_day(day: date) -> datetime:
    """The last microsecond of the day in London: a cut-off on that day includes all of it."""
    return datetime.combine(day, time.max, LONDON)


def day_of(instant: datetime) -> date:
    """The civil date in London on which the instant falls."""
    return instant.astimezone(LONDON).date()
