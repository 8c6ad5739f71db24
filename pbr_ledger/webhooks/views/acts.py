"""What an administrator does with an endpoint by a button."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from pbr_ledger.accounts.confirmation import identity_confirmed
from pbr_ledger.accounts.pages.people import administrator_of
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.pages import acted
from pbr_ledger.webhooks import services
from pbr_ledger.webhooks.lifecycles import CLOSED
from pbr_ledger.webhooks.pages import endpoint_for
from pbr_ledger.webhooks.views.endpoints import FORM, render_act, secret_shown


def _button(request: HttpRequest, endpoint_id: int, act: Callable[..., object], done: str) -> HttpResponse:
    by = administrator_of(request)
    found = endpoint_for(by, endpoint_id)
    then = reverse("endpoint", args=[found.pk])
    return acted(request, lambda: act(endpoint=found, by=by, clock=DATABASE_CLOCK), done=done, then=then)


@require_POST
def verify(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new challenge."""
    done = "A challenge is on its way. Reload this page in a moment."
    return _button(request, endpoint_id, services.ask_for_verification, done)


@require_POST
def test(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A test message."""
    return _button(request, endpoint_id, services.send_test, "A test is on its way. Reload this page in a moment.")


@require_POST
def disable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Nothing is sent for the time being."""
    done = "The endpoint is disabled. What happens meanwhile is kept for it."
    return _button(request, endpoint_id, services.disable_endpoint, done)


@require_POST
def enable(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Everything that was kept is sent."""
    done = "The endpoint is active again. What was kept for it is on its way."
    return _button(request, endpoint_id, services.enable_endpoint, done)


@require_POST
def end_earlier_secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """The newest secret alone counts."""
    done = "Messages are signed with the newest secret alone from now on."
    return _button(request, endpoint_id, services.end_earlier_secret, done)


@require_http_methods(FORM)
@identity_confirmed
def rotate_secret(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """A new secret, on the answer this once."""
    by = administrator_of(request)
    found = endpoint_for(by, endpoint_id)
    if found.state == CLOSED:
        raise Http404
    if request.method == "POST":
        made = services.rotate_secret(endpoint=found, by=by, clock=DATABASE_CLOCK)
        return secret_shown(request, made, is_new=False)
    lead = (
        "For 24 hours messages are signed with the new secret and with the one before, so that the receiver can change "
        "over without missing any. A secret that has leaked can be ended at once on the next page."
    )
    return render_act(request, found, heading="Make a new secret", lead=lead, button="Make new secret")


@require_http_methods(FORM)
def close(request: HttpRequest, endpoint_id: int) -> HttpResponse:
    """Closing an endpoint, once it was read what that does."""
    by = administrator_of(request)
    found = endpoint_for(by, endpoint_id)
    if request.method == "POST":
        return acted(
            request,
            lambda: services.close_endpoint(endpoint=found, by=by, clock=DATABASE_CLOCK),
            done="The endpoint is closed.",
            then=reverse("endpoint", args=[found.pk]),
        )
    return render_act(
        request,
        found,
        heading="Close the endpoint",
        lead="Nothing more is sent there, and what waits for it is given up. Its log stays.",
        warning="An endpoint that was closed cannot be opened again.",
        button="Close endpoint",
    )


@require_POST
def send_again(request: HttpRequest, endpoint_id: int, delivery_id: int) -> HttpResponse:
    """A delivery once more."""
    by = administrator_of(request)
    found = endpoint_for(by, endpoint_id)
    row = found.deliveries.select_related("endpoint__organisation").filter(pk=delivery_id).first()
    if row is None:
        raise Http404
    return acted(
        request,
        lambda: services.send_again(delivery=row, by=by, clock=DATABASE_CLOCK),
        done="It is on its way once more. Reload this page in a moment.",
        then=reverse("delivery", args=[found.pk, row.pk]),
    )
