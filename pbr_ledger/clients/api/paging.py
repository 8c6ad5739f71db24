"""Lists in pages by cursor: a row that comes or goes meanwhile moves no other to another page."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from pbr_ledger.clients.api.problems import INVALID_QUERY, ApiProblem, error_at


def query_of(request: Request, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The query parameters. Raises a problem for one that is wrong, not known, or there twice."""
    given = request.query_params
    errors = [error_at(name, "Is there more than once.") for name in given if len(given.getlist(name)) > 1]
    asked = form(data=given.dict())
    if not asked.is_valid():
        errors += [error_at(name, str(said[0])) for name, said in asked.errors.items()]
    if errors:
        raise ApiProblem(INVALID_QUERY, "A query parameter is wrong.", errors=errors)
    return dict(asked.validated_data)


def page_of(
    request: Request,
    rows: "QuerySet[Any]",
    given: type[serializers.Serializer[Any]],
    query: Mapping[str, Any],
    *,
    read: Callable[[Sequence[Any]], Sequence[Any]] = tuple,
) -> Response:
    """One page of the rows in the order of their keys, and the address of the next one.

    `read` gives what is said of the rows of the page, where that is more than stands in them. The keys are asked for
    first: what a view works out for a row it would otherwise work out for all of them, in order to sort them.
    """
    rows, limit = rows.order_by("pk"), query["limit"]
    if "after" in query:
        rows = rows.filter(pk__gt=_key(query["after"]))
    found = list(rows.values_list("pk", flat=True)[: limit + 1])
    keys = found[:limit]
    shown = list(rows.filter(pk__in=keys)) if keys else []
    following = _next(request, keys[-1]) if len(found) > limit else None
    cursor = _cursor(keys[-1]) if keys else query.get("after")
    return Response({"items": given(read(shown), many=True).data, "next": following, "cursor": cursor})


@cache
def page_schema(given: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """How such a page looks, for the schema."""
    return inline_serializer(
        f"PageOf{given.__name__.removesuffix('Serializer')}",
        {
            "items": given(many=True),
            "next": serializers.CharField(allow_null=True, help_text="The address of the next page; null on the last."),
            "cursor": serializers.CharField(
                allow_null=True, help_text="Where this page ends: `after` for what comes later."
            ),
        },
    )


def _next(request: Request, key: int) -> str:
    params = request.query_params.copy()
    params["after"] = _cursor(key)
    return f"{request.path}?{params.urlencode()}"


def _cursor(key: int) -> str:
    return base64.urlsafe_b64encode(f"k{key}".encode()).decode().rstrip("=")


def _key(cursor: str) -> int:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        if text[:1] == "k" and text[1:].isascii() and text[1:].isdigit() and len(text) <= 19:
            return int(text[1:])
    except (binascii.Error, UnicodeDecodeError):
        pass
    raise ApiProblem(
        INVALID_QUERY, "A query parameter is wrong.", errors=[error_at("after", "Is none of our cursors.")]
    )
