"""Addresses of what is known about a contract."""

from django.urls import path

from cohort.views import reading

urlpatterns = [
    path("how-the-ledger-reads-the-contract/", reading.contract, name="contract-reading"),
]
