"""Asking who somebody is once more: before a change, with what was posted carried through."""

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path

from pbr_ledger.accounts.confirmation import identity_confirmed, identity_confirmed_to_read
from pbr_ledger.accounts.models import Person
from tests.pages.world import PASSWORD
from tests.signing_in import code_of, signed_in

ASKED = "Confirm that it is still you"


@identity_confirmed
def close(request: HttpRequest) -> HttpResponse:
    """Says what was posted."""
    posted = "; ".join(f"{name}={','.join(values)}" for name, values in sorted(request.POST.lists()))
    return HttpResponse(f"{request.method} {request.GET.urlencode()} {posted}")


@identity_confirmed_to_read
def secret(request: HttpRequest) -> HttpResponse:
    """Shows what only its owner sees."""
    return HttpResponse("shown")


urlpatterns = [
    path("", include("pbr_ledger.urls")),
    path("tests/close/", close, name="tests-close"),
    path("tests/secret/", secret, name="tests-secret"),
]
pytestmark = pytest.mark.urls(__name__)
BODY = {"reason": "Late & “odd” <b>", "line": ["1", "2"], "csrfmiddlewaretoken": "x"}


@pytest.fixture
def accountant(folk: dict[str, Person]) -> Person:
    """Who closes months."""
    return folk["own council lead_accountant"]


def test_within_five_minutes_nobody_is_asked(accountant: Person, client: Client):
    signed_in(accountant, client, minutes_ago=4.9)
    assert client.post("/tests/close/?a=1", BODY).content.decode().startswith("POST a=1 ")
    assert client.get("/tests/secret/").content == b"shown"


def test_reading_is_never_asked_for_unless_it_is_secret(accountant: Person, client: Client):
    signed_in(accountant, client, minutes_ago=6)
    assert client.get("/tests/close/").content == b"GET  "
    assert ASKED in client.get("/tests/secret/").content.decode()


@pytest.mark.parametrize("way", ["password", "code"])
def test_what_was_posted_arrives_after_the_question(accountant: Person, client: Client, way: str):
    signed_in(accountant, client, minutes_ago=6)
    page = client.post("/tests/close/?a=1", BODY).content.decode()
    assert ASKED in page
    for field in (
        'name="reason" value="Late &amp; “odd” &lt;b&gt;"',
        'name="line" value="1"',
        'name="line" value="2"',
    ):
        assert f'<input type="hidden" {field}>' in page
    proof = {"identity-password": PASSWORD} if way == "password" else {"identity-code": code_of(accountant)}
    answer = client.post("/tests/close/?a=1", BODY | {"identity-credential": ""} | proof).content.decode()
    assert answer == "POST a=1 csrfmiddlewaretoken=x; line=1,2; reason=Late & “odd” <b>"
    assert client.post("/tests/close/", {}).content == b"POST  "


@pytest.mark.parametrize(
    ("proof", "said"),
    [
        ({"identity-password": "not it"}, "This is not your password"),
        ({"identity-code": "000000"}, "This code is not right"),
        ({"identity-password": ""}, "Enter your password or a code"),
        ({"identity-credential": '{"id": "x"}'}, "This passkey is not right"),
        ({"identity-reading": "1"}, "Enter your password or a code"),
    ],
)
def test_wrong_answer_changes_nothing_and_is_said(accountant: Person, client: Client, proof: dict[str, str], said: str):
    code_of(accountant)
    signed_in(accountant, client, minutes_ago=6)
    page = client.post("/tests/close/", BODY | proof).content.decode()
    assert f"<title>Error: {ASKED}" in page
    assert said in page
    assert "not it" not in page
    assert ASKED in client.post("/tests/close/", BODY).content.decode()


def test_secret_is_shown_after_the_question(accountant: Person, client: Client):
    signed_in(accountant, client, minutes_ago=6)
    answer = client.post("/tests/secret/?x=1", {"identity-reading": "1", "identity-password": PASSWORD})
    assert (answer.status_code, answer["Location"]) == (302, "/tests/secret/?x=1")
    assert client.get(answer["Location"]).content == b"shown"


def test_eleventh_answer_within_a_minute_is_told_to_wait(accountant: Person, client: Client):
    signed_in(accountant, client, minutes_ago=6)
    for _ in range(5):
        client.post("/tests/close/", {"identity-password": "not it"})
    page = client.post("/tests/close/", {"identity-password": PASSWORD}).content.decode()
    assert "You have tried too often. Wait five minutes, then try again" in page


def test_form_without_its_token_is_refused_before_anything_is_asked(accountant: Person):
    strict = Client(enforce_csrf_checks=True)
    signed_in(accountant, strict, minutes_ago=6)
    assert strict.post("/tests/close/", {"identity-password": PASSWORD}).status_code == 403
