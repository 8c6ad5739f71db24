"""What is told of attempts that were refused, and of who read what is about children: lines of one logger.

An event has a name of `EVENTS`. A line holds keys (of the person, of the organisation, of a program, of a row) and the
route's name; no name of anybody, no address, nothing that was typed. docs/security.md says what each event means.
Rooms register the routes that show something about a child in `AppConfig.ready`.
"""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse

from pbr_ledger.observability.logs import TIDINGS

logger = logging.getLogger("pbr_ledger.security")

CHILD_READ = "child.read"
FORM_REFUSED = "form.refused"
PERMISSION_REFUSED = "permission.refused"
NOT_THERE = "not-there.asked"
SIGN_IN_DONE = "sign-in.done"
SIGN_IN_REFUSED = "sign-in.refused"
THROTTLED = "throttled"
TOKEN_REFUSED = "token.refused"  # noqa: S105 - the name of an event
EVENTS = frozenset(
    {
        *(CHILD_READ, FORM_REFUSED, PERMISSION_REFUSED, NOT_THERE),
        *(SIGN_IN_DONE, SIGN_IN_REFUSED, THROTTLED, TOKEN_REFUSED),
    }
)
SHOWN = frozenset({200, 206, 304})
BY_STATUS = {401: TOKEN_REFUSED, 403: PERMISSION_REFUSED, 404: NOT_THERE, 429: THROTTLED}

_shows_children: set[str] = set()


def register_reads(*routes: str) -> None:
    """Make it known to this process that these routes show something about a child."""
    _shows_children.update(routes)


def routes_of_children() -> frozenset[str]:
    """The names of all routes that show something about a child."""
    return frozenset(_shows_children)


def note(event: str, request: HttpRequest | None, **fields: int | str) -> None:
    """Leaves a line that this has happened in the request, with who asked and these fields. Raises for no event."""
    if event not in EVENTS:
        raise ValueError(f"There is no event “{event}”.")
    level = logging.INFO if event in {CHILD_READ, SIGN_IN_DONE} else logging.WARNING
    logger.log(level, event, extra={TIDINGS: {**_who(request), **fields}})


def note_answer(
    request: HttpRequest, response: HttpResponse, *, method: str, route: str, parts: dict[str, int | str]
) -> None:
    """Leaves a line if the answer was a refusal, or showed something about a child."""
    event = BY_STATUS.get(response.status_code)
    if event is None and response.status_code in SHOWN and route in _shows_children:
        event = CHILD_READ
    if event is None or getattr(request, "refusal_told", False):
        return
    if event == NOT_THERE and not _who(request):
        return  # passers-by ask for everything that other sites have
    note(event, request, method=method, route=route, status=response.status_code, **parts)


def refusal_is_told(request: HttpRequest) -> None:
    """Whoever calls has left a line that says more of the refusal than its status does."""
    request.refusal_told = True  # type: ignore[attr-defined]


def _who(request: HttpRequest | None) -> dict[str, int]:
    """The keys of who asks: a person, of an organisation; of a program its client's too."""
    person, access = getattr(request, "user", None), getattr(request, "auth", None)
    found: dict[str, Any] = {
        "person_id": getattr(person, "pk", None),
        "organisation_id": getattr(person, "organisation_id", None),
        "client_id": getattr(getattr(access, "client", None), "pk", None),
    }
    return {name: key for name, key in found.items() if key is not None}
