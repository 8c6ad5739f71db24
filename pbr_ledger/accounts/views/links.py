"""What a mailed link leads to: choosing a password. And where one asks for such a link."""

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pbr_ledger.accounts import services
from pbr_ledger.accounts.adapters import TOO_MANY, AccountAdapter
from pbr_ledger.accounts.forms.passwords import ForgottenPasswordForm, NewPasswordForm
from pbr_ledger.accounts.models import INVITATION, PASSWORD_RESET, Person
from pbr_ledger.accounts.queries import open_link
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.observability.security import THROTTLED, note

FORM = ("GET", "HEAD", "POST")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(FORM)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Choosing the first password; from there to the second factor."""
    link = open_link(token, INVITATION)
    if link is None:
        return _gone(request, INVITATION)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.accept_invitation(token=token, password=form.cleaned_data["password"], clock=DATABASE_CLOCK)
    ):
        return _signed_in(request, link.person)
    lead = f"{link.person.full_name}, you come in with {link.person.email} for {link.person.organisation.name}."
    return _choosing(request, form, "Choose your password", lead, link.person.email)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(FORM)
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Choosing a new password instead of a forgotten one; then signing in, second factor included."""
    link = open_link(token, PASSWORD_RESET)
    if link is None:
        return _gone(request, PASSWORD_RESET)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.reset_password(token=token, password=form.cleaned_data["password"], clock=DATABASE_CLOCK)
    ):
        messages.success(request, "Your password was changed. Sign in with the new one.")
        return HttpResponseRedirect(reverse("sign-in"))
    return _choosing(request, form, "Choose a new password", f"For the account {link.person.email}.", link.person.email)


@login_not_required
@require_http_methods(FORM)
def forgotten_password(request: HttpRequest) -> HttpResponse:
    """Asking for a link. The answer is the same whether there is such an account or not."""
    form = ForgottenPasswordForm(request.POST or None)
    if not form.is_valid():
        return _asking(request, form)
    email = form.cleaned_data["email"]
    if not ratelimit.consume(request, action="reset_password", key=email.lower()):
        note(THROTTLED, request, step="forgotten password")
        form.add_error(None, TOO_MANY)
        return _asking(request, form)
    address = AccountAdapter(request).get_client_ip(request)
    services.ask_for_password_reset(email=email, address=address, clock=DATABASE_CLOCK)
    return render(request, "accounts/link_sent.html", {"email": email})


def _choosing(request: HttpRequest, form: NewPasswordForm, heading: str, lead: str, username: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "lead": lead, "button": "Continue", "username": username}
    return render(request, "accounts/form.html", context)


def _asking(request: HttpRequest, form: ForgottenPasswordForm) -> HttpResponse:
    context = {
        "form": form,
        "heading": "Forgotten password",
        "lead": "We mail you a link with which you choose a new one. Your second factor stays as it is.",
        "button": "Send me a link",
        "back": reverse("sign-in"),
    }
    return render(request, "accounts/form.html", context)


def _signed_in(request: HttpRequest, person: Person) -> HttpResponse:
    """Whoever has just chosen their password need not type it again."""
    request.session.flush()
    person.refresh_from_db()
    return perform_password_login(request, {"email": person.email}, Login(user=person, email=person.email))


def _gone(request: HttpRequest, purpose: str) -> HttpResponse:
    return render(request, "accounts/link_gone.html", {"is_invitation": purpose == INVITATION}, status=404)
