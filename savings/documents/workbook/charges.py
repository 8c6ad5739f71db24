"""The sheet *Charges*: what the statement charges, kind by kind, and on what it rests (docs/contract.md 4.5 to 10)."""

from collections.abc import Sequence

from pbr_ledger.money import pounds_of
from pbr_ledger.words import financial_period, financial_year
from savings.core.document import charges_of
from savings.core.results import Charges
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.carer_fees import write_carer_fees
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent, in_pence
from savings.documents.workbook.expenses import write_expenses
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.runs import NightRun
from savings.documents.workbook.savings import SavingsTable
from savings.documents.workbook.success_fee import write_success_fee

KINDS = (
    ("fixed_fee", "Fixed fee", "4.5"),
    ("success_fee", "Success fee", "6.2"),
    ("carer_fees", "Carer fees", "7.1"),
    ("expenses", "Expenses", "8.3"),
)
COLUMNS = (
    Column("kind", "Kind of charge", "text", 40, label=True),
    Column("paragraph", "Paragraph", "text", 12, label=True),
    Column("to_date", "Due to date", "money", 15),
    Column("before", "Charged before", "money", 15),
    Column("charge", "This statement charges", "money", 15),
)
EARLIER = (
    Column("month", "Statement of", "month"),
    Column("period", "Period", "text", label=True),
    *(Column(kind, words, "money", 15) for kind, words, _ in KINDS),
    Column("total", "Total", "money", 15),
    Column("savings", "Savings to date it stated", "money", 15),
)


def write_charges(
    book: Book, content: WorkbookContent, *, facts: FactTables, savings: SavingsTable, runs: Sequence[NightRun]
) -> Table:
    """The charges on top; beneath, the earlier statements, the success fee, carer fees and expenses, in that order."""
    sheet = book.sheets["Charges"]
    sheet.title(
        "Charges",
        "Due to date, from everything known, less what earlier statements charged (4.5). Below it, what each kind "
        "rests on; a negative charge is a credit.",
    )
    table = Table("Charges", 3, COLUMNS, len(KINDS))
    _write_kinds(sheet, table, content)
    row = _write_outcome(sheet, content, table.last + 3)
    row = _write_earlier(sheet, content, row + 2)
    row = write_success_fee(book, content, top=row + 2, savings=savings, runs=runs)
    row = write_carer_fees(book, content, top=row + 2, facts=facts)
    write_expenses(book, content, top=row + 2, facts=facts)
    sheet.freeze(2, 1, repeat=(0, 0))
    return table


def _write_kinds(sheet: Sheet, table: Table, content: WorkbookContent) -> None:
    statement = content.statement
    rows: list[tuple[Cell, ...]] = []
    for index, (kind, words, paragraph) in enumerate(KINDS):
        to_date, charge = _amount(statement.to_date, kind), _amount(statement.charges, kind)
        due = table.here("to_date", index)
        before = table.here("before", index)
        rows.append(
            (
                words,
                paragraph,
                Formula(f"{kind.capitalize()}_to_date", pounds_of(to_date)),
                Formula(f"ROUND(SUM(Earlier_{kind}),2)", pounds_of(to_date - charge)),
                Formula(f"ROUND({due}-{before},2)", pounds_of(charge)),
            )
        )
    sheet.table(table, rows)
    total, charged = statement.to_date.total, statement.charges.total
    values = {"to_date": pounds_of(total), "before": pounds_of(total - charged), "charge": pounds_of(charged)}
    sheet.put_totals(table.last + 1, table, values)
    sheet.book.name("Charged_to_date", sheet.at(table.last + 1, table.place("to_date")))
    sheet.book.name("Total_charged", sheet.at(table.last + 1, table.place("charge")))


def _amount(charges: Charges, kind: str) -> int:
    amount: int = getattr(charges, kind)
    return amount


def _write_outcome(sheet: Sheet, content: WorkbookContent, top: int) -> int:
    """Headroom and net benefit; gives the last row written."""
    statement = content.statement
    maximum = pounds_of(statement.terms.maximum_value_pence)
    headroom, benefit = pounds_of(statement.headroom_pence), pounds_of(statement.net_benefit_pence)
    lines: tuple[tuple[str, str, str, Formula], ...] = (
        ("Maximum", "Maximum contract value", "9.1", Formula("INDEX(Maximum_value,Statement_version)", maximum)),
        (
            "Headroom",
            "Headroom: maximum less charged to date",
            "9.1",
            Formula("ROUND(Maximum-Charged_to_date,2)", headroom),
        ),
        (
            "Net_benefit",
            "Net benefit: savings to date less charged to date",
            "10.1",
            Formula("ROUND(Savings_to_date-Charged_to_date,2)", benefit),
        ),
    )
    for row, (name, label, paragraph, cell) in enumerate(lines, start=top):
        sheet.line(row, name, label, paragraph, cell, "money")
    return top + len(lines) - 1


def _write_earlier(sheet: Sheet, content: WorkbookContent, top: int) -> int:
    """What the earlier closed statements charged, read from their stored documents; gives the last row written."""
    sheet.section(top, "Charged by the statements closed before, as their stored documents say")
    table = Table("Charges", top + 1, EARLIER, len(content.earlier))
    rows: list[tuple[Cell, ...]] = []
    for index, earlier in enumerate(content.earlier):
        charges = charges_of(earlier.document)
        first, last = table.here("fixed_fee", index), table.here("expenses", index)
        rows.append(
            (
                earlier.month,
                f"{financial_year(earlier.month)} P{financial_period(earlier.month)}",
                *(pounds_of(_amount(charges, kind)) for kind, _, _ in KINDS),
                Formula(f"ROUND(SUM({first}:{last}),2)", pounds_of(charges.total)),
                pounds_of(in_pence(earlier.document["savings_to_date"])),
            )
        )
    sheet.table(table, rows)
    for kind, _, _ in KINDS:
        sheet.book.name(f"Earlier_{kind}", table.column(kind))
    sheet.book.name("Earlier_savings_to_date", table.column("savings"))
    return table.last
