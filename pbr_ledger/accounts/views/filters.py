"""Filters of lists that somebody keeps for themselves: all of them, one more, another name, one less."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from pbr_ledger.accounts import services
from pbr_ledger.accounts.forms.filters import FilterNameForm
from pbr_ledger.accounts.models import KeptFilter
from pbr_ledger.accounts.pages.filters import address_of, all_kept, contract_in, list_for
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import acted, person_of

FORM = ("GET", "HEAD", "POST")


@require_GET
def kept_filters(request: HttpRequest) -> HttpResponse:
    """Everything that the person keeps."""
    return render(request, "accounts/filters.html", {"filters": all_kept(person_of(request))})


@require_http_methods(FORM)
def keep_filter(request: HttpRequest, listing: str) -> HttpResponse:
    """The filter that the address has, to be kept under a name; then back to the list, of the same contract."""
    page, person, contract = list_for(listing), person_of(request), contract_in(request)
    query = page.cleaned(request.GET)
    if not query:
        return HttpResponseRedirect(reverse("kept-filters"))
    back = address_of(page, query, contract) or reverse("kept-filters")
    form = FilterNameForm(request.POST or None)
    if form.is_valid() and form.attempt(
        lambda: services.keep_filter(
            listing=page.route, name=form.cleaned_data["name"], query=query, by=person, clock=DATABASE_CLOCK
        )
    ):
        messages.success(request, "The filter is kept.")
        return HttpResponseRedirect(back)
    where = " It is there in every contract." if page.of_contract else ""
    context = {
        "form": form,
        "heading": "Keep this filter",
        "lead": f"{page.name}: what the list shows now, and in which order, is kept under a name for you alone.{where}",
        "button": "Keep the filter",
        "back": back,
    }
    return render(request, "accounts/form.html", context)


@require_http_methods(FORM)
def rename_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Another name for a filter of one's own; others' do not exist."""
    person = person_of(request)
    kept = get_object_or_404(KeptFilter, pk=filter_id, person=person)
    form = FilterNameForm(request.POST or None, initial={"name": kept.name})
    if form.is_valid() and form.attempt(
        lambda: services.rename_filter(kept_filter=kept, name=form.cleaned_data["name"], by=person)
    ):
        messages.success(request, "The filter has its new name.")
        return HttpResponseRedirect(reverse("kept-filters"))
    context = {"form": form, "heading": "Rename a filter", "button": "Save name", "back": reverse("kept-filters")}
    return render(request, "accounts/form.html", context)


@require_POST
def delete_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """One filter less."""
    person = person_of(request)
    kept = get_object_or_404(KeptFilter, pk=filter_id, person=person)
    return acted(
        request,
        lambda: services.delete_filter(kept_filter=kept, by=person),
        done="The filter was deleted.",
        then=reverse("kept-filters"),
    )
