"""Of every address that the URLconf has: no form is taken without its token, and every answer has its headers."""

import pytest
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import reverse

from pbr_ledger.accounts.models import Person
from tests.attacks.crawl import trouble_with
from tests.observing import SecurityLog
from tests.pages.test_routes import ROUTES
from tests.pages.world import peopled
from tests.signing_in import signed_in

PARTS = {
    "code": "2100",
    "kind": "claim",
    "month": "2026-03",
    "number": 1,
    "rest": "nothing",
    "sheet": "expenses",
    "slug": "invalid",
    "token": "never-made",
    "year": 2025,
}
ADDRESSES = {name: reverse(name, kwargs={part: PARTS.get(part, 1) for part in parts}) for name, parts in ROUTES.items()}
BY_TOKEN = {name for name in ROUTES if name.startswith("api-")}
"""Where nothing of a session counts, so that no other site can send anything in somebody's name."""


@pytest.fixture
def accountant(db: None) -> Person:
    return peopled()[0]["own council lead_accountant"]


def test_no_address_takes_a_form_without_its_token(accountant: Person, security_log: SecurityLog) -> None:
    client = signed_in(accountant, Client(enforce_csrf_checks=True))
    answers = {name: client.post(address).status_code for name, address in ADDRESSES.items() if name not in BY_TOKEN}
    assert {name: status for name, status in answers.items() if status != 403} == {}
    told = [(line["message"], line["person_id"]) for line in security_log.lines]
    assert told == [("form.refused", accountant.pk)] * len(answers)


def test_a_form_with_the_token_of_another_session_is_refused(accountant: Person) -> None:
    """Also one whose token came over http from elsewhere: the origin has to be ours."""
    elsewhere, client = Client(), signed_in(accountant, Client(enforce_csrf_checks=True))
    elsewhere.get("/sign-in/")
    token = elsewhere.cookies[settings.CSRF_COOKIE_NAME].value
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 403
    client.get("/account/password/")
    own = client.cookies[settings.CSRF_COOKIE_NAME].value
    origin = {"Origin": "https://elsewhere.example"}
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": own}, headers=origin).status_code == 403
    assert client.post("/sign-out/", {"csrfmiddlewaretoken": own}).status_code == 302


def test_a_session_opens_nothing_of_the_api(accountant: Person) -> None:
    client = signed_in(accountant, Client(enforce_csrf_checks=True))
    closed = {"api-token", "api-schema", "api-docs", "api-problem"}
    found = {name: client.post(ADDRESSES[name]).status_code for name in BY_TOKEN - closed}
    assert set(found.values()) == {401, 429}  # sixty a minute are told to get a token, the rest to wait


def test_every_answer_has_its_headers(db: None) -> None:
    """To those who are signed in: tests/attacks/test_planted.py."""
    found = {name: trouble_with(Client().get(address)) for name, address in ADDRESSES.items()}
    assert {name: trouble for name, trouble in found.items() if trouble} == {}


def test_a_program_that_comes_in_clear_is_refused_and_not_sent_on(db: None, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    for address in ("/api/v1/contracts", "/oauth/token"):
        answer = Client().post(address, headers={"Authorization": "Bearer of-somebody"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert "came in clear" in answer.json()["detail"]
    assert Client().get("/api/v1/contracts", secure=True).status_code == 401
    assert Client().get("/sign-in/")["Location"] == "https://testserver/sign-in/"
