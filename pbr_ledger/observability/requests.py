"""Each request gets a number, is counted and timed, and leaves one line in the log: what was asked for, not by whom."""

import logging
import re
import uuid
from collections.abc import Callable
from time import monotonic

from django.http import HttpRequest, HttpResponse

from pbr_ledger.observability.context import on_behalf_of
from pbr_ledger.observability.figures import count_request
from pbr_ledger.observability.logs import TIDINGS
from pbr_ledger.observability.security import note_answer

logger = logging.getLogger(__name__)

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
NO_ROUTE = "none"
QUIET = frozenset({"health-live", "health-ready", "health-work", "metrics"})
"""Asked every few seconds by machines: counted, not written down, unless something is wrong."""


def observed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware, outermost: the request's number in the log, in the answer, and on to the jobs' lines."""

    def answer(request: HttpRequest) -> HttpResponse:
        began, request_id = monotonic(), _request_id(request)
        with on_behalf_of(request_id=request_id):
            response = get_response(request)
            response.headers[HEADER] = request_id
            _note(request, response, seconds=monotonic() - began)
        return response

    return answer


def _request_id(request: HttpRequest) -> str:
    """The number that a proxy gave it, if it looks like one; else one of ours."""
    given = request.headers.get(HEADER, "")
    return given if ACCEPTABLE.fullmatch(given) else uuid.uuid4().hex


def _note(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """The route's name stands for the address, which may hold a token, or what somebody mistyped."""
    method = request.method if request.method in METHODS else "other"
    match = request.resolver_match
    route = match.view_name or NO_ROUTE if match else NO_ROUTE
    count_request(method=str(method), route=route, status=response.status_code, seconds=seconds)
    if route in QUIET and response.status_code < 400:
        return
    numbers = {name: part for name, part in match.kwargs.items() if isinstance(part, int)} if match else {}
    month = {"month": str(match.kwargs["month"])} if match and "month" in match.kwargs else {}
    note_answer(request, response, method=str(method), route=route, parts=numbers | month)
    told = {"method": method, "route": route, **numbers, "status": response.status_code, "seconds": round(seconds, 3)}
    logger.info("request", extra={TIDINGS: told})
