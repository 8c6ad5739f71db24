"""Mileage: what a journey by car is charged at (docs/contract.md 8.1)."""

from decimal import Decimal

from pbr_ledger.money import divide_rounding

PENCE_A_MILE = 45
"""The approved mileage rate for cars, which public bodies pay."""
MILEAGE = "mileage"
_TENTHS = 10


def mileage_pence(miles: Decimal) -> int:
    """What so many miles, with at most one decimal, come to in pence (docs/contract.md 8.1)."""
    return divide_rounding(int(miles * _TENTHS) * PENCE_A_MILE, _TENTHS)


def mileage_words(miles: Decimal, purpose: str) -> str:
    """How an expense for mileage says what it was worked out from (docs/contract.md 8.1)."""
    return f"{miles.normalize():f} miles at {PENCE_A_MILE}p: {purpose}"
