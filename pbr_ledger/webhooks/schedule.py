"""When a delivery is tried again. Pure: the chance is handed in."""

from datetime import timedelta

from pbr_ledger.webhooks.events import TEST, VERIFICATION

PAUSES = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=16, minutes=25),
)
"""After each failed attempt but the last: nine attempts in two days."""
PAUSES_OF_VERIFICATION = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=5))
SPREAD = 0.1
"""By how much of itself a pause is made shorter or longer, so that what failed together does not come back together."""


def pauses_of(kind: str) -> tuple[timedelta, ...]:
    """The pauses between the attempts of such a message; a test is tried once."""
    return {VERIFICATION: PAUSES_OF_VERIFICATION, TEST: ()}.get(kind, PAUSES)


def pause_after(kind: str, attempts: int, chance: float) -> timedelta | None:
    """How long to wait after that many failed attempts; None when it was the last one. `chance` is from 0 to 1."""
    pauses = pauses_of(kind)
    if attempts > len(pauses):
        return None
    return pauses[attempts - 1] * (1 + SPREAD * (2 * chance - 1))
