"""Signing in and out."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.utils.decorators import method_decorator

from pbr_ledger.accounts.demonstration import demonstration_accounts
from pbr_ledger.accounts.forms import SignInForm


class SignIn(LoginView):
    """The way in. Whoever is signed in already is sent on."""

    authentication_form = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Adds the demonstration's accounts, where this is one."""
        return super().get_context_data(demonstration_accounts=demonstration_accounts(), **kwargs)


@method_decorator(login_not_required, name="dispatch")
class SignOut(LogoutView):
    """The way out, by POST, also for somebody whose session has ended meanwhile."""
