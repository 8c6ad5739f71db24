"""The second step of signing in, and that nobody gets anywhere without it."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from pbr_ledger.accounts import services
from pbr_ledger.accounts.middleware import WITHOUT_SECOND_FACTOR
from pbr_ledger.accounts.models import Person
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from tests.pages.routes import api
from tests.pages.test_routes import ROUTES, parts_of
from tests.pages.world import PASSWORD, World
from tests.signing_in import APP_SECRET, app_of, code_of, signed_in

WRONG_CODE = (
    "This code is not right, has run out, or was used before. Enter the one that your app shows now. If that is "
    "refused too, check that your phone sets its clock automatically"
)


def give_password(client: Client, person: Person, **extra: str) -> HttpResponse:
    return client.post("/sign-in/", {"login": person.email, "password": PASSWORD, **extra})


def give_code(client: Client, code: str) -> HttpResponse:
    return client.post("/sign-in/second-factor/", {"code": code})


@pytest.mark.parametrize("credential", ["", "[]", "{}", "null", '{"id": "x"}', '{"rawId": 1, "response": []}', "\x00"])
@pytest.mark.parametrize("address", ["/sign-in/passkey/", "/sign-in/second-factor/"])
def test_passkey_that_is_none_is_refused_in_words(folk: dict[str, Person], address: str, credential: str):
    client, person = Client(), folk["own council auditor"]
    app_of(person)
    if address == "/sign-in/second-factor/":
        give_password(client, person)
    page = client.post(address, {"credential": credential}, follow=True).content.decode()
    assert ("This passkey is not right" in page) or ("The passkey could not be read. Try again" in page)
    assert client.get("/contracts/").status_code == 302


@pytest.fixture
def auditor(folk: dict[str, Person]) -> Person:
    """With an authenticator app."""
    person = folk["own council auditor"]
    app_of(person)
    return person


def test_password_alone_opens_nothing(auditor: Person, client: Client):
    answer = give_password(client, auditor)
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in/second-factor/")
    assert client.get("/contracts/")["Location"] == "/sign-in/?next=/contracts/"
    assert client.get("/sign-in/")["Location"] == "/sign-in/second-factor/"


def test_code_of_the_app_leads_to_the_page_that_was_asked_for(auditor: Person, client: Client):
    give_password(client, auditor, next="/contracts/?page=1")
    answer = give_code(client, f" {code_of(auditor)[:3]} {code_of(auditor)[3:]} ")
    assert (answer.status_code, answer["Location"]) == (302, "/contracts/?page=1")
    assert client.get("/contracts/").status_code == 200


@pytest.mark.parametrize("code", ["000000", "", "12345", "123456789012345678901", "ÄÖÜ"])
def test_wrong_code_is_refused_in_words_and_noted(auditor: Person, client: Client, code: str):
    give_password(client, auditor)
    page = give_code(client, code).content.decode()
    assert "<title>Error: Confirm that it is you – Payment-by-results ledger</title>" in page
    assert (WRONG_CODE in page) or ("Enter the code that your app shows" in page)
    assert client.get("/contracts/").status_code == 302
    if code == "000000":
        event = AuditEvent.objects.filter(stream="people").latest("sequence")
        assert (event.action, event.subject, event.detail) == (
            "sign_in.refused",
            auditor.email,
            '{"from":"127.0.0.1","step":"second factor"}',
        )


def test_code_works_once_as_long_as_it_is_taken_at_all(auditor: Person):
    code = code_of(auditor)
    first, again = Client(), Client()
    give_password(first, auditor)
    assert give_code(first, code).status_code == 302
    with time_machine.travel(time.time() + 45):  # allauth itself has forgotten the code, and still takes it
        give_password(again, auditor)
        assert WRONG_CODE in give_code(again, code).content.decode()


def code_at(moment: float) -> str:
    """What the app shows then."""
    return format_hotp_value(hotp_value(APP_SECRET, int(moment) // 30))


def test_code_is_taken_in_its_own_thirty_seconds_and_no_longer(auditor: Person, settings: LazySettings):
    settings.MFA_TOTP_TOLERANCE = 0
    began = time.time() // 30 * 30 + 300
    taken = {}
    for seconds in (-1, 0, 29, 30):
        client = Client()
        with time_machine.travel(began + seconds, tick=False):
            cache.clear()
            give_password(client, auditor)
            taken[seconds] = give_code(client, code_at(began)).status_code
    assert taken == {-1: 200, 0: 302, 29: 302, 30: 200}


def test_recovery_code_works_once(folk: dict[str, Person]):
    person = folk["own council auditor"]
    services.add_app(person=person, secret=APP_SECRET, clock=DATABASE_CLOCK)
    code = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    for expected in (302, 200):
        client = Client()
        give_password(client, person)
        assert give_code(client, code).status_code == expected


def test_second_step_without_the_first_goes_back_to_it(auditor: Person, client: Client):
    assert client.get("/sign-in/second-factor/")["Location"] == "/sign-in/"
    assert give_code(client, code_of(auditor))["Location"] == "/sign-in/"


def test_whoever_came_half_the_way_can_sign_in_as_somebody_else(auditor: Person, client: Client):
    give_password(client, auditor)
    assert client.post("/sign-out/")["Location"] == "/sign-in/"
    assert client.get("/sign-in/").status_code == 200


def test_leaver_does_not_come_in_with_a_code_after_the_password(
    auditor: Person, folk: dict[str, Person], client: Client
):
    give_password(client, auditor)
    administrator = folk["own council administrator"]
    services.close_person(person=auditor, by=administrator, clock=DATABASE_CLOCK)
    give_code(client, code_of(auditor))
    assert client.get("/contracts/").status_code == 302


def test_signing_in_is_noted_with_what_and_from_where(auditor: Person, client: Client):
    give_password(client, auditor)
    give_code(client, code_of(auditor))
    event = AuditEvent.objects.filter(stream="people").latest("sequence")
    assert (event.action, event.actor_email, event.detail) == (
        "sign_in.done",
        auditor.email,
        '{"from":"127.0.0.1","with":["password","totp"]}',
    )


def test_refused_password_is_noted_without_what_was_typed(auditor: Person, client: Client):
    client.post("/sign-in/", {"login": auditor.email.upper(), "password": "not-the-password"})
    event = AuditEvent.objects.filter(stream="people").latest("sequence")
    assert (event.subject, event.detail) == (auditor.email, '{"from":"127.0.0.1","step":"password"}')


# ── Without a second factor ──────────────────────────────────────────────────────────────────────────────────────────
PEOPLES = sorted(set(ROUTES) - WITHOUT_SECOND_FACTOR - set(api.ROUTES))
"""What people open; programs come with tokens of their own, and no session counts for them."""


def test_whoever_has_no_second_factor_gets_nowhere_but_to_where_one_is_set_up(here: World, client: Client):
    give_password(client, here.people["own council lead_accountant"])
    found, parts = {}, parts_of(here.contract)
    for name in PEOPLES:
        address = reverse(name, kwargs={part: parts[part] for part in ROUTES[name]})
        for answer in (client.get(address), client.post(address)):
            found[name, answer.request["REQUEST_METHOD"]] = (answer.status_code, answer.headers.get("Location"))
    assert len(found) == 2 * len(PEOPLES)
    assert set(found.values()) == {(302, "/account/second-factor/")}
    assert client.get("/account/second-factor/").status_code == 200


def test_addresses_for_setting_up_exist_and_are_the_only_ones():
    assert {"second-factor-set-up", "second-factor-app-add", "passkey-add", "sign-out"} == WITHOUT_SECOND_FACTOR
    assert all(reverse(name) for name in WITHOUT_SECOND_FACTOR)


@pytest.mark.parametrize(
    "name", ["account_signup", "account_email", "socialaccount_signup", "socialaccount_connections"]
)
def test_there_is_no_address_to_sign_up_or_to_change_an_e_mail_address(name: str):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_setting_up_an_app_opens_the_ledger_and_shows_recovery_codes(folk: dict[str, Person], client: Client):
    person = folk["own council auditor"]
    assert give_password(client, person)["Location"] == "/contracts/"
    assert client.get("/contracts/")["Location"] == "/account/second-factor/"
    page = client.get("/account/second-factor/app/").content.decode()
    assert "<svg" in page
    assert client.session["mfa.totp.secret"] in re.sub("[ \n]", "", page)
    wrong = client.post("/account/second-factor/app/", {"code": "000000"}).content.decode()
    assert WRONG_CODE in wrong
    assert client.get("/contracts/").status_code == 302
    session = client.session
    session["mfa.totp.secret"] = APP_SECRET
    session.save()
    code = code_at(time.time())
    assert client.post("/account/second-factor/app/", {"code": code})["Location"] == "/account/recovery-codes/"
    shown = client.get("/account/recovery-codes/").content.decode()
    assert len(re.findall(r'<li class="ledger-code">\d{8}</li>', shown)) == 10
    assert client.get("/contracts/").status_code == 200


def test_password_alone_adds_no_second_factor_beside_one_that_is_there(auditor: Person, client: Client):
    client.force_login(auditor)
    session = client.session
    session["visit_began"] = session["visit_seen"] = time.time()
    session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
    session["account_authentication_methods_user"] = str(auditor.pk)
    session.save()
    assert client.get("/account/second-factor/app/")["Location"] == "/sign-in/"
    assert client.get("/contracts/")["Location"] == "/account/second-factor/"


# ── Rate limits ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_fifth_wrong_password_closes_the_address_for_five_minutes(auditor: Person):
    for _ in range(5):
        Client().post("/sign-in/", {"login": auditor.email, "password": "not the password"})
    page = give_password(Client(), auditor).content.decode()
    assert "You have tried too often. Wait five minutes, then try again" in page
    with time_machine.travel(time.time() + 301):
        assert give_password(Client(), auditor).status_code == 302


def test_fifth_wrong_code_closes_the_second_step(auditor: Person, client: Client):
    give_password(client, auditor)
    for _ in range(5):
        give_code(client, "000000")
    assert "You have tried too often." in give_code(client, code_of(auditor)).content.decode()


def test_limits_stand_in_the_shared_cache_in_the_database(auditor: Person, client: Client):
    client.post("/sign-in/", {"login": auditor.email, "password": "not the password"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shared_cache WHERE cache_key LIKE '%%login_failed%%'")
        assert cursor.fetchone() == (2,)


def test_thirtieth_attempt_from_one_place_within_a_minute_is_told_to_wait(folk: dict[str, Person]):
    for number in range(31):
        answer = Client().post("/sign-in/", {"login": f"nobody{number}@plymouth.example", "password": "x"})
    assert answer.status_code == 429
    assert "You have tried too often" in answer.content.decode()


# ── Sessions ─────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_session_ends_after_thirty_idle_minutes(folk: dict[str, Person], client: Client):
    now = time.time()
    signed_in(folk["own council auditor"], client)
    with time_machine.travel(now + 29 * 60):
        assert client.get("/contracts/").status_code == 200
    with time_machine.travel(now + 58 * 60):
        assert client.get("/contracts/").status_code == 200
    with time_machine.travel(now + 58 * 60 + 30 * 60 + 5):
        answer = client.get("/contracts/", follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/contracts/", 302)]


def test_session_ends_after_eight_hours_of_work(folk: dict[str, Person], client: Client):
    now = time.time()
    signed_in(folk["own council auditor"], client)
    for minutes in range(20, 480, 20):
        with time_machine.travel(now + minutes * 60):
            assert client.get("/contracts/").status_code == 200
    with time_machine.travel(now + 480 * 60 + 5):
        answer = client.get("/contracts/", follow=True)
    assert answer.redirect_chain == [("/sign-in/?next=/contracts/", 302)]
    assert "You were signed out because some time has passed" in answer.content.decode()


def test_busy_session_is_written_once_a_minute(folk: dict[str, Person], client: Client):
    signed_in(folk["own council auditor"], client)
    before = client.session["visit_seen"]
    client.get("/contracts/")
    assert client.session["visit_seen"] == before
    with time_machine.travel(time.time() + 61):
        client.get("/contracts/")
    assert client.session["visit_seen"] > before


def test_closing_an_account_ends_its_open_sessions_at_once(auditor: Person, folk: dict[str, Person], client: Client):
    give_password(client, auditor)
    give_code(client, code_of(auditor))
    assert UserSession.objects.filter(user=auditor).count() == 1
    by = folk["own council administrator"]
    services.close_person(person=auditor, by=by, clock=DATABASE_CLOCK)
    assert UserSession.objects.filter(user=auditor).count() == 0
    assert client.get("/contracts/")["Location"] == "/sign-in/?next=/contracts/"


def test_cookies_are_kept_from_scripts(auditor: Person, client: Client, settings: LazySettings):
    give_password(client, auditor)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
