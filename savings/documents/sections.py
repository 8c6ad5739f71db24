"""The report's tables as rows of text: every figure is already worked out and written, a template only places it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from pbr_ledger.money import pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import (
    count_shown,
    month_short,
    month_shown,
    nights_span,
    setting_shown,
    signed_shown,
)
from savings.core.results import Adjustment, Charges, Line, MonthFee, PricedNights, Statement
from savings.documents.content import ClosedMonth, ReportContent
from savings.documents.sentences import adjustment_sentence

PRINTED_LINES = 200
"""Past so many children the lines stay in the attached file and the workbook: a printed table helps nobody."""
CHARGE_NAMES = (
    ("fixed_fee", "Fixed fee"),
    ("carer_fees", "Carer fees"),
    ("success_fee", "Success fee"),
    ("expenses", "Expenses"),
)


@dataclass(frozen=True, slots=True)
class ChargeRow:
    """A kind of charge: what was charged before, in this statement, and to date."""

    name: str
    before: str
    now: str
    to_date: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a sum: what it is, its amount, its clause in docs/contract.md; `result` where a sum ends."""

    text: str
    amount: str
    clause: str
    result: bool = False


@dataclass(frozen=True, slots=True)
class NightsRow:
    """Nights of one child at one price; or, where `total`, all of a child's nights of more than one price."""

    child: str
    nights: str
    span: str
    setting: str
    baseline: str
    cost: str
    extra_costs: tuple[str, ...]
    weekly_saving: str
    saving: str
    total: bool = False


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """An earlier month whose savings or fee differ from what was stated, and why."""

    month: str
    stated: str
    known: str
    change: str
    fee_before: str
    fee_now: str
    fee_change: str
    why: str


@dataclass(frozen=True, slots=True)
class MonthRow:
    """A month as now known, and what the statement made for it charged."""

    month: str
    savings: str
    fee: str
    fees_to_date: str
    limit_to_date: str
    charged: str
    charged_to_date: str


def charges_before(statement: Statement) -> Charges:
    """What all earlier statements charged: everything to date less this statement's charges."""
    return statement.to_date.minus(statement.charges)


def charge_rows(statement: Statement) -> tuple[ChargeRow, ...]:
    """The four kinds of charge, in the order of the contract."""
    before = charges_before(statement)
    return tuple(
        ChargeRow(
            name,
            pounds_shown(getattr(before, kind)),
            pounds_shown(getattr(statement.charges, kind)),
            pounds_shown(getattr(statement.to_date, kind)),
        )
        for kind, name in CHARGE_NAMES
    )


def total_row(statement: Statement) -> ChargeRow:
    """The sum of the four; called a credit where more comes back than is charged."""
    return ChargeRow(
        "Total: a credit to the council" if statement.charges.total < 0 else "Total",
        pounds_shown(charges_before(statement).total),
        pounds_shown(statement.charges.total),
        pounds_shown(statement.to_date.total),
    )


def fee_steps(statement: Statement) -> tuple[Step, ...]:
    """From the month's savings to the fixed fee that this statement charges, one sum after the other (4.2, 4.5)."""
    fee, terms = statement.months[-1], statement.terms
    month = month_shown(fee.month)
    lines = statement.lines
    nights = sum(line.nights for line in lines)
    counted = f"{count_shown(len(lines), 'child', 'children')}, {count_shown(nights, 'night')}"
    steps = [Step(f"Savings of {month}: {counted}", pounds_shown(fee.savings_pence), "2.7")]
    if terms.fixed_fee_savings == "to_date":
        unused = fee.available_pence - fee.savings_pence
        steps += [
            Step("Savings of earlier months, less their fees", pounds_shown(unused), "4.4"),
            Step("Savings that count for this month’s fee", pounds_shown(fee.available_pence), "4.4", result=True),
        ]
    earlier = fee.limit_pence - fee.room_pence
    limit = "The cap of the fixed fee" if terms.fixed_fee_limit == "cap" else f"The schedule to the end of {month}"
    own = pounds_shown(fee.fee_pence)
    charged_before = charges_before(statement).fixed_fee
    return (
        *steps,
        Step(limit, pounds_shown(fee.limit_pence), _limit_clause(statement)),
        Step("Less the fees of earlier months, as now known", pounds_shown(-earlier), "4.2"),
        Step("Left for the fee of this month", pounds_shown(fee.room_pence), "4.2", result=True),
        Step(f"Fee of {month}: {_smaller(fee)}", own, "4.2", result=True),
        Step(f"Fees of all months to the end of {month}, as now known", pounds_shown(earlier + fee.fee_pence), "4.5"),
        Step("Less the fixed fee charged in earlier statements", pounds_shown(-charged_before), "4.5"),
        Step("Fixed fee of this statement", pounds_shown(statement.charges.fixed_fee), "4.5", result=True),
    )


def _limit_clause(statement: Statement) -> str:
    if statement.terms.fixed_fee_limit == "cap":
        return "4.1"
    return "3.1" if statement.terms.schedule is None else "3.2"


def _smaller(fee: MonthFee) -> str:
    if fee.available_pence <= 0:
        return "none, as no savings count for it"
    if fee.room_pence <= 0:
        return f"none, as nothing is left of the {fee.limited_by}"
    return "all the savings" if fee.limited_by == "savings" else f"limited by the {fee.limited_by}"


def nights_rows(lines: Sequence[Line], nights: Sequence[PricedNights]) -> Iterator[NightsRow]:
    """Why each child's month saved what it did, child by child; a child of several prices ends with its sum (2.6)."""
    runs = {child: tuple(group) for child, group in groupby(sorted(nights, key=_by_child), key=lambda run: run.child)}
    for line in lines:
        own = runs.get(line.child, ())
        for run in own:
            yield _run_row(run, saving=pounds_shown(line.saving_pence) if len(own) == 1 else "")
        if len(own) != 1:
            yield NightsRow(
                line.child,
                str(line.nights),
                "all nights",
                "",
                "",
                "",
                (),
                "",
                pounds_shown(line.saving_pence),
                total=True,
            )


def _by_child(run: PricedNights) -> tuple[str, int]:
    return run.child, run.start.toordinal()


def _run_row(run: PricedNights, *, saving: str) -> NightsRow:
    return NightsRow(
        child=run.child,
        nights=str(run.nights),
        span=nights_span(run.start, run.until),
        setting=setting_shown(run.setting),
        baseline=pounds_shown(run.baseline_pence),
        cost=pounds_shown(run.cost_pence),
        extra_costs=tuple(f"{pounds_shown(weekly)} {category}" for _, category, weekly in run.extra_costs),
        weekly_saving=pounds_shown(run.saving_pence),
        saving=saving,
    )


def adjustment_rows(content: ReportContent) -> tuple[AdjustmentRow, ...]:
    """Every earlier month whose savings or fee are no longer what was stated, in order (5.1)."""
    statement = content.statement
    changes = {month: tuple(group) for month, group in groupby(statement.adjustments, key=lambda each: each.month)}
    return tuple(
        _adjustment_row(fee, changes.get(fee.month, ()), content.before.fees.get(fee.month))
        for fee in statement.months[:-1]
        if fee.month in changes or fee.fee_pence != content.before.fees.get(fee.month, 0)
    )


def _adjustment_row(fee: MonthFee, changes: Sequence[Adjustment], fee_before: int | None) -> AdjustmentRow:
    change = sum(each.saving_pence for each in changes)
    earlier = fee_before or 0
    return AdjustmentRow(
        month=month_short(fee.month),
        stated=pounds_shown(fee.savings_pence - change),
        known=pounds_shown(fee.savings_pence),
        change=signed_shown(change),
        fee_before=pounds_shown(earlier),
        fee_now=pounds_shown(fee.fee_pence),
        fee_change=signed_shown(fee.fee_pence - earlier),
        why=adjustment_sentence(fee, changes=changes, fee_before=fee_before),
    )


def month_rows(content: ReportContent) -> tuple[MonthRow, ...]:
    """Every month of the programme so far as now known, beside what its own statement charged."""
    return tuple(_month_rows(content.statement, (*content.closed, _this(content.statement))))


def _this(statement: Statement) -> ClosedMonth:
    return ClosedMonth(statement.month, statement.charges)


def _month_rows(statement: Statement, closed: Sequence[ClosedMonth]) -> Iterator[MonthRow]:
    charges: Mapping[Month, Charges] = {each.month: each.charges for each in closed}
    fees = charged = 0
    for fee in statement.months:
        own = charges.get(fee.month)
        fees += fee.fee_pence
        charged += own.total if own else 0
        yield MonthRow(
            month=month_short(fee.month),
            savings=pounds_shown(fee.savings_pence),
            fee=pounds_shown(fee.fee_pence),
            fees_to_date=pounds_shown(fees),
            limit_to_date=pounds_shown(fee.limit_pence),
            charged=pounds_shown(own.total) if own else "no statement",
            charged_to_date=pounds_shown(charged),
        )
