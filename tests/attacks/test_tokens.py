"""What lets somebody in, tampered with or used again: links of mails, sessions, tokens of programs, cursors."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import INVITATION, OneTimeLink, Person
from pbr_ledger.accounts.services import token_of
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from tests.api.programs import Program
from tests.observing import SecurityLog
from tests.pages.world import PASSWORD, peopled
from tests.signing_in import signed_in


@pytest.fixture
def people(db: None) -> dict[str, Person]:
    return peopled()[0]


def tampered(token: str) -> list[str]:
    """The token with its first or last character changed, cut, doubled, and in capitals."""
    other = "0" if token[0] != "0" else "1"
    last = "0" if token[-1] != "0" else "1"
    return [other + token[1:], token[:-1] + last, token[:-1], token + token, token.upper() + "Z"]


def test_a_link_with_one_character_changed_opens_nothing(people: dict[str, Person]) -> None:
    services.invite(
        organisation=people["own council administrator"].organisation,
        email="new@plymouth.example",
        full_name="Nia New",
        roles=["auditor"],
        by=people["own council administrator"],
        clock=DATABASE_CLOCK,
    )
    token = token_of(OneTimeLink.objects.get(purpose=INVITATION))
    for wrong in tampered(token):
        address = reverse("invitation", args=[wrong])
        assert Client().get(address).status_code == 404
        assert Client().post(address, {"password": PASSWORD, "again": PASSWORD}).status_code == 404
        assert Client().post(reverse("new-password", args=[token]), {"password": PASSWORD}).status_code == 404
    assert not Person.objects.get(email="new@plymouth.example").has_usable_password()
    assert Client().get(reverse("invitation", args=[token])).status_code == 200


def test_a_stolen_cookie_is_worth_nothing_once_its_owner_has_signed_out(people: dict[str, Person]) -> None:
    owner, thief = signed_in(people["own council auditor"]), Client()
    stolen = owner.cookies[settings.SESSION_COOKIE_NAME].value
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/contracts/").status_code == 200
    assert owner.post("/sign-out/").headers["Clear-Site-Data"] == '"cache", "storage"'
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get("/contracts/").status_code == 302
    for wrong in tampered(stolen):
        thief.cookies[settings.SESSION_COOKIE_NAME] = wrong
        assert thief.get("/contracts/").status_code == 302


def test_a_session_of_the_attackers_choice_is_never_signed_in(people: dict[str, Person]) -> None:
    """Fixation: a key that was planted beforehand is left behind, whether it ever was a session's or not."""
    attacker = Client()
    attacker.get("/sign-in/")
    attacker.session["planted"] = "yes"
    attacker.session.save()
    planted = str(attacker.session.session_key)
    for key in (planted, "a" * 32):
        victim = Client()
        victim.cookies[settings.SESSION_COOKIE_NAME] = key
        victim.post("/sign-in/", {"login": people["own council auditor"].email, "password": PASSWORD})
        assert victim.cookies[settings.SESSION_COOKIE_NAME].value not in {planted, "a" * 32}
        attacker.cookies[settings.SESSION_COOKIE_NAME] = key
        assert attacker.get("/account/").status_code == 302


def test_a_programs_token_with_one_character_changed_is_refused_and_noted(
    people: dict[str, Person], security_log: SecurityLog
) -> None:
    administrator = people["own council administrator"]
    program = Program.of(administrator.organisation, "contracts:read", by=administrator)
    assert program.get("contracts").status_code == 200
    token = program.token
    for wrong in tampered(token):
        program.token = wrong
        assert program.get("contracts").status_code == 401
    assert [line["route"] for line in security_log.of("token.refused")] == ["api-contracts"] * 5
    assert token not in security_log.text
    assert program.ask_for_token(secret="wrong").status_code == 401
    assert len(security_log.of("token.refused")) == 6


def test_a_cursor_that_was_made_up_leads_nowhere(people: dict[str, Person]) -> None:
    administrator = people["own council administrator"]
    program = Program.of(administrator.organisation, "contracts:read", by=administrator)
    for cursor in ("azE7", "a29uZQ", "azk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "LTE", "k1", "%00"):
        assert program.get(f"contracts?after={cursor}").status_code == 400, cursor


def test_whoever_guesses_passwords_is_stopped_and_noted_by_key_alone(
    people: dict[str, Person], security_log: SecurityLog
) -> None:
    victim = people["own council auditor"]
    for _ in range(7):
        Client().post("/sign-in/", {"login": victim.email, "password": "guessed-by-an-attacker"})
    assert [line["of_person_id"] for line in security_log.of("sign-in.refused")] == [victim.pk] * 5
    assert [line["step"] for line in security_log.of("throttled")] == ["sign-in"] * 2
    assert AuditEvent.objects.filter(action="sign_in.refused", subject=victim.email).count() == 5
    assert "plymouth" not in security_log.text
    assert "guessed" not in security_log.text
