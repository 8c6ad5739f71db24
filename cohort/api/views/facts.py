"""Each kind of fact: listed, read with its history, recorded, corrected, retracted and restored."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cohort.api.found import answer, as_read, contract_asked_of, contract_in_the_body, current, fact_of, said_of
from cohort.api.kinds import FactKind
from cohort.api.problems import REFERENCE_IN_USE
from cohort.api.reading import VersionSerializer
from cohort.api.writing import FactContent, ToRecord, places_in_the_body
from cohort.core.facts import Retraction
from cohort.forms.ground import BEFORE_ANYTHING
from cohort.models import Contract
from cohort.queries.facts import READINGS
from cohort.queries.history import IDENTITIES
from cohort.queries.records import FactRecord, identities, records_among, records_of
from cohort.services import ChangedMeanwhile, record
from pbr_ledger.clients.api.answers import made_once, with_etag
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import IF_MATCH, KEY_OF_CREATION, UNCHANGED, row_id
from pbr_ledger.clients.api.problems import CONFLICT, ApiProblem
from pbr_ledger.clients.api.serializers import Nothing, PageQuery, checked
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK

FILTERS = {"changed_since": "changed_since", "known_at": "at", "include_retracted": "with_retracted"}


class FactsView(ApiView):
    """The facts of one kind."""

    fact: ClassVar[FactKind]

    def listed(self, request: Request) -> Response:
        """A page of those that are asked for."""
        query = query_of(request, self.fact.asks)
        contract, kind = contract_asked_of(request, query["contract"]), self.fact.kind
        columns = {"reference": "fact__reference", **self.fact.filters}
        asked = {column: query[name] for name, column in (FILTERS | columns).items() if name in query}
        return page_of(
            request,
            identities(kind=kind, contract=contract, **asked),
            self.fact.says,
            query,
            read=lambda facts: records_of(kind=kind, contract=contract, facts=facts, at=query.get("known_at")),
        )

    def recorded(self, request: Request) -> Response:
        """The new fact."""
        return made_once(request, lambda: self._made(request), lambda key: self._said(request, key))

    def _made(self, request: Request) -> int:
        """The key of the fact that is recorded here. Raises a problem where its reference was ever in use."""
        form = _form(self.fact.new, request)
        reference = form.validated_data["reference"]
        contract = contract_in_the_body(request, form.validated_data["contract"])
        try:
            with places_in_the_body():
                _record(contract, form.fact(reference), request, BEFORE_ANYTHING)
        except ChangedMeanwhile:
            said = f"There is, or was, {self.fact.words} {reference} in this contract."
            raise ApiProblem(REFERENCE_IN_USE, said) from None
        key: int = IDENTITIES[self.fact.kind].objects.get(contract=contract, reference=reference).pk
        return key

    def _said(self, request: Request, key: int) -> Response:
        return answer(self.fact, fact_of(request, self.fact, key), status=201)


class FactView(ApiView):
    """One fact, and what can be done to it."""

    fact: ClassVar[FactKind]

    def shown(self, request: Request, row: int) -> Response:
        """The fact as it stands."""
        return with_etag(request, said_of(self.fact, current(self.fact, fact_of(request, self.fact, row))))

    def versions(self, request: Request, row: int, says: Any) -> Response:
        """A page of everything that was ever recorded of it."""
        query, identity = query_of(request, PageQuery), fact_of(request, self.fact, row)
        kind, contract = self.fact.kind, identity.contract
        rows = READINGS[kind].versions

        def read(versions: Any) -> list[FactRecord]:
            found = rows.filter(pk__in=[each.pk for each in versions]).order_by("pk")
            return records_among(kind=kind, contract=contract, versions=found)

        return page_of(request, rows.filter(fact=identity), says, query, read=read)

    def corrected(self, request: Request, row: int) -> Response:
        """The fact as it should have been recorded. A retracted one has to be restored first."""
        form, identity = _form(self.fact.content, request), fact_of(request, self.fact, row)
        seen = as_read(request, self.fact, identity)
        if seen.retracted:
            raise ApiProblem(CONFLICT, f"{identity} is retracted: restore it first.")
        with places_in_the_body():
            _record(identity.contract, form.corrected(seen.content), request, seen.recorded_at)
        return answer(self.fact, identity)

    def retracted(self, request: Request, row: int) -> Response:
        """The fact, known no longer."""
        return self._turned(request, row, to_retracted=True)

    def restored(self, request: Request, row: int) -> Response:
        """The fact, known again as it was last."""
        return self._turned(request, row, to_retracted=False)

    def _turned(self, request: Request, row: int, *, to_retracted: bool) -> Response:
        checked(Nothing, request.data)
        identity = fact_of(request, self.fact, row)
        seen = as_read(request, self.fact, identity)
        if seen.retracted == to_retracted:
            raise ApiProblem(CONFLICT, f"{identity} is {'retracted already' if to_retracted else 'not retracted'}.")
        content = Retraction(self.fact.kind, identity.reference) if to_retracted else seen.content
        with places_in_the_body():
            _record(identity.contract, content, request, seen.recorded_at)
        return answer(self.fact, identity)


def _form(form: type[ToRecord] | type[FactContent] | None, request: Request) -> Any:
    if form is None:
        raise TypeError("Facts of this kind are not recorded whole.")
    asked = form(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked


def _record(contract: Contract, content: Any, request: Request, seen_at: Any) -> None:
    record(contract=contract, facts=[content], by=asker(request), clock=DATABASE_CLOCK, as_seen_at=seen_at)


# The views of one kind, and what the schema says of them


def facts_view(fact: FactKind) -> type[FactsView]:
    """The list, and where a new one is recorded."""

    @extend_schema(
        operation_id=f"list_{fact.many}",
        description=fact.sentence,
        parameters=[fact.asks],
        responses=page_schema(fact.says),
        tags=["Facts"],
    )
    def get(self: FactsView, request: Request) -> Response:
        return self.listed(request)

    @extend_schema(
        operation_id=f"record_{fact.kind}",
        description=f"Record a new {fact.words}, under a reference that none ever had.",
        parameters=[KEY_OF_CREATION],
        request=fact.new,
        responses={201: fact.says},
        tags=["Facts"],
    )
    def post(self: FactsView, request: Request) -> Response:
        return self.recorded(request)

    scopes = {"GET": f"{fact.scope}:read", "POST": f"{fact.scope}:write"}
    body = {"fact": fact, "get": get, "post": post} if fact.new else {"fact": fact, "get": get}
    return type("FactsView", (FactsView,), {**body, "scopes": scopes})


def fact_view(fact: FactKind) -> type[FactView]:
    """One fact."""

    @extend_schema(
        operation_id=f"get_{fact.kind}",
        description=f"One {fact.words} as it stands, retracted or not.",
        parameters=[row_id(fact.prefix)],
        responses={200: fact.says, 304: UNCHANGED},
        tags=["Facts"],
    )
    def get(self: FactView, request: Request, row: int) -> Response:
        return self.shown(request, row)

    return type("FactView", (FactView,), {"fact": fact, "get": get, "scopes": {"GET": f"{fact.scope}:read"}})


def versions_view(fact: FactKind) -> type[FactView]:
    """Its history, and where a correction is recorded."""
    name = f"{fact.says.__name__.removesuffix('Serializer')}VersionSerializer"
    says = type(name, (VersionSerializer, fact.says), {"__doc__": f"A {fact.words} as it was once recorded."})

    @extend_schema(
        operation_id=f"list_{fact.kind}_versions",
        description=f"Everything that was ever recorded of one {fact.words}, in its order.",
        parameters=[row_id(fact.prefix), PageQuery],
        responses=page_schema(says),
        tags=["Facts"],
    )
    def get(self: FactView, request: Request, row: int) -> Response:
        return self.versions(request, row, says)

    @extend_schema(
        operation_id=f"correct_{fact.kind}",
        description="Record the whole of what it says now. The version before stays readable.",
        parameters=[row_id(fact.prefix), IF_MATCH],
        request=fact.content,
        responses={200: fact.says},
        tags=["Facts"],
    )
    def post(self: FactView, request: Request, row: int) -> Response:
        return self.corrected(request, row)

    scopes = {"GET": f"{fact.scope}:read", "POST": f"{fact.scope}:write"}
    body = {"fact": fact, "get": get, "post": post} if fact.content else {"fact": fact, "get": get}
    return type("VersionsView", (FactView,), {**body, "scopes": scopes})


def retraction_view(fact: FactKind) -> type[FactView]:
    """Where it is retracted."""

    @extend_schema(
        operation_id=f"retract_{fact.kind}",
        description="Say that it was wrong altogether. Nothing that is known may refer to it.",
        parameters=[row_id(fact.prefix), IF_MATCH],
        request=Nothing,
        responses={200: fact.says},
        tags=["Facts"],
    )
    def post(self: FactView, request: Request, row: int) -> Response:
        return self.retracted(request, row)

    return type("RetractionView", (FactView,), {"fact": fact, "post": post, "scopes": _writes(fact)})


def restoration_view(fact: FactKind) -> type[FactView]:
    """Where it is restored."""

    @extend_schema(
        operation_id=f"restore_{fact.kind}",
        description="Restore what was retracted, as it was last known.",
        parameters=[row_id(fact.prefix), IF_MATCH],
        request=Nothing,
        responses={200: fact.says},
        tags=["Facts"],
    )
    def post(self: FactView, request: Request, row: int) -> Response:
        return self.restored(request, row)

    return type("RestorationView", (FactView,), {"fact": fact, "post": post, "scopes": _writes(fact)})


def _writes(fact: FactKind) -> dict[str, str]:
    return {"POST": f"{fact.scope}:write"}
