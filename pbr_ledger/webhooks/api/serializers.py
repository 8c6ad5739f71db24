"""What the API says of endpoints and deliveries, and what it takes of them."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pbr_ledger.clients.api.serializers import IdField, PageQuery, StrictSerializer
from pbr_ledger.webhooks.addresses import LONGEST_URL
from pbr_ledger.webhooks.lifecycles import DELIVERY, ENDPOINT
from pbr_ledger.webhooks.models import REASONS
from pbr_ledger.webhooks.services.endpoints import LONGEST_DESCRIPTION

MOST_EVENTS = 50
ENDPOINT_STATES = sorted(ENDPOINT.statuses)
DELIVERY_STATES = sorted(DELIVERY.statuses)


class EndpointSerializer(serializers.Serializer[Any]):
    """Where your organisation is told of what happens."""

    id = IdField("end", source="pk")
    url = serializers.CharField()
    description = serializers.CharField(help_text="Yours; may be empty.")
    events = serializers.ListField(child=serializers.CharField())
    state = serializers.ChoiceField(
        ENDPOINT_STATES, help_text="Events are sent to active ones; once verified, they are kept meanwhile."
    )
    disabled_because = serializers.SerializerMethodField(
        help_text="`by hand`, `failing` (it took nothing for two days) or `gone` (it answered 410); null if it is not."
    )
    created_at = serializers.DateTimeField()
    verified_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(REASONS, allow_null=True))
    def get_disabled_because(self, row: Any) -> str | None:
        """Why it is disabled."""
        return row.disabled_because or None


class EndpointWithSecretSerializer(EndpointSerializer):
    """An endpoint with a secret that was just made, said this once."""

    secret = serializers.CharField(help_text="What messages are signed with. It cannot be read again.")


class EndpointToCreate(StrictSerializer):
    """A new endpoint."""

    url = serializers.CharField(max_length=LONGEST_URL, help_text="https://, on the public internet.")
    events: serializers.ListSerializer[Any] = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(max_length=100), min_length=1, max_length=MOST_EVENTS
    )
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)


class EndpointChanges(StrictSerializer):
    """What is to be otherwise; what is left out stays."""

    url = serializers.CharField(max_length=LONGEST_URL, required=False)
    events: serializers.ListSerializer[Any] = serializers.ListField(  # type: ignore[assignment]
        child=serializers.CharField(max_length=100), min_length=1, max_length=MOST_EVENTS, required=False
    )
    description = serializers.CharField(max_length=LONGEST_DESCRIPTION, required=False, allow_blank=True)


class AttemptSerializer(serializers.Serializer[Any]):
    """One request to the endpoint."""

    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField()
    status = serializers.IntegerField(allow_null=True, help_text="What it answered; null without an answer.")
    error = serializers.CharField(help_text="Why it was not taken, in words; empty when it was.")
    excerpt = serializers.CharField(help_text="The beginning of an answer that was no yes.")


class DeliverySerializer(serializers.Serializer[Any]):
    """A message to an endpoint, and what became of it."""

    id = IdField("dlv", source="pk")
    endpoint = IdField("end", source="endpoint_id")
    message_id = serializers.CharField(help_text="The header `webhook-id`; of an event its id.")
    type = serializers.CharField(source="kind")
    at = serializers.DateTimeField(help_text="When it happened.")
    state = serializers.ChoiceField(DELIVERY_STATES)
    next_attempt_at = serializers.DateTimeField(
        source="due_at", allow_null=True, help_text="Null once it has ended, and while it waits for its turn."
    )
    ended_at = serializers.DateTimeField(allow_null=True)
    attempts = AttemptSerializer(many=True, source="in_order")


class EndpointsQuery(PageQuery):
    """Which endpoints."""

    state = serializers.ChoiceField(ENDPOINT_STATES, required=False)


class DeliveriesQuery(PageQuery):
    """Which deliveries."""

    state = serializers.ChoiceField(DELIVERY_STATES, required=False)
