"""Money: the one rounding, and the only two conversions between pounds and pence.

Rows, forms, documents and pages hold `Decimal` pounds with two places; the cores compute in whole pence.
The two meet here and nowhere else, and no float comes near either.
"""

from decimal import Decimal

PENNY = Decimal("0.01")
RATE_SCALE = 10_000
"""Rates and shares have at most four decimals; they are kept as whole ten-thousandths."""


def divide_rounding(numerator: int, denominator: int) -> int:
    """The quotient to the nearest whole number, halves away from zero: `(5, 2)` is 3, `(-5, 2)` is -3.

    This is the only rounding of money in the product (docs/contract.md 1.5). `denominator` is above zero.
    """
    if numerator >= 0:
        return (2 * numerator + denominator) // (2 * denominator)
    return -((denominator - 2 * numerator) // (2 * denominator))


def pence_of(pounds: Decimal) -> int:
    """The whole pence of an amount in pounds. Raises `ValueError` for a fraction of a penny."""
    sign, digits, exponent = pounds.as_tuple()
    if not isinstance(exponent, int):
        raise ValueError(f"{pounds} is no amount of money")
    magnitude = int("".join(map(str, digits)) or "0")
    scale: int = 10 ** abs(exponent + 2)
    if exponent + 2 >= 0:
        magnitude *= scale
    else:
        magnitude, fraction = divmod(magnitude, scale)
        if fraction:
            raise ValueError(f"{pounds} has a fraction of a penny")
    return -magnitude if sign else magnitude


def pounds_of(pence: int) -> Decimal:
    """The amount in pounds, with exactly two places, whatever its size."""
    return Decimal(pounds_text(pence))


def pounds_text(pence: int) -> str:
    """The amount as documents write it: `-9600.00`; pounds and two places, never a thousands separator."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'-' if pence < 0 else ''}{pounds}.{rest:02d}"


def pounds_shown(pence: int) -> str:
    """The amount as people read it: `£15,298.90`, and `−£9,600.00` with a true minus sign."""
    pounds, rest = divmod(abs(pence), 100)
    return f"{'−' if pence < 0 else ''}£{pounds:,}.{rest:02d}"
