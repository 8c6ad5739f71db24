"""Addresses of what is known about a contract."""

from django.urls import path

from cohort.views import contracts, reading, terms

CONTRACT = "contracts/<int:contract_id>"

urlpatterns = [
    path("contracts/add/", contracts.add, name="contract-add"),
    path(f"{CONTRACT}/particulars/", contracts.particulars, name="particulars"),
    path(f"{CONTRACT}/terms/", terms.terms, name="terms"),
    path(f"{CONTRACT}/terms/<int:number>/", terms.version, name="terms-version"),
    path("how-the-ledger-reads-the-contract/", reading.contract, name="contract-reading"),
]
