"""The year's end, or any period's: what is owed and not posted yet, what may still come, and whether all agrees."""

from invoicing.core.calendar import PERIODS
from invoicing.documents.reports.model import COUNT, MONEY, Column, Report, Row, Sum, Table, Value, row_of, sum_row
from invoicing.models import CREDIT_NOTE
from invoicing.pages.reports.account import AGES, age_of
from invoicing.pages.reports.agreeing import OF_CHECKS, checks_table
from invoicing.pages.reports.ground import Ground, not_over_words, period_words
from invoicing.pages.reports.may_come import OF_WHAT_MAY_COME, may_come_table
from invoicing.pages.reports.years import OF_LEARNED, OF_VAT, OF_YEARS, learned_table, vat_table, years_table
from invoicing.queries.ledger import last_closed_period
from invoicing.queries.open_items import open_items
from invoicing.queries.year_end import OwedCharge, owed_charges_if_any
from pbr_ledger.money import pounds_shown
from pbr_ledger.words import day_shown, more_or_less

KEY, TITLE = "year-end", "Year end and accruals"
CHARGE_NAMES = {
    "fixed_fee": "Fixed fee",
    "carer_fees": "Carer fees",
    "success_fee": "Success fee",
    "expenses": "Expenses",
}
ACCRUAL = (
    Column("owed", "Owed by then", MONEY, Sum(("posted", "waiting", "open"))),
    Column("posted", "Posted by then", MONEY),
    Column("waiting", "Closed, not posted", MONEY),
    Column("open", "Not closed yet", MONEY),
    Column("accrued", "Accrued", MONEY),
    Column("left", "Still to accrue", MONEY, Sum(("waiting", "open"), ("accrued",))),
)
CREDITORS = (Column("count", "Documents", COUNT), Column("left", "Open", MONEY))
OF_ACCRUAL = (
    "Owed by then: everything from the contract’s start to the end of the period, as closed statements charge it, and "
    "for months that are not closed as worked out from what is known now. Posted: on the expense accounts by the last "
    "day of the period. Accrued: what the year-end accrual posted; it is posted once, at the end of P12, and taken "
    "back on 1 April. Still to accrue: what that accrual would post now, or after it what was learned since."
)
OF_CREDITORS = (
    "Creditors: issued invoices and credit notes of which something was open at the end of that day, or of today while "
    "the period goes on, with VAT, whether approved by then or not. Statement of account, another report, names each "
    "of them."
)


def year_end_report(ground: Ground) -> Report:
    """The report, as at the last day of the period; a fixed number of queries, however many months are closed."""
    charges = owed_charges_if_any(contract=ground.contract, period=ground.period, at=ground.at)
    tables = (
        Table("accrual", "Accrual", "Without VAT", ACCRUAL, _accrual_rows(charges), intro=_said(ground, charges)),
        may_come_table(ground),
        Table("creditors", "Creditors by age", "With VAT", CREDITORS, _creditor_rows(ground)),
        learned_table(ground),
        years_table(ground),
        vat_table(ground),
        checks_table(ground),
    )
    notes = (
        not_over_words(ground),
        OF_ACCRUAL,
        OF_WHAT_MAY_COME,
        OF_CREDITORS,
        OF_LEARNED,
        OF_YEARS,
        OF_VAT,
        OF_CHECKS,
    )
    return ground.report(KEY, TITLE, period=f"To {period_words(ground.period)}", tables=tables, notes=notes)


def _said(ground: Ground, charges: tuple[OwedCharge, ...]) -> str:
    """What the accrual comes to, in a sentence."""
    last_day = day_shown(ground.month.last_day)
    left, accrued = sum(each.to_accrue for each in charges), sum(each.accrued for each in charges)
    if any(each.accrued for each in charges):
        return f"{pounds_shown(accrued)} was accrued on {last_day}. {_learned_since(charges, left)}"
    if ground.period.number == PERIODS and not _is_closed(ground):
        return f"To be accrued on {last_day}: {pounds_shown(left)}."
    why = "P12 is closed" if ground.period.number == PERIODS else "Only P12 is accrued in these books"
    return f"Owed and not posted on {last_day}: {pounds_shown(left)}. {why}."


def _is_closed(ground: Ground) -> bool:
    closed = last_closed_period(ground.contract.council_id)
    return closed is not None and closed >= ground.period


def _learned_since(charges: tuple[OwedCharge, ...], left: int) -> str:
    """What is owed beside what was accrued, in a sentence."""
    if not any(each.to_accrue for each in charges):
        return "Nothing was learned of since."
    if left == 0:
        return "What was learned of since comes to nothing together."
    return f"By what was learned of since it would be {more_or_less(left)}."


def _accrual_rows(charges: tuple[OwedCharge, ...]) -> tuple[Row, ...]:
    rows = [accrual_row(each) for each in charges]
    return (*rows, sum_row("total", "Together", rows, ACCRUAL)) if rows else ()


def accrual_row(charge: OwedCharge) -> Row:
    """What one kind of charge comes to at the end of the period."""
    figures: dict[str, Value] = {
        "posted": charge.posted,
        "waiting": charge.waiting,
        "open": charge.not_closed,
        "accrued": charge.accrued,
    }
    return row_of(charge.kind, f"{charge.account} {CHARGE_NAMES[charge.kind]}", figures, ACCRUAL)


def _creditor_rows(ground: Ground) -> tuple[Row, ...]:
    items = open_items(ground.contract, on=ground.until)
    invoices = [each for each in items if each.invoice.kind != CREDIT_NOTE]
    by_age = [(key, name, [each for each in invoices if age_of(each) == key]) for key, name, _ in AGES]
    credit = [each for each in items if each.invoice.kind == CREDIT_NOTE]
    rows = [
        row_of(key, name, {"count": len(found), "left": sum(each.left for each in found)}, CREDITORS)
        for key, name, found in (*by_age, ("credit", "Credit that comes back", credit))
    ]
    return (*rows, sum_row("total", "Together", rows, CREDITORS))
