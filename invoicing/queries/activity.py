"""Reading a contract's activity log: its events by action, person and day, and who and what occurs in it at all."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.periods import end_of_day, start_of_day

BY_SYSTEM = 0
"""Stands for the system among the keys of people."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events; what is empty or None is not asked for. `person` 0 is the system."""

    action: str = ""
    person: int | None = None
    since: date | None = None
    until: date | None = None


def events_of(stream: str, wanted: Wanted) -> QuerySet[AuditEvent]:
    """The events of the stream, the latest first."""
    events = AuditEvent.objects.filter(stream=stream).order_by("-sequence")
    if wanted.action:
        events = events.filter(action=wanted.action)
    if wanted.person is not None:
        events = events.filter(actor_id=wanted.person or None)
    if wanted.since:
        events = events.filter(at__gte=start_of_day(wanted.since))
    if wanted.until:
        events = events.filter(at__lte=end_of_day(wanted.until))
    return events


def actions_in(stream: str) -> list[str]:
    """Every action that occurs in the stream."""
    return list(AuditEvent.objects.filter(stream=stream).order_by("action").values_list("action", flat=True).distinct())


def actors_in(stream: str) -> list[tuple[int, str]]:
    """Everybody who occurs in the stream, by key and by the name they bore last; the system's key is 0."""
    events = AuditEvent.objects.filter(stream=stream).order_by("actor_id", "-sequence").distinct("actor_id")
    found = events.values_list("actor_id", "actor_name")
    return sorted(((key or BY_SYSTEM, name) for key, name in found), key=lambda each: each[1])
