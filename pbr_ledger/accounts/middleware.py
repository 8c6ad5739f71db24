"""What holds for every address: sessions end, and nobody comes in without a second factor."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.visits import note_visit, passed_second_factor, visit_has_ended

Answer = Callable[[HttpRequest], HttpResponse]

WITHOUT_SECOND_FACTOR = frozenset({"second-factor-set-up", "second-factor-app-add", "passkey-add", "sign-out"})
"""The names of the addresses that somebody without a second factor gets: those to set one up, and the way out."""


class SessionLimits:
    """Ends a session after 30 minutes without a request, and after 8 hours in any case."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer; to somebody whose session has ended, that of somebody who is not signed in."""
        if request.user.is_authenticated:
            if visit_has_ended(request):
                logout(request)
                messages.info(request, "You were signed out because some time has passed. Sign in again to go on.")
            else:
                note_visit(request)
        return self.get_response(request)


class SecondFactorRequired:
    """Leads whoever has shown no second factor to where one is set up, whatever they asked for."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer of what follows."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, _view: Any, _args: Any, _kwargs: Any) -> HttpResponseBase | None:
        """Nothing for those who have shown one; else the way to it."""
        person = request.user
        if not isinstance(person, Person) or passed_second_factor(request, person):
            return None
        match = request.resolver_match
        if match is not None and match.url_name in WITHOUT_SECOND_FACTOR:
            return None
        return HttpResponseRedirect(reverse("second-factor-set-up"))
