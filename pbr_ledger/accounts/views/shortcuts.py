"""The keys that do something on the pages, and switching them on or off for oneself."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pbr_ledger.accounts import services
from pbr_ledger.accounts.forms.shortcuts import OFF, ON, ShortcutsForm
from pbr_ledger.accounts.pages.shortcuts import keys_for
from pbr_ledger.pages import person_of


@require_http_methods(("GET", "HEAD", "POST"))
def shortcuts(request: HttpRequest) -> HttpResponse:
    """What each key does, and the choice whether they do anything."""
    person = person_of(request)
    form = ShortcutsForm(request.POST or None, initial={"shortcuts": ON if person.shortcuts else OFF})
    if form.is_valid() and form.attempt(
        lambda: services.choose_shortcuts(person=person, on=form.cleaned_data["shortcuts"] == ON)
    ):
        messages.success(request, f"Keyboard shortcuts are {form.cleaned_data['shortcuts']}.")
        return HttpResponseRedirect(reverse("account"))
    return render(request, "accounts/shortcuts.html", {"form": form, "keys": keys_for(person)})
