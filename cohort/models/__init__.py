"""The rows of what is known, and the constraints that make wrong rows impossible."""

from cohort.models.baselines import BaselineAgreement, BaselineProposal
from cohort.models.children import BaselineRate, Child, ChildVersion, ExtraCost, ExtraCostVersion
from cohort.models.claims import ClaimNote
from cohort.models.contracts import Contract
from cohort.models.erasures import Erasure
from cohort.models.evidence import Evidence, EvidenceWithdrawal
from cohort.models.expenses import Expense, ExpenseVersion
from cohort.models.imports import PendingImport
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
    "BaselineAgreement",
    "BaselineProposal",
    "BaselineRate",
    "CarerFeeRefund",
    "Child",
    "ChildVersion",
    "Claim",
    "ClaimNote",
    "ClaimVersion",
    "Contract",
    "DatedRate",
    "Erasure",
    "Evidence",
    "EvidenceWithdrawal",
    "Expense",
    "ExpenseVersion",
    "ExtraCost",
    "ExtraCostVersion",
    "Household",
    "HouseholdVersion",
    "Identity",
    "PendingImport",
    "Placement",
    "PlacementRate",
    "PlacementVersion",
    "ScheduleRow",
    "TermsVersion",
    "Version",
]
