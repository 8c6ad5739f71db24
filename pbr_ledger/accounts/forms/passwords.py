"""Choosing a password, and asking for a link to choose a new one."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from pbr_ledger.accounts.adapters import AccountAdapter
from pbr_ledger.accounts.forms.fields import email_field, password_field
from pbr_ledger.accounts.models import Person
from pbr_ledger.forms import LedgerForm

HINT = "At least 12 characters. Three words that have nothing to do with each other are easy to keep and hard to guess."


class NewPasswordForm(LedgerForm):
    """A new password, typed once: password managers fill it in, and a slip is mended by a new link."""

    places: ClassVar[Mapping[str, str]] = {"password": "password"}
    password = password_field(
        "New password", missing="Enter a new password", autocomplete="new-password", help_text=HINT
    )


class ChangePasswordForm(NewPasswordForm):
    """A new password, behind the one that there is; whoever has none, because a directory signs them in, sets one."""

    current = password_field("Current password", missing="Enter your current password")
    field_order = ("current", "password")

    def __init__(self, *args: Any, request: HttpRequest, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request, self.person = request, person
        if not person.has_usable_password():
            del self.fields["current"]

    def clean_current(self) -> str:
        """The password, if it is theirs. Tried too often, it is not looked at; a wrong one is noted."""
        given: str = self.cleaned_data["current"]
        found = AccountAdapter(self.request).authenticate(self.request, email=self.person.email, password=given)
        if found is None or found.pk != self.person.pk:
            raise ValidationError("This is not your password")
        return given


class ForgottenPasswordForm(LedgerForm):
    """The address of the account."""

    email = email_field("E-mail address", missing="Enter your e-mail address", autocomplete="username")
