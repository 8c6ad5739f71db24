"""The addresses of the API of webhooks, below `/api/v1/`."""

from django.urls import path, register_converter

from pbr_ledger.clients.api.ids import id_converter
from pbr_ledger.webhooks.api import views

for prefix in ("end", "dlv"):
    register_converter(id_converter(prefix), prefix)

ONE = "webhook-endpoints/<end:row>"

urlpatterns = [
    path("webhook-endpoints", views.EndpointsView.as_view(), name="api-endpoints"),
    path(ONE, views.EndpointView.as_view(), name="api-endpoint"),
    path(f"{ONE}/changes", views.ChangesView.as_view(), name="api-endpoint-changes"),
    path(f"{ONE}/verification", views.VerificationView.as_view(), name="api-endpoint-verification"),
    path(f"{ONE}/test", views.TestView.as_view(), name="api-endpoint-test"),
    path(f"{ONE}/disabling", views.DisablingView.as_view(), name="api-endpoint-disabling"),
    path(f"{ONE}/enabling", views.EnablingView.as_view(), name="api-endpoint-enabling"),
    path(f"{ONE}/closing", views.EndpointClosingView.as_view(), name="api-endpoint-closing"),
    path(f"{ONE}/secret", views.SecretView.as_view(), name="api-endpoint-secret"),
    path(f"{ONE}/secret/earlier/end", views.EarlierSecretView.as_view(), name="api-endpoint-earlier-secret"),
    path(f"{ONE}/deliveries", views.DeliveriesView.as_view(), name="api-deliveries"),
    path("webhook-deliveries/<dlv:row>", views.DeliveryView.as_view(), name="api-delivery"),
    path("webhook-deliveries/<dlv:row>/resending", views.ResendingView.as_view(), name="api-resending"),
]
