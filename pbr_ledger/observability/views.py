"""What machines ask: is it alive, is it ready, does the work move, how much of everything. Nobody signs in for it.

Who asks from one of METRICS_ALLOWED, and not through a proxy, is told what was looked at; others whether all is well.
"""

from ipaddress import ip_address

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from pbr_ledger.observability.figures import exposition
from pbr_ledger.observability.health import Health, readiness, work_in_the_background

PASSED_ON = ("X-Forwarded-For", "Forwarded", "X-Real-IP")


@login_not_required
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """This process answers. Nothing else is looked at: to start it anew mends no database."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Whether requests may be sent here."""
    return _answer(request, readiness())


@login_not_required
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Whether the work in the background moves."""
    return _answer(request, work_in_the_background())


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures, for Prometheus; for everybody else there is nothing here."""
    if not _is_insider(request):
        raise Http404
    return HttpResponse(exposition(), content_type=CONTENT_TYPE_LATEST)


def _answer(request: HttpRequest, health: Health) -> HttpResponse:
    told: dict[str, object] = {"status": "ok" if health.is_well else "unavailable"}
    if _is_insider(request):
        told["checks"] = health.checks
    return JsonResponse(told, status=200 if health.is_well else 503)


def _is_insider(request: HttpRequest) -> bool:
    """Whether it comes from an allowed address itself: what a proxy on this machine passes on may be anybody's."""
    if any(header in request.headers for header in PASSED_ON):
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return any(address in network for network in settings.METRICS_ALLOWED)
