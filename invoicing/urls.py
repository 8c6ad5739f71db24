"""Addresses of what is owed: the terms of invoices, and variations."""

from django.urls import path

from invoicing.views import terms

CONTRACT = "contracts/<int:contract_id>/"

urlpatterns = [
    path(f"{CONTRACT}terms/invoicing/", terms.invoicing_terms, name="invoicing-terms"),
    path(f"{CONTRACT}terms/invoicing/record/", terms.record_terms, name="invoicing-terms-record"),
    path(f"{CONTRACT}variations/", terms.variations, name="variations"),
    path(f"{CONTRACT}variations/record/", terms.record_a_variation, name="variation-record"),
]
