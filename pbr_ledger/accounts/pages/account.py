"""What the page of one's own account shows."""

import re
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.queries import main_factors
from pbr_ledger.words import instant_shown

BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (
    ("Windows", "Windows"),
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Mac OS", "a Mac"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class FactorShown:
    """A second factor; `is_only` when it cannot be removed."""

    pk: int
    name: str
    added: str
    used: str
    is_only: bool


@dataclass(frozen=True, slots=True)
class SessionShown:
    """Somewhere where the person is signed in."""

    pk: int
    browser: str
    address: str
    began: str
    seen: str
    is_this: bool


def factors_shown(person: Person) -> list[FactorShown]:
    """The person's second factors, the oldest first."""
    factors = list(main_factors(person))
    return [
        FactorShown(
            pk=factor.pk,
            name="Authenticator app" if factor.type == Authenticator.Type.TOTP else f"Passkey “{factor.wrap().name}”",
            added=instant_shown(factor.created_at),
            used=instant_shown(factor.last_used_at) if factor.last_used_at else "",
            is_only=len(factors) == 1,
        )
        for factor in factors
    ]


def recovery_codes_of(person: Person) -> list[str]:
    """The recovery codes that have not been used."""
    codes = Authenticator.objects.filter(user=person, type=Authenticator.Type.RECOVERY_CODES).first()
    unused: list[str] = codes.wrap().get_unused_codes() if codes else []
    return unused


def sessions_shown(person: Person, request: HttpRequest) -> list[SessionShown]:
    """Where the person is signed in now: here first, then the latest."""
    sessions = UserSession.objects.purge_and_list(person)
    shown = [
        SessionShown(
            pk=session.pk,
            browser=browser_shown(session.user_agent),
            address=str(session.ip),
            began=instant_shown(session.created_at),
            seen=instant_shown(session.last_seen_at),
            is_this=session.session_key == request.session.session_key,
        )
        for session in sorted(sessions, key=lambda session: session.created_at, reverse=True)
    ]
    return sorted(shown, key=lambda session: not session.is_this)


def browser_shown(user_agent: str) -> str:
    """`Firefox on Windows`, as far as the browser says so."""
    browser = next((name for sign, name in BROWSERS if re.search(rf"\b{sign}", user_agent)), "A browser")
    system = next((name for sign, name in SYSTEMS if sign in user_agent), "")
    return f"{browser} on {system}" if system else browser
