"""Claims: submitted, answered and withdrawn by the provider's programs, decided by the council's; and breakdowns."""

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from cohort.api.found import answer, as_read, contract_in_the_body, fact_of
from cohort.api.kinds import CHILDREN, CLAIMS, PLACEMENTS
from cohort.api.reading import ChildSerializer, ClaimNoteSerializer, ClaimSerializer, PlacementSerializer
from cohort.api.views.facts import facts_view
from cohort.api.writing import Breakdown, ClaimToSubmit, Reason, Remark, places_in_the_body
from cohort.models import ClaimNote
from cohort.services import act_on_claim, agree_move, agree_recorded_baseline, report_breakdown, submit_claim
from pbr_ledger.clients.api.answers import made_once
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import IF_MATCH, KEY_OF_CREATION, row_id
from pbr_ledger.clients.api.serializers import Nothing, PageQuery, StrictSerializer, checked
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK


class ClaimsView(facts_view(CLAIMS)):  # type: ignore[misc] # the list is made as that of other facts is
    """Claims, and where one is submitted."""

    scopes: ClassVar = {"GET": "claims:read", "POST": "claims:submit"}

    @extend_schema(
        operation_id="submit_claim",
        parameters=[KEY_OF_CREATION],
        request=ClaimToSubmit,
        responses={201: ClaimSerializer},
        tags=["Claims"],
    )
    def post(self, request: Request) -> Response:
        """Submit the provider's claim that a placement is a transition. Attach its evidence next."""
        return made_once(request, lambda: _claimed(request, submit_claim), lambda key: _said(request, key, 201))


class AgreedMovesView(ApiView):
    """Moves that both sides know of."""

    scopes: ClassVar = {"POST": "claims:decide"}

    @extend_schema(
        operation_id="agree_move",
        parameters=[KEY_OF_CREATION],
        request=ClaimToSubmit,
        responses={201: ClaimSerializer},
        tags=["Claims"],
    )
    def post(self, request: Request) -> Response:
        """Record a claim agreed at once, for a move that both sides know of."""
        return made_once(request, lambda: _claimed(request, agree_move), lambda key: _said(request, key, 201))


class NotesView(ApiView):
    """What is said about a claim."""

    scopes: ClassVar = {"GET": "claims:read"}

    @extend_schema(
        operation_id="list_claim_notes",
        parameters=[row_id("clm"), PageQuery],
        responses=page_schema(ClaimNoteSerializer),
        tags=["Claims"],
    )
    def get(self, request: Request, row: int) -> Response:
        """Reasons, questions and answers, in the order in which they were written."""
        query, claim = query_of(request, PageQuery), fact_of(request, CLAIMS, row)
        notes = ClaimNote.objects.filter(claim=claim).select_related("written_by", "claim__contract")
        return page_of(request, notes, ClaimNoteSerializer, query)


class StepView(ApiView):
    """A step in the life of a claim, by somebody who has read it."""

    action: ClassVar[str]
    form: ClassVar[type[StrictSerializer]]

    def taken(self, request: Request, row: int) -> Response:
        """The claim after it."""
        text = checked(self.form, request.data)["text"]
        claim = fact_of(request, CLAIMS, row)
        seen = as_read(request, CLAIMS, claim)
        with places_in_the_body():
            act_on_claim(
                contract=claim.contract,
                claim=claim.reference,
                action=self.action,
                text=text,
                by=asker(request),
                clock=DATABASE_CLOCK,
                as_seen_at=seen.recorded_at,
            )
        return answer(CLAIMS, claim)


def step_view(action: str, scope: str, form: type[StrictSerializer], sentence: str) -> type[StepView]:
    """The view of one step, and what the schema says of it."""

    @extend_schema(
        operation_id=f"{action}_claim",
        description=sentence,
        parameters=[row_id("clm"), IF_MATCH],
        request=form,
        responses={200: ClaimSerializer},
        tags=["Claims"],
    )
    def post(self: StepView, request: Request, row: int) -> Response:
        return self.taken(request, row)

    return type("StepView", (StepView,), {"action": action, "form": form, "scopes": {"POST": scope}, "post": post})


AGREEMENT = step_view(
    "agree", "claims:decide", Remark, "Agree the claim: it earns savings. Both sides have agreed the baseline before."
)
QUERY = step_view("query", "claims:decide", Reason, "Ask about the claim: it does not earn until it is agreed.")
REJECTION = step_view("reject", "claims:decide", Reason, "Reject the claim, for a reason.")
ANSWER = step_view("answer", "claims:submit", Reason, "Answer what the council asked: the claim is submitted again.")
WITHDRAWAL = step_view("withdraw", "claims:submit", Reason, "Withdraw the claim, for a reason.")


class BreakdownView(ApiView):
    """Breakdowns."""

    scopes: ClassVar = {"POST": "placements:write"}

    @extend_schema(
        operation_id="report_breakdown",
        parameters=[row_id("plc"), IF_MATCH],
        request=Breakdown,
        responses={200: PlacementSerializer},
        tags=["Facts"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Report that a running placement broke down; the provider may."""
        until = checked(Breakdown, request.data)["until"]
        placement = fact_of(request, PLACEMENTS, row)
        seen = as_read(request, PLACEMENTS, placement)
        with places_in_the_body():
            report_breakdown(
                contract=placement.contract,
                placement=placement.reference,
                until=until,
                by=asker(request),
                clock=DATABASE_CLOCK,
                as_seen_at=seen.recorded_at,
            )
        return answer(PLACEMENTS, placement)


class BaselineAgreementView(ApiView):
    """Agreeing to a child's baseline."""

    scopes: ClassVar = {"POST": "baselines:agree"}

    @extend_schema(
        operation_id="agree_recorded_baseline",
        parameters=[row_id("chd"), IF_MATCH],
        request=Nothing,
        responses={200: ChildSerializer},
        tags=["Facts"],
    )
    def post(self, request: Request, row: int) -> Response:
        """Agree for the provider to the baseline that the council has recorded, as you have read it."""
        checked(Nothing, request.data)
        child = fact_of(request, CHILDREN, row)
        seen: Any = as_read(request, CHILDREN, child).content
        agree_recorded_baseline(
            contract=child.contract,
            child=child.reference,
            rates=seen.baseline,
            by=asker(request),
            clock=DATABASE_CLOCK,
        )
        return answer(CHILDREN, child)


def _claimed(request: Request, service: Any) -> int:
    """The key of the claim that the service makes."""
    wanted = checked(ClaimToSubmit, request.data)
    contract = contract_in_the_body(request, wanted["contract"])
    said = {"placement": wanted["placement"], "text": wanted["text"]}
    with places_in_the_body():
        made = service(contract=contract, by=asker(request), clock=DATABASE_CLOCK, **said)
    key: int = made.pk
    return key


def _said(request: Request, key: int, status: int) -> Response:
    return answer(CLAIMS, fact_of(request, CLAIMS, key), status=status)
