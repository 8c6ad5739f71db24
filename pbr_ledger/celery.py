"""Where a worker starts: `celery -A pbr_ledger.celery worker`."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings")

# Celery looks for Django's settings when its app is made, so their name has to be known first.
from pbr_ledger.jobs.broker import app

__all__ = ["app"]
