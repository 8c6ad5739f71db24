"""Second factors: an authenticator app, passkeys, and the codes for the day on which neither is at hand.

Of an app's secret only the enciphered form is stored. Every change ends the person's other sessions.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import MAIN_FACTORS, main_factors
from pbr_ledger.accounts.services.ground import AlreadyIn, LastFactor, NotYours, locked_person, record
from pbr_ledger.accounts.services.sessions import end_sessions
from pbr_ledger.clock import Clock


@transaction.atomic
def add_app(*, person: Person, secret: str, session: str = "", clock: Clock) -> Authenticator:
    """The authenticator app that shows codes of this secret, as the person's second factor; recovery codes beside it.

    Raises `AlreadyIn` while there is another app.
    """
    locked_person(person)
    if Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists():
        raise AlreadyIn("You have an authenticator app already: remove it first.")
    return _added(person, TOTP.activate(person, secret).instance, "authenticator app", session, clock)


@transaction.atomic
def add_passkey(
    *, person: Person, name: str, credential: dict[str, Any], session: str = "", clock: Clock
) -> Authenticator:
    """The passkey, as a second factor of the person under this name; recovery codes beside it."""
    locked_person(person)
    return _added(person, WebAuthn.add(person, name, credential).instance, "passkey", session, clock)


@transaction.atomic
def remove_factor(*, factor: Authenticator, by: Person, session: str, clock: Clock) -> None:
    """Take one of one's own second factors away. Raises `LastFactor` for the only one there is."""
    locked_person(by)
    if factor.user_id != by.pk or factor.type not in MAIN_FACTORS:
        raise NotYours("This is not your second factor.")
    if not main_factors(by).exclude(pk=factor.pk).exists():
        raise LastFactor("This is your only second factor. Add another one first.")
    factor.delete()
    detail = {"kind": factor.type, "sessions": end_sessions(by, but=session)}
    record(by, "second_factor.removed", by.email, detail, clock.read(after=None))


@transaction.atomic
def make_recovery_codes(*, person: Person, session: str, clock: Clock) -> Authenticator:
    """Ten new recovery codes; those from before stop working. Raises `LastFactor` where there is no second factor."""
    locked_person(person)
    if not main_factors(person).exists():
        raise LastFactor("Set up a second factor first.")
    Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: Authenticator = RecoveryCodes.activate(person).instance
    detail = {"sessions": end_sessions(person, but=session)}
    record(person, "recovery_codes.made", person.email, detail, clock.read(after=None))
    return codes


def _added(person: Person, factor: Authenticator, kind: str, session: str, clock: Clock) -> Authenticator:
    RecoveryCodes.activate(person)
    detail = {"kind": kind, "sessions": end_sessions(person, but=session)}
    record(person, "second_factor.added", person.email, detail, clock.read(after=None))
    return factor
