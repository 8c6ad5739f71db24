"""Where a worker starts: `celery -A pbr_ledger.celery worker`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")
# Celery's command takes BROKER_URL for an option of its own and hands it on by this name, which comes before our
# setting and lacks the password of BROKER_PASSWORD.
os.environ.pop("CELERY_BROKER_URL", None)

from typing import Any

from celery import bootsteps
from celery.signals import setup_logging

# Celery looks for Django's settings when its app is made, so their name has to be known first.
from pbr_ledger.jobs.broker import app

SIGN_OF_LIFE_SECONDS = 10.0

__all__ = ["app"]


@setup_logging.connect
def _leave_logging_to_django(**_: object) -> None:
    """Whoever listens to this keeps Celery from setting up lines of its own: LOGGING in the settings holds for all."""


class SignOfLife(bootsteps.StartStopStep):
    """The worker's parent process notes every ten seconds that it goes about its work."""

    requires = ("celery.worker.components:Timer",)

    def start(self, parent: Any) -> None:
        """Note it now, and again and again."""
        from pbr_ledger.jobs.alive import note_alive  # noqa: PLC0415 - Django's settings are read first

        note_alive("worker")
        parent.timer.call_repeatedly(SIGN_OF_LIFE_SECONDS, note_alive, ("worker",), priority=10)


app.steps["worker"].add(SignOfLife)
