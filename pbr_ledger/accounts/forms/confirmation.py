"""Showing once more who one is: the password, a code, or a passkey; any one will do."""

from typing import Any

from allauth.account.internal.flows.reauthentication import get_reauthentication_flows
from allauth.core import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from pbr_ledger.accounts.adapters import TOO_MANY, AccountAdapter
from pbr_ledger.accounts.confirmation import CONFIRMATION, confirm_again
from pbr_ledger.accounts.forms.fields import code_field, credential_field, password_field
from pbr_ledger.accounts.forms.signing_in import CodeForm, PasskeyForm
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.passkeys import as_json
from pbr_ledger.forms import LedgerForm
from pbr_ledger.observability.security import THROTTLED, note

NEITHER = "Enter your password or a code"


class ConfirmationForm(LedgerForm):
    """Offers what the person has. Valid once one of them was right, which is then noted in the session."""

    password = password_field("Password", missing=NEITHER, required=False)
    code = code_field("Code from your authenticator app, or a recovery code", missing=NEITHER, required=False)
    credential = credential_field()

    def __init__(self, *args: Any, request: HttpRequest, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, prefix=CONFIRMATION.rstrip("-"), **kwargs)
        self.request, self.person = request, person
        ways = get_reauthentication_flows(person)
        kinds = {kind for way in ways for kind in way.get("types", [])}
        if not person.has_usable_password():
            del self.fields["password"]
        if not kinds & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}:
            del self.fields["code"]
        self.fields["credential"].required = False
        self.has_passkeys = Authenticator.Type.WEBAUTHN in kinds

    @property
    def passkey_options(self) -> str:
        """What a passkey of the person is asked; asking anew makes the question before worthless."""
        return as_json(begin_authentication(self.person))

    def clean(self) -> dict[str, Any]:
        """Notes the confirmation. Refuses where nothing was given, or what was given is wrong."""
        given = super().clean() or {}
        if self.errors:
            return given
        if not ratelimit.consume(self.request, action="reauthenticate", user=self.person):
            note(THROTTLED, self.request, step="confirmation")
            raise ValidationError(TOO_MANY)
        if given.get("credential"):
            self._confirm_by(
                PasskeyForm(user=self.person, data={"credential": self.data[self.add_prefix("credential")]})
            )
        elif given.get("code"):
            self._confirm_by(CodeForm(user=self.person, data={"code": given["code"]}), field="code")
        elif given.get("password"):
            self._confirm_by_password(given["password"])
        else:
            self.add_error(next(iter(self.fields)), NEITHER)
        return given

    def _confirm_by(self, form: Any, field: str | None = None) -> None:
        if form.is_valid():
            factor = form.cleaned_data["credential"] if isinstance(form, PasskeyForm) else form.authenticator
            post_authentication(self.request, factor, reauthenticated=True)
        else:
            self.add_error(field, next(iter(form.errors.values()))[0])

    def _confirm_by_password(self, password: str) -> None:
        adapter = AccountAdapter(self.request)
        try:
            found = adapter.authenticate(self.request, email=self.person.email, password=password)
        except ValidationError as too_many:
            self.add_error("password", too_many)
            return
        if found is None or found.pk != self.person.pk:
            self.add_error("password", "This is not your password")
        else:
            confirm_again(self.request, self.person, "password")
