"""The addresses of the API of statements, below `/api/v1/`."""

from django.urls import path, register_converter

from pbr_ledger.clients.api.ids import id_converter
from savings.api import documents, views

for prefix in ("stm", "prp"):
    register_converter(id_converter(prefix), prefix)

urlpatterns = [
    path("statements", views.StatementsView.as_view(), name="api-statements"),
    path("statements/<stm:row>", views.StatementView.as_view(), name="api-statement"),
    path("statements/<stm:row>/statement.json", documents.ResultDocumentView.as_view(), name="api-statement-json"),
    path("statements/<stm:row>/reconciliation.pdf", documents.ReportView.as_view(), name="api-statement-report"),
    path("statements/<stm:row>/workbook.xlsx", documents.WorkbookView.as_view(), name="api-statement-workbook"),
    path("proposals", views.ProposalsView.as_view(), name="api-proposals"),
    path("proposals/<prp:row>", views.ProposalView.as_view(), name="api-proposal"),
    path("proposals/<prp:row>/agreement", views.AgreementView.as_view(), name="api-agreement"),
    path("proposals/<prp:row>/dispute", views.DisputeView.as_view(), name="api-dispute"),
    path("proposals/<prp:row>/dispute/withdrawal", views.WithdrawalView.as_view(), name="api-withdrawal"),
    path("proposals/<prp:row>/closing", views.ClosingView.as_view(), name="api-closing"),
]
