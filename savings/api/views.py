"""The addresses of statements. Every change is the one service that the pages call."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cohort.queries import contracts_visible_to
from cohort.queries.erasures import refuse_erased
from pbr_ledger.accounts.models import Person
from pbr_ledger.clients.api.answers import etag_of, require_unchanged, with_etag
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import IF_MATCH, UNCHANGED, row_id
from pbr_ledger.clients.api.problems import invalid
from pbr_ledger.clients.api.serializers import Nothing, checked
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.periods import Month
from savings.api import problems, serializers
from savings.models import ClosedStatement, Proposal
from savings.services import agree, close, dispute, propose, withdraw_dispute

BASE = "/api/v1"
__all__ = ["problems"]


class StatementsView(ApiView):
    """Closed statements."""

    scopes: ClassVar = {"GET": "statements:read"}

    @extend_schema(
        operation_id="list_statements",
        parameters=[serializers.StatementsQuery],
        responses=page_schema(serializers.StatementSerializer),
        tags=["Statements"],
    )
    def get(self, request: Request) -> Response:
        """The months that are closed for good."""
        query = query_of(request, serializers.StatementsQuery)
        rows = _filtered(statements_of(asker(request)), query)
        return page_of(request, rows.defer("document"), serializers.StatementSerializer, query)


class StatementView(ApiView):
    """A closed statement."""

    scopes: ClassVar = {"GET": "statements:read"}

    @extend_schema(
        operation_id="get_statement",
        parameters=[row_id("stm")],
        responses={200: serializers.StatementInFullSerializer, 304: UNCHANGED},
        tags=["Statements"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One closed month with its result document."""
        found = found_or_404(statements_of(asker(request)), row)
        refuse_erased(found.contract)
        return with_etag(request, serializers.StatementInFullSerializer(found).data)


class ProposalsView(ApiView):
    """Proposals."""

    scopes: ClassVar = {"GET": "statements:read", "POST": "statements:propose"}

    @extend_schema(
        operation_id="list_proposals",
        parameters=[serializers.ProposalsQuery],
        responses=page_schema(serializers.ProposalSerializer),
        tags=["Statements"],
    )
    def get(self, request: Request) -> Response:
        """Figures that were put to both sides, and what became of them."""
        query = query_of(request, serializers.ProposalsQuery)
        rows = _filtered(_proposals(asker(request)), query)
        return page_of(request, rows.defer("document"), serializers.ProposalSerializer, query)

    @extend_schema(
        operation_id="propose_month",
        request=serializers.MonthToPropose,
        responses={201: serializers.ProposalInFullSerializer},
        tags=["Statements"],
    )
    def post(self, request: Request) -> Response:
        """Propose a month's figures as known now. The same figures twice are refused, so it is safe to send again."""
        person, wanted = asker(request), checked(serializers.MonthToPropose, request.data)
        contract = contracts_visible_to(person).filter(pk=wanted["contract"]).first()
        if contract is None:
            raise invalid("contract", "There is no such contract.")
        made = propose(contract=contract, month=Month.parse(wanted["month"]), by=person, clock=DATABASE_CLOCK)
        return _proposal(person, made, status=201)


class ProposalView(ApiView):
    """A proposal."""

    scopes: ClassVar = {"GET": "statements:read"}

    @extend_schema(
        operation_id="get_proposal",
        parameters=[row_id("prp")],
        responses={200: serializers.ProposalInFullSerializer, 304: UNCHANGED},
        tags=["Statements"],
    )
    def get(self, request: Request, row: int) -> Response:
        """One proposal with its result document."""
        found = found_or_404(_proposals(asker(request)), row)
        refuse_erased(found.contract)
        return with_etag(request, serializers.ProposalInFullSerializer(found).data)


class ProposalStep(ApiView):
    """A step in the life of a proposal, by somebody who has read it.

    `If-Match` is compared before the service locks and looks again: figures of a proposal never change, and what else
    may have happened meanwhile the service refuses itself.
    """

    def read(self, request: Request, row: int) -> Proposal:
        """The proposal, unchanged since it was read. Raises the problem that it is otherwise."""
        found = found_or_404(_proposals(asker(request)), row)
        require_unchanged(request, serializers.ProposalInFullSerializer(found).data)
        return found


class AgreementView(ProposalStep):
    """Agreeing."""

    scopes: ClassVar = {"POST": "statements:agree"}

    @extend_schema(
        operation_id="agree_proposal",
        parameters=[row_id("prp"), IF_MATCH],
        request=Nothing,
        responses={200: serializers.ProposalInFullSerializer},
        tags=["Statements"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Agree for your side to these figures and no others."""
        checked(Nothing, request.data)
        proposal, person = self.read(request, row), asker(request)
        agree(proposal=proposal, by=person, clock=DATABASE_CLOCK)
        return _proposal(person, proposal)


class DisputeView(ProposalStep):
    """Disputing."""

    scopes: ClassVar = {"POST": "statements:dispute"}

    @extend_schema(
        operation_id="dispute_proposal",
        parameters=[row_id("prp"), IF_MATCH],
        request=serializers.Objection,
        responses={200: serializers.ProposalInFullSerializer},
        tags=["Statements"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Dispute a figure: the proposal stops, and no fact changes."""
        wanted = checked(serializers.Objection, request.data)
        proposal, person = self.read(request, row), asker(request)
        dispute(proposal=proposal, about=wanted["about"], reason=wanted["reason"], by=person, clock=DATABASE_CLOCK)
        return _proposal(person, proposal)


class WithdrawalView(ProposalStep):
    """Withdrawing a dispute."""

    scopes: ClassVar = {"POST": "statements:dispute"}

    @extend_schema(
        operation_id="withdraw_dispute",
        parameters=[row_id("prp"), IF_MATCH],
        request=Nothing,
        responses={200: serializers.ProposalInFullSerializer},
        tags=["Statements"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Withdraw your side's dispute: the same figures can be proposed again."""
        checked(Nothing, request.data)
        proposal, person = self.read(request, row), asker(request)
        if not hasattr(proposal, "dispute"):
            raise Http404
        withdraw_dispute(dispute=proposal.dispute, by=person, clock=DATABASE_CLOCK)
        return _proposal(person, proposal)


class ClosingView(ProposalStep):
    """Closing."""

    scopes: ClassVar = {"POST": "statements:close"}

    @extend_schema(
        operation_id="close_month",
        parameters=[row_id("prp"), IF_MATCH],
        request=serializers.ClosingReasons,
        responses={201: serializers.StatementInFullSerializer},
        tags=["Statements"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Close the month for good, with this moment as its cut-off."""
        wanted = checked(serializers.ClosingReasons, request.data)
        proposal, person = self.read(request, row), asker(request)
        closed = close(proposal=proposal, by=person, clock=DATABASE_CLOCK, **wanted)
        said = serializers.StatementInFullSerializer(found_or_404(statements_of(person), closed.pk)).data
        headers = {"Location": f"{BASE}/statements/stm_{closed.pk}", "ETag": etag_of(said)}
        return Response(said, status=201, headers=headers)


def statements_of(person: Person) -> QuerySet[ClosedStatement]:
    rows = ClosedStatement.objects.filter(contract__in=contracts_visible_to(person))
    return rows.select_related("contract__erasure")


def _proposals(person: Person) -> QuerySet[Proposal]:
    rows = Proposal.objects.filter(contract__in=contracts_visible_to(person))
    return rows.select_related("contract__erasure").prefetch_related("agreements")


def _filtered(rows: QuerySet[Any], query: Mapping[str, Any]) -> QuerySet[Any]:
    filters = {"contract": "contract_id", "status": "status"}
    rows = rows.filter(**{column: query[name] for name, column in filters.items() if name in query})
    return rows.filter(month_start=Month.parse(query["month"]).first_day) if "month" in query else rows


def found_or_404(rows: QuerySet[Any], key: int) -> Any:
    found = rows.filter(pk=key).first()
    if found is None:
        raise Http404
    return found


def _proposal(person: Person, proposal: Proposal, *, status: int = 200) -> Response:
    said = serializers.ProposalInFullSerializer(found_or_404(_proposals(person), proposal.pk)).data
    headers = {"Location": f"{BASE}/proposals/{said['id']}", "ETag": etag_of(said)}
    return Response(said, status=status, headers=headers)
