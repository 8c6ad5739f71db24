"""What projections come to, figure by figure, side by side."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown, rate_shown, signed_shown
from savings.core.what_if.outlook import WARNED_AT, MonthOutlook, Outlook

NEVER = "Not by the end"
NOT_KNOWN = "No terms"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of each projection. `change` is what the last has more than the first, empty where that says nothing."""

    name: str
    values: tuple[str, ...]
    change: str = ""


def _passing(share: int) -> Callable[[Outlook], str]:
    return lambda each: _month(each.passed_in(share))


def _month(month: Month | None) -> str:
    return month_shown(month) if month else NEVER


AMOUNTS: MappingProxyType[str, Callable[[Outlook], int]] = MappingProxyType(
    {
        "Savings": lambda each: each.last.savings_to_date_pence,
        "Fixed fee charged": lambda each: each.last.to_date.fixed_fee,
        "Carer fees": lambda each: each.last.to_date.carer_fees,
        "Success fee": lambda each: each.last.to_date.success_fee,
        "Expenses": lambda each: each.last.to_date.expenses,
        "Everything charged": lambda each: each.last.to_date.total,
        "Net benefit to the council": lambda each: each.last.net_benefit_pence,
        "Run rate on the last night": lambda each: each.last.run_rate.total_pence,
        "Maximum contract value": lambda each: each.last.terms.maximum_value_pence,
        "Left of the maximum": lambda each: each.last.headroom_pence,
    }
)
TURNS: MappingProxyType[str, Callable[[Outlook], str]] = MappingProxyType(
    {
        "Charged of the maximum": lambda each: rate_shown(each.used_ten_thousandths),
        "The cap of the fixed fee is reached in": lambda each: _month(each.cap_reached_in),
        "The net benefit stays above zero from": lambda each: _month(each.positive_from),
        **{f"More than {share}% of the maximum is charged in": _passing(share) for share in WARNED_AT},
    }
)


def figures(outlooks: Sequence[Outlook | None]) -> tuple[Figure, ...]:
    """Every figure of the projections, at the programme's end; None stands for one that cannot be worked out."""
    return (*_amounts(outlooks), *_turns(outlooks))


def _amounts(outlooks: Sequence[Outlook | None]) -> Iterator[Figure]:
    for name, of in AMOUNTS.items():
        amounts = [of(each) if each else None for each in outlooks]
        first, last = amounts[0], amounts[-1]
        change = signed_shown(last - first) if first is not None and last is not None else ""
        yield Figure(name, tuple(NOT_KNOWN if each is None else pounds_shown(each) for each in amounts), change)


def _turns(outlooks: Sequence[Outlook | None]) -> Iterator[Figure]:
    for name, of in TURNS.items():
        yield Figure(name, tuple(of(each) if each else NOT_KNOWN for each in outlooks))


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month of a projection; `changes` are savings, charges and net benefit against the contract without it."""

    month: str
    status: str
    savings: str
    fee: str
    charged: str
    charged_to_date: str
    net_benefit: str
    run_rate: str
    differs: bool
    changes: tuple[str, ...]


def month_rows(projected: Outlook, contract: Outlook | None) -> tuple[MonthRow, ...]:
    """Every month of the projection, closed ones as they were closed."""
    before = {each.month: each for each in contract.months} if contract else {}
    return tuple(_month_row(each, before.get(each.month)) for each in projected.months)


def _month_row(month: MonthOutlook, before: MonthOutlook | None) -> MonthRow:
    charged = month.charges.total if month.charges else 0
    changes = _changes(month, before) if before else ()
    return MonthRow(
        month=month_shown(month.month),
        status=_status(month),
        savings=pounds_shown(month.savings),
        fee=pounds_shown(month.fee),
        charged=pounds_shown(charged) if month.charges else "No statement",
        charged_to_date=pounds_shown(month.charged_to_date),
        net_benefit=pounds_shown(month.net_benefit),
        run_rate="" if month.run_rate is None else pounds_shown(month.run_rate),
        differs=any(changes),
        changes=tuple(signed_shown(each) for each in changes),
    )


def _status(month: MonthOutlook) -> str:
    if not month.is_closed:
        return "Projected"
    return "Closed" if month.charges else "Skipped"


def _changes(month: MonthOutlook, before: MonthOutlook) -> tuple[int, ...]:
    now, then = (
        (each.savings, each.charges.total if each.charges else 0, each.net_benefit) for each in (month, before)
    )
    return tuple(is_now - was for is_now, was in zip(now, then, strict=True))
