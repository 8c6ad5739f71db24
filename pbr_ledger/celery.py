"""Where a worker starts: `celery -A pbr_ledger.celery worker`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")

from celery.signals import setup_logging

# Celery looks for Django's settings when its app is made, so their name has to be known first.
from pbr_ledger.jobs.broker import app

__all__ = ["app"]


@setup_logging.connect
def _leave_logging_to_django(**_: object) -> None:
    """Whoever listens to this keeps Celery from setting up lines of its own: LOGGING in the settings holds for all."""
