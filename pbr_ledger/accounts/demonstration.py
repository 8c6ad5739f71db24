"""The demonstration's accounts, so that the sign-in pages can list them. Nowhere but in the demonstration.

Each account has a real second factor. The pages show the code that an authenticator app would show now: whoever tries
the ledger needs no app, and nothing is passed by.
"""

import json
import time
from dataclasses import dataclass
from pathlib import Path

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache

from pbr_ledger.accounts.forms.signing_in import used_code_key
from pbr_ledger.accounts.models import Person

STEP = 30
"""Seconds for which an app shows one code."""


@dataclass(frozen=True, slots=True)
class DemonstrationAccount:
    """Somebody as whom anybody may try the ledger; `key` is the base32 secret of their second factor."""

    name: str
    role: str
    organisation: str
    email: str
    password: str
    key: str

    @property
    def code(self) -> str:
        """The code to type now: that of this half minute, or a neighbour if it was used; empty when all were."""
        person = Person.objects.filter(email=self.email).first()
        now = int(time.time()) // STEP
        codes = (format_hotp_value(hotp_value(self.key, now + step)) for step in (0, 1, -1))
        return next((code for code in codes if person and not cache.get(used_code_key(person.pk, code))), "")


def demonstration_accounts() -> tuple[DemonstrationAccount, ...]:
    """The accounts that the demonstration made; none unless it is running."""
    if not settings.DEMO:
        return ()
    path = Path(settings.VAR_DIR) / "demo" / "accounts.json"
    if not path.is_file():
        return ()
    return tuple(DemonstrationAccount(**account) for account in json.loads(path.read_text(encoding="utf-8")))


def demonstration_code(person: object) -> str:
    """The code that the person's app would show, if they are an account of the demonstration; else nothing."""
    email = getattr(person, "email", "")
    return next((account.code for account in demonstration_accounts() if account.email == email), "")
