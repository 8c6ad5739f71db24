"""The addresses of webhooks. A client keeps the endpoints of its own organisation; others do not exist for it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from pbr_ledger.clients.api.answers import etag_of, require_unchanged, with_etag
from pbr_ledger.clients.api.paging import page_of, page_schema, query_of
from pbr_ledger.clients.api.parameters import IF_MATCH, UNCHANGED, row_id
from pbr_ledger.clients.api.serializers import Nothing, StrictSerializer
from pbr_ledger.clients.api.views import ApiView, asker
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.api.serializers import (
    DeliveriesQuery,
    DeliverySerializer,
    EndpointChanges,
    EndpointSerializer,
    EndpointsQuery,
    EndpointToCreate,
    EndpointWithSecretSerializer,
)
from pbr_ledger.webhooks.models import Attempt, Delivery, Endpoint
from pbr_ledger.webhooks.queries import endpoints_of

BASE = "/api/v1/webhook-endpoints"
TAG = ["Webhooks"]
ENDPOINT_ID, DELIVERY_ID = row_id("end"), row_id("dlv")


class EndpointsView(ApiView):
    """Endpoints."""

    scopes: ClassVar = {"GET": "webhooks:read", "POST": "webhooks:write"}

    @extend_schema(
        operation_id="list_webhook_endpoints",
        parameters=[EndpointsQuery],
        responses=page_schema(EndpointSerializer),
        tags=TAG,
    )
    def get(self, request: Request) -> Response:
        """Your organisation's endpoints, those that were closed too."""
        query = query_of(request, EndpointsQuery)
        return page_of(request, _in_state(_own(request), query), EndpointSerializer, query)

    @extend_schema(
        operation_id="create_webhook_endpoint",
        request=EndpointToCreate,
        responses={201: EndpointWithSecretSerializer},
        tags=TAG,
    )
    def post(self, request: Request) -> Response:
        """Make an endpoint. The answer has its secret, this once; a challenge is on its way there."""
        wanted = _checked(EndpointToCreate, request)
        by = asker(request)
        made = services.create_endpoint(organisation=by.organisation, by=by, clock=DATABASE_CLOCK, **wanted)
        return _with_secret(made, 201)


class EndpointView(ApiView):
    """An endpoint."""

    scopes: ClassVar = {"GET": "webhooks:read"}

    @extend_schema(
        operation_id="get_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        responses={200: EndpointSerializer, 304: UNCHANGED},
        tags=TAG,
    )
    def get(self, request: Request, row: int) -> Response:
        """One endpoint."""
        return with_etag(request, EndpointSerializer(_endpoint(request, row)).data)


class ChangesView(ApiView):
    """Changes of an endpoint."""

    scopes: ClassVar = {"POST": "webhooks:write"}

    @extend_schema(
        operation_id="change_webhook_endpoint",
        parameters=[ENDPOINT_ID, IF_MATCH],
        request=EndpointChanges,
        responses={200: EndpointSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Change its address, events or description. At another address it has to answer a challenge first."""
        found = _endpoint(request, row)
        wanted = _checked(EndpointChanges, request)
        with transaction.atomic():
            locked = Endpoint.objects.select_for_update(of=("self",)).get(pk=found.pk)
            require_unchanged(request, EndpointSerializer(locked).data)
            now = {name: wanted.get(name, getattr(locked, name)) for name in ("url", "events", "description")}
            changed = services.change_endpoint(endpoint=locked, by=asker(request), clock=DATABASE_CLOCK, **now)
        return _said(EndpointSerializer(changed).data)


class _StepView(ApiView):
    """A step of an endpoint: what is done, and with what the answer says."""

    scopes: ClassVar = {"POST": "webhooks:write"}
    act: ClassVar[Callable[..., Endpoint]]

    def answer(self, request: Request, row: int) -> Response:
        """The endpoint as it stands after the step."""
        found = _endpoint(request, row)
        _checked(Nothing, request)
        return _said(EndpointSerializer(type(self).act(endpoint=found, by=asker(request), clock=DATABASE_CLOCK)).data)


class DisablingView(_StepView):
    """The disabling of an endpoint."""

    act = staticmethod(services.disable_endpoint)

    @extend_schema(
        operation_id="disable_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={200: EndpointSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Send nothing there from now on; what happens meanwhile is kept for it."""
        return self.answer(request, row)


class EnablingView(_StepView):
    """The enabling of an endpoint."""

    act = staticmethod(services.enable_endpoint)

    @extend_schema(
        operation_id="enable_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={200: EndpointSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Make a disabled endpoint active again: what was kept for it is sent, the earliest first."""
        return self.answer(request, row)


class EndpointClosingView(_StepView):
    """The closing of an endpoint."""

    act = staticmethod(services.close_endpoint)

    @extend_schema(
        operation_id="close_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={200: EndpointSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Close it for good. What still waited is given up; the log stays."""
        return self.answer(request, row)


class VerificationView(ApiView):
    """The verification of an endpoint."""

    scopes: ClassVar = {"POST": "webhooks:write"}

    @extend_schema(
        operation_id="verify_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={202: DeliverySerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Send it a new challenge; the ones before do not count any more."""
        found = _endpoint(request, row)
        _checked(Nothing, request)
        sent = services.ask_for_verification(endpoint=found, by=asker(request), clock=DATABASE_CLOCK)
        return _delivery_said(sent)


class TestView(ApiView):
    """A test of an endpoint."""

    scopes: ClassVar = {"POST": "webhooks:write"}

    @extend_schema(
        operation_id="test_webhook_endpoint",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={202: DeliverySerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Send it a message of the type `endpoint.test`, once."""
        found = _endpoint(request, row)
        _checked(Nothing, request)
        return _delivery_said(services.send_test(endpoint=found, by=asker(request), clock=DATABASE_CLOCK))


class SecretView(ApiView):
    """The secret of an endpoint."""

    scopes: ClassVar = {"POST": "webhooks:write"}

    @extend_schema(
        operation_id="rotate_webhook_secret",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={200: EndpointWithSecretSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Make a new secret, said this once. For 24 hours messages are signed with the one before, too."""
        found = _endpoint(request, row)
        _checked(Nothing, request)
        return _with_secret(services.rotate_secret(endpoint=found, by=asker(request), clock=DATABASE_CLOCK), 200)


class EarlierSecretView(_StepView):
    """The end of an earlier secret."""

    act = staticmethod(services.end_earlier_secret)

    @extend_schema(
        operation_id="end_earlier_webhook_secret",
        parameters=[ENDPOINT_ID],
        request=Nothing,
        responses={200: EndpointSerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Sign with the newest secret alone from now on."""
        return self.answer(request, row)


class DeliveriesView(ApiView):
    """What is delivered to an endpoint."""

    scopes: ClassVar = {"GET": "webhooks:read"}

    @extend_schema(
        operation_id="list_webhook_deliveries",
        parameters=[ENDPOINT_ID, DeliveriesQuery],
        responses=page_schema(DeliverySerializer),
        tags=TAG,
    )
    def get(self, request: Request, row: int) -> Response:
        """What was or is to be delivered to an endpoint, each with its attempts, in the order in which it happened."""
        query = query_of(request, DeliveriesQuery)
        rows = _deliveries(request).filter(endpoint=_endpoint(request, row))
        return page_of(request, _in_state(rows, query), DeliverySerializer, query)


class DeliveryView(ApiView):
    """A delivery."""

    scopes: ClassVar = {"GET": "webhooks:read"}

    @extend_schema(
        operation_id="get_webhook_delivery",
        parameters=[DELIVERY_ID],
        responses={200: DeliverySerializer, 304: UNCHANGED},
        tags=TAG,
    )
    def get(self, request: Request, row: int) -> Response:
        """One delivery with every attempt at it."""
        return with_etag(request, DeliverySerializer(_delivery(request, row)).data)


class ResendingView(ApiView):
    """The sending again of a delivery."""

    scopes: ClassVar = {"POST": "webhooks:write"}

    @extend_schema(
        operation_id="send_webhook_again",
        parameters=[DELIVERY_ID],
        request=Nothing,
        responses={202: DeliverySerializer},
        tags=TAG,
    )
    def post(self, request: Request, row: int) -> Response:
        """Send it once more, whatever became of it, with the same `webhook-id`."""
        found = _delivery(request, row)
        _checked(Nothing, request)
        return _delivery_said(services.send_again(delivery=found, by=asker(request), clock=DATABASE_CLOCK))


def _checked(form: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """The body, checked; none at all is an empty object. Raises `ValidationError`."""
    asked = form(data=request.data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


def _in_state(rows: "QuerySet[Any]", query: dict[str, Any]) -> "QuerySet[Any]":
    return rows.filter(state=query["state"]) if "state" in query else rows


def _own(request: Request) -> QuerySet[Endpoint]:
    return endpoints_of([asker(request).organisation])


def _endpoint(request: Request, row: int) -> Endpoint:
    found = _own(request).filter(pk=row).first()
    if found is None:
        raise Http404
    return found


def _deliveries(request: Request) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(endpoint__organisation=asker(request).organisation)
    attempts = Prefetch("attempts", Attempt.objects.order_by("round", "number"), to_attr="in_order")
    return rows.select_related("endpoint__organisation").prefetch_related(attempts)


def _delivery(request: Request, row: int) -> Delivery:
    found = _deliveries(request).filter(pk=row).first()
    if found is None:
        raise Http404
    return found


def _said(said: dict[str, Any], status: int = 200) -> Response:
    return Response(said, status=status, headers={"ETag": etag_of(said)})


def _with_secret(made: services.NewEndpoint, status: int) -> Response:
    """The endpoint with its secret; the ETag is that of the endpoint without it, as it is read later."""
    said = EndpointSerializer(made.endpoint).data
    headers = {"ETag": etag_of(said)} | ({"Location": f"{BASE}/{said['id']}"} if status == 201 else {})
    return Response({**said, "secret": made.secret}, status=status, headers=headers)


def _delivery_said(sent: Delivery) -> Response:
    sent.in_order = list(sent.attempts.order_by("round", "number"))  # type: ignore[attr-defined] # as prefetched
    return _said(DeliverySerializer(sent).data, 202)
