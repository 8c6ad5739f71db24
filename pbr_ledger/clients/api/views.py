"""The view that every address of the API is, and the two that stand for what is not there."""

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from pbr_ledger.accounts.models import Person
from pbr_ledger.clients.api.authentication import HasScope, TokenAuthentication
from pbr_ledger.clients.api.problems import NOT_FOUND, PROBLEMS, ApiProblem
from pbr_ledger.clients.api.serializers import ProblemKindSerializer
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.queries import Access, address_of
from pbr_ledger.clients.services import seconds_to_wait

MOST_REQUESTS = 600
"""Requests of one client in a minute."""
MOST_STRANGERS = 60
"""Requests without a valid token from one address in a minute."""


class ClientThrottle(BaseThrottle):
    """Counts a client's requests of the minute in the database, so that they count for every process."""

    _wait = 0

    def allow_request(self, request: Request, _view: Any) -> bool:
        """Whether this one is within what a minute may have."""
        if isinstance(request.auth, Access):
            self._wait = seconds_to_wait(source=f"client {request.auth.client.pk}", most=MOST_REQUESTS)
        return not self._wait

    def wait(self) -> float:
        """Seconds until the next minute."""
        return self._wait


class ApiView(APIView):
    """An address of the API. `scopes` says what a token has to permit for each method it takes."""

    scopes: ClassVar[Mapping[str, str]] = {}
    authentication_classes = [TokenAuthentication]
    permission_classes = [HasScope]
    throttle_classes = [ClientThrottle]
    http_method_names = ["get", "head", "post"]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Let the request in, or say why not; strangers are counted, and turned away for a while past their number."""
        try:
            super().initial(request, *args, **kwargs)
        except (exceptions.NotAuthenticated, exceptions.AuthenticationFailed):
            address = address_of(request.META)
            if wait := seconds_to_wait(source=f"stranger {address}", most=MOST_STRANGERS):
                raise exceptions.Throttled(wait) from None
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer, which nobody on the way keeps."""
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer.setdefault("Cache-Control", "private, no-store")
        return answer


def client_of(request: Request) -> ApiClient:
    """The client that asks."""
    if not isinstance(request.auth, Access):
        raise exceptions.NotAuthenticated
    return request.auth.client


def asker(request: Request) -> Person:
    """The person as whom the client acts."""
    return client_of(request).person


class ProblemKindView(ApiView):
    """What a kind of problem means: open to everybody, as an error may come before any token."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(operation_id="get_problem_kind", auth=[], responses=ProblemKindSerializer, tags=["Problems"])
    def get(self, _request: Request, slug: str) -> Response:
        """Explain a problem's `type`."""
        if slug not in PROBLEMS:
            raise ApiProblem(NOT_FOUND, "There is no such kind of problem.")
        return Response(ProblemKindSerializer(PROBLEMS[slug]).data)


class NothingHereView(ApiView):
    """The answer below the API's address where there is no resource, in the API's own form."""

    @extend_schema(exclude=True)
    def get(self, _request: Request, rest: str) -> Response:
        """Nothing."""
        raise ApiProblem(NOT_FOUND, "There is no such address in the API.")

    post = get
