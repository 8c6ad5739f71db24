"""Signing in: e-mail address and password, then a code or a passkey."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, LoginWebAuthnForm
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError

from pbr_ledger.accounts.adapters import NOT_RECOGNISED, WRONG_CODE, note_refusal
from pbr_ledger.accounts.forms.fields import code_field, credential_field, email_field, password_field
from pbr_ledger.forms import LedgerForm

CODE_LASTS = settings.MFA_TOTP_TOLERANCE * 60 + 30
"""Seconds in which a code of an app is taken: its own thirty, and as long before and after as clocks may be off."""
UNREADABLE = (ValidationError, AttributeError, KeyError, TypeError, ValueError)
"""What allauth raises for a passkey that is not right, and for what is none at all."""
WRONG_PASSKEY = "This passkey is not right. Use one that you have added to your account"


def used_code_key(person_id: int, code: str) -> str:
    """Under which the shared cache keeps that the person has used the code."""
    return f"second-factor-used:{person_id}:{code}"


class SignInForm(LedgerForm, LoginForm):
    """E-mail address and password. Whatever is wrong, the answer is the same: it tells nobody who has an account."""

    password = password_field("Password", missing="Enter your password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = email_field("E-mail address", missing="Enter your e-mail address", autocomplete="username")
        login.error_messages["invalid"] = NOT_RECOGNISED
        self.fields = {"login": login, "password": self.fields["password"]}

    def clean(self) -> dict[str, Any]:
        """Says at the address what is wrong with address and password together."""
        try:
            super().clean()
        except ValidationError as refused:
            self.add_error("login", refused)
        return self.cleaned_data


class CodeForm(LedgerForm, AuthenticateForm):
    """The code of an authenticator app, or a recovery code; each works once."""

    code = code_field("Code", missing="Enter the code that your app shows")

    def clean_code(self) -> str:
        """The code, if it is right and nobody has used it. allauth forgets used codes a little too soon."""
        code: str = super().clean_code()
        if not cache.add(used_code_key(self.user.pk, "".join(code.split())), True, timeout=CODE_LASTS):
            raise ValidationError(WRONG_CODE)
        return code

    def _emit_authentication_failed(self, _authenticator: Authenticator) -> None:
        note_refusal(context.request, self.user, "second factor")


class PasskeyForm(LedgerForm, AuthenticateWebAuthnForm):
    """A passkey as the second factor."""

    credential = credential_field()

    def clean_credential(self) -> Authenticator:
        """The person's passkey that signed this."""
        try:
            return super().clean_credential()
        except UNREADABLE as error:
            note_refusal(context.request, self.user, "passkey")
            raise ValidationError(WRONG_PASSKEY) from error


class PasskeySignInForm(LedgerForm, LoginWebAuthnForm):
    """A passkey instead of address, password and code: it asks for a finger, a face or a PIN itself."""

    credential = credential_field()

    def clean_credential(self) -> Authenticator:
        """The passkey that signed this, of whomever."""
        try:
            found: Authenticator = super().clean_credential()
        except UNREADABLE as error:
            note_refusal(context.request, None, "passkey")
            raise ValidationError(WRONG_PASSKEY) from error
        return found
