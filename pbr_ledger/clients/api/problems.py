"""Every error of the API as problem details (RFC 9457), each kind with a type that never changes its meaning.

Rooms add the kinds of their own errors with `add_problem`, and say with `meaning` which error is which.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions
from rest_framework.response import Response

from pbr_ledger.errors import LedgerError, NotFound, NotPermitted, Refused

BASE = "/api/v1/problems/"
MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of error: the last part of its type, its status, its title, and what a client does about it."""

    slug: str
    status: int
    title: str
    remedy: str

    @property
    def type(self) -> str:
        """The `type` of such a problem; the address answers with this explanation."""
        return f"{BASE}{self.slug}"


PROBLEMS: dict[str, ProblemKind] = {}
"""Every kind by its slug."""
_MEANINGS: dict[type[Exception], str] = {}


def add_problem(slug: str, status: int, title: str, remedy: str) -> str:
    """The slug, once the kind is known."""
    PROBLEMS[slug] = ProblemKind(slug, status, title, remedy)
    return slug


def meaning(slug: str, *errors: type[LedgerError]) -> None:
    """From now on these errors of services are problems of that kind."""
    _MEANINGS.update(dict.fromkeys(errors, slug))


MALFORMED = add_problem("malformed", 400, "The request cannot be read", "Send well-formed JSON.")
INVALID_QUERY = add_problem("invalid-query", 400, "A query parameter is wrong", "Correct what `errors` names.")
KEY_MISSING = add_problem(
    "idempotency-key-missing",
    400,
    "The Idempotency-Key is missing",
    "Send a key of your own choice, new for each payment.",
)
NOT_AUTHENTICATED = add_problem("not-authenticated", 401, "No valid token was sent", "Get a token and send it.")
TOKEN_EXPIRED = add_problem("token-expired", 401, "The token has expired", "Get a new token and try again.")
INSUFFICIENT_SCOPE = add_problem(
    "insufficient-scope",
    403,
    "The token does not permit this",
    "Ask an administrator for a client with the scope named.",
)
NOT_PERMITTED = add_problem("not-permitted", 403, "This client may not do this", "The detail says who may.")
NOT_FOUND = add_problem("not-found", 404, "There is nothing here for this client", "Check the id.")
WRONG_METHOD = add_problem("method-not-allowed", 405, "The address does not take this method", "See `Allow`.")
NOT_ACCEPTABLE = add_problem("not-acceptable", 406, "It does not come in that form", "Widen `Accept`.")
CONFLICT = add_problem("conflict", 409, "It cannot be done as things stand", "The detail says why; read again first.")
IN_FLIGHT = add_problem(
    "request-in-flight", 409, "The same request is still being worked on", "Try again with the same key after a moment."
)
CHANGED_SINCE = add_problem("changed-since", 412, "It has changed since it was read", "Read it again, then decide.")
UNSUPPORTED = add_problem(
    "unsupported-media-type", 415, "The body has another form", "Send application/json; a file as multipart/form-data."
)
RANGE = add_problem("range-not-satisfiable", 416, "The document has no such range", "See `Content-Range`.")
INVALID = add_problem("invalid", 422, "What was sent is wrong in places", "Correct what `errors` names.")
KEY_REUSED = add_problem(
    "idempotency-key-reused", 422, "The key was used for another request", "Use a new key for a new request."
)
PRECONDITION = add_problem("if-match-missing", 428, "If-Match is required", "Send the ETag of what you read.")
TOO_MANY = add_problem("too-many-requests", 429, "Too many requests", "Wait as long as `Retry-After` says.")
INTERNAL = add_problem("internal-error", 500, "The ledger failed", "Try again later with the same Idempotency-Key.")

_BY_STATUS = {
    400: MALFORMED,
    401: NOT_AUTHENTICATED,
    403: NOT_PERMITTED,
    404: NOT_FOUND,
    405: WRONG_METHOD,
    406: NOT_ACCEPTABLE,
    415: UNSUPPORTED,
    422: INVALID,
    429: TOO_MANY,
}


class ApiProblem(exceptions.APIException):
    """A problem of the named kind, raised by the API itself."""

    def __init__(
        self,
        slug: str,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code=slug)
        self.slug = slug
        self.status_code = PROBLEMS[slug].status
        self.errors = errors or []
        self.headers = dict(headers or {})


def invalid(place: str, detail: str) -> ApiProblem:
    """The problem that one place of the body is wrong."""
    return ApiProblem(INVALID, "What was sent is wrong in the places named.", errors=[error_at(place, detail)])


def problem_of(error: LedgerError) -> ApiProblem:
    """The problem that a service's refusal is."""
    if isinstance(error, Refused):
        errors = [error_at(each.place, each.message) for each in error.problems]
        return ApiProblem(INVALID, "What was sent is wrong in the places named.", errors=errors)
    if isinstance(error, NotPermitted):
        return ApiProblem(NOT_PERMITTED, str(error))
    if isinstance(error, NotFound):
        return ApiProblem(NOT_FOUND, str(error))
    slug = next((_MEANINGS[kind] for kind in type(error).__mro__ if kind in _MEANINGS), CONFLICT)
    return ApiProblem(slug, str(error))


class ProblemFormatter(ExceptionFormatter):
    """What is said of an error."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        """The problem details."""
        exc = self.exc
        if isinstance(exc, ApiProblem):
            return _details(exc.slug, str(exc.detail), exc.errors)
        if isinstance(exc, exceptions.ValidationError):
            errors = [error_at(each.attr or "", each.detail) for each in error_response.errors]
            return _details(INVALID, "What was sent is wrong in the places named.", errors)
        if exc.status_code >= 500:
            return _details(INTERNAL, "This was not your doing. It is in the log, and people look at it.", [])
        slug = error_response.errors[0].code
        return _details(
            slug if slug in PROBLEMS else _BY_STATUS.get(exc.status_code, CONFLICT), error_response.errors[0].detail, []
        )


class ProblemHandler(ExceptionHandler):
    """Turns every exception below the API into its problem."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        """Our own errors, and Django's, as those of the API."""
        if isinstance(exc, LedgerError):
            return problem_of(exc)
        if isinstance(exc, Http404 | exceptions.NotFound):
            return ApiProblem(NOT_FOUND, "There is nothing here, as far as this client is concerned.")
        if isinstance(exc, PermissionDenied):
            return exceptions.PermissionDenied()
        return exc

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        """The problem, with the status of its kind."""
        headers = self.get_headers(exc) | getattr(exc, "headers", {})
        return Response(data, status=data["status"], headers=headers, content_type=MEDIA_TYPE)


def _details(slug: str, detail: str, errors: list[dict[str, str]]) -> dict[str, Any]:
    kind = PROBLEMS[slug]
    said: dict[str, Any] = {"type": kind.type, "title": kind.title, "status": kind.status, "detail": detail}
    return said | ({"errors": errors} if errors else {})


def error_at(place: str, detail: str) -> dict[str, str]:
    """The place as a JSON pointer: `allocations[0].amount` and `allocations.0.amount` are `/allocations/0/amount`."""
    parts = [
        part for part in place.replace("[", ".").replace("]", "").split(".") if part and part != "non_field_errors"
    ]
    return {"pointer": "".join(f"/{part}" for part in parts), "detail": detail}
