"""The figures of webhooks, for Prometheus."""

from collections.abc import Iterator

from django.db.models import Count

from pbr_ledger.observability.figures import Figure
from pbr_ledger.webhooks.lifecycles import CLOSED, DELIVERY, ENDPOINT
from pbr_ledger.webhooks.models import Delivery, Endpoint


def webhook_figures() -> Iterator[Figure]:
    """Endpoints and deliveries by state."""
    endpoints = dict(Endpoint.objects.values_list("state").annotate(Count("pk")))
    for state in ENDPOINT.statuses:
        if state != CLOSED:
            yield Figure("ledger_webhook_endpoints", "Endpoints.", endpoints.get(state, 0), {"state": state})
    deliveries = dict(Delivery.objects.values_list("state").annotate(Count("pk")))
    for state in DELIVERY.statuses:
        yield Figure("ledger_webhook_deliveries", "Deliveries.", deliveries.get(state, 0), {"state": state})
