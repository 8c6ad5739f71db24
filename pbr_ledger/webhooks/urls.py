"""Addresses of webhooks."""

from django.urls import path

from pbr_ledger.webhooks.views import acts, endpoints

ONE = "programs/webhooks/<int:endpoint_id>/"

urlpatterns = [
    path("programs/webhooks/", endpoints.endpoints, name="endpoints"),
    path("programs/webhooks/add/", endpoints.add_endpoint, name="endpoint-add"),
    path(ONE, endpoints.endpoint, name="endpoint"),
    path(f"{ONE}change/", endpoints.change_endpoint, name="endpoint-change"),
    path(f"{ONE}verify/", acts.verify, name="endpoint-verify"),
    path(f"{ONE}test/", acts.test, name="endpoint-test"),
    path(f"{ONE}disable/", acts.disable, name="endpoint-disable"),
    path(f"{ONE}enable/", acts.enable, name="endpoint-enable"),
    path(f"{ONE}secret/", acts.rotate_secret, name="endpoint-secret"),
    path(f"{ONE}secret/end-earlier/", acts.end_earlier_secret, name="endpoint-end-earlier-secret"),
    path(f"{ONE}close/", acts.close, name="endpoint-close"),
    path(f"{ONE}deliveries/<int:delivery_id>/", endpoints.delivery, name="delivery"),
    path(f"{ONE}deliveries/<int:delivery_id>/again/", acts.send_again, name="delivery-again"),
]
