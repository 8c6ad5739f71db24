"""What people fill in to sign in."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm

NOT_RECOGNISED = "Enter the e-mail address and password of your account"


class SignInForm(AuthenticationForm):
    """E-mail address and password. Whatever is wrong, the answer is the same: it tells nobody who has an account."""

    username = forms.CharField(
        label="E-mail address", max_length=254, error_messages={"required": "Enter your e-mail address"}
    )
    password = forms.CharField(label="Password", strip=False, error_messages={"required": "Enter your password"})
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": NOT_RECOGNISED,
        "inactive": NOT_RECOGNISED,
    }
