"""Addresses of contracts, their statements and the documents of these."""

from django.urls import path, register_converter

from pbr_ledger.periods import Month
from savings.views import (
    access,
    by_child,
    carers,
    children,
    cohort,
    contracts,
    documents,
    expenses,
    facts,
    imports,
    plans,
    proposals,
    readings,
    statements,
    terms,
)
from savings.views.what_if import listing, planning, scenario


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
READINGS = "contracts/<int:contract_id>/readings/"
WHAT_IF = "contracts/<int:contract_id>/what-if/"
SCENARIO = f"{WHAT_IF}<int:scenario_id>/"
IMPORT = "contracts/<int:contract_id>/import/"
STATEMENT = "contracts/<int:contract_id>/statements/<month:month>/"

urlpatterns = [
    path("", contracts.home, name="home"),
    path("contracts/", contracts.contracts, name="contracts"),
    path("contracts/<int:contract_id>/", contracts.contract, name="contract"),
    path("contracts/<int:contract_id>/terms/record/", terms.record, name="terms-record"),
    path(READINGS, readings.readings, name="readings"),
    path(f"{READINGS}readings.pdf", readings.report, name="readings-report"),
    path(f"{READINGS}readings.xlsx", readings.workbook, name="readings-workbook"),
    path("contracts/<int:contract_id>/terms/schedule/", terms.schedule, name="schedule"),
    path(COHORT, cohort.cohort, name="cohort"),
    path(f"{COHORT}add/", facts.add_child, name="child-add"),
    path(CHILD, children.child, name="child"),
    path(f"{CHILD}correct/", facts.correct_child, name="child-correct"),
    path(f"{CHILD}retract/", facts.retract_child, name="child-retract"),
    path(f"{CHILD}move/", facts.move_child, name="child-move"),
    path(f"{CHILD}access/", access.child_access, name="child-access"),
    path(f"{CHILD}extra-costs/add/", facts.add_extra_cost, name="extra-cost-add"),
    path(f"{PLACEMENT}breakdown/", facts.report_breakdown, name="placement-breakdown"),
    path(f"{PLACEMENT}price/", facts.change_price, name="placement-price"),
    path(f"{PLACEMENT}correct/", facts.correct_placement, name="placement-correct"),
    path(f"{PLACEMENT}retract/", facts.retract_placement, name="placement-retract"),
    path(f"{EXTRA_COST}correct/", facts.correct_extra_cost, name="extra-cost-correct"),
    path(f"{EXTRA_COST}retract/", facts.retract_extra_cost, name="extra-cost-retract"),
    path(IMPORT, imports.bring, name="import"),
    path(f"{IMPORT}template.xlsx", imports.template, name="import-template"),
    path(f"{IMPORT}<slug:sheet>.csv", imports.template_of_sheet, name="import-template-sheet"),
    path(f"{IMPORT}<int:import_id>/", imports.check, name="import-check"),
    path("contracts/<int:contract_id>/statements/", statements.statements, name="statements"),
    path("contracts/<int:contract_id>/statements/by-child/", by_child.by_child, name="savings-by-child"),
    path("contracts/<int:contract_id>/savings-plan/", plans.plans, name="savings-plans"),
    path("contracts/<int:contract_id>/savings-plan/<int:year>/record/", plans.record_plan, name="savings-plan-record"),
    path("contracts/<int:contract_id>/carers/", carers.carers, name="carers"),
    path("contracts/<int:contract_id>/expenses/", expenses.expenses, name="expenses"),
    path(STATEMENT, statements.statement, name="statement"),
    path(f"{STATEMENT}propose/", proposals.propose, name="statement-propose"),
    path(f"{STATEMENT}agree/", proposals.agree, name="statement-agree"),
    path(f"{STATEMENT}dispute/", proposals.dispute, name="statement-dispute"),
    path(f"{STATEMENT}withdraw/", proposals.withdraw, name="statement-withdraw"),
    path(f"{STATEMENT}close/", proposals.close, name="statement-close"),
    path(f"{STATEMENT}then-and-now/", statements.then_and_now, name="statement-then-and-now"),
    path(f"{STATEMENT}documents/", documents.documents, name="statement-documents"),
    path(f"{STATEMENT}reconciliation.pdf", documents.report, name="statement-report"),
    path(f"{STATEMENT}workbook.xlsx", documents.workbook, name="statement-workbook"),
    path(f"{STATEMENT}statement.json", documents.result_document, name="statement-document"),
    path(WHAT_IF, listing.what_if, name="what-if"),
    path(f"{WHAT_IF}add/", listing.add, name="scenario-add"),
    path(f"{WHAT_IF}import/", listing.import_file, name="scenario-import"),
    path(f"{WHAT_IF}compare/", listing.compare, name="scenario-compare"),
    path(SCENARIO, scenario.scenario, name="scenario"),
    path(f"{SCENARIO}settings/", scenario.settings, name="scenario-settings"),
    path(f"{SCENARIO}copy/", scenario.copy, name="scenario-copy"),
    path(f"{SCENARIO}refresh/", scenario.refresh, name="scenario-refresh"),
    path(f"{SCENARIO}close/", scenario.close, name="scenario-close"),
    path(f"{SCENARIO}history/", scenario.history, name="scenario-history"),
    path(f"{SCENARIO}scenario.json", scenario.file, name="scenario-file"),
    path(f"{SCENARIO}plan/move/", planning.move, name="plan-move"),
    path(f"{SCENARIO}plan/breakdown/", planning.breakdown, name="plan-breakdown"),
    path(f"{SCENARIO}plan/price/", planning.price, name="plan-price"),
    path(f"{SCENARIO}plan/joining/", planning.joining, name="plan-joining"),
    path(f"{SCENARIO}plan/leaving/", planning.leaving, name="plan-leaving"),
    path(f"{SCENARIO}plan/terms/", planning.terms, name="plan-terms"),
    path(f"{SCENARIO}plan/<int:number>/remove/", planning.remove, name="plan-remove"),
]
