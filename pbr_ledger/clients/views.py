"""Clients of the API, for administrators: the list, one client, a new one, another in its place, and closing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.accounts.pages.people import administrator_of
from pbr_ledger.accounts.queries import organisations_of, roles_now
from pbr_ledger.clients import services
from pbr_ledger.clients.forms import ClientForm, NetworksForm
from pbr_ledger.clients.models import ApiClient
from pbr_ledger.clients.pages import COLUMNS, SORTS, client_for, client_page, clients_shown, organisation_chosen
from pbr_ledger.clients.queries import clients_in_use, is_open
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.listing import listed
from pbr_ledger.pages import acted, page_of_rows
from pbr_ledger.sorting import sorting_of

FORM = ("GET", "HEAD", "POST")
USUAL_ROLES = {"agent": ["payments_clerk"]}


@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """The clients of the organisations that this administrator keeps: those open, or those closed."""
    by = administrator_of(request)
    closed = request.GET.get("show") == "closed"
    sorting = sorting_of(request, SORTS, own="organisation")
    found = sorting.in_database(clients_in_use(organisations_of(by), closed=closed))
    name = "closed API clients" if closed else "API clients"
    if file := listed(request, name=name, columns=COLUMNS, rows=lambda: clients_shown(found)):
        return file
    page = page_of_rows(request, found)
    page.object_list = clients_shown(page.object_list)
    context = {"page": page, "closed": closed, "sorting": sorting, "is_programs": True}
    return render(request, "clients/clients.html", context)


@require_safe
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    """One client: what it may do, from where, and when it was last at work."""
    found = client_for(administrator_of(request), client_id)
    return render(request, "clients/client.html", {**client_page(found), "is_programs": True})


@require_http_methods(FORM)
@identity_confirmed
def add_client(request: HttpRequest) -> HttpResponse:
    """A new client; its secret is on the answer, this once."""
    by = administrator_of(request)
    organisation = organisation_chosen(request, by)
    if organisation is None:
        context = {"organisations": organisations_of(by), "heading": "Make an API client", "back": reverse("clients")}
        return render(request, "clients/choose.html", context | {"is_programs": True})
    initial = {"roles": USUAL_ROLES.get(organisation.kind, [])}
    form = ClientForm(request.POST or None, organisation=organisation, initial=initial)
    made: list[services.NewClient] = []
    if form.is_valid() and form.attempt(
        lambda: made.append(
            services.create_client(organisation=organisation, **form.wanted, by=by, clock=DATABASE_CLOCK)
        )
    ):
        return _secret(request, made[0])
    context = {"form": form, "heading": "Make an API client", "button": "Make client", "back": reverse("clients")}
    return render(request, "clients/form.html", context | {"organisation": organisation, "is_programs": True})


@require_http_methods(FORM)
@identity_confirmed
def replace_client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Another client that may do the same, to change a secret without a gap; its secret is on the answer, this once."""
    by = administrator_of(request)
    found = client_for(by, client_id)
    if not is_open(found):
        messages.error(request, f"{found.name} is closed: make a new client.")
        return HttpResponseRedirect(reverse("client", args=[found.pk]))
    if request.method == "POST":
        made = services.create_client(
            organisation=found.organisation,
            name=found.name,
            scopes=found.scopes,
            roles=sorted(roles_now(found.person)),
            networks=found.networks,
            by=by,
            clock=DATABASE_CLOCK,
        )
        return _secret(request, made)
    return _render_act(
        request,
        found,
        heading=f"Make a second client like {found.name}",
        lead="It may do the same, with a client id and a secret of its own. Move the program over to it, see that it "
        "is at work, then close this one. Until then both work.",
        button="Make second client",
    )


@require_http_methods(FORM)
def change_networks(request: HttpRequest, client_id: int) -> HttpResponse:
    """From where the client may come."""
    by = administrator_of(request)
    found = client_for(by, client_id)
    form = NetworksForm(request.POST or None, initial={"networks": "\n".join(found.networks)})
    if (request.method == "POST" and form.is_valid()) and form.attempt(
        lambda: services.change_networks(client=found, networks=form.wanted, by=by, clock=DATABASE_CLOCK)
    ):
        messages.success(request, f"Where {found.name} may come from was changed.")
        return HttpResponseRedirect(reverse("client", args=[found.pk]))
    return _render_act(request, found, form=form, heading=f"Where {found.name} may come from", button="Keep changes")


@require_http_methods(FORM)
def close_client(request: HttpRequest, client_id: int) -> HttpResponse:
    """Closing a client, once it was read what that does."""
    by = administrator_of(request)
    found = client_for(by, client_id)
    if request.method == "POST":
        return acted(
            request,
            lambda: services.close_client(client=found, by=by, clock=DATABASE_CLOCK),
            done=f"{found.name} is closed.",
            then=reverse("client", args=[found.pk]),
        )
    return _render_act(
        request,
        found,
        heading=f"Close {found.name}",
        lead="Its tokens stop working at once, and it gets no more. What it did stays.",
        warning="A client that was closed cannot be opened again.",
        button="Close client",
    )


def _render_act(request: HttpRequest, found: ApiClient, **context: object) -> HttpResponse:
    back = reverse("client", args=[found.pk])
    said = {"client": found, "organisation": found.organisation, "back": back, "is_programs": True}
    return render(request, "clients/form.html", said | context)


def _secret(request: HttpRequest, made: services.NewClient) -> HttpResponse:
    return render(request, "clients/secret.html", {"made": made, "client": made.client, "is_programs": True})
