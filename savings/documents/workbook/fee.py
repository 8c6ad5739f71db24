"""The sheet *Fee*: the fixed fee month by month (docs/contract.md 4)."""

from cohort.core.terms import Terms
from pbr_ledger.money import pounds_of
from savings.core.results import MonthFee
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.savings import SavingsTable

COLUMNS = (
    Column("month", "Month", "month"),
    Column("version", "Terms version", "number", 8),
    Column("savings", "Savings of the month", "money", 16),
    Column("saved", "Savings to date", "money", 16),
    Column("follows", "The fee follows the savings", "text", 13),
    Column("before", "Fees of all months before", "money", 16),
    Column("available", "Savings that count", "money", 16),
    Column("limit", "Limit to the month’s end", "money", 16),
    Column("room", "Left by the limit", "money", 16),
    Column("fee", "Fee of the month", "money", 16),
    Column("limited", "Limited by", "text", 11),
    Column("to_date", "Fees to date", "money", 16),
)


def write_fee(book: Book, content: WorkbookContent, *, schedule: Table, savings: SavingsTable) -> Table:
    """One row a month, each standing on the fees of those above it (4.2)."""
    sheet = book.sheets["Fee"]
    sheet.title(
        "Fee",
        "Each month’s fee is the smaller of its savings and what the limit leaves after the fees of earlier months, "
        "and never below zero (4.2). Every month follows its own version of the terms (11.2).",
    )
    table = Table("Fee", 3, COLUMNS, len(content.months))
    sheet.table(table, _rows(table, content, schedule, savings), height=42)
    sheet.freeze(table.top + 1, 1)
    last = table.count - 1
    for name, key in (
        ("Savings_to_date", "saved"),
        ("Schedule_to_date", "limit"),
        ("Fixed_fee_to_date", "to_date"),
    ):
        book.name(name, table.cell(key, last))
    return table


def _rows(table: Table, content: WorkbookContent, schedule: Table, savings: SavingsTable) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    saved = charged = 0
    for index, fee in enumerate(content.statement.months):
        saved += fee.savings_pence
        terms = content.terms_of(fee.month)
        values = (saved, charged)
        rows.append(_row(table, index, fee, terms, values, (content, schedule, savings)))
        charged += fee.fee_pence
    return rows


def _row(
    table: Table,
    index: int,
    fee: MonthFee,
    terms: Terms,
    so_far: tuple[int, int],
    around: tuple[WorkbookContent, Table, SavingsTable],
) -> tuple[Cell, ...]:
    content, schedule, savings = around
    saved, charged = so_far
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    return (
        Formula(schedule.cell("month", index), fee.month),
        Formula(schedule.cell("version", index), content.version_number(terms)),
        Formula(savings.total(str(fee.month)), pounds_of(fee.savings_pence)),
        Formula(f"ROUND(SUM({_down_to(here['savings'], table)}),2)", pounds_of(saved)),
        Formula(f"INDEX(Fixed_fee_savings,{here['version']})", terms.fixed_fee_savings),
        Formula(f"ROUND(SUM({_above(here['fee'], table, index)}),2)", pounds_of(charged)),
        Formula(
            f'IF({here["follows"]}="to_date",ROUND({here["saved"]}-{here["before"]},2),{here["savings"]})',
            pounds_of(fee.available_pence),
        ),
        Formula(schedule.cell("limit", index), pounds_of(fee.limit_pence)),
        Formula(f"ROUND({here['limit']}-{here['before']},2)", pounds_of(fee.room_pence)),
        Formula(f"MAX(0,MIN({here['available']},{here['room']}))", pounds_of(fee.fee_pence)),
        Formula(
            f'IF({here["available"]}<=0,"nothing",IF({here["available"]}<={here["room"]},"savings",'
            f"INDEX(Fixed_fee_limit,{here['version']})))",
            fee.limited_by,
        ),
        Formula(f"ROUND({here['before']}+{here['fee']},2)", pounds_of(charged + fee.fee_pence)),
    )


def _down_to(cell: str, table: Table) -> str:
    """From the first month to this one."""
    letters = cell.rstrip("0123456789")
    return f"{letters}${table.top + 2}:{cell}"


def _above(cell: str, table: Table, index: int) -> str:
    """From the heading, which is no number, to the month before."""
    letters = cell.rstrip("0123456789")
    return f"{letters}${table.top + 1}:{letters}{table.top + 1 + index}"
