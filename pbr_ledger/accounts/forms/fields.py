"""The fields of signing in, each with what a browser or a password manager may fill in."""

from typing import Any

from django import forms


def email_field(label: str, *, missing: str, autocomplete: str = "off") -> forms.EmailField:
    """An e-mail address."""
    widget = forms.EmailInput(attrs={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"})
    wrong = "Enter an e-mail address in the correct format, like name@example.com"
    return forms.EmailField(label=label, widget=widget, error_messages={"required": missing, "invalid": wrong})


def password_field(label: str, *, missing: str, autocomplete: str = "current-password", **more: Any) -> forms.CharField:
    """A password, exactly as typed; never sent back."""
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete, "spellcheck": "false", "autocapitalize": "none"})
    return forms.CharField(
        label=label, strip=False, max_length=4096, widget=widget, error_messages={"required": missing}, **more
    )


def code_field(label: str, *, missing: str, **more: Any) -> forms.CharField:
    """A code of an authenticator app, or a recovery code; spaces in it do no harm."""
    attributes = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "spellcheck": "false",
        "class": "govuk-input--width-10 govuk-input--extra-letter-spacing",
    }
    return forms.CharField(
        label=label,
        max_length=20,
        widget=forms.TextInput(attrs=attributes),
        error_messages={"required": missing, "max_length": missing},
        **more,
    )


def credential_field() -> forms.JSONField:
    """What a passkey has signed, put in by static/passkeys.js."""
    wrong = "The passkey could not be read. Try again"
    return forms.JSONField(widget=forms.HiddenInput, error_messages={"required": wrong, "invalid": wrong})
