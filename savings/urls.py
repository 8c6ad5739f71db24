"""Addresses of contracts, their statements and the documents of these."""

from django.urls import path, register_converter

from pbr_ledger.periods import Month
from savings.views import contracts, statements, terms


class MonthInAddress:
    """A month as an address writes it: `2026-03`."""

    regex = "[0-9]{4}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> Month:
        """The month. `ValueError`, for one that there never was, is no such address."""
        return Month.parse(value)

    def to_url(self, month: Month | str) -> str:
        """The month written."""
        return str(month)


register_converter(MonthInAddress, "month")

STATEMENT = "contracts/<int:contract_id>/statements/<month:month>/"

urlpatterns = [
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/<int:contract_id>/", contracts.contract, name="contract"),
    path("contracts/<int:contract_id>/terms/record/", terms.record, name="terms-record"),
    path("contracts/<int:contract_id>/terms/schedule/", terms.schedule, name="schedule"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}reconciliation.pdf", statements.report, name="statement-report"),
    path(f"{STATEMENT}statement.json", statements.result_document, name="statement-document"),
]
