"""`manage.py dispatch`: sees to it that no job is forgotten."""

import signal
from argparse import ArgumentParser
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection

from pbr_ledger.jobs.alive import note_alive
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
        """Look once, or until told to stop."""
        if every is not None and every <= 0:
            raise CommandError("--every has to be above zero.")
        if once or (inline and every is None):
            failed = self._look(inline=inline)
        else:
            failed = self._keep_looking(inline=inline, every=every or EVERY_SECONDS)
        if failed:
            raise CommandError("A job failed; its row says why.", returncode=1)

    def _keep_looking(self, *, inline: bool, every: float) -> bool:
        """Whether a job failed for good before a signal ended this. A look that has begun is finished first."""
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        failed = False
        while not stop.is_set():
            try:
                connection.close_if_unusable_or_obsolete()
                failed = self._look(inline=inline) or failed
                note_alive("dispatcher")
            except DatabaseError as error:
                # A restarting database must not end the process whose task is to forget nothing.
                self.stderr.write(f"The database did not answer ({type(error).__name__}); trying again.")
            stop.wait(every)
        return failed

    def _look(self, *, inline: bool) -> bool:
        """Whether a job failed for good in this look."""
        jobs = dispatch_once(inline=inline, tell=self._tell_done if inline else self._tell_sent)
        return inline and any(job.state == FAILED for job in jobs)

    def _tell_sent(self, job: Job) -> None:
        self.stdout.write(f"sent    {job.pk}  {job}")
        self.stdout.flush()

    def _tell_done(self, job: Job) -> None:
        account = job.error.partition("\n")[0]
        self.stdout.write(f"{job.state:<7} {job.pk}  {job}" + (f"  {account}" if account else ""))
        self.stdout.flush()
