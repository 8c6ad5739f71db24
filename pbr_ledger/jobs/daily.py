"""What is to be made once a day. Rooms register theirs; whoever asks, however often, nothing is asked for twice.

A day's work is known by its key, so two schedulers, or one that starts again and again, make one job of it. What was
missed while everything stood still is made when it moves again: that of today, since a check of yesterday's ledger
would look at today's.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from pbr_ledger.periods import LONDON


@dataclass(frozen=True, slots=True)
class Part:
    """One job of a day's work: its key among the day's, what it is about, and whose business that is, if not all's."""

    key: str
    subject: str
    organisation_id: int | None = None


@dataclass(frozen=True, slots=True)
class Daily:
    """Work of one kind of job, due on every day from `due_at` on, in London. `parts` are asked for afresh each day."""

    kind: str
    due_at: time
    parts: Callable[[], Iterator[Part]]


_dailies: dict[str, Daily] = {}


def register_daily(daily: Daily) -> None:
    """Make the daily work known to this process; call it from `AppConfig.ready`.

    Raises `ValueError` for a taken kind.
    """
    if _dailies.setdefault(daily.kind, daily) != daily:
        raise ValueError(f"There is already daily work of the kind “{daily.kind}”.")


def due_dailies(*, at: datetime) -> list[tuple[Daily, str]]:
    """The daily work whose time has come at that instant, each with the day in London that begins its keys."""
    here = at.astimezone(LONDON)
    return [(each, here.date().isoformat()) for each in _dailies.values() if here.time() >= each.due_at]
