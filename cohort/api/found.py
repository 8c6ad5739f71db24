"""What a request is about: the contract or fact that it names, as far as the client's organisation may see it."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from rest_framework.request import Request
from rest_framework.response import Response

from cohort.api.kinds import FactKind
from cohort.models import Contract
from cohort.queries import contracts_visible_to
from cohort.queries.erasures import refuse_erased
from cohort.queries.history import IDENTITIES
from cohort.queries.records import FactRecord, records_of
from pbr_ledger.clients.api.answers import etag_of, require_unchanged
from pbr_ledger.clients.api.problems import NOT_FOUND, ApiProblem, invalid
from pbr_ledger.clients.api.views import asker

BASE = "/api/v1"


def contract_asked_of(request: Request, key: int) -> Contract:
    """The contract that a query names. Raises a problem where there is none for this client."""
    found = contracts_visible_to(asker(request)).filter(pk=key).first()
    if found is None:
        raise ApiProblem(NOT_FOUND, "There is no such contract.")
    refuse_erased(found)
    return found


def contract_in_the_body(request: Request, key: int) -> Contract:
    """The contract that a body names. Raises a problem where there is none for this client."""
    found = contracts_visible_to(asker(request)).filter(pk=key).first()
    if found is None:
        raise invalid("contract", "There is no such contract.")
    return found


def fact_of(request: Request, fact: FactKind, key: int) -> Any:
    """The identity of this key with its contract. Raises `Http404` where there is none for this client."""
    rows = IDENTITIES[fact.kind].objects.filter(pk=key, contract__in=contracts_visible_to(asker(request)))
    found = rows.select_related("contract").first()
    if found is None:
        raise Http404
    return found


def current(fact: FactKind, identity: Any) -> FactRecord:
    """The fact as it stands now."""
    (record,) = records_of(kind=fact.kind, contract=identity.contract, facts=[identity])
    return record


def said_of(fact: FactKind, record: FactRecord) -> Mapping[str, Any]:
    """What the API says of it."""
    said: Mapping[str, Any] = fact.says(record).data
    return said


def as_read(request: Request, fact: FactKind, identity: Any) -> FactRecord:
    """The fact as it stands, which has to be what the client has read. Raises the problem that it is not.

    The service that follows is told of this version, so that a later one is never overwritten.
    """
    record = current(fact, identity)
    require_unchanged(request, said_of(fact, record))
    return record


def answer(fact: FactKind, identity: Any, *, status: int = 200) -> Response:
    """The fact as it stands, where it is, and its ETag."""
    said = said_of(fact, current(fact, identity))
    headers = {"Location": f"{BASE}/{fact.scope}/{said['id']}", "ETag": etag_of(said)}
    return Response(said, status=status, headers=headers)
