"""Reading clients: whose token this is, where a request comes from, and how many there were."""

import hashlib
import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Lower
from oauth2_provider.models import get_access_token_model

from pbr_ledger.accounts.models import Organisation
from pbr_ledger.clients.models import ApiClient


@dataclass(frozen=True, slots=True)
class Access:
    """What a token stands for: the client, what it permits, and until when."""

    client: ApiClient
    scopes: frozenset[str]
    expires_at: datetime


def access_by(token: str) -> Access | None:
    """What the token stands for, expired or not; None where no open client has it.

    Only the hash of a token is kept. A scope that was taken from the client since is not permitted any more.
    """
    checksum = hashlib.sha256(token.encode()).hexdigest()
    tokens = get_access_token_model().objects.filter(token_checksum=checksum)
    found = tokens.select_related("application__api_client__person__organisation").first()
    client = getattr(found.application, "api_client", None) if found is not None else None
    if found is None or client is None or not is_open(client):
        return None
    return Access(client, frozenset(found.scope.split()) & frozenset(client.scopes), found.expires)


def is_open(client: ApiClient) -> bool:
    """Whether the client can be used: neither it nor who it acts as was closed."""
    return client.closed_at is None and client.person.is_active


def clients_of(organisation: Organisation) -> QuerySet[ApiClient]:
    """The organisation's clients, closed ones too, as they were made."""
    found = ApiClient.objects.filter(person__organisation=organisation)
    return found.select_related("application", "person__organisation", "created_by").order_by("created_at")


def clients_kept(organisations: Iterable[Organisation]) -> QuerySet[ApiClient]:
    """Every client of these organisations, by organisation and name.

    Each with `last_token_at`, when it got its last token: one lasts 15 minutes, so that is when it was last at work.
    """
    rows = ApiClient.objects.filter(person__organisation__in=organisations)
    rows = rows.annotate(last_token_at=Max("application__accesstoken__created"))
    rows = rows.select_related("application", "person__organisation", "created_by", "closed_by")
    return rows.order_by(Lower("person__organisation__name"), Lower("name"), "pk")


def clients_in_use(organisations: Iterable[Organisation], *, closed: bool = False) -> QuerySet[ApiClient]:
    """Those of them that are open, or those that are closed."""
    is_in_use = Q(closed_at=None, person__is_active=True)
    rows = clients_kept(organisations)
    return rows.exclude(is_in_use) if closed else rows.filter(is_in_use)


def address_of(meta: Mapping[str, str]) -> str:
    """The address that a request comes from; behind proxies, what the outermost one that we trust says."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [each.strip() for each in meta.get("HTTP_X_FORWARDED_FOR", "").split(",") if each.strip()]
    if not proxies or not forwarded:
        return meta.get("REMOTE_ADDR", "")
    return forwarded[-min(proxies, len(forwarded))]


def is_within(address: str, networks: Iterable[str]) -> bool:
    """Whether the address lies in one of the networks; anywhere, where none are named."""
    named = list(networks)
    if not named:
        return True
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(found in ipaddress.ip_network(each) for each in named)
