"""Reading endpoints and deliveries: whose they are, what may be sent now, and what came of it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.webhooks.lifecycles import CLOSED, DELIVERED, DISABLED, WAITING
from pbr_ledger.webhooks.models import BY_HAND, Attempt, Delivery, Endpoint, EndpointSecret


def endpoints_of(organisations: Iterable[Organisation]) -> QuerySet[Endpoint]:
    """Every endpoint of these organisations, closed ones too, as they were made."""
    found = Endpoint.objects.filter(organisation__in=organisations)
    return found.select_related("organisation", "created_by").order_by("created_at", "pk")


def endpoints_by_name(organisations: Iterable[Organisation], *, closed: bool = False) -> QuerySet[Endpoint]:
    """Those open, or those closed, by organisation, each with how many deliveries wait and when the last was made."""
    counted = endpoints_of(organisations).annotate(
        waiting=Count("deliveries", filter=Q(deliveries__state=WAITING)),
        last_delivered_at=Max("deliveries__ended_at", filter=Q(deliveries__state=DELIVERED)),
    )
    rows = counted.filter(state=CLOSED) if closed else counted.exclude(state=CLOSED)
    return rows.order_by(Lower("organisation__name"), "url", "pk")


def failed_endpoints(organisations: Iterable[Organisation]) -> QuerySet[Endpoint]:
    """Those that were disabled because they did not take what was sent: somebody has to look at them."""
    return endpoints_of(organisations).filter(state=DISABLED).exclude(disabled_because=BY_HAND)


def deliveries_of(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Everything that was ever to be delivered there, with how many attempts were made; the latest first."""
    rows = endpoint.deliveries.annotate(tried=Count("attempts"), last_tried_at=Max("attempts__at"))
    return rows.select_related("endpoint__organisation").order_by("-pk")


def attempts_at(delivery: Delivery) -> QuerySet[Attempt]:
    """Every attempt at it, in order."""
    return delivery.attempts.order_by("round", "number")


def ready_deliveries(endpoint: Endpoint) -> QuerySet[Delivery]:
    """What waits there and is not behind an earlier delivery about the same, in order."""
    earlier = Delivery.objects.filter(
        endpoint=endpoint, state=WAITING, pk__lt=OuterRef("pk"), about__overlap=OuterRef("about")
    )
    return endpoint.deliveries.filter(~Exists(earlier), state=WAITING).order_by("pk")


def secrets_valid(endpoint: Endpoint, at: datetime) -> list[EndpointSecret]:
    """What a message is signed with at that instant, the newest first: one, or two while a secret is being changed."""
    valid = endpoint.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=at))
    return list(valid.order_by("-made_at", "-pk"))


def took_anything_since(endpoint: Endpoint, at: datetime) -> bool:
    """Whether the endpoint has taken any message from that instant on."""
    return Attempt.objects.filter(delivery__endpoint=endpoint, at__gte=at, error="").exists()


def last_errors(deliveries: Iterable[Delivery]) -> dict[int, str]:
    """Why the last attempt at each was not taken; those that were, or were not tried, are left out."""
    latest = Attempt.objects.filter(delivery__in=[each.pk for each in deliveries])
    rows = latest.order_by("delivery", "-round", "-number").distinct("delivery")
    return {each.delivery_id: each.error for each in rows if each.error}
