"""On the sheet *Charges*: which expenses are charged to date (docs/contract.md 8)."""

from cohort.core.facts import Expense
from pbr_ledger.money import pounds_of
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent, in_pence
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.terms import NO, YES

COLUMNS = (
    Column("expense", "Expense", "text", label=True),
    Column("date", "Date", "date"),
    Column("amount", "Amount", "money"),
    Column("before", "Charged before", "text"),
    Column("released", "Charged by now", "text"),
    Column("charged", "To date", "money"),
)
_HELD = 'IF(AND(Expenses_waiting="yes",Savings_reached_before="no",Savings_to_date<=0),"yes","no")'


def write_expenses(book: Book, content: WorkbookContent, *, top: int, facts: FactTables) -> int:
    """Whether expenses are held back, and a row for each expense known; gives the last row written."""
    sheet = book.sheets["Charges"]
    sheet.section(top, "Expenses (8.1 to 8.3)")
    waits = content.statement.terms.expenses_wait_for_savings
    reached = any(in_pence(earlier.document["savings_to_date"]) > 0 for earlier in content.earlier)
    held = waits and not reached and content.statement.savings_to_date_pence <= 0
    lines = (
        (
            "Expenses_waiting",
            "Expenses wait for savings",
            Formula("INDEX(Expenses_wait,Statement_version)", _said(waits)),
        ),
        (
            "Savings_reached_before",
            "An earlier statement had savings to date",
            Formula('IF(COUNTIF(Earlier_savings_to_date,">0")>0,"yes","no")', _said(reached)),
        ),
        ("Expenses_held", "Expenses are held back", Formula(_HELD, _said(held))),
    )
    for row, (name, label, cell) in enumerate(lines, start=top + 1):
        sheet.line(row, name, label, "8.2", cell, "text")
    return _write_table(book, content, top + len(lines) + 2, facts)


def _said(truth: bool) -> str:
    return YES if truth else NO


def _write_table(book: Book, content: WorkbookContent, top: int, facts: FactTables) -> int:
    sheet = book.sheets["Charges"]
    known = content.known.expenses
    table = Table("Charges", top, COLUMNS, len(known))
    charged = dict(content.statement.expenses)
    sheet.table(
        table, [_row(table, row, known[each], charged, content, facts) for row, each in enumerate(sorted(known))]
    )
    row = table.last + 1
    sheet.put_totals(row, table, {"charged": pounds_of(sum(charged.values()))})
    book.name("Expenses_to_date", sheet.at(row, table.place("charged")))
    return row


def _row(
    table: Table, row: int, expense: Expense, charged: dict[str, int], content: WorkbookContent, facts: FactTables
) -> tuple[Cell, ...]:
    here = {column.key: table.here(column.key, row) for column in COLUMNS}
    source = facts.tables["expenses"]
    before = any(expense.id in earlier.expenses for earlier in content.earlier)
    due = f'AND({here["date"]}<=Month_end,OR(Expenses_held="no",{here["before"]}="yes"))'
    return (
        expense.id,
        Formula(source.cell("date", row), expense.day),
        Formula(source.cell("amount", row), pounds_of(expense.amount_pence)),
        Formula(source.cell("charged", row), _said(before)),
        Formula(f'IF({due},"yes","no")', _said(expense.id in charged)),
        Formula(f'IF({here["released"]}="yes",{here["amount"]},0)', pounds_of(charged.get(expense.id, 0))),
    )
