"""The sign-ins of the demonstration: each with a password and an authenticator app, as its pages say them."""

import json
import os
import secrets
from base64 import b32encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.roles import ROLES
from pbr_ledger.accounts.services import add_app
from pbr_ledger.clock import DATABASE_CLOCK
from savings.management.parties import Member


@dataclass(frozen=True, slots=True)
class Account:
    """A sign-in of the demonstration, as its page and its terminal print it."""

    name: str
    role: str
    organisation: str
    email: str
    password: str
    key: str


def account_of(who: Member) -> Account:
    """The person's sign-in, with an authenticator app as their second factor."""
    person = Person.objects.select_related("organisation").get(full_name=who.name)
    key = b32encode(secrets.token_bytes(20)).decode()
    add_app(person=person, secret=key, clock=DATABASE_CLOCK)
    return Account(who.name, ROLES[who.role].name, person.organisation.name, person.email, who.password or "", key)


def write_accounts(path: Path, accounts: Sequence[Account]) -> None:
    """For the sign-in page of the demonstration, readable by its owner alone."""
    rows = [asdict(account) for account in accounts]
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(rows, file, indent=2)


def sign_ins(accounts: Sequence[Account]) -> str:
    """What the terminal says of them."""
    lines = [
        f"  {account.email:45} {account.password:18} {account.key}  {account.role}, {account.organisation}"
        for account in accounts
    ]
    return "\n".join(
        [
            "",
            "Sign in as one of these (they work in this demonstration only): address, password, and the key for an",
            "authenticator app. The page that asks for the app's code shows it too, so that you need no app.",
            *lines,
            "",
        ]
    )
