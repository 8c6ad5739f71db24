"""Every address of the API, version 1, the schema, and where tokens come from (docs/api.md)."""

from django.urls import include, path
from drf_spectacular.views import SpectacularJSONAPIView

from pbr_ledger.clients.api.views import NothingHereView, ProblemKindView
from pbr_ledger.clients.oauth import ClientTokenView

urlpatterns = [
    path("oauth/token", ClientTokenView.as_view(), name="api-token"),
    path(
        "api/v1/schema/",
        SpectacularJSONAPIView.as_view(authentication_classes=[], permission_classes=[]),
        name="api-schema",
    ),
    path("api/v1/problems/<slug:slug>", ProblemKindView.as_view(), name="api-problem"),
    path("api/v1/", include("invoicing.api.urls")),
    path("api/v1/<path:rest>", NothingHereView.as_view(), name="api-nothing"),
]
