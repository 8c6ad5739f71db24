"""Endpoints: the list, one with its log, a new one, and changes."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.accounts.pages.people import administrator_of
from pbr_ledger.accounts.queries import organisations_of
from pbr_ledger.clients.pages import organisation_chosen
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import page_of_rows
from pbr_ledger.sorting import sorting_of
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.forms import EndpointForm
from pbr_ledger.webhooks.lifecycles import CLOSED, DELIVERY
from pbr_ledger.webhooks.models import Endpoint
from pbr_ledger.webhooks.pages import (
    DELIVERY_COLUMNS,
    DELIVERY_SORTS,
    ENDPOINT_COLUMNS,
    ENDPOINT_SORTS,
    deliveries_shown,
    delivery_page,
    endpoint_for,
    endpoint_page,
    endpoints_shown,
    tabs,
)
from pbr_ledger.webhooks.queries import deliveries_of, endpoints_by_name

FORM = ("GET", "HEAD", "POST")


@require_safe
def endpoints(request: HttpRequest) -> HttpResponse:
    """The endpoints of the organisations that this administrator keeps: those open, or those closed."""
    by = administrator_of(request)
    closed = request.GET.get("show") == "closed"
    sorting = sorting_of(request, ENDPOINT_SORTS, own="organisation")
    found = sorting.in_database(endpoints_by_name(organisations_of(by), closed=closed))
    name = "closed webhook endpoints" if closed else "webhook endpoints"
    if file := listed(request, name=name, columns=ENDPOINT_COLUMNS, rows=lambda: endpoints_shown(found)):
        return file
    page = page_of_rows(request, found)
    page.object_list = endpoints_shown(page.object_list)
    context = {"page": page, "closed": closed, "sorting": sorting, "is_programs": True}
    return render(request, "webhooks/endpoints.html", context)


@require_safe
def endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """One endpoint, what can be done with it, and what was delivered to it."""
    found = endpoint_for(administrator_of(request), endpoint_id)
    state = request.GET.get("state", "")
    if state and state not in DELIVERY.statuses:
        raise Http404
    sorting = sorting_of(request, DELIVERY_SORTS)
    log = deliveries_of(found)
    rows = sorting.in_database(log.filter(state=state) if state else log)
    name = f"deliveries to endpoint {found.pk}"
    if file := listed(request, name=name, columns=DELIVERY_COLUMNS, rows=lambda: deliveries_shown(list(rows))):
        return file
    page = page_of_rows(request, rows)
    page.object_list = deliveries_shown(list(page.object_list))
    context = endpoint_page(found, DATABASE_CLOCK.read(after=None))
    context |= {"page": page, "tabs": tabs(state), "sorting": sorting, "is_programs": True}
    return render(request, "webhooks/endpoint.html", context)


@require_http_methods(FORM)
@identity_confirmed
def add_endpoint(request: HttpRequest) -> HttpResponse:
    """A new endpoint; its secret is on the answer, this once."""
    by = administrator_of(request)
    organisation = organisation_chosen(request, by)
    heading, back = "Add a webhook endpoint", reverse("endpoints")
    if organisation is None:
        context = {"organisations": organisations_of(by), "heading": heading, "back": back, "is_programs": True}
        return render(request, "webhooks/choose.html", context)
    form = EndpointForm(request.POST or None, organisation=organisation)
    made: list[services.NewEndpoint] = []
    if form.is_valid() and form.attempt(
        lambda: made.append(
            services.create_endpoint(organisation=organisation, **form.cleaned_data, by=by, clock=DATABASE_CLOCK)
        )
    ):
        return secret_shown(request, made[0], is_new=True)
    context = {"form": form, "heading": heading, "button": "Add endpoint", "organisation": organisation, "back": back}
    return render(request, "webhooks/form.html", context | {"is_programs": True})


@require_http_methods(FORM)
def change_endpoint(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Another address, description, or other events."""
    by = administrator_of(request)
    found = endpoint_for(by, endpoint_id)
    if found.state == CLOSED:
        raise Http404
    initial = {"url": found.url, "description": found.description, "events": found.events}
    form = EndpointForm(request.POST or None, organisation=found.organisation, initial=initial)
    if form.is_valid() and form.attempt(
        lambda: services.change_endpoint(endpoint=found, **form.cleaned_data, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, "The endpoint was changed.")
        return HttpResponseRedirect(reverse("endpoint", args=[found.pk]))
    lead = "At another address it has to answer a challenge first. What waits for it is kept meanwhile."
    return render_act(request, found, form=form, heading="Change the endpoint", lead=lead, button="Keep changes")


@require_safe
def delivery(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """One delivery: the message, and every attempt at it."""
    found = endpoint_for(administrator_of(request), endpoint_id)
    row = found.deliveries.select_related("endpoint__organisation").filter(pk=delivery_id).first()
    if row is None:
        raise Http404
    return render(request, "webhooks/delivery.html", {**delivery_page(row), "is_programs": True})


def secret_shown(request: HttpRequest, made: services.NewEndpoint, *, is_new: bool) -> HttpResponse:
    """The page with a secret that was just made."""
    context = {"made": made, "endpoint": made.endpoint, "is_new": is_new, "is_programs": True}
    return render(request, "webhooks/secret.html", context)


def render_act(request: HttpRequest, found: Endpoint, **context: object) -> HttpResponse:
    """A page about the endpoint with one form, or only a button."""
    back = reverse("endpoint", args=[found.pk])
    said = {"endpoint": found, "organisation": found.organisation, "back": back, "is_programs": True}
    return render(request, "webhooks/form.html", said | context)
