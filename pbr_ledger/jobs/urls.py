"""Addresses of the work in the background."""

from django.urls import path

from pbr_ledger.jobs import views

urlpatterns = [
    path("work/", views.work, name="work"),
    path("work/<int:job_id>/run-again/", views.run_again, name="work-run-again"),
    path("work/findings/<int:report_id>/", views.findings, name="work-findings"),
]
