"""Adding an authenticator app or a passkey."""

from typing import Any

from allauth.core import context
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.internal.auth import get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError

from pbr_ledger.accounts.adapters import WRONG_CODE, note_refusal
from pbr_ledger.accounts.forms.fields import code_field, credential_field
from pbr_ledger.accounts.models import Person
from pbr_ledger.forms import LedgerForm

NOT_ADDED = "The passkey could not be added. Try again, or use an authenticator app"


class AppForm(LedgerForm):
    """The first code of an authenticator app, which shows that it has the secret. The secret waits in the session."""

    code = code_field("Code that your app shows now", missing="Enter the code that your app shows")

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.secret: str = get_totp_secret()

    def clean_code(self) -> str:
        """The code, if it fits the secret."""
        clear = check_rate_limit(self.person)
        code: str = self.cleaned_data["code"]
        if not validate_totp_code(self.secret, code):
            note_refusal(context.request, self.person, "first code")
            raise ValidationError(WRONG_CODE)
        clear()
        return code


class AddPasskeyForm(LedgerForm):
    """A passkey and what the person calls it."""

    name = forms.CharField(
        label="Name of the passkey",
        max_length=60,
        help_text="So that you know it again: “Work laptop”, “Phone”",
        error_messages={"required": "Enter a name for the passkey", "max_length": "Use at most 60 characters"},
    )
    credential = credential_field()

    def clean_credential(self) -> dict[str, Any]:
        """What the passkey has answered, if it fits the question and it has looked at the person itself."""
        credential: dict[str, Any] = self.cleaned_data["credential"]
        try:
            auth.parse_registration_response(credential)
            binding = auth.complete_registration(credential)
        except (ValidationError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(NOT_ADDED) from error
        if not binding.is_user_verified():
            raise ValidationError("Use a passkey that asks for your finger, your face or a PIN")
        return credential
