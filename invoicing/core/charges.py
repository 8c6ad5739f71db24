"""The kinds of line on an invoice, the accounts behind them, and how VAT reads them."""

from collections.abc import Mapping
from types import MappingProxyType

FIXED_FEE = "fixed_fee"
CARER_FEES = "carer_fees"
SUCCESS_FEE = "success_fee"
EXPENSES = "expenses"
PRIOR_PERIODS = "prior_periods"
CHARGES = (FIXED_FEE, CARER_FEES, SUCCESS_FEE, EXPENSES, PRIOR_PERIODS)
"""Each is one line of an invoice at most, in this order."""
OF_THE_FIXED_FEE = (FIXED_FEE, PRIOR_PERIODS)
"""The lines that count towards the cap of the fixed fee (docs/contract.md 4.1)."""

EXEMPT = "exempt"
STANDARD = "standard"
ZERO = "zero"
OUTSIDE = "outside"
VAT_TREATMENTS = (EXEMPT, STANDARD, ZERO, OUTSIDE)

PAYABLE = "2100"
PAID_BY_AGENT = "2200"
ACCRUALS = "2300"
VAT = "5190"
EXPENSE_ACCOUNT_OF: Mapping[str, str] = MappingProxyType(
    {FIXED_FEE: "5100", PRIOR_PERIODS: "5100", CARER_FEES: "5110", SUCCESS_FEE: "5120", EXPENSES: "5130"}
)

DEBIT = "debit"
CREDIT = "credit"
SIDES = (DEBIT, CREDIT)
