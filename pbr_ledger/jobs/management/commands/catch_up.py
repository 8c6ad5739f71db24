"""`manage.py catch_up`: asks for the daily work that is missing up to today, as the scheduler does."""

from typing import Any

from django.core.management.base import BaseCommand

from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.jobs.services import catch_up


class Command(BaseCommand):
    """For installations without a scheduler: let the machine's own run it, however often."""

    help = "Ask for the daily work that is due and has not been asked for today. Twice makes nothing twice."

    def handle(self, *_: Any, **__: Any) -> None:
        """Ask, and list what was asked for."""
        for job in catch_up(clock=DATABASE_CLOCK):
            self.stdout.write(f"asked   {job.pk}  {job}")
