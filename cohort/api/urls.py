"""The addresses of the API of facts, below `/api/v1/`."""

from django.urls import path

from cohort.api import views

urlpatterns = [
    path("children", views.CHILDREN.as_view(), name="api-children"),
    path("placements", views.PLACEMENTS.as_view(), name="api-placements"),
    path("claims", views.CLAIMS.as_view(), name="api-claims"),
    path("households", views.HOUSEHOLDS.as_view(), name="api-households"),
    path("extra-costs", views.EXTRA_COSTS.as_view(), name="api-extra-costs"),
    path("expenses", views.EXPENSES.as_view(), name="api-expenses"),
]
