"""Asking who somebody is once more, before what cannot be undone.

The question is put at the address that was asked for, and carries what was posted there in hidden fields: once it is
answered, the view gets its POST as if nothing had been between. Files are not carried.
"""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from pbr_ledger.accounts.models import Person
from pbr_ledger.pages import person_of

View = Callable[..., HttpResponseBase]

CONFIRMATION = "identity-"
"""How the names of the question's own fields begin."""
READING = f"{CONFIRMATION}reading"
SAFE = {"GET", "HEAD", "OPTIONS"}


def identity_confirmed(view: View) -> View:
    """The view, which asks for the password or the second factor again unless that was done in the last five minutes.

    It asks before a change; pages are only read.
    """
    return _asking(view, even_to_read=False)


def identity_confirmed_to_read(view: View) -> View:
    """The view, which asks so before it shows anything."""
    return _asking(view, even_to_read=True)


def confirmed_lately(request: HttpRequest) -> bool:
    """Whether whoever is signed in has shown who they are in the last five minutes."""
    records = get_authentication_records(request, request.user if isinstance(request.user, Person) else None)
    latest = max((record["at"] for record in records if record.get("reauthenticated")), default=0)
    return bool(time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def confirm_identity(request: HttpRequest, records: list[dict[str, Any]]) -> None:
    """Note that somebody has just shown who they are, with these records of how, by signing in."""
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record | {"reauthenticated": True, "at": time.time()} for record in records
    ]


def confirm_again(request: HttpRequest, person: Person, method: str) -> None:
    """Note that the person who is signed in has shown who they are once more."""
    record_authentication(request, person, method, reauthenticated=True)


def _asking(view: View, *, even_to_read: bool) -> View:
    @wraps(view)
    def asking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        reads = request.method in SAFE
        if not confirmed_lately(request) and (even_to_read or not reads):
            question = _asked(request)
            if question is not None:
                return question
        if not reads and READING in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        _forget_question(request)
        return view(request, *args, **kwargs)

    return asking


def _asked(request: HttpRequest) -> HttpResponseBase | None:
    """The question, until it is answered rightly; then nothing."""
    from pbr_ledger.accounts.forms.confirmation import ConfirmationForm  # noqa: PLC0415 - forms stand above this

    person = person_of(request)
    answers = any(name.startswith(CONFIRMATION) for name in request.POST)
    form = ConfirmationForm(request.POST if answers else None, request=request, person=person)
    if answers and form.is_valid():
        return None
    carried = [
        (name, value)
        for name, values in request.POST.lists()
        if not name.startswith(CONFIRMATION) and name != "csrfmiddlewaretoken"
        for value in values
    ]
    context = {
        "form": form,
        "carried": carried,
        "reading": request.method in SAFE or READING in request.POST,
        "directory": settings.OIDC_NAME if settings.OIDC_ISSUER else "",
    }
    return render(request, "accounts/confirm.html", context)


def _forget_question(request: HttpRequest) -> None:
    """Takes the question's own fields out of what was posted, for the view."""
    if any(name.startswith(CONFIRMATION) for name in request.POST):
        posted: Any = request.POST.copy()
        for name in list(posted):
            if name.startswith(CONFIRMATION):
                del posted[name]
        request.POST = posted
