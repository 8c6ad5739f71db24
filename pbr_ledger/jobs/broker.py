"""The broker as the ledger uses it: a hint that there is something to do, sent at best effort and never waited for.

The worker's entry point is `pbr_ledger.celery`; the Celery app stands here because services send through it.
"""

import logging
from time import monotonic
from typing import Any

from celery import Celery
from kombu.exceptions import ChannelError

from pbr_ledger.jobs import authority, folder

logger = logging.getLogger(__name__)

TASK = "jobs.run"
CATCH_UP = "jobs.catch_up"
SILENT_FOR_SECONDS = 15.0
PATIENCE = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0, "max_retries": 0}

folder.install()
authority.install()
app = Celery("pbr_ledger")
app.config_from_object("pbr_ledger.celery_settings")


class _Silence:
    """Until when this process leaves the broker alone, after it did not answer."""

    until = float("-inf")


def send(*, job_id: int, queue: str) -> bool:
    """Whether the broker took the hint. Never raises, and takes no longer than the broker's socket timeouts.

    After a failure this process sends nothing for 15 seconds, so that a request which asks for twenty jobs does
    not wait twenty times; the dispatcher sends what was left out.
    """
    return _took(TASK, [job_id], queue, what=f"job {job_id}")


def waiting_in(queue: str) -> int:
    """How many hints the broker holds of that queue; none if it does not say. Never raises, as `send`."""
    if monotonic() < _Silence.until:
        return 0
    try:
        with app.connection_for_write(transport_options=PATIENCE) as connection:
            channel: Any = connection.default_channel  # the stubs know less of it than every transport has
            return int(channel.queue_declare(queue, passive=True).message_count)
    except ChannelError:  # nobody has sent anything there yet
        return 0
    except Exception as error:  # noqa: BLE001  As below.
        _fell_silent(f"how much waits in {queue}", error)
        return 0


def ask_to_catch_up(*, queue: str, expires: float) -> bool:
    """Whether the broker took the scheduler's message, which says: make what is missing up to today. Never raises."""
    return _took(CATCH_UP, [], queue, what="the scheduler's message", expires=expires)


def _took(task: str, arguments: list[int], queue: str, *, what: str, expires: float | None = None) -> bool:
    if monotonic() < _Silence.until:
        return False
    try:
        # A connection of its own: one kept from before may be dead, and finding that out costs the time twice.
        with app.connection_for_write(transport_options=PATIENCE) as connection:
            app.send_task(task, args=arguments, queue=queue, connection=connection, retry=False, expires=expires)
    except Exception as error:  # noqa: BLE001  The change is committed: no broker's fault may reach who asked for it.
        _fell_silent(f"{what}; it will be sent again", error)
        return False
    return True


def _fell_silent(what: str, error: Exception) -> None:
    _Silence.until = monotonic() + SILENT_FOR_SECONDS
    logger.warning("The broker did not answer (%s): %s.", type(error).__name__, what)
