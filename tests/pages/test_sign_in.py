"""Signing in with e-mail address and password, and out again."""

import json
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.http import HttpResponse
from django.test import Client

from pbr_ledger.accounts import services as accounts
from pbr_ledger.accounts.demonstration import GUIDE
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.world import PASSWORD, World
from tests.signing_in import APP_SECRET, signed_in

REFUSED = "Enter the e-mail address and password of your account"


def sign_in(client: Client, email: str, password: str = PASSWORD, **extra: str) -> HttpResponse:
    return client.post("/sign-in/", {"login": email, "password": password, **extra})


def test_right_password_leads_to_the_contracts(here: World, client: Client):
    person = here.people["own council auditor"]
    answer = sign_in(client, f" {person.email.upper()} ")
    assert (answer.status_code, answer["Location"]) == (302, "/contracts/")
    assert client.get("/contracts/")["Location"] == "/account/second-factor/"  # see test_second_factor.py


def test_signed_in_person_leaves_the_session_they_came_with(here: World, client: Client):
    client.get("/sign-in/")
    client.session["planted"] = "before"
    client.session.save()
    before = client.session.session_key
    sign_in(client, here.people["own council auditor"].email)
    assert client.session.session_key not in {None, before}


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ugo.auditor@plymouth.example", "not-the-password-of-ugo"),
        ("nobody.at.all@plymouth.example", PASSWORD),
        ("not an address", PASSWORD),
    ],
)
def test_wrong_address_or_password_says_no_more_than_that(here: World, client: Client, email: str, password: str):
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "<title>Error: Sign in – Payment-by-results ledger</title>" in page
    assert page.count(REFUSED) == 2
    assert '<a href="#id_login">' in page
    assert password not in page
    assert client.get("/contracts/").status_code == 302


def test_empty_fields_are_named(here: World, client: Client):
    page = sign_in(client, "", "").content.decode()
    assert page.count("Enter your e-mail address") == 2
    assert page.count("Enter your password") == 2
    assert '<a href="#id_password">' in page


def test_leaver_is_refused_like_a_stranger_and_loses_their_session(here: World, client: Client):
    person = here.people["own provider provider_staff"]
    signed_in(person, client)
    assert client.get("/contracts/").status_code == 200
    administrator = here.people["own provider administrator"]
    accounts.close_person(person=person, by=administrator, clock=DATABASE_CLOCK)
    assert client.get("/contracts/")["Location"] == "/sign-in/?next=/contracts/"
    assert REFUSED in sign_in(client, person.email).content.decode()


def test_person_goes_on_to_the_page_they_asked_for(here: World, client: Client):
    address = f"/contracts/{here.contract.pk}/"
    assert client.get(address)["Location"] == f"/sign-in/?next={address}"
    assert sign_in(client, here.people["own council auditor"].email, next=address)["Location"] == address


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(here: World, client: Client, elsewhere: str):
    answer = sign_in(client, here.people["own council auditor"].email, next=elsewhere)
    assert answer["Location"] == "/contracts/"


def test_signing_out_takes_a_post_and_ends_the_session(here: World, client: Client):
    signed_in(here.people["own council auditor"], client)
    assert client.get("/sign-out/").status_code == 405
    assert client.get("/contracts/").status_code == 200
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/contracts/").status_code == 302


def test_form_without_its_token_is_refused_in_words(here: World):
    answer = Client(enforce_csrf_checks=True).post("/sign-in/", {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "Sign in again" in answer.content.decode()


def put_accounts(folder: Path) -> None:
    (folder / "demo").mkdir()
    account = {
        "name": "Ada Example",
        "role": "Finance officer",
        "organisation": "Plymouth City Council",
        "email": "ada@plymouth.example",
        "password": "shown-in-the-demonstration",
        "key": APP_SECRET,
    }
    (folder / "demo" / "accounts.json").write_text(json.dumps([account]), encoding="utf-8")


@pytest.mark.django_db
def test_demonstration_lists_its_accounts(client: Client, settings: LazySettings):
    put_accounts(settings.VAR_DIR)
    settings.DEMO = True
    page = client.get("/sign-in/").content.decode()
    assert "Ada Example" in page
    assert "shown-in-the-demonstration" in page


@pytest.mark.django_db
def test_nothing_but_a_demonstration_lists_accounts(client: Client, settings: LazySettings):
    put_accounts(settings.VAR_DIR)
    settings.DEMO = False
    page = client.get("/sign-in/").content.decode()
    assert "Ada Example" not in page
    assert "demonstration" not in page


@pytest.mark.django_db
def test_demonstration_without_accounts_lists_none(client: Client, settings: LazySettings):
    settings.DEMO = True
    assert "Accounts of this demonstration" not in client.get("/sign-in/").content.decode()


@pytest.mark.django_db
def test_demonstration_says_so_on_every_page_and_guides_through_a_month(client: Client, settings: LazySettings):
    settings.DEMO = True
    for address in ("/sign-in/", "/demonstration/"):
        page = client.get(address).content.decode()
        assert "Everything here is made up, and is forgotten when it is started again." in page
    readme = (Path(settings.BASE_DIR) / "README.md").read_text(encoding="utf-8")
    for step in GUIDE:
        assert f"<strong>{step.name}</strong>, {step.part}." in page
        assert f"| **{step.name}**" in readme


@pytest.mark.django_db
def test_there_is_no_guide_but_in_a_demonstration(client: Client):
    assert client.get("/demonstration/").status_code == 404
    assert "Everything here is made up" not in client.get("/sign-in/").content.decode()
