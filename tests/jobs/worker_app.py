"""The worker's Celery app, with the kinds of the tests: `celery -A tests.jobs.worker_app worker`."""

from celery.signals import import_modules

from pbr_ledger.celery import app

__all__ = ["app"]


@import_modules.connect(sender=app)
def _register_kinds(**_: object) -> None:
    # Models may be imported once Celery has set Django up, and not before.
    from tests.jobs import kinds

    kinds.register_all()
