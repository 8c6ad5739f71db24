"""Signing in with a council's directory over OpenID Connect, against a small provider of our own on this machine."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import Person
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.directory import Directory, come_back, serving
from tests.signing_in import app_of, code_of


@pytest.fixture
def directory(settings: LazySettings) -> Iterator[Directory]:
    """The provider, serving on loopback, and named in the settings."""
    with serving(settings) as found:
        yield found


@pytest.fixture
def auditor(folk: dict[str, Person]) -> Person:
    """Who has an account here."""
    return folk["own council auditor"]


def test_page_offers_the_directory_only_where_there_is_one(folk: dict[str, Person], client: Client):
    assert "directory" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-in/directory/").status_code == 404


def test_directory_is_offered_by_its_name(directory: Directory, client: Client, db: None):
    assert "Sign in with Plymouth’s directory" in client.get("/sign-in/").content.decode()


def test_directory_signs_in_who_has_an_account_and_our_second_factor_follows(
    auditor: Person, directory: Directory, client: Client
):
    app_of(auditor)
    answer = come_back(
        client, directory, next_address="/contracts/?page=1", email=auditor.email.upper(), email_verified=True
    )
    assert answer["Location"] == "/sign-in/second-factor/"
    assert client.get("/contracts/").status_code == 302
    answer = client.post("/sign-in/second-factor/", {"code": code_of(auditor)})
    assert answer["Location"] == "/contracts/?page=1"
    assert client.get("/contracts/").status_code == 200
    assert len(directory.challenges) == 1


def test_directory_leads_whoever_has_no_second_factor_to_set_one_up(
    auditor: Person, directory: Directory, client: Client
):
    come_back(client, directory, email=auditor.email, email_verified=True)
    assert client.get("/contracts/")["Location"] == "/account/second-factor/"


def test_trusted_directory_counts_as_the_second_factor(
    auditor: Person, directory: Directory, client: Client, settings: LazySettings
):
    settings.OIDC_SECOND_FACTOR = True
    app_of(auditor)
    come_back(client, directory, email=auditor.email, email_verified=True)
    assert client.get("/contracts/").status_code == 200


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "stranger@plymouth.example", "email_verified": True},
        {"email": "ugo.auditor@plymouth.example", "email_verified": False},
        {"email": "ugo.auditor@plymouth.example"},
        {"email_verified": True},
        {},
    ],
)
def test_nobody_else_comes_in_and_nobody_is_added(
    auditor: Person, directory: Directory, client: Client, claims: dict[str, Any]
):
    people = Person.objects.count()
    answer = come_back(client, directory, **claims)
    assert answer["Location"] == "/sign-in/"
    assert "Your directory knows you, but this ledger does not." in client.get("/sign-in/").content.decode()
    assert Person.objects.count() == people


def test_leaver_does_not_come_in_by_the_directory(
    auditor: Person, folk: dict[str, Person], directory: Directory, client: Client
):
    services.close_person(person=auditor, by=folk["own council administrator"], clock=DATABASE_CLOCK)
    come_back(client, directory, email=auditor.email, email_verified=True)
    assert client.get("/contracts/")["Location"] == "/sign-in/?next=/contracts/"


@pytest.mark.parametrize("query", [{}, {"state": "forged", "code": "c"}, {"error": "access_denied"}])
def test_answer_that_was_not_asked_for_leads_back_with_a_word(
    auditor: Person, directory: Directory, client: Client, query: dict[str, str]
):
    assert client.get("/sign-in/directory/answer/", query)["Location"] == "/sign-in/"
    assert "did not work" in client.get("/sign-in/").content.decode()


def test_directory_that_is_away_leads_back_with_a_word(auditor: Person, client: Client, settings: LazySettings):
    settings.OIDC_ISSUER = "http://127.0.0.1:1"
    server = {"server_url": settings.OIDC_ISSUER}
    app = {"provider_id": "directory", "name": "D", "client_id": "c", "secret": "s", "settings": server}
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    assert client.get("/sign-in/directory/")["Location"] == "/sign-in/"
    assert "did not work" in client.get("/sign-in/").content.decode()
