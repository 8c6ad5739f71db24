"""Signing in and out."""

from typing import Any

from allauth.account.internal.flows.logout import logout
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LoginView
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.webauthn.views import LoginWebAuthnView
from allauth.socialaccount.adapter import get_adapter as get_directory_adapter
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.views import callback
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from requests import RequestException

from pbr_ledger.accounts.adapters import DIRECTORY_FAILED, to_sign_in
from pbr_ledger.accounts.demonstration import demonstration_accounts, demonstration_code
from pbr_ledger.accounts.forms.signing_in import CodeForm, PasskeyForm, PasskeySignInForm, SignInForm
from pbr_ledger.accounts.passkeys import as_json

DIRECTORY = "directory"
"""What allauth calls the council's directory."""


class SignIn(LoginView):
    """The way in. Whoever is signed in already is sent on; whoever gave their password, to the second factor."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds where to go on to, the directory, and the demonstration's accounts where this is one."""
        return super().get_context_data(
            next=get_next_redirect_url(self.request) or "",
            directory=settings.OIDC_NAME if settings.OIDC_ISSUER else "",
            demonstration_accounts=demonstration_accounts(),
            **kwargs,
        )


class SecondFactor(AuthenticateView):
    """The second step: a code, a recovery code, or a passkey."""

    form_class = CodeForm
    webauthn_form_class = PasskeyForm
    template_name = "accounts/second_factor.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds what a passkey is asked, for those who have one, and the code of a demonstration account."""
        context = super().get_context_data(**kwargs)
        options = context.pop("js_data", {}).get("request_options")
        has_passkeys = bool(options and options["publicKey"].get("allowCredentials"))
        person = self.stage.login.user
        return context | {
            "passkey_options": as_json(options) if has_passkeys else "",
            "shown_form": self.webauthn_form if self.webauthn_form and self.webauthn_form.errors else self.auth_form,
            "demonstration_code": demonstration_code(person),
        }


class PasskeySignIn(LoginWebAuthnView):
    """Signing in with a passkey alone, which is a first and a second factor at once."""

    form_class = PasskeySignInForm

    def form_invalid(self, form: PasskeySignInForm) -> HttpResponse:
        """Back to signing in, with what was wrong."""
        return to_sign_in(self.request, str(next(iter(form.errors.values()))[0]))


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """The way out, also for somebody whose session has ended meanwhile, or who has come half the way in."""
    logout(request, show_message=False)
    return HttpResponseRedirect(reverse("sign-in"), headers={"Clear-Site-Data": '"cache", "storage"'})


@login_not_required
@require_GET
def directory(request: HttpRequest) -> HttpResponseBase:
    """To the council's directory, to be signed in there.

    By a link: our content security policy lets no form lead to another site.
    """
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        provider = get_directory_adapter().get_provider(request, DIRECTORY)
        address: HttpResponseBase = provider.redirect(
            request, process=AuthProcess.LOGIN, next_url=get_next_redirect_url(request)
        )
    except (RequestException, KeyError, ValueError):
        return to_sign_in(request, DIRECTORY_FAILED)
    return address


@login_not_required
@require_GET
def directory_answer(request: HttpRequest) -> HttpResponseBase:
    """Back from the directory."""
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        answer: HttpResponseBase = callback(request, DIRECTORY)
    except (KeyError, ValueError, ImproperlyConfigured, DataError):  # the last two: of a name that nobody can have
        return to_sign_in(request, DIRECTORY_FAILED)
    return answer
