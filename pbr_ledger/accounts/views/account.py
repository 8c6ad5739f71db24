"""One's own account: who one is here, password, second factors, recovery codes, and where one is signed in."""

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pbr_ledger.accounts import services
from pbr_ledger.accounts.confirmation import identity_confirmed, identity_confirmed_to_read
from pbr_ledger.accounts.forms.passwords import ChangePasswordForm
from pbr_ledger.accounts.pages.account import factors_shown, recovery_codes_of, sessions_shown
from pbr_ledger.accounts.pages.people import grants_shown
from pbr_ledger.accounts.visits import keep_this_session
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import acted, person_of

FORM = ("GET", "HEAD", "POST")


@require_GET
def account(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account on one page."""
    person = person_of(request)
    context = {
        "person": person,
        "grants": grants_shown(person),
        "factors": factors_shown(person),
        "codes_left": len(recovery_codes_of(person)),
        "sessions": sessions_shown(person, request),
    }
    return render(request, "accounts/account.html", context)


@sensitive_post_parameters()
@require_http_methods(FORM)
@identity_confirmed_to_read
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password, which ends the sessions elsewhere."""
    person = person_of(request)
    form = ChangePasswordForm(request.POST or None, request=request, person=person)
    if form.is_valid() and form.attempt(
        lambda: services.change_password(
            person=person,
            password=form.cleaned_data["password"],
            session=request.session.session_key or "",
            clock=DATABASE_CLOCK,
        )
    ):
        keep_this_session(request, person)
        messages.success(request, "Your password was changed. You were signed out everywhere else.")
        return HttpResponseRedirect(reverse("account"))
    heading = "Change your password" if person.has_usable_password() else "Set a password"
    context = {
        "form": form,
        "heading": heading,
        "button": "Save password",
        "back": reverse("account"),
        "username": person.email,
    }
    return render(request, "accounts/form.html", context)


@identity_confirmed_to_read
@require_GET
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """The recovery codes that are left."""
    person = person_of(request)
    return render(request, "accounts/recovery_codes.html", {"codes": recovery_codes_of(person)})


@require_POST
@identity_confirmed
def new_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Ten new recovery codes instead of those from before."""
    person = person_of(request)
    return acted(
        request,
        lambda: services.make_recovery_codes(
            person=person, session=request.session.session_key or "", clock=DATABASE_CLOCK
        ),
        done="These are your new recovery codes. The old ones do not work any more.",
        then=reverse("recovery-codes"),
    )


@require_POST
@identity_confirmed
def remove_factor(request: HttpRequest, factor_id: int) -> HttpResponse:
    """One second factor less; never the last one."""
    person = person_of(request)
    factor = get_object_or_404(Authenticator, pk=factor_id, user=person)
    return acted(
        request,
        lambda: services.remove_factor(
            factor=factor, by=person, session=request.session.session_key or "", clock=DATABASE_CLOCK
        ),
        done="The second factor was removed. You were signed out everywhere else.",
        then=reverse("account"),
    )


@require_POST
@identity_confirmed
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """Signed out everywhere but here."""
    person = person_of(request)
    return acted(
        request,
        lambda: services.end_other_sessions(person=person, but=request.session.session_key or "", clock=DATABASE_CLOCK),
        done="You are signed out everywhere else.",
        then=reverse("account"),
    )


@require_POST
@identity_confirmed
def end_session(request: HttpRequest, session_id: int) -> HttpResponse:
    """Signed out in one other place."""
    person = person_of(request)
    session = get_object_or_404(UserSession, pk=session_id, user=person)
    if session.session_key == request.session.session_key:
        raise Http404
    return acted(
        request,
        lambda: services.end_session(session=session, by=person, clock=DATABASE_CLOCK),
        done="The session was ended.",
        then=reverse("account"),
    )
