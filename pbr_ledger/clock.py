"""Where stamps come from. The domain reads no clock; services are handed one."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from django.db import connection

from pbr_ledger.errors import LedgerError


class StampOutOfOrder(LedgerError):
    """A stated instant is not later than what is already recorded of this contract."""


class Clock(Protocol):
    """Hands out the instants at which things are recorded."""

    def read(self, *, after: datetime | None) -> datetime:
        """The next instant, strictly later than `after`."""


class DatabaseClock:
    """PostgreSQL's own `clock_timestamp()`, moved on by a microsecond where two readings would be equal."""

    def read(self, *, after: datetime | None) -> datetime:
        """The instant now. Call it only once the contract's row is locked, so that stamps commit in their order."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            now: datetime = cursor.fetchone()[0]
        if after is not None and now <= after:
            return after + timedelta(microseconds=1)
        return now


class StatedClock:
    """Instants stated beforehand, handed out in order: for loading what was recorded elsewhere, never for pages."""

    def __init__(self, instants: Iterable[datetime]) -> None:
        self._instants = iter(instants)

    def read(self, *, after: datetime | None) -> datetime:
        """The next stated instant. Raises `StampOutOfOrder` when it is not later than `after`."""
        instant = next(self._instants)
        if after is not None and instant <= after:
            raise StampOutOfOrder(f"Stated instant {instant.isoformat()} is not later than {after.isoformat()}.")
        return instant


DATABASE_CLOCK = DatabaseClock()
