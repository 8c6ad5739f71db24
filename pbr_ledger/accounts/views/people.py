"""People, for administrators: the list, one person, inviting, and closing an account."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pbr_ledger.accounts import services
from pbr_ledger.accounts.forms.people import InvitationForm
from pbr_ledger.accounts.models import Person
from pbr_ledger.accounts.pages.people import (
    COLUMNS,
    SORTS,
    administrator_of,
    people_shown,
    person_for,
    person_page,
    render_person_form,
)
from pbr_ledger.accounts.queries import organisations_of, people_of, resets_to_confirm
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import acted, page_of_rows
from pbr_ledger.sorting import sorting_of

FORM = ("GET", "HEAD", "POST")


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """The people whom this administrator keeps: those here, or those who have left."""
    by = administrator_of(request)
    left = request.GET.get("show") == "left"
    search = request.GET.get("q", "").strip()
    sorting = sorting_of(request, SORTS, own="name")
    found = sorting.in_database(people_of(by, left=left, search=search))
    name = "people who have left" if left else "people"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: people_shown(found)):
        return file
    page = page_of_rows(request, found)
    page.object_list = people_shown(list(page.object_list))
    resets = [] if left else resets_to_confirm(by)
    context = {"page": page, "left": left, "search": search, "sorting": sorting, "resets": resets}
    return render(request, "accounts/people.html", context)


@require_GET
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One person: roles, how they sign in, and what an administrator can do."""
    by = administrator_of(request)
    return render(request, "accounts/person.html", person_page(person_for(by, person_id), by))


@require_http_methods(FORM)
def invite(request: HttpRequest) -> HttpResponse:
    """Somebody new."""
    by = administrator_of(request)
    form = InvitationForm(request.POST or None, organisations=organisations_of(by))
    if form.is_valid() and form.attempt(lambda: services.invite(**form.cleaned_data, by=by, clock=DATABASE_CLOCK)):
        email = form.cleaned_data["email"]
        messages.success(request, f"An invitation to {email} is on its way. Its link works once, for seven days.")
        return HttpResponseRedirect(reverse("people"))
    context = {"form": form, "heading": "Invite somebody", "button": "Send invitation", "back": reverse("people")}
    return render(request, "accounts/invite.html", context)


@require_POST
def invite_again(request: HttpRequest, person_id: int) -> HttpResponse:
    """A new link for somebody who has not come in yet."""
    by = administrator_of(request)
    invited = person_for(by, person_id)
    return acted(
        request,
        lambda: services.invite_again(person=invited, by=by, clock=DATABASE_CLOCK),
        done=f"A new invitation to {invited.email} is on its way. The old link does not work any more.",
        then=_address(invited),
    )


@require_http_methods(FORM)
def close(request: HttpRequest, person_id: int) -> HttpResponse:
    """Closing a leaver's account, once it was read what that does."""
    by = administrator_of(request)
    leaver = person_for(by, person_id)
    if leaver.pk == by.pk:
        raise PermissionDenied("Another administrator has to close your account.")
    if request.method == "POST":
        return acted(
            request,
            lambda: services.close_person(person=leaver, by=by, clock=DATABASE_CLOCK),
            done=f"The account of {leaver.full_name} was closed.",
            then=_address(leaver),
        )
    return render_person_form(
        request,
        leaver,
        heading=f"Close the account of {leaver.full_name}",
        lead="They are signed out at once, hold no role from now on, and cannot sign in again. What they did stays.",
        warning="An account that was closed cannot be opened again.",
        button="Close account",
        is_final=True,
    )


def _address(whom: Person) -> str:
    return reverse("person", args=[whom.pk])
