"""The rows of what is known, and the constraints that make wrong rows impossible."""

from cohort.models.children import BaselineRate, Child, ChildVersion, ExtraCost, ExtraCostVersion
from cohort.models.contracts import Contract
from cohort.models.expenses import Expense, ExpenseVersion
from cohort.models.placements import (
    Claim,
    ClaimVersion,
    Household,
    HouseholdVersion,
    Placement,
    PlacementRate,
    PlacementVersion,
)
from cohort.models.terms import CarerFeeRefund, ScheduleRow, TermsVersion
from cohort.models.versions import DatedRate, Identity, Version

__all__ = [
    "BaselineRate",
    "CarerFeeRefund",
    "Child",
    "ChildVersion",
    "Claim",
    "ClaimVersion",
    "Contract",
    "DatedRate",
    "Expense",
    "ExpenseVersion",
    "ExtraCost",
    "ExtraCostVersion",
    "Household",
    "HouseholdVersion",
    "Identity",
    "Placement",
    "PlacementRate",
    "PlacementVersion",
    "ScheduleRow",
    "TermsVersion",
    "Version",
]
