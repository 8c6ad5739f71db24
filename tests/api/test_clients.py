"""Clients: how they are made, come in, and are turned away."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from oauth2_provider.models import AccessToken, Application

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import roles_now
from pbr_ledger.accounts.services import AlreadyClosed, AlreadyIn, close_person, invite_again
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.services import close_client, create_client, seconds_to_wait
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotPermitted, Refused
from savings.services import Parties
from tests.api.programs import Program
from tests.savings import ledger
from tests.signing_in import signed_in
from tests.stage import Stage

AGENT_CONNECTION = pytest.mark.django_db(databases=["default", "agent"])


@pytest.fixture
def parties(stage: Stage) -> Parties:
    return stage.of(ledger.parties)


def kind_of(answer) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/api/v1/problems/")


def test_a_token_lasts_fifteen_minutes_and_only_its_hash_is_kept(parties: Parties):
    program = Program.of(parties.provider, "contracts:read", "invoices:read")
    said = program.ask_for_token().json()
    assert said | {"access_token": ""} == {
        "access_token": "",
        "expires_in": 900,
        "token_type": "Bearer",
        "scope": "contracts:read invoices:read",
    }
    narrower = program.ask_for_token(scope="invoices:read").json()
    assert narrower["scope"] == "invoices:read"
    assert program.ask_for_token(scope="payments:write").json()["error"] == "invalid_scope"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), bool_or(token <> '') FROM oauth2_provider_accesstoken")
        assert cursor.fetchone() == (3, False)
    kept = Application.objects.get(client_id=program.made.client_id)
    assert program.made.secret not in kept.client_secret
    assert program.get("contracts").status_code == 200


@pytest.mark.parametrize(
    "form",
    [
        {"secret": "wrong"},
        {"grant_type": "password", "username": "a", "password": "b"},
        {"grant_type": "authorization_code", "code": "a"},
        {"grant_type": "refresh_token", "refresh_token": "a"},
        {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": "a"},
    ],
)
def test_nothing_but_credentials_gets_a_token(parties: Parties, form: dict[str, str]):
    answer = Program.of(parties.agent).ask_for_token(**form)
    assert 400 <= answer.status_code < 500
    assert "access_token" not in answer.json()


def test_a_token_that_is_missing_wrong_or_too_old_is_turned_away(parties: Parties):
    program = Program.of(parties.provider)
    nobody = Client()
    missing = nobody.get("/api/v1/contracts")
    assert kind_of(missing) == (401, "not-authenticated")
    assert missing["WWW-Authenticate"] == 'Bearer realm="pbr-ledger"'
    for wrong in ("Bearer nobody's", "Bearer", "Bearer a b", f"Basic {program.token}"):
        assert kind_of(nobody.get("/api/v1/contracts", headers={"Authorization": wrong})) == (401, "not-authenticated")
    assert nobody.get(f"/api/v1/contracts?access_token={program.token}").status_code == 401
    later = AccessToken.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp() - interval '1 second'")
        (past,) = cursor.fetchone()
    AccessToken.objects.filter(pk=later.pk).delete()
    AccessToken.objects.create(
        token="", token_checksum=later.token_checksum, application=later.application, scope=later.scope, expires=past
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT token_checksum FROM oauth2_provider_accesstoken")
        assert cursor.fetchall() == [(later.token_checksum,)]
    expired = program.get("contracts")
    assert kind_of(expired) == (401, "token-expired")
    assert expired["WWW-Authenticate"] == 'Bearer realm="pbr-ledger", error="invalid_token"'
    program.ask_for_token()
    assert [each.expires > past + timedelta(minutes=14) for each in AccessToken.objects.all()] == [True]


def test_a_signed_in_person_is_nobody_here(parties: Parties):
    person = Client()
    person.force_login(parties.accountant)
    assert person.get("/api/v1/contracts").status_code == 401


def test_a_closed_client_is_out_at_once(parties: Parties):
    program = Program.of(parties.provider)
    by = ledger.administrator()
    assert program.get("contracts").status_code == 200
    close_client(client=program.made.client, by=by, clock=DATABASE_CLOCK)
    assert kind_of(program.get("contracts")) == (401, "not-authenticated")
    assert program.ask_for_token().json()["error"] == "invalid_client"
    with pytest.raises(AlreadyClosed):
        close_client(client=program.made.client, by=by, clock=DATABASE_CLOCK)
    other = Program.of(parties.provider)
    close_person(person=other.made.client.person, by=by, clock=DATABASE_CLOCK)
    assert other.get("contracts").status_code == 401
    assert other.ask_for_token().json()["error"] == "invalid_client"


def test_two_clients_of_an_organisation_stand_side_by_side_while_secrets_change(parties: Parties):
    old, new = Program.of(parties.provider), Program.of(parties.provider)
    close_client(client=old.made.client, by=ledger.administrator(), clock=DATABASE_CLOCK)
    assert [old.get("contracts").status_code, new.get("contracts").status_code] == [401, 200]


def test_a_client_with_networks_is_let_in_only_from_there(parties: Parties, settings):
    here = Program.of(parties.provider, networks=["127.0.0.0/8", "2001:db8::/32"])
    assert here.get("contracts").status_code == 200
    assert kind_of(
        here.browser.get(
            "/api/v1/contracts", headers={"Authorization": f"Bearer {here.token}"}, REMOTE_ADDR="192.0.2.1"
        )
    ) == (403, "not-permitted")
    elsewhere = Program.of(parties.provider, networks=["203.0.113.0/24"])
    assert elsewhere.token == ""
    assert elsewhere.ask_for_token().json()["error"] == "invalid_client"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    behind = {"Authorization": f"Bearer {here.token}", "X-Forwarded-For": "127.0.0.1, 192.0.2.1"}
    assert here.browser.get("/api/v1/contracts", headers=behind).status_code == 403
    assert (
        here.browser.get(
            "/api/v1/contracts", headers=behind | {"X-Forwarded-For": "192.0.2.1, 2001:db8::1"}
        ).status_code
        == 200
    )


def test_too_many_requests_are_told_when_to_come_back(parties: Parties, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pbr_ledger.clients.api.views.MOST_REQUESTS", 3)
    monkeypatch.setattr("pbr_ledger.clients.api.views.MOST_STRANGERS", 3)
    program, other = Program.of(parties.provider), Program.of(parties.council)
    assert {program.get("contracts").status_code for _ in range(7)} == {200, 429}
    refused = program.get("contracts")
    assert kind_of(refused) == (429, "too-many-requests")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert other.get("contracts").status_code == 200
    stranger = Client()
    assert {stranger.get("/api/v1/contracts").status_code for _ in range(7)} == {401, 429}


def test_tokens_cannot_be_guessed_at_for_long(parties: Parties, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pbr_ledger.clients.oauth.MOST_TOKENS", 2)
    program = Program.of(parties.provider)
    answers = [program.ask_for_token(secret="guess") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_every_request_of_a_minute_is_counted_and_old_counts_go(db: None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO clients_requestcount (source, minute, requests) VALUES ('old', 1, 7), ('new', 1, 7)"
        )
    assert [seconds_to_wait(source="new", most=2) for _ in range(2)] == [0, 0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, requests FROM clients_requestcount")
        assert ("old", 7) not in cursor.fetchall()


def test_a_client_acts_as_a_person_who_cannot_sign_in(parties: Parties):
    client = Program.of(parties.agent).made.client
    assert client.person.organisation == parties.agent
    assert client.person.email.endswith("@clients.invalid")
    assert not client.person.has_usable_password()
    assert roles_now(client.person) == {"payments_clerk"}
    events = AuditEvent.objects.filter(stream="clients").values_list("action", "subject")
    assert ("client.created", str(client)) in set(events)


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"name": " "}, ["name"]),
        ({"name": "x" * 101}, ["name"]),
        ({"name": "a\nb"}, ["name"]),
        ({"scopes": []}, ["scopes"]),
        ({"scopes": ["everything"]}, ["scopes"]),
        ({"scopes": ["statements:close"]}, ["scopes"]),
        ({"roles": ["emperor"]}, ["roles"]),
        ({"roles": ["administrator"]}, ["roles"]),
        ({"networks": ["here"]}, ["networks"]),
    ],
)
def test_a_client_that_makes_no_sense_is_refused(parties: Parties, changes: dict, places: list[str]):
    right = {"name": "Payments run", "scopes": ["invoices:read"], "roles": [], "networks": []}
    with pytest.raises(Refused) as refusal:
        create_client(organisation=parties.agent, by=ledger.administrator(), clock=DATABASE_CLOCK, **(right | changes))
    assert [each.place for each in refusal.value.problems] == places
    assert ApiClient.objects.count() == 0


def test_program_is_named_as_one_among_people_and_never_invited(parties: Parties):
    person = Program.of(parties.provider).made.client.person
    administrator = ledger.administrator()
    page = signed_in(administrator).get(f"/people/{person.pk}/").content.decode()
    assert "Program" in page
    assert "Invite again" not in page
    with pytest.raises(AlreadyIn):
        invite_again(person=person, by=administrator, clock=DATABASE_CLOCK)


def test_only_an_administrator_makes_and_closes_clients(parties: Parties):
    with pytest.raises(NotPermitted):
        create_client(
            organisation=parties.agent, name="Mine", scopes=["invoices:read"], by=parties.officer, clock=DATABASE_CLOCK
        )
    theirs = Program.of(parties.agent).made.client
    with pytest.raises(NotPermitted):
        close_client(client=theirs, by=parties.officer, clock=DATABASE_CLOCK)
    assert ApiClient.objects.filter(closed_at=None).count() == 1


def test_the_command_prints_the_secret_once_lists_and_closes(parties: Parties):
    by = ledger.administrator().email
    out = StringIO()
    call_command(
        "api_client",
        organisation=parties.agent.reference,
        name="Payments run",
        scopes="invoices:read, payments:write",
        by=by,
        stdout=out,
    )
    client_id, secret = re.findall(r"client_(?:id|secret)\s+(\S+)", out.getvalue())
    client = ApiClient.objects.get()
    assert (client.application.client_id, client.scopes) == (client_id, ["invoices:read", "payments:write"])
    assert roles_now(client.person) == {"payments_clerk"}
    listed = StringIO()
    call_command("api_client", organisation=parties.agent.reference, stdout=listed)
    assert listed.getvalue() == f"{client_id}  Payments run: invoices:read payments:write\n"
    assert secret not in listed.getvalue()
    call_command("api_client", organisation=parties.agent.reference, close=client_id, by=by, stdout=StringIO())
    assert ApiClient.objects.get().closed_at
    for wrong in (
        {"close": "nobody", "by": by},
        {"name": "x", "by": "nobody"},
        {"name": "x", "by": by, "scopes": "all"},
    ):
        with pytest.raises(CommandError):
            call_command("api_client", organisation=parties.agent.reference, stdout=StringIO(), **wrong)
    with pytest.raises(CommandError):
        call_command("api_client", organisation="nobody")
    assert Person.objects.filter(email__endswith="@clients.invalid").count() == 1
