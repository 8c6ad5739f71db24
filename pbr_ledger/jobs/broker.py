"""The broker as the ledger uses it: a hint that there is something to do, sent at best effort and never waited for.

The worker's entry point is `pbr_ledger.celery`; the Celery app stands here because services send through it.
"""

import logging
from time import monotonic

from celery import Celery

from pbr_ledger.jobs import folder

logger = logging.getLogger(__name__)

TASK = "jobs.run"
SILENT_FOR_SECONDS = 15.0
PATIENCE = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0, "max_retries": 0}

folder.install()
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
    if monotonic() < _Silence.until:
        return False
    try:
        # A connection of its own: one kept from before may be dead, and finding that out costs the time twice.
        with app.connection_for_write(transport_options=PATIENCE) as connection:
            app.send_task(TASK, args=[job_id], queue=queue, connection=connection, retry=False)
    except Exception as error:  # noqa: BLE001  The change is committed: no broker's fault may reach who asked for it.
        _Silence.until = monotonic() + SILENT_FOR_SECONDS
        logger.warning(
            "The broker did not take job %s (%s); the dispatcher will send it.", job_id, type(error).__name__
        )
        return False
    return True
