"""Addresses that machines ask."""

from django.urls import path

from pbr_ledger.observability import views

urlpatterns = [
    path("health/live", views.live, name="health-live"),
    path("health/ready", views.ready, name="health-ready"),
    path("health/work", views.work, name="health-work"),
    path("metrics", views.metrics, name="metrics"),
]
