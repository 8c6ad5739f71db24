"""The fixed fee, month by month (docs/contract.md 4)."""

from collections.abc import Mapping

from cohort.core.terms import Terms
from pbr_ledger.periods import Month
from savings.core.results import MonthFee
from savings.core.schedule import limit_of


def monthly_fees(savings: Mapping[Month, int], *, terms_by_month: Mapping[Month, Terms]) -> tuple[MonthFee, ...]:
    """The fee of each month from the programme's first, each the most that its savings and its limit leave (4.2).

    `savings` are the months' savings in pence, in rising order of month; each month follows its own terms.
    """
    fees: list[MonthFee] = []
    saved = charged = 0
    for month, savings_pence in savings.items():
        terms = terms_by_month[month]
        saved += savings_pence
        available = saved - charged if terms.fixed_fee_savings == "to_date" else savings_pence
        limit = limit_of(month, terms=terms)
        room = limit - charged
        fee = max(0, min(available, room))
        fees.append(
            MonthFee(month, savings_pence, available, limit, room, fee, _limited_by(available, room, terms)),
        )
        charged += fee
    return tuple(fees)


def _limited_by(available: int, room: int, terms: Terms) -> str:
    if available <= 0:
        return "nothing"
    if available <= room:
        return "savings"
    return terms.fixed_fee_limit
