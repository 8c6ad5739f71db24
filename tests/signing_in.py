"""Signing in as somebody of the tests: by the back door for requests, by the pages themselves in a browser."""

import time

from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Page

from pbr_ledger.accounts.forms.signing_in import used_code_key
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.visits import BEGAN, SEEN

PASSWORD = "a-long-enough-passphrase"
APP_SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
"""What everybody's authenticator app holds in these tests."""


def signed_in(person: Person, client: Client | None = None, *, minutes_ago: float = 0) -> Client:
    """A client in whose session the person has signed in, second factor included, that many minutes ago.

    Within five minutes nobody is asked again who they are.
    """
    found = client or Client()
    found.force_login(person)
    at = time.time() - minutes_ago * 60
    session = found.session
    session[BEGAN], session[SEEN] = at, time.time()
    session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        {"method": "password", "at": at, "reauthenticated": True},
        {"method": "mfa", "type": "totp", "at": at, "reauthenticated": True},
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return found


def app_of(person: Person) -> Authenticator:
    """The person's authenticator app, with the secret of these tests; added when first asked for."""
    found = Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).first()
    return found or TOTP.activate(person, APP_SECRET).instance


def code_of(person: Person) -> str:
    """A code that the person's app shows about now and that they have not used."""
    app_of(person)
    now = int(time.time()) // 30
    codes = [format_hotp_value(hotp_value(APP_SECRET, now + step)) for step in (0, 1, -1)]
    return next(code for code in codes if not cache.get(used_code_key(person.pk, code)))


def sign_in(page: Page, address: str, person: Person) -> None:
    """The person signs in on the pages served at the address, and arrives where the sign-in leads."""
    app_of(person)
    page.goto(f"{address}/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Code").fill(code_of(person))
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(lambda url: "/sign-in/" not in url)
