"""The bounds that stop: what no sound statement can show, looked at before anything is made payable."""

from collections.abc import Iterator

from pbr_ledger.money import pounds_shown
from pbr_ledger.words import month_shown
from savings.core.results import Charges, MonthFee, Position, Statement


def findings(result: Statement, *, before: Position, again: Statement) -> list[str]:
    """What is out of bounds in a statement's result, in sentences; empty when nothing is.

    `before` is what earlier statements charged, `again` a second computation from the same facts. A statement's own
    charge may lawfully pass its month's savings, where a claim was agreed late; a month's fee may not.
    """
    return [*_fees(result), *_charges(result, before), *_second_computation(result, again)]


def _fees(result: Statement) -> Iterator[str]:
    charged = 0
    for fee in result.months:
        if fee.fee_pence > max(0, fee.available_pence):
            yield f"{_named(fee)} passes the savings that count for it: {_against(fee, fee.available_pence)}."
        if fee.fee_pence > max(0, fee.limit_pence - charged):
            yield f"{_named(fee)} passes its limit: {_against(fee, fee.limit_pence - charged)}."
        charged += fee.fee_pence


def _named(fee: MonthFee) -> str:
    return f"The fee of {month_shown(fee.month)}"


def _against(fee: MonthFee, bound: int) -> str:
    return f"{pounds_shown(fee.fee_pence)} against {pounds_shown(bound)}"


def _charges(result: Statement, before: Position) -> Iterator[str]:
    explained = Charges(
        fixed_fee=sum(fee.fee_pence for fee in result.months),
        carer_fees=sum(fee.amount_pence - (fee.refund.amount_pence if fee.refund else 0) for fee in result.carer_fees),
        success_fee=result.success_fee.amount_pence if result.success_fee else 0,
        expenses=sum(amount for _, amount in result.expenses),
    )
    if result.charges != explained.minus(before.charged):
        yield "A charge is not what the facts and the earlier statements explain."


def _second_computation(result: Statement, again: Statement) -> Iterator[str]:
    if result != again:
        yield "Worked out a second time, the statement comes to something else."
