"""Organisations, for the council's administrators; one's own, for every administrator."""

from dataclasses import asdict

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_GET, require_http_methods

from pbr_ledger.accounts import services
from pbr_ledger.accounts.forms.organisations import NewOrganisationForm, OrganisationForm
from pbr_ledger.accounts.models import Organisation
from pbr_ledger.accounts.pages.organisations import COLUMNS, SORTS, organisations_listed, organisations_shown
from pbr_ledger.accounts.queries import organisations_of
from pbr_ledger.accounts.rules import may_add_organisations, may_manage
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows, person_of
from pbr_ledger.sorting import sorting_of

FORM = ("GET", "HEAD", "POST")
BACK = {"back": reverse_lazy("organisations")}
ONLY_COUNCIL = "Only an administrator of the council keeps organisations."


@require_GET
def organisations(request: HttpRequest) -> HttpResponse:
    """Every organisation by name, since contracts name them; with how many people it has, those that one keeps."""
    by = person_of(request)
    if not may_add_organisations(by):
        raise PermissionDenied(ONLY_COUNCIL)
    kept = frozenset(organisations_of(by).values_list("pk", flat=True))
    sorting = sorting_of(request, SORTS, own="name")
    found = sorting.in_database(organisations_listed())
    if file := listed(request, name="organisations", columns=COLUMNS, rows=lambda: organisations_shown(found, kept)):
        return file
    page = page_of_rows(request, found)
    page.object_list = organisations_shown(page.object_list, kept)
    return render(request, "accounts/organisations.html", {"page": page, "sorting": sorting})


@require_http_methods(FORM)
def add_organisation(request: HttpRequest) -> HttpResponse:
    """A new organisation."""
    by = person_of(request)
    if not may_add_organisations(by):
        raise PermissionDenied(ONLY_COUNCIL)
    form = NewOrganisationForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.create_organisation(
            reference=form.reference,
            name=form.cleaned_data["name"],
            kind=form.cleaned_data["kind"],
            address=form.cleaned_data["address"],
            by=by,
            clock=DATABASE_CLOCK,
        )
    ):
        messages.success(request, f"{form.cleaned_data['name']} was added.")
        return HttpResponseRedirect(reverse("organisations"))
    context = {
        "form": form,
        "heading": "Add an organisation",
        "button": "Add organisation",
        "back": reverse("organisations"),
    }
    return render(request, "accounts/organisation_form.html", context)


@require_http_methods(FORM)
def organisation(request: HttpRequest, organisation_id: int) -> HttpResponse:
    """What documents say of an organisation, to be corrected."""
    by = person_of(request)
    if not may_add_organisations(by):
        raise PermissionDenied(ONLY_COUNCIL)
    found = get_object_or_404(Organisation, pk=organisation_id)
    if not may_manage(by, found):
        raise PermissionDenied("This organisation has administrators of its own.")
    form = OrganisationForm(request.POST or None, initial=asdict(services.OrganisationDetails.of(found)))
    if form.is_valid() and form.attempt(
        lambda: services.correct_organisation(organisation=found, details=form.details, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, "The changes are saved. What was issued before stays as it was.")
        return HttpResponseRedirect(reverse("organisations"))
    context = {"form": form, "heading": found.name, "button": "Save changes"} | BACK
    return render(request, "accounts/organisation_form.html", context)
