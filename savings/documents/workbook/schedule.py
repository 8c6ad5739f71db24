"""The sheet *Schedule*: each month’s version of the terms, and what of the fee has accrued (docs/contract.md 3)."""

from decimal import Decimal

from cohort.core.terms import Phase, Terms
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from savings.core.schedule import accrued, limit_of, schedule_to
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.terms import OWN_ROWS

COLUMNS = (
    Column("month", "Month", "month"),
    Column("last", "Last night", "date"),
    Column("effective", "Version effective from", "date", 13),
    Column("version", "Version", "number", 8),
    Column("from", "Programme from", "date", 13),
    Column("until", "Programme until", "date", 13),
    Column("phase2_days", "Phase 2: days gone by", "count", 10),
    Column("phase2", "Phase 2: accrued", "money", 14),
    Column("phase3_days", "Phase 3: days gone by", "count", 10),
    Column("phase3", "Phase 3: accrued", "money", 14),
    Column("own", "Rows of its own", "money", 14),
    Column("schedule", "Schedule to date", "money", 15),
    Column("limit", "Limit of the fixed fee", "money", 15),
)


def write_schedule(book: Book, content: WorkbookContent) -> Table:
    """One row a month, from the programme's first to the statement's; also the table that other sheets look up."""
    sheet = book.sheets["Schedule"]
    sheet.title(
        "Schedule",
        "Of the versions effective on a month's first day the latest governs it, of equals the one recorded last "
        "(11.1). The fee of each phase accrues by day and is rounded once for each phase (3.1).",
    )
    table = Table("Schedule", 3, COLUMNS, len(content.months))
    rows = [_row(table, index, month, content) for index, month in enumerate(content.months)]
    sheet.table(table, rows, height=42)
    sheet.freeze(table.top + 1, 1)
    book.name("Months", table.column("month"))
    book.name("Month_version", table.column("version"))
    return table


def _row(table: Table, index: int, month: Month, content: WorkbookContent) -> tuple[Cell, ...]:
    terms = content.terms_of(month)
    cells = {column.key: table.here(column.key, index) for column in COLUMNS}
    version = cells["version"]
    after = f"EDATE({table.here('month', index - 1)},1)" if index else "First_month"
    return (
        Formula(after, month),
        Formula(f"EOMONTH({cells['month']},0)", month.last_day),
        Formula(latest_effective(cells["month"]), terms.effective_from),
        Formula(governing_version(cells["effective"]), content.version_number(terms)),
        Formula(f"INDEX(Phase_2_from,{version})", terms.phase2.start),
        Formula(f"INDEX(Phase_3_until,{version})", terms.phase3.until),
        *_phase("2", cells, terms.phase2, month),
        *_phase("3", cells, terms.phase3, month),
        Formula(_own_rows(cells), _own_rows_value(terms, month)),
        Formula(
            f'IF(INDEX(Schedule_kind,{version})="{OWN_ROWS}",{cells["own"]},'
            f"ROUND({cells['phase2']}+{cells['phase3']},2))",
            pounds_of(schedule_to(month, terms=terms)),
        ),
        Formula(
            f'IF(INDEX(Fixed_fee_limit,{version})="cap",INDEX(Fee_cap,{version}),{cells["schedule"]})',
            pounds_of(limit_of(month, terms=terms)),
        ),
    )


def latest_effective(month: str) -> str:
    """The latest start not after the month's first day, or the earliest of all where none is early enough (11.1)."""
    latest = f"SUMPRODUCT(MAX((Effective_from<={month})*Effective_from))"
    return f'IF(COUNTIF(Effective_from,"<="&{month})=0,MIN(Effective_from),{latest})'


def governing_version(effective: str) -> str:
    """The number of the version effective from there, of several the one recorded last (11.1)."""
    return f"SUMPRODUCT(MAX((Effective_from={effective})*Version_number))"


def _phase(number: str, cells: dict[str, str], phase: Phase, month: Month) -> tuple[Formula, Formula]:
    """Days of the phase gone by, and what they have earned: in pence, so that a half penny is exactly one."""
    begins, ends, fee = (f"INDEX(Phase_{number}_{part},{cells['version']})" for part in ("from", "until", "fee"))
    days = min(max((month.last_day - phase.start).days + 1, 0), phase.days)
    gone = cells[f"phase{number}_days"]
    return (
        Formula(f"MIN(MAX({cells['last']}-{begins}+1,0),{ends}-{begins})", days),
        Formula(f"ROUND(ROUND(100*{fee},0)*{gone}/({ends}-{begins}),0)/100", pounds_of(accrued(phase, month=month))),
    )


def _own_rows(cells: dict[str, str]) -> str:
    amounts = f"INDEX(Own_schedule,0,{cells['version']})"
    return f'ROUND(SUMIFS({amounts},Own_schedule_months,"<="&{cells["month"]}),2)'


def _own_rows_value(terms: Terms, month: Month) -> Decimal:
    return pounds_of(sum(row.amount_pence for row in terms.schedule or () if row.month <= month))
