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
class GuideStep:
    """What somebody does in the first month of the demonstration, and where on the pages."""

    name: str
    part: str
    does: str


GUIDE = (
    GuideStep(
        "Dele Okafor",
        "Reconnect’s staff",
        "Agree the two baselines that wait for the provider: the one proposed for C04, and the first one of C22. "
        "Answer the council’s query about claim C19-T1. Issue the invoice of April.",
    ),
    GuideStep(
        "Priya Shah",
        "the council’s finance officer",
        "Read claim C16-T1 beside its evidence and agree it; then C19-T1, now that it is answered. C11’s placement "
        "broke down in March and nobody knew until May: record where the child lives now, and see what that takes "
        "back. Then propose May. Every figure opens to its reasons.",
    ),
    GuideStep(
        "Dele Okafor",
        "Reconnect’s staff again",
        "Agree the proposed statement, or dispute a line of it and see what that stops.",
    ),
    GuideStep(
        "Tom Hale",
        "a second finance officer",
        "Agree the statement for the council, which Priya cannot, since she proposed it. Approve invoice 3.",
    ),
    GuideStep(
        "Morwenna Pascoe",
        "the Lead Accountant",
        "Close May. Its report, its workbook and the draft of its invoice are there in a few seconds. Look at how the "
        "contract is read, and what other readings would have charged.",
    ),
    GuideStep(
        "Joy Adeyemi", "the paying agent’s clerk", "Pay invoice 2. There is nothing of any child on these pages."
    ),
    GuideStep(
        "Ruth Lang",
        "the auditor",
        "Read a child as known on an earlier day, the ledger, and the activity log. There is no button to press.",
    ),
)
"""The guided first month, on the contract made for practice. README.md tells the same."""


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


def is_demonstration() -> bool:
    """Whether this is the demonstration, and nothing in it is anybody's."""
    return bool(settings.DEMO)


def demonstration_accounts() -> tuple[DemonstrationAccount, ...]:
    """The accounts that the demonstration made; none unless it is running."""
    if not is_demonstration():
        return ()
    path = Path(settings.VAR_DIR) / "demo" / "accounts.json"
    if not path.is_file():
        return ()
    return tuple(DemonstrationAccount(**account) for account in json.loads(path.read_text(encoding="utf-8")))


def demonstration_code(person: object) -> str:
    """The code that the person's app would show, if they are an account of the demonstration; else nothing."""
    email = getattr(person, "email", "")
    return next((account.code for account in demonstration_accounts() if account.email == email), "")
