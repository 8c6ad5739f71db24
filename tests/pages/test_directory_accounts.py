"""Known by the directory's own name for them: an e-mail address that was given to somebody else opens nothing."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import DirectoryAccount, Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.errors import NotPermitted
from tests.pages.directory import Directory, come_back, serving
from tests.signing_in import PASSWORD, app_of, code_of, signed_in

IS_SOMEBODY_ELSE = "account here that is kept for somebody else in your directory"


def kept() -> list[tuple[str, str, bool]]:
    """Whom the directory knows as what, and whether that still holds, the oldest first."""
    accounts = DirectoryAccount.objects.select_related("person").order_by("pk")
    return [(each.person.email, each.subject, each.released_at is None) for each in accounts]


def last_event() -> tuple[str, str, dict[str, Any]]:
    event = AuditEvent.objects.filter(stream="people").latest("sequence")
    return event.action, event.subject, json.loads(event.detail)


@pytest.fixture
def directory(settings: LazySettings) -> Iterator[Directory]:
    """The provider, serving on loopback, and named in the settings."""
    with serving(settings) as found:
        yield found


@pytest.fixture
def auditor(folk: dict[str, Person]) -> Person:
    """Who has an account here."""
    return folk["own council auditor"]


@pytest.fixture
def trusted(settings: LazySettings, directory: Directory) -> Directory:
    """The directory, whose own second factor counts."""
    settings.OIDC_SECOND_FACTOR = True
    return directory


def test_first_sign_in_keeps_as_whom_the_directory_knows_somebody(auditor: Person, trusted: Directory, client: Client):
    come_back(client, trusted, email=auditor.email, email_verified=True)
    account = DirectoryAccount.objects.get()
    assert (account.person, account.issuer, account.subject) == (auditor, trusted.address, "42")
    event = AuditEvent.objects.get(stream="people", action="directory_account.kept")
    assert (event.subject, event.actor_email) == (auditor.email, auditor.email)
    told = {"account": account.pk, "issuer": trusted.address, "subject": "42"}
    assert json.loads(event.detail) == told


def test_whoever_gets_a_new_address_is_the_same_person(auditor: Person, trusted: Directory):
    come_back(Client(), trusted, email=auditor.email, email_verified=True)
    married = Client()
    come_back(married, trusted, email="ugo.newname@plymouth.example", email_verified=False)
    assert auditor.full_name in married.get("/account/").content.decode()
    assert kept() == [(auditor.email, "42", True)]


def test_address_that_was_given_to_another_opens_nothing_and_says_so(
    auditor: Person, trusted: Directory, client: Client
):
    come_back(Client(), trusted, email=auditor.email, email_verified=True)
    answer = come_back(client, trusted, sub="43", email=auditor.email, email_verified=True)
    assert answer["Location"] == "/sign-in/"
    assert IS_SOMEBODY_ELSE in client.get("/sign-in/").content.decode()
    assert client.get("/contracts/").status_code == 302
    assert kept() == [(auditor.email, "42", True)]
    assert last_event() == ("sign_in.refused", auditor.email, {"step": "directory", "from": "127.0.0.1"})


def test_whoever_got_the_address_is_not_even_asked_for_a_second_factor(
    auditor: Person, directory: Directory, client: Client
):
    app_of(auditor)
    services.keep_directory_account(person=auditor, issuer=directory.address, subject="42", clock=DATABASE_CLOCK)
    answer = come_back(client, directory, sub="43", email=auditor.email, email_verified=True)
    assert answer["Location"] == "/sign-in/"


def test_same_name_in_another_directory_is_somebody_else(auditor: Person, trusted: Directory, client: Client):
    services.keep_directory_account(person=auditor, issuer="https://before.example", subject="42", clock=DATABASE_CLOCK)
    come_back(client, trusted, email=auditor.email, email_verified=True)
    assert IS_SOMEBODY_ELSE in client.get("/sign-in/").content.decode()


def test_nothing_is_kept_before_our_second_factor_was_shown(auditor: Person, directory: Directory, client: Client):
    app_of(auditor)
    come_back(Client(), directory, sub="43", email=auditor.email, email_verified=True)
    assert kept() == []
    come_back(client, directory, email=auditor.email, email_verified=True)
    assert client.post("/sign-in/second-factor/", {"code": code_of(auditor)})["Location"] == "/contracts/"
    assert kept() == [(auditor.email, "42", True)]


def test_whoever_was_overtaken_half_the_way_does_not_come_in(auditor: Person, directory: Directory, client: Client):
    app_of(auditor)
    come_back(client, directory, sub="43", email=auditor.email, email_verified=True)
    services.keep_directory_account(person=auditor, issuer=directory.address, subject="42", clock=DATABASE_CLOCK)
    answer = client.post("/sign-in/second-factor/", {"code": code_of(auditor)}, follow=True)
    assert IS_SOMEBODY_ELSE in answer.content.decode()
    assert client.get("/contracts/").status_code == 302
    assert kept() == [(auditor.email, "42", True)]


def test_way_from_the_directory_that_was_left_for_a_password_counts_for_nothing(
    auditor: Person, directory: Directory, client: Client
):
    app_of(auditor)
    come_back(client, directory, sub="43", email=auditor.email, email_verified=True)
    client.post("/sign-out/")
    client.post("/sign-in/", {"login": auditor.email, "password": PASSWORD})
    client.post("/sign-in/second-factor/", {"code": code_of(auditor)})
    assert client.get("/contracts/").status_code == 200
    assert kept() == []


@pytest.mark.parametrize(
    ("claims", "userinfo"),
    [
        ({"sub": ""}, {}),
        ({"sub": None}, {}),
        ({"sub": "x" * 192}, {}),
        ({"sub": "x\0"}, {}),
        ({}, {"sub": "43"}),
    ],
)
def test_somebody_without_one_name_of_their_own_does_not_come_in(
    auditor: Person, trusted: Directory, client: Client, claims: dict[str, Any], userinfo: dict[str, Any]
):
    trusted.userinfo = userinfo
    answer = come_back(client, trusted, email=auditor.email, email_verified=True, **claims)
    assert answer["Location"] == "/sign-in/"
    assert "Signing in with your directory did not work." in client.get("/sign-in/").content.decode()
    assert kept() == []


def test_administrator_releases_the_account_when_the_directory_was_replaced(
    auditor: Person, folk: dict[str, Person], trusted: Directory
):
    before = Client()
    come_back(before, trusted, email=auditor.email, email_verified=True)
    by = signed_in(folk["own council administrator"])
    shown = by.get(f"/people/{auditor.pk}/").content.decode()
    address = f"/people/{auditor.pk}/directory-account/"
    assert (">42<br>" in shown, trusted.address in shown, address in shown) == (True, True, True)
    assert "Enter the reason" in by.post(address, {"reason": " "}).content.decode()
    assert kept() == [(auditor.email, "42", True)]
    reason = "New directory on 1 May; seen in person."
    assert by.post(address, {"reason": reason})["Location"] == f"/people/{auditor.pk}/"
    account = DirectoryAccount.objects.get()
    told = {"account": account.pk, "reason": reason, "sessions": 1}
    assert last_event() == ("directory_account.released", auditor.email, told)
    assert before.get("/contracts/").status_code == 302
    assert (by.get(address).status_code, address in by.get(f"/people/{auditor.pk}/").content.decode()) == (404, False)
    come_back(before, trusted, sub="43", email=auditor.email, email_verified=True)
    assert before.get("/contracts/").status_code == 200
    assert kept() == [(auditor.email, "42", False), (auditor.email, "43", True)]


def test_nobody_releases_their_own_account_nor_one_twice(auditor: Person, folk: dict[str, Person], db: None):
    by = folk["own council administrator"]
    own = services.keep_directory_account(person=by, issuer="https://d.example", subject="1", clock=DATABASE_CLOCK)
    assert signed_in(by).post(f"/people/{by.pk}/directory-account/", {"reason": "Mine"}).status_code == 403
    with pytest.raises(services.NotByOneself):
        services.release_directory_account(account=own, reason="Mine", by=by, clock=DATABASE_CLOCK)
    other = services.keep_directory_account(
        person=auditor, issuer="https://d.example", subject="2", clock=DATABASE_CLOCK
    )
    with pytest.raises(NotPermitted):
        services.release_directory_account(account=other, reason="Theirs", by=auditor, clock=DATABASE_CLOCK)
    services.release_directory_account(account=other, reason="Replaced", by=by, clock=DATABASE_CLOCK)
    with pytest.raises(services.AlreadyClosed):
        services.release_directory_account(account=other, reason="Again", by=by, clock=DATABASE_CLOCK)


def test_releasing_asks_who_somebody_is_after_five_minutes(auditor: Person, folk: dict[str, Person], db: None):
    services.keep_directory_account(person=auditor, issuer="https://d.example", subject="2", clock=DATABASE_CLOCK)
    late = signed_in(folk["own council administrator"], minutes_ago=6)
    asked = late.post(f"/people/{auditor.pk}/directory-account/", {"reason": "Replaced"}).content.decode()
    assert "Confirm that it is still you" in asked
    assert kept() == [(auditor.email, "2", True)]


def test_leaver_who_comes_back_gets_a_new_account_here_for_the_same_one_there(
    auditor: Person, folk: dict[str, Person], trusted: Directory, client: Client
):
    by = folk["own council administrator"]
    come_back(Client(), trusted, email=auditor.email, email_verified=True)
    services.close_person(person=auditor, by=by, clock=DATABASE_CLOCK)
    assert kept() == [(auditor.email, "42", False)]
    come_back(client, trusted, email=auditor.email, email_verified=True)
    assert "this ledger does not" in client.get("/sign-in/").content.decode()
    again = services.create_person(
        organisation=by.organisation,
        email="ugo@plymouth.example",
        full_name="Ugo Again",
        password=None,
        by=by,
        clock=DATABASE_CLOCK,
    )
    come_back(client, trusted, email=again.email, email_verified=True)
    assert kept() == [(auditor.email, "42", False), (again.email, "42", True)]


def test_one_account_of_the_directory_is_one_person_here(auditor: Person, folk: dict[str, Person], db: None):
    other = folk["own council lead_accountant"]
    services.keep_directory_account(person=auditor, issuer="https://d.example", subject="2", clock=DATABASE_CLOCK)
    with pytest.raises(services.OtherDirectoryAccount):
        services.keep_directory_account(person=other, issuer="https://d.example", subject="2", clock=DATABASE_CLOCK)
    assert kept() == [(auditor.email, "2", True)]
