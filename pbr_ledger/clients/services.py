"""Every change to clients of the API, and the counting of their requests."""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import connection, transaction
from oauth2_provider.generators import generate_client_secret
from oauth2_provider.models import Application

from pbr_ledger.accounts.models import PROGRAMS, Organisation, Person
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.accounts.rules import may_manage
from pbr_ledger.accounts.services import AlreadyClosed, close_person, create_person, grant_role
from pbr_ledger.accounts.services.ground import require
from pbr_ledger.audit import services as audit
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.scopes import SCOPES
from pbr_ledger.clock import Clock
from pbr_ledger.errors import Problem, Refused

CLIENTS_STREAM = "clients"
"""The audit stream of everything in this app."""
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client that was just made, with the secret that nobody can read again."""

    client: ApiClient
    client_id: str
    secret: str


@transaction.atomic
def create_client(
    *,
    organisation: Organisation,
    name: str,
    scopes: Sequence[str],
    roles: Sequence[str] = (),
    networks: Sequence[str] = (),
    by: Person,
    clock: Clock,
) -> NewClient:
    """A new client of the organisation, and the person as whom it acts, who holds these roles and cannot sign in.

    What it may do is what both its scopes and its roles permit. Raises `NotPermitted` to all but an administrator of
    the organisation or of the council, `RoleNotGrantable`, and `Refused` for scopes, roles or networks that are none.
    """
    if problems := list(_problems(organisation, name, scopes, roles, networks)):
        raise Refused(problems)
    secret = generate_client_secret()
    application = Application.objects.create(
        name=name,
        client_secret=secret,
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
    )
    person = create_person(
        organisation=organisation,
        email=f"{application.client_id.lower()}{PROGRAMS}",
        full_name=f"{name} (program)",
        password=None,
        by=by,
        clock=clock,
    )
    for role in roles:
        grant_role(person=person, role=role, by=by, clock=clock)
    at = clock.read(after=None)
    client = ApiClient.objects.create(
        name=name,
        application=application,
        person=person,
        scopes=list(scopes),
        networks=list(networks),
        created_by=by,
        created_at=at,
    )
    detail = {"scopes": list(scopes), "roles": list(roles), "networks": list(networks)}
    audit.record(stream=CLIENTS_STREAM, by=by, action="client.created", subject=str(client), detail=detail, at=at)
    return NewClient(client, application.client_id, secret)


@transaction.atomic
def close_client(*, client: ApiClient, by: Person, clock: Clock) -> ApiClient:
    """The client, closed from now on: its tokens stop working, and it gets no more. Raises `AlreadyClosed`."""
    row = ApiClient.objects.select_for_update(of=("self",)).select_related("person__organisation").get(pk=client.pk)
    if row.closed_at:
        raise AlreadyClosed(f"{row} is closed already.")
    close_person(person=row.person, by=by, clock=clock)
    row.closed_at, row.closed_by = clock.read(after=row.created_at), by
    row.save(update_fields=["closed_at", "closed_by"])
    audit.record(stream=CLIENTS_STREAM, by=by, action="client.closed", subject=str(row), detail={}, at=row.closed_at)
    return row


@transaction.atomic
def change_networks(*, client: ApiClient, networks: Sequence[str], by: Person, clock: Clock) -> ApiClient:
    """The client, which may come from these networks alone from now on; from anywhere, where none are named.

    Raises `NotPermitted` to all but an administrator of the organisation or of the council, `AlreadyClosed`, and
    `Refused` for networks that are none.
    """
    row = ApiClient.objects.select_for_update(of=("self",)).select_related("person__organisation").get(pk=client.pk)
    require(may_manage(by, row.organisation), "Only an administrator changes where a client may come from.")
    if row.closed_at:
        raise AlreadyClosed(f"{row} is closed already.")
    if problems := list(_network_problems(networks)):
        raise Refused(problems)
    if list(networks) != row.networks:
        row.networks = list(networks)
        row.save(update_fields=["networks"])
        at = clock.read(after=row.created_at)
        detail = {"networks": row.networks}
        audit.record(stream=CLIENTS_STREAM, by=by, action="client.networks", subject=str(row), detail=detail, at=at)
    return row


def seconds_to_wait(*, source: str, most: int) -> int:
    """0 for one more request of the source in this minute; past so many of them, seconds until the next minute."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"source": source[:100]})
        requests, seconds = cursor.fetchone()
    return int(seconds) if requests > most else 0


_COUNT = """
    WITH now AS (SELECT extract(epoch FROM clock_timestamp())::bigint AS second),
    gone AS (
        DELETE FROM clients_requestcount WHERE source IN (
            SELECT source FROM clients_requestcount, now WHERE minute < second / 60 - 60 AND source <> %(source)s
            LIMIT 20 FOR UPDATE OF clients_requestcount SKIP LOCKED
        )
    )
    INSERT INTO clients_requestcount AS counted (source, minute, requests) SELECT %(source)s, second / 60, 1 FROM now
    ON CONFLICT (source) DO UPDATE SET
        requests = CASE WHEN counted.minute = excluded.minute THEN counted.requests + 1 ELSE 1 END,
        minute = excluded.minute
    RETURNING requests, (SELECT 60 - mod(second, 60) FROM now)
"""
"""One question, so that requests at once are all counted; it also clears away what nobody has asked for in an hour."""


def _problems(
    organisation: Organisation, name: str, scopes: Sequence[str], roles: Sequence[str], networks: Sequence[str]
) -> Iterator[Problem]:
    if not name.strip() or len(name) > LONGEST_NAME or not re.fullmatch(r"[^\x00-\x1f]+", name):
        yield Problem("name", f"has to be 1 to {LONGEST_NAME} plain characters")
    if not scopes:
        yield Problem("scopes", "name at least one")
    yield from _scope_problems(organisation, scopes)
    for each in roles:
        if each not in ROLES:
            yield Problem("roles", f"there is no role “{each}”")
        elif each == "administrator":
            yield Problem("roles", "a program keeps no people")
    yield from _network_problems(networks)


def _network_problems(networks: Sequence[str]) -> Iterator[Problem]:
    for each in networks:
        if not _is_network(each):
            yield Problem("networks", f"“{each[:50]}” is no network such as 203.0.113.0/24")


def _scope_problems(organisation: Organisation, scopes: Sequence[str]) -> Iterator[Problem]:
    for each in scopes:
        if each not in SCOPES:
            yield Problem("scopes", f"there is no scope “{each}”")
        elif organisation.kind not in SCOPES[each].kinds:
            yield Problem("scopes", f"{each} is no scope for a {organisation.kind}")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return False
    return True
