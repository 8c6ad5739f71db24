"""The page on which everybody chooses what they are mailed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pbr_ledger.accounts.queries import permissions_now
from pbr_ledger.notices.forms import NoticeChoicesForm
from pbr_ledger.notices.queries import choices_of
from pbr_ledger.notices.registry import kinds_for
from pbr_ledger.notices.services import choose
from pbr_ledger.pages import person_of


@require_http_methods(("GET", "HEAD", "POST"))
def notice_choices(request: HttpRequest) -> HttpResponse:
    """What the person is mailed, and when."""
    person = person_of(request)
    kinds = kinds_for(permissions_now(person))
    form = NoticeChoicesForm(request.POST or None, kinds=kinds, chosen=choices_of(person))
    if kinds and form.is_valid() and form.attempt(lambda: choose(person=person, choices=form.cleaned_data)):
        messages.success(request, "Your choices were kept.")
        return HttpResponseRedirect(reverse("account"))
    return render(request, "notices/choices.html", {"form": form, "person": person, "back": reverse("account")})
