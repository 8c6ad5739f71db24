"""The scheduler, which remembers nothing: it asks when it starts, and every few minutes from then on."""

from datetime import timedelta
from typing import Any

from celery.beat import ScheduleEntry
from celery.beat import Scheduler as InMemory

from pbr_ledger.jobs import broker
from pbr_ledger.jobs.alive import note_alive


class Scheduler(InMemory):
    """Celery's scheduler without a file. It sends as services do: at best effort, never waiting for a broker."""

    producer = None  # type: ignore[assignment]  # Celery's own would wait for as long as the broker is away

    def setup_schedule(self) -> None:
        """Everything is due at once: what was missed while no scheduler ran is asked for at the start."""
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = entry.default_now() - timedelta(days=1)

    def tick(self, *arguments: Any, **more: Any) -> float:
        """Seconds until the next look."""
        note_alive("beat")
        return float(super().tick(*arguments, **more))

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:  # noqa: ARG002 - Celery hands it over
        """Send the message. One that the broker does not take is no loss: the next says the same."""
        broker.ask_to_catch_up(**(entry.options or {}))
