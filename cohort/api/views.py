"""The addresses of facts: each kind of a contract's facts, as known now or at an instant."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from cohort.api import serializers
from cohort.queries import contracts_visible_to, current_facts, facts_known_at
from pbr_ledger.clients.api.paging import query_of
from pbr_ledger.clients.api.problems import NOT_FOUND, ApiProblem
from pbr_ledger.clients.api.views import ApiView, asker


class FactsView(ApiView):
    """One kind of fact."""

    scopes: ClassVar = {"GET": "facts:read"}
    kind: ClassVar[str]
    says: ClassVar[type[Serializer[Any]]]

    def answer(self, request: Request) -> Response:
        """Every live fact of the kind, in the order of references: a contract has some hundreds at most."""
        query = query_of(request, serializers.FactsQuery)
        contract = contracts_visible_to(asker(request)).filter(pk=query["contract"]).first()
        if contract is None:
            raise ApiProblem(NOT_FOUND, "There is no such contract.")
        at = query.get("known_at")
        known = facts_known_at(contract=contract, at=at) if at else current_facts(contract)
        facts = known.of_kind(self.kind)
        return Response({"items": self.says([facts[each] for each in sorted(facts)], many=True).data})


def facts_view(kind: str, says: type[Serializer[Any]], name: str, sentence: str) -> type[FactsView]:
    """The view of one kind of fact, and what the schema says of it."""
    page = inline_serializer(f"All{says.__name__.removesuffix('Serializer')}", {"items": says(many=True)})

    @extend_schema(
        operation_id=name,
        description=sentence,
        parameters=[serializers.FactsQuery],
        responses=page,
        tags=["Facts"],
    )
    def get(self: FactsView, request: Request) -> Response:
        return self.answer(request)

    return type(f"{says.__name__}View", (FactsView,), {"kind": kind, "says": says, "get": get})


CHILDREN = facts_view("child", serializers.ChildSerializer, "children", "The children, by reference.")
PLACEMENTS = facts_view("placement", serializers.PlacementSerializer, "placements", "The placements and their prices.")
CLAIMS = facts_view("claim", serializers.ClaimSerializer, "claims", "The claims and what became of them.")
HOUSEHOLDS = facts_view("household", serializers.HouseholdSerializer, "households", "The carer households.")
EXTRA_COSTS = facts_view("extra_cost", serializers.ExtraCostSerializer, "extra_costs", "Costs beside placements.")
EXPENSES = facts_view("expense", serializers.ExpenseSerializer, "expenses", "Travel that is charged.")
