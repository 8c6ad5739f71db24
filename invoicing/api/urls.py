"""The addresses of the API of what is owed, below `/api/v1/`."""

from django.urls import path, register_converter

from invoicing.api import views
from pbr_ledger.clients.api.ids import id_converter

for prefix in ("con", "inv", "pay", "set"):
    register_converter(id_converter(prefix), prefix)

urlpatterns = [
    path("contracts", views.ContractsView.as_view(), name="api-contracts"),
    path("contracts/<con:row>", views.ContractView.as_view(), name="api-contract"),
    path("invoices", views.InvoicesView.as_view(), name="api-invoices"),
    path("invoices/<inv:row>", views.InvoiceView.as_view(), name="api-invoice"),
    path("invoices/<inv:row>/document.pdf", views.PdfView.as_view(), name="api-invoice-pdf"),
    path("invoices/<inv:row>/document.xml", views.XmlView.as_view(), name="api-invoice-xml"),
    path("payments", views.PaymentsView.as_view(), name="api-payments"),
    path("payments/<pay:row>", views.PaymentView.as_view(), name="api-payment"),
    path("payments/<pay:row>/reversal", views.PaymentReversalView.as_view(), name="api-payment-reversal"),
    path("repayments", views.RepaymentsView.as_view(), name="api-repayments"),
    path("set-offs", views.SetOffsView.as_view(), name="api-set-offs"),
    path("set-offs/<set:row>", views.SetOffView.as_view(), name="api-set-off"),
    path("set-offs/<set:row>/reversal", views.SetOffReversalView.as_view(), name="api-set-off-reversal"),
    path("events", views.EventsView.as_view(), name="api-events"),
]
