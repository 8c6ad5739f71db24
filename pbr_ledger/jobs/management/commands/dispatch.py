"""`manage.py dispatch`: sees to it that no job is forgotten."""

from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pbr_ledger.jobs.models import FAILED, Job
from pbr_ledger.jobs.services import dispatch_once

EVERY_SECONDS = 30


class Command(BaseCommand):
    """Sends jobs to the workers again, or does them itself."""

    help = (
        "Sends to the workers what waits and what a lost worker left behind, every 30 seconds. With --inline it does "
        "the work itself until no job is waiting, and exits with status 1 if a job failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options."""
        parser.add_argument("--inline", action="store_true", help="do the work here, without broker or worker")
        parser.add_argument("--once", action="store_true", help="look once, then exit")
        parser.add_argument("--every", type=float, help="seconds between two looks (30; with --inline: look once)")

    def handle(self, *, inline: bool, once: bool, every: float | None, **_: Any) -> None:
        """Look once, or again and again."""
        if every is not None and every <= 0:
            raise CommandError("--every has to be above zero.")
        failed = self._look(inline=inline)
        while not once and not (inline and every is None):
            Event().wait(every or EVERY_SECONDS)
            failed = self._look(inline=inline) or failed
        if failed:
            raise CommandError("A job failed; its row says why.", returncode=1)

    def _look(self, *, inline: bool) -> bool:
        """Whether a job failed for good in this look."""
        jobs = dispatch_once(inline=inline, tell=self._tell_done if inline else self._tell_sent)
        return inline and any(job.state == FAILED for job in jobs)

    def _tell_sent(self, job: Job) -> None:
        self.stdout.write(f"sent   {job.pk}  {job}")

    def _tell_done(self, job: Job) -> None:
        account = job.error.partition("\n")[0]
        self.stdout.write(f"{job.state:<7}{job.pk}  {job}" + (f"  {account}" if account else ""))
