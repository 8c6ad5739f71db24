"""Every address of the API, version 1, its schema and documentation, and where tokens come from (docs/api.md)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import include, path, register_converter
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularJSONAPIView

from pbr_ledger.clients.api.documentation import described
from pbr_ledger.clients.api.ids import AnythingConverter
from pbr_ledger.clients.api.views import NothingHereView, ProblemKindView
from pbr_ledger.clients.oauth import ClientTokenView

OPEN: dict[str, list[type]] = {"authentication_classes": [], "permission_classes": []}

register_converter(AnythingConverter, "anything")


@login_not_required
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """The whole API on one page, open to everybody: developers come before they have a client."""
    return render(request, "api/documentation.html", described())


urlpatterns = [
    path("oauth/token", ClientTokenView.as_view(), name="api-token"),
    path("api/v1/schema/", SpectacularJSONAPIView.as_view(**OPEN), name="api-schema"),
    path("api/v1/docs/", documentation, name="api-docs"),
    path("api/v1/problems/<anything:slug>", ProblemKindView.as_view(), name="api-problem"),
    path("api/v1/", include("cohort.api.urls")),
    path("api/v1/", include("savings.api.urls")),
    path("api/v1/", include("invoicing.api.urls")),
    path("api/v1/", include("pbr_ledger.webhooks.api.urls")),
    path("api/v1/<anything:rest>", NothingHereView.as_view(), name="api-nothing"),
]
