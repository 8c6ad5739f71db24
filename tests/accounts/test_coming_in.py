"""Invitations, passwords by mailed links, lost second factors, and sessions that end."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import LazySettings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import mail

from pbr_ledger.accounts import services
from pbr_ledger.accounts.models import INVITATION, FactorReset, OneTimeLink, Person
from pbr_ledger.accounts.queries import open_link, roles_of
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.audit.queries import verify
from pbr_ledger.clock import DATABASE_CLOCK, StatedClock
from pbr_ledger.errors import NotFound, NotPermitted, Refused
from pbr_ledger.jobs import services as jobs
from pbr_ledger.jobs.models import DONE, WAITING, Job
from tests.accounts.conftest import at

JULY = datetime(2025, 7, 10, 9, tzinfo=UTC)
PASSWORD = "three unrelated words"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def seconds_from(instant: datetime) -> StatedClock:
    """A clock that goes on by a second at each reading."""
    return StatedClock(instant + timedelta(seconds=number) for number in count())


@pytest.fixture
def invited(administrator: Person) -> Person:
    """Invited on 10 July 2025, with one role."""
    return services.invite(
        organisation=administrator.organisation,
        email="New@Plymouth.example",
        full_name="Nia New",
        roles=["finance_officer"],
        by=administrator,
        clock=DATABASE_CLOCK,
    )


@pytest.fixture
def second_administrator(administrator: Person) -> Person:
    """Another administrator of the council."""
    made = services.create_person(
        organisation=administrator.organisation,
        email="bea@plymouth.example",
        full_name="Bea Boss",
        password=None,
        by=administrator,
        clock=at(2025, 7, 2),
    )
    services.grant_role(person=made, role="administrator", by=administrator, clock=at(2025, 7, 2))
    return made


def token_for(person: Person) -> str:
    return services.token_of(OneTimeLink.objects.filter(person=person).latest("made_at"))


def last_event() -> AuditEvent:
    return AuditEvent.objects.filter(stream="people").latest("sequence")


def do_mail_job(settings: LazySettings) -> Job:
    settings.PUBLIC_ADDRESS = "https://ledger.example"
    job = Job.objects.filter(kind__endswith=".mail").latest("pk")
    done = jobs.run(job_id=job.pk)
    assert done is not None
    return done


def sign_in_somewhere(person: Person) -> str:
    """A session of the person, as signing in leaves it."""
    store = SessionStore()
    store["who"] = person.pk
    store.save()
    UserSession.objects.create(user=person, session_key=store.session_key, ip="192.0.2.7", user_agent="Firefox")
    return str(store.session_key)


# ── Invitations ──────────────────────────────────────────────────────────────────────────────────────────────────────
def test_invited_person_chooses_a_password_once(invited: Person):
    assert not invited.has_usable_password()
    token = token_for(invited)
    assert services.accept_invitation(token=token, password=PASSWORD, clock=DATABASE_CLOCK) == invited
    invited.refresh_from_db()
    assert invited.check_password(PASSWORD)
    with pytest.raises(services.LinkNotOpen, match=r"^This link does not work any more\.$"):
        services.accept_invitation(token=token, password="another three words", clock=DATABASE_CLOCK)
    assert invited.check_password(PASSWORD)


def test_invited_person_holds_the_roles_lent_until_a_day(administrator: Person):
    clock = seconds_from(JULY)
    person = services.invite(
        organisation=administrator.organisation,
        email="deputy@plymouth.example",
        full_name="Dee Deputy",
        roles=["auditor", "finance_officer"],
        until=datetime(2025, 8, 1, tzinfo=UTC).date(),
        by=administrator,
        clock=clock,
    )
    assert roles_of(person, datetime(2025, 7, 31, tzinfo=UTC).date()) == {"auditor", "finance_officer"}
    assert roles_of(person, datetime(2025, 8, 1, tzinfo=UTC).date()) == frozenset()


def test_invitation_expires_after_seven_days(administrator: Person):
    person = services.invite(
        organisation=administrator.organisation,
        email="late@plymouth.example",
        full_name="Lea Late",
        roles=["auditor"],
        by=administrator,
        clock=seconds_from(JULY),
    )
    link = OneTimeLink.objects.get(person=person)
    assert link.expires_at - link.made_at == timedelta(days=7)
    token = services.token_of(link)
    with pytest.raises(services.LinkNotOpen):
        services.accept_invitation(token=token, password=PASSWORD, clock=StatedClock([link.expires_at]))
    in_time = StatedClock([link.expires_at - timedelta(microseconds=1)])
    services.accept_invitation(token=token, password=PASSWORD, clock=in_time)


def test_weak_password_is_refused_and_the_link_stays_open(invited: Person):
    token = token_for(invited)
    for password, said in (
        ("short", "it must have at least 12 characters"),
        ("new@plymouth.example", "it is too much like your name or e-mail address"),
        ("1qaz2wsx3edc", "it is one that many people use, choose another"),
    ):
        with pytest.raises(Refused) as refused:
            services.accept_invitation(token=token, password=password, clock=DATABASE_CLOCK)
        assert refused.value.problems[0].message == said
    assert open_link(token, INVITATION) is not None


def test_new_invitation_ends_the_old_one(administrator: Person, invited: Person):
    old = token_for(invited)
    services.invite_again(person=invited, by=administrator, clock=DATABASE_CLOCK)
    assert open_link(old, INVITATION) is None
    services.accept_invitation(token=token_for(invited), password=PASSWORD, clock=DATABASE_CLOCK)
    with pytest.raises(services.AlreadyIn, match=r"^Nia New has an account already\.$"):
        services.invite_again(person=invited, by=administrator, clock=DATABASE_CLOCK)


def test_only_administrators_invite_and_nobody_without_a_role(administrator: Person, officer: Person):
    asked = {"organisation": officer.organisation, "email": "x@x.example", "full_name": "X", "clock": DATABASE_CLOCK}
    with pytest.raises(NotPermitted):
        services.invite(**asked, roles=["auditor"], by=officer)
    with pytest.raises(Refused, match=r"^roles: choose at least one$"):
        services.invite(**asked, roles=[], by=administrator)
    with pytest.raises(services.RoleNotGrantable):
        services.invite(**asked, roles=["provider_staff"], by=administrator)
    assert not Person.objects.filter(email="x@x.example").exists()


def test_link_of_a_leaver_does_not_work(administrator: Person, invited: Person):
    token = token_for(invited)
    services.close_person(person=invited, by=administrator, clock=DATABASE_CLOCK)
    with pytest.raises(services.LinkNotOpen):
        services.accept_invitation(token=token, password=PASSWORD, clock=DATABASE_CLOCK)
    assert OneTimeLink.objects.get(person=invited).withdrawn_at is not None


def test_database_keeps_the_hash_of_a_link_and_the_log_neither(invited: Person):
    link = OneTimeLink.objects.get(person=invited)
    token = services.token_of(link)
    assert len(token) == 64
    assert token not in {link.token_hash, str(link.seed), link.seed.hex}
    assert token not in "".join(AuditEvent.objects.values_list("detail", flat=True))


def test_link_made_under_another_key_is_not_mailed(invited: Person, settings: LazySettings):
    settings.SECRET_KEY = "another-key-0123456789-0123456789-0123456789-0123456789"
    done = do_mail_job(settings)
    assert done.state == WAITING
    assert "The secret key has changed" in done.error
    assert mail.outbox == []


# ── Mail ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_invitation_is_mailed_by_its_job(invited: Person, settings: LazySettings):
    assert mail.outbox == []
    assert do_mail_job(settings).state == DONE
    (message,) = mail.outbox
    assert message.to == ["new@plymouth.example"]
    assert f"https://ledger.example/invitations/{token_for(invited)}/" in message.body
    assert "Ada Admin has invited you" in message.body
    assert "for Plymouth City Council." in message.body


def test_mail_that_fails_is_tried_again(invited: Person, settings: LazySettings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    failed = do_mail_job(settings)
    assert (failed.state, failed.attempts) == (WAITING, 1)
    assert "ConnectionRefusedError" in failed.error
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    Job.objects.filter(pk=failed.pk).update(run_after=JULY)
    assert do_mail_job(settings).state == DONE
    assert len(mail.outbox) == 1


def test_link_that_was_used_meanwhile_is_not_mailed(invited: Person, settings: LazySettings):
    services.accept_invitation(token=token_for(invited), password=PASSWORD, clock=DATABASE_CLOCK)
    assert do_mail_job(settings).state == DONE
    assert mail.outbox == []


# ── Passwords ────────────────────────────────────────────────────────────────────────────────────────────────────────
def test_forgotten_password_is_chosen_anew_and_ends_all_sessions(administrator: Person, settings: LazySettings):
    session = sign_in_somewhere(administrator)
    services.ask_for_password_reset(email=" ADA@plymouth.example", address="192.0.2.7", clock=DATABASE_CLOCK)
    do_mail_job(settings)
    token = token_for(administrator)
    assert f"https://ledger.example/password/new/{token}/" in mail.outbox[0].body
    services.reset_password(token=token, password=PASSWORD, clock=DATABASE_CLOCK)
    administrator.refresh_from_db()
    assert administrator.check_password(PASSWORD)
    assert not Session.objects.filter(session_key=session).exists()
    with pytest.raises(services.LinkNotOpen):
        services.reset_password(token=token, password="yet another phrase", clock=DATABASE_CLOCK)


@pytest.mark.parametrize("email", ["nobody@plymouth.example", "fin@plymouth.example"])
def test_nobody_without_a_password_is_mailed_a_link(administrator: Person, officer: Person, email: str):
    services.ask_for_password_reset(email=email, address="192.0.2.7", clock=DATABASE_CLOCK)
    assert not OneTimeLink.objects.exists()
    assert not Job.objects.exists()


def test_address_that_nobody_has_is_not_kept(administrator: Person):
    services.ask_for_password_reset(email="my-secret-word", address="192.0.2.7", clock=DATABASE_CLOCK)
    services.record_refusal(person=None, step="password", address="192.0.2.7", clock=DATABASE_CLOCK)
    events = AuditEvent.objects.filter(stream="people").order_by("sequence")
    assert [(event.action, event.subject, event.detail) for event in events][-2:] == [
        ("password.reset_asked", "an address that nobody has", '{"from":"192.0.2.7"}'),
        ("sign_in.refused", "an address that nobody has", '{"from":"192.0.2.7","step":"password"}'),
    ]
    assert verify("people") == []


def test_invitation_is_no_password_reset_and_the_other_way_round(invited: Person, administrator: Person):
    with pytest.raises(services.LinkNotOpen):
        services.reset_password(token=token_for(invited), password=PASSWORD, clock=DATABASE_CLOCK)
    services.ask_for_password_reset(email=administrator.email, address="", clock=DATABASE_CLOCK)
    with pytest.raises(services.LinkNotOpen):
        services.accept_invitation(token=token_for(administrator), password=PASSWORD, clock=DATABASE_CLOCK)


def test_changed_password_ends_the_other_sessions(administrator: Person):
    here, elsewhere = sign_in_somewhere(administrator), sign_in_somewhere(administrator)
    services.change_password(person=administrator, password=PASSWORD, session=here, clock=DATABASE_CLOCK)
    assert set(Session.objects.values_list("session_key", flat=True)) == {here}
    assert elsewhere != here
    assert (last_event().action, last_event().detail) == ("password.changed", '{"sessions":1}')


# ── Second factors ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_secret_of_an_app_is_stored_enciphered_with_recovery_codes_beside_it(officer: Person):
    app = services.add_app(person=officer, secret=SECRET, clock=DATABASE_CLOCK)
    assert SECRET not in str(app.data)
    kinds = Authenticator.objects.filter(user=officer).values_list("type", flat=True)
    assert set(kinds) == {"totp", "recovery_codes"}
    with pytest.raises(services.AlreadyIn):
        services.add_app(person=officer, secret=SECRET, clock=DATABASE_CLOCK)


def test_last_second_factor_stays_and_nobody_takes_anothers(officer: Person, administrator: Person):
    app = services.add_app(person=officer, secret=SECRET, clock=DATABASE_CLOCK)
    with pytest.raises(services.LastFactor, match=r"^This is your only second factor"):
        services.remove_factor(factor=app, by=officer, session="", clock=DATABASE_CLOCK)
    with pytest.raises(NotFound):
        services.remove_factor(factor=app, by=administrator, session="", clock=DATABASE_CLOCK)
    key = services.add_passkey(person=officer, name="Phone", credential={"id": "x"}, clock=DATABASE_CLOCK)
    services.remove_factor(factor=app, by=officer, session="", clock=DATABASE_CLOCK)
    assert set(Authenticator.objects.filter(user=officer).values_list("type", flat=True)) == {
        "webauthn",
        "recovery_codes",
    }
    with pytest.raises(services.LastFactor):
        services.remove_factor(factor=key, by=officer, session="", clock=DATABASE_CLOCK)


def test_new_recovery_codes_replace_the_old_and_end_other_sessions(officer: Person):
    with pytest.raises(services.LastFactor):
        services.make_recovery_codes(person=officer, session="", clock=DATABASE_CLOCK)
    services.add_app(person=officer, secret=SECRET, clock=DATABASE_CLOCK)
    before = Authenticator.objects.get(user=officer, type="recovery_codes").wrap().get_unused_codes()
    sign_in_somewhere(officer)
    after = services.make_recovery_codes(person=officer, session="", clock=DATABASE_CLOCK).wrap().get_unused_codes()
    assert (len(before), len(after), set(before) & set(after)) == (10, 10, set())
    assert not UserSession.objects.filter(user=officer).exists()


# ── Lost second factors ──────────────────────────────────────────────────────────────────────────────────────────────
@pytest.fixture
def reset(officer: Person, administrator: Person) -> FactorReset:
    """Asked for by the first administrator."""
    services.add_app(person=officer, secret=SECRET, clock=DATABASE_CLOCK)
    return services.ask_for_factor_reset(
        person=officer, reason="Phone lost on the train; known by voice.", by=administrator, clock=DATABASE_CLOCK
    )


def test_second_administrator_confirms_the_reset(
    officer: Person, reset: FactorReset, second_administrator: Person, settings: LazySettings
):
    session = sign_in_somewhere(officer)
    services.confirm_factor_reset(reset=reset, by=second_administrator, clock=DATABASE_CLOCK)
    assert not Authenticator.objects.filter(user=officer).exists()
    assert not Session.objects.filter(session_key=session).exists()
    assert last_event().detail == f'{{"removed":2,"reset":{reset.pk},"sessions":1}}'
    do_mail_job(settings)
    assert "Ada Admin asked for it, Bea Boss confirmed it" in mail.outbox[0].body
    with pytest.raises(services.ResetNotOpen):
        services.confirm_factor_reset(reset=reset, by=second_administrator, clock=DATABASE_CLOCK)


def test_whoever_asked_does_not_confirm(officer: Person, reset: FactorReset, administrator: Person):
    with pytest.raises(services.NotByOneself, match=r"^You asked for this reset"):
        services.confirm_factor_reset(reset=reset, by=administrator, clock=DATABASE_CLOCK)
    assert Authenticator.objects.filter(user=officer).count() == 2


def test_nobody_asks_for_or_confirms_their_own_reset(administrator: Person, second_administrator: Person):
    with pytest.raises(services.NotByOneself):
        services.ask_for_factor_reset(person=administrator, reason="Mine", by=administrator, clock=DATABASE_CLOCK)
    asked = services.ask_for_factor_reset(
        person=administrator, reason="Lost", by=second_administrator, clock=DATABASE_CLOCK
    )
    with pytest.raises(services.NotByOneself):
        services.confirm_factor_reset(reset=asked, by=administrator, clock=DATABASE_CLOCK)


def test_reset_is_for_administrators_with_a_reason_once(officer: Person, administrator: Person, reset: FactorReset):
    with pytest.raises(services.AlreadyAsked):
        services.ask_for_factor_reset(person=officer, reason="Again", by=administrator, clock=DATABASE_CLOCK)
    services.withdraw_factor_reset(reset=reset, by=administrator, clock=DATABASE_CLOCK)
    with pytest.raises(Refused, match=r"^reason: must not be empty$"):
        services.ask_for_factor_reset(person=officer, reason=" ", by=administrator, clock=DATABASE_CLOCK)
    with pytest.raises(NotPermitted):
        services.ask_for_factor_reset(person=administrator, reason="No", by=officer, clock=DATABASE_CLOCK)
    with pytest.raises(services.ResetNotOpen):
        services.confirm_factor_reset(reset=reset, by=administrator, clock=DATABASE_CLOCK)


def test_reset_expires_after_two_days_and_can_be_asked_for_anew(
    officer: Person, administrator: Person, second_administrator: Person
):
    old = services.ask_for_factor_reset(person=officer, reason="Lost", by=administrator, clock=StatedClock([JULY]))
    late = StatedClock([JULY + timedelta(days=2)])
    with pytest.raises(services.ResetNotOpen):
        services.confirm_factor_reset(reset=old, by=second_administrator, clock=late)
    services.ask_for_factor_reset(person=officer, reason="Still lost", by=administrator, clock=DATABASE_CLOCK)
    assert FactorReset.objects.filter(person=officer, withdrawn_at=None).count() == 1


# ── Leavers and administrators ───────────────────────────────────────────────────────────────────────────────────────
def test_closing_an_account_ends_all_its_sessions(officer: Person, administrator: Person):
    session, mine = sign_in_somewhere(officer), sign_in_somewhere(administrator)
    services.close_person(person=officer, by=administrator, clock=DATABASE_CLOCK)
    assert set(Session.objects.values_list("session_key", flat=True)) == {mine}
    assert session != mine


def test_administrator_neither_closes_nor_demotes_themselves(administrator: Person):
    with pytest.raises(services.NotByOneself, match=r"^Another administrator has to close your account\.$"):
        services.close_person(person=administrator, by=administrator, clock=DATABASE_CLOCK)
    with pytest.raises(services.NotByOneself):
        services.revoke_role(grant=administrator.role_grants.get(), by=administrator, clock=DATABASE_CLOCK)
    assert roles_of(administrator, datetime.now(UTC).date()) == {"administrator"}


def test_role_is_given_once_and_lent_for_a_day_to_come(officer: Person, administrator: Person):
    clock = seconds_from(JULY)
    services.grant_role(person=officer, role="auditor", by=administrator, clock=clock)
    with pytest.raises(Refused, match=r"^role: Fin Fines holds the role of Auditor already$"):
        services.grant_role(person=officer, role="auditor", by=administrator, clock=clock)
    with pytest.raises(Refused, match=r"^until: must be after today"):
        services.grant_role(person=officer, role="finance_officer", until=JULY.date(), by=administrator, clock=clock)


def test_person_ends_their_own_sessions_only(officer: Person, administrator: Person):
    here, elsewhere = sign_in_somewhere(officer), sign_in_somewhere(officer)
    mine = sign_in_somewhere(administrator)
    row = UserSession.objects.get(session_key=mine)
    with pytest.raises(NotFound):
        services.end_session(session=row, by=officer, clock=DATABASE_CLOCK)
    assert services.end_other_sessions(person=officer, but=here, clock=DATABASE_CLOCK) == 1
    assert set(Session.objects.values_list("session_key", flat=True)) == {here, mine}
    assert elsewhere not in {here, mine}
