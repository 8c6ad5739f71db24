"""For how many nights placements last, drawn by chance that is the same every time (docs/what-if.md).

The hazard is constant: each night a placement that has lasted so far goes on with the same chance, so that the stated
share of them is still there 365 nights later. Chances are whole numbers out of 2⁵³, worked out with forty digits: the
same draws give the same nights on every machine.
"""

import random
from bisect import bisect_left
from collections.abc import Sequence
from decimal import Context, Decimal
from functools import cache

from pbr_ledger.money import RATE_SCALE

NIGHTS_A_YEAR = 365
_BITS = 53
_EXACT = Context(prec=40)


@cache
def chances_gone(survival: int, nights: int) -> tuple[int, ...]:
    """For 1 to so many nights, the chance out of 2⁵³ that a placement is gone by then, in rising order.

    `survival` is the share that is still there after 365 nights, in ten-thousandths above zero.
    """
    nightly = _EXACT.divide(_EXACT.ln(_EXACT.divide(Decimal(survival), Decimal(RATE_SCALE))), Decimal(NIGHTS_A_YEAR))
    lasting = (_EXACT.exp(_EXACT.multiply(nightly, Decimal(count))) for count in range(1, nights + 1))
    return tuple((1 << _BITS) - int(_EXACT.multiply(chance, Decimal(1 << _BITS))) for chance in lasting)


def nights_lasted(survival: int, nights: int, draws: Sequence[int]) -> list[int]:
    """How many nights each draw gives, up to `nights`: that many is to last at least until then.

    `survival` as in `chances_gone`; a draw is a whole number below 2⁵³.
    """
    gone = chances_gone(survival, nights)
    return [bisect_left(gone, draw + 1) for draw in draws]


def draws_for(seed: int, placement: str, runs: int) -> list[int]:
    """So many draws that are the placement's own: other placements of a plan change nothing about them."""
    source = random.Random(f"{seed}/{placement}")  # noqa: S311 - to be the same every time, not to be a secret
    return [source.getrandbits(_BITS) for _ in range(runs)]
