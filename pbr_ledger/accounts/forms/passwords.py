"""Choosing a password, and asking for a link to choose a new one."""

from collections.abc import Mapping
from typing import ClassVar

from pbr_ledger.accounts.forms.fields import email_field, password_field
from pbr_ledger.forms import LedgerForm

HINT = "At least 12 characters. Three words that have nothing to do with each other are easy to keep and hard to guess."


class NewPasswordForm(LedgerForm):
    """A new password, typed once: password managers fill it in, and a slip is mended by a new link."""

    places: ClassVar[Mapping[str, str]] = {"password": "password"}
    password = password_field(
        "New password", missing="Enter a new password", autocomplete="new-password", help_text=HINT
    )


class ForgottenPasswordForm(LedgerForm):
    """The address of the account."""

    email = email_field("E-mail address", missing="Enter your e-mail address", autocomplete="username")
