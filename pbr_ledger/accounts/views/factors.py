"""Setting up a second factor: with an authenticator app, or a passkey."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.internal.auth import begin_registration
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_http_methods

from pbr_ledger.accounts import services
from pbr_ledger.accounts.confirmation import identity_confirmed_to_read
from pbr_ledger.accounts.forms.factors import AddPasskeyForm, AppForm
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.passkeys import as_json
from pbr_ledger.accounts.queries import main_factors
from pbr_ledger.accounts.visits import passed_second_factor
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import person_of

FORM = ("GET", "HEAD", "POST")


@require_GET
def set_up(request: HttpRequest) -> HttpResponse:
    """Which second factor to set up."""
    person = person_of(request)
    kinds = set(main_factors(person).values_list("type", flat=True))
    context = {"is_first": not kinds, "has_app": Authenticator.Type.TOTP in kinds}
    return render(request, "accounts/set_up.html", context)


@require_http_methods(FORM)
@identity_confirmed_to_read
def add_app(request: HttpRequest) -> HttpResponse:
    """An authenticator app: the code to scan or type, and the first code that it shows."""
    person = person_of(request)
    if refused := _only_with_the_old_one(request, person):
        return refused
    form = AppForm(request.POST or None, person=person)
    if form.is_valid() and form.attempt(
        lambda: services.add_app(person=person, secret=form.secret, session=_session(request), clock=DATABASE_CLOCK)
    ):
        clear_totp_secret(request)
        return _added(request, person, Authenticator.Type.TOTP)
    return render(request, "accounts/add_app.html", {"form": form, **_picture(person, form.secret)})


@require_http_methods(FORM)
@identity_confirmed_to_read
def add_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey: its name, and what static/passkeys.js got from it."""
    person = person_of(request)
    if refused := _only_with_the_old_one(request, person):
        return refused
    form = AddPasskeyForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.add_passkey(
            person=person,
            name=form.cleaned_data["name"],
            credential=form.cleaned_data["credential"],
            session=_session(request),
            clock=DATABASE_CLOCK,
        )
    ):
        return _added(request, person, Authenticator.Type.WEBAUTHN)
    return render(
        request,
        "accounts/add_passkey.html",
        {"form": form, "passkey_options": as_json(begin_registration(person, passwordless=True))},
    )


def _only_with_the_old_one(request: HttpRequest, person: Person) -> HttpResponse | None:
    """Whoever has a second factor shows it before they add another: a password alone adds only the first one."""
    if main_factors(person).exists() and not passed_second_factor(request, person):
        messages.error(request, "Sign in with your second factor first.")
        return HttpResponseRedirect(reverse("sign-in"))
    return None


def _added(request: HttpRequest, person: Person, kind: str) -> HttpResponse:
    """On to the recovery codes; what was just shown counts as shown."""
    record_authentication(request, person, "mfa", type=kind, reauthenticated=True)
    messages.success(request, "Your second factor is set up. Keep these recovery codes in a safe place.")
    return HttpResponseRedirect(reverse("recovery-codes"))


def _picture(person: Person, secret: str) -> dict[str, Any]:
    """The QR code, and the secret in groups of four for typing."""
    adapter = get_adapter()
    drawing = adapter.build_totp_svg(adapter.build_totp_url(person, secret))
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return {"drawing": mark_safe(drawing), "secret": groups}  # noqa: S308 - drawn by us, from numbers alone


def _session(request: HttpRequest) -> str:
    return request.session.session_key or ""
