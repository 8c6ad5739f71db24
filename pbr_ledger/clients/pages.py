"""What the pages about clients show, and to which administrator."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models.functions import Lower
from django.http import Http404, HttpRequest

from pbr_ledger.accounts.models import Organisation, Person
from pbr_ledger.accounts.queries import organisations_of, roles_now
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.queries import clients_kept, is_open
from pbr_ledger.clients.scopes import SCOPES
from pbr_ledger.listing import Column
from pbr_ledger.lists import ListPage
from pbr_ledger.sorting import DAY, Sort, keys_of
from pbr_ledger.words import instant_shown

NEVER, ANYWHERE = "Never", "Anywhere"


@dataclass(frozen=True, slots=True)
class ClientShown:
    """A client in the list."""

    pk: int
    name: str
    organisation: str
    scopes: tuple[str, ...]
    networks: tuple[str, ...]
    last_used: str


COLUMNS: tuple[Column, ...] = (
    ("Name", lambda row: row.name),
    ("Organisation", lambda row: row.organisation),
    ("May", lambda row: ", ".join(row.scopes)),
    ("Comes from", lambda row: ", ".join(row.networks) or ANYWHERE),
    ("Last used", lambda row: row.last_used),
)
"""The list as a file."""
SORTS = (
    Sort("name", "Name", Lower("name")),
    Sort("organisation", "Organisation", Lower("person__organisation__name")),
    Sort("used", "Last used", "last_token_at", DAY),
)
LIST = ListPage("clients", "API clients", {"show": frozenset({"closed"})}, keys_of(SORTS), of_contract=False)


def client_for(administrator: Person, client_id: int) -> ApiClient:
    """The client, if this administrator keeps its organisation; else there is none."""
    found = clients_kept(organisations_of(administrator)).filter(pk=client_id).first()
    if found is None:
        raise Http404
    return found


def organisation_chosen(request: HttpRequest, administrator: Person) -> Organisation | None:
    """The organisation that the address names, or the only one this administrator keeps; None while it is to be chosen.

    One that they do not keep is not there.
    """
    asked = request.GET.get("organisation", "")
    if not asked:
        keeps = list(organisations_of(administrator)[:2])
        return keeps[0] if len(keeps) == 1 else None
    found = Organisation.objects.filter(pk=int(asked)).first() if asked.isascii() and asked.isdigit() else None
    if found is None or not may_manage(administrator, found):
        raise Http404
    return found


def clients_shown(clients: Iterable[ApiClient]) -> list[ClientShown]:
    """The clients as the list has them."""
    return [
        ClientShown(
            pk=client.pk,
            name=client.name,
            organisation=client.organisation.name,
            scopes=tuple(client.scopes),
            networks=tuple(client.networks),
            last_used=_moment(client.last_token_at),  # type: ignore[attr-defined] # annotated
        )
        for client in clients
    ]


def client_page(client: ApiClient) -> dict[str, Any]:
    """Everything on a client's page."""
    return {
        "client": client,
        "is_open": is_open(client),
        "client_id": client.application.client_id,
        "scopes": [(name, SCOPES[name].description if name in SCOPES else "") for name in client.scopes],
        "roles": [ROLES[each].name for each in sorted(roles_now(client.person))],
        "last_used": _moment(client.last_token_at),  # type: ignore[attr-defined] # annotated
        "created": instant_shown(client.created_at),
        "closed": instant_shown(client.closed_at) if client.closed_at else "",
    }


def _moment(at: datetime | None) -> str:
    return instant_shown(at) if at else NEVER
