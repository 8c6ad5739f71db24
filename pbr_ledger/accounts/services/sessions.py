"""Ending the sessions in which a person has signed in."""

from allauth.usersessions.models import UserSession
from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.services.ground import NotYours, locked_person, record
from pbr_ledger.clock import Clock


def end_sessions(person: Person, *, but: str = "") -> int:
    """How many sessions of the person were ended at once: all, or all but the one of the key."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but)
    for session in sessions:
        session.end()
    return len(sessions)


@transaction.atomic
def end_other_sessions(*, person: Person, but: str, clock: Clock) -> int:
    """How many sessions the person ended elsewhere; the one of the key goes on."""
    locked_person(person)
    ended = end_sessions(person, but=but)
    if ended:
        record(person, "sessions.ended", person.email, {"sessions": ended}, clock.read(after=None))
    return ended


@transaction.atomic
def end_session(*, session: UserSession, by: Person, clock: Clock) -> None:
    """End one session of one's own. Raises `NotYours` for anybody else's."""
    if session.user_id != by.pk:
        raise NotYours("This is not your session.")
    session.end()
    record(by, "sessions.ended", by.email, {"sessions": 1}, clock.read(after=None))
