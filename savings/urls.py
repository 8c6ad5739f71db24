"""Addresses of contracts, their statements and the documents of these."""

from django.urls import path, register_converter

from pbr_ledger.periods import Month
from savings.views import children, cohort, contracts, facts, statements, terms


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

COHORT = "contracts/<int:contract_id>/cohort/"
CHILD = f"{COHORT}<int:child_id>/"
PLACEMENT = "contracts/<int:contract_id>/placements/<int:placement_id>/"
EXTRA_COST = "contracts/<int:contract_id>/extra-costs/<int:extra_cost_id>/"
STATEMENT = "contracts/<int:contract_id>/statements/<month:month>/"

urlpatterns = [
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/<int:contract_id>/", contracts.contract, name="contract"),
    path("contracts/<int:contract_id>/terms/record/", terms.record, name="terms-record"),
    path("contracts/<int:contract_id>/terms/schedule/", terms.schedule, name="schedule"),
    path(COHORT, cohort.cohort, name="cohort"),
    path(f"{COHORT}add/", facts.add_child, name="child-add"),
    path(CHILD, children.child, name="child"),
    path(f"{CHILD}correct/", facts.correct_child, name="child-correct"),
    path(f"{CHILD}retract/", facts.retract_child, name="child-retract"),
    path(f"{CHILD}move/", facts.move_child, name="child-move"),
    path(f"{CHILD}extra-costs/add/", facts.add_extra_cost, name="extra-cost-add"),
    path(f"{PLACEMENT}breakdown/", facts.report_breakdown, name="placement-breakdown"),
    path(f"{PLACEMENT}price/", facts.change_price, name="placement-price"),
    path(f"{PLACEMENT}correct/", facts.correct_placement, name="placement-correct"),
    path(f"{PLACEMENT}retract/", facts.retract_placement, name="placement-retract"),
    path(f"{EXTRA_COST}correct/", facts.correct_extra_cost, name="extra-cost-correct"),
    path(f"{EXTRA_COST}retract/", facts.retract_extra_cost, name="extra-cost-retract"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}reconciliation.pdf", statements.report, name="statement-report"),
    path(f"{STATEMENT}statement.json", statements.result_document, name="statement-document"),
]
