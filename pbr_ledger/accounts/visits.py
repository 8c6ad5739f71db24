"""A visit: one session of somebody signed in, how long it lasts, and what they showed to begin it."""

import time

from allauth.account.internal.flows.login import get_authentication_records
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest
from django.utils import timezone

from pbr_ledger.accounts.models import Person

BEGAN, SEEN = "visit_began", "visit_seen"
NOTED_EVERY = 60
"""Seconds: how exactly the session's row knows when somebody was last there."""


def begin_visit(request: HttpRequest) -> None:
    """From now on the session counts as signed in."""
    request.session[BEGAN] = request.session[SEEN] = time.time()


def visit_has_ended(request: HttpRequest) -> bool:
    """Whether the session has been idle, or has lasted, for too long."""
    now = time.time()
    began, seen = request.session.get(BEGAN, 0), request.session.get(SEEN, 0)
    return now - began >= settings.SESSION_LONGEST or now - seen >= settings.SESSION_COOKIE_AGE


def note_visit(request: HttpRequest) -> None:
    """Keeps the session alive from now on; written once a minute at most."""
    now = time.time()
    if now - request.session.get(SEEN, 0) >= NOTED_EVERY:
        request.session[SEEN] = now
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=timezone.now())


def passed_second_factor(request: HttpRequest, person: Person) -> bool:
    """Whether the person has shown a second factor in this session, or a directory did that is trusted with it."""
    enough = {"mfa", "directory"} if settings.OIDC_SECOND_FACTOR else {"mfa"}
    return any(record.get("method") in enough for record in get_authentication_records(request, person))


def came_from_directory(request: HttpRequest, person: Person) -> bool:
    """Whether the person's directory signed them in."""
    return any(record.get("method") == "directory" for record in get_authentication_records(request, person))


def keep_this_session(request: HttpRequest, person: Person) -> None:
    """This session goes on although the person's password has changed, under a key of its own."""
    UserSession.objects.filter(session_key=request.session.session_key).delete()
    update_session_auth_hash(request, person)
    UserSession.objects.create_from_request(request)
