"""Addresses of API clients and webhooks: administrators' own, and of the council's everybody's.

The client and the endpoint of these addresses are of the contract's provider.
"""

from typing import Any

from cohort.models import Contract
from pbr_ledger.accounts.models import RoleGrant
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.services import create_client
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.webhooks.models import Endpoint
from tests.pages.routes.accounts import PeopleRoute, about_person, button_about_person
from tests.pages.routes.table import SENT_ON, Route

ROUTES: dict[str, Route] = {
    "clients": PeopleRoute(),
    "client-add": PeopleRoute(posted=True),
    "client": about_person(),
    "client-replace": about_person(posted=True),
    "client-networks": about_person(posted=True),
    "client-close": about_person(posted=True),
    "endpoints": PeopleRoute(),
    "endpoint-add": PeopleRoute(posted=True),
    "endpoint": about_person(),
    "endpoint-change": about_person(posted=True),
    "endpoint-verify": button_about_person(),
    "endpoint-test": button_about_person(),
    "endpoint-disable": button_about_person(),
    "endpoint-enable": button_about_person(),
    "endpoint-secret": about_person(posted=True),
    "endpoint-end-earlier-secret": button_about_person(),
    "endpoint-close": about_person(posted=True),
    "delivery": about_person(),
    "delivery-again": button_about_person(after=frozenset({SENT_ON})),
}


def parts_of(contract: Contract) -> dict[str, Any]:
    """What these addresses are made of: a client and an endpoint of the contract's provider, with a delivery."""
    giver = RoleGrant.objects.filter(role="administrator").earliest("pk").person
    client = ApiClient.objects.filter(person__organisation=contract.provider).first()
    if client is None:
        client = create_client(
            organisation=contract.provider, name="Facts", scopes=["children:read"], by=giver, clock=DATABASE_CLOCK
        ).client
    at = DATABASE_CLOCK.read(after=None)
    endpoint, _ = Endpoint.objects.get_or_create(
        organisation=contract.provider,
        url=f"https://{contract.provider.reference}.example.org/hooks",
        defaults={"events": ["statement.closed"], "created_by": giver, "created_at": at, "moved_at": at},
    )
    delivery, _ = endpoint.deliveries.get_or_create(
        message_id="tst_1", defaults={"kind": "endpoint.test", "at": at, "data": {"endpoint": f"end_{endpoint.pk}"}}
    )
    return {"client_id": client.pk, "endpoint_id": endpoint.pk, "delivery_id": delivery.pk}
