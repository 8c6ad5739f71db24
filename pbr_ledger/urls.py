"""Every address of the ledger. tests/pages/test_routes.py says for each who gets what."""

from django.urls import include, path

from pbr_ledger.search import search

urlpatterns = [
    path("", include("pbr_ledger.accounts.urls")),
    path("", include("cohort.urls")),
    path("", include("pbr_ledger.notices.urls")),
    path("search/", search, name="search"),
    path("", include("pbr_ledger.clients.urls")),
    path("", include("pbr_ledger.webhooks.urls")),
    path("", include("pbr_ledger.jobs.urls")),
    path("", include("pbr_ledger.observability.urls")),
    path("", include("savings.urls")),
    path("", include("invoicing.urls")),
    path("", include("pbr_ledger.api")),
]
