"""The sheet *Checks*: every figure of the stored statement beside the workbook's own."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from pbr_ledger.periods import Month
from pbr_ledger.words import month_shown
from savings.core.document import Document
from savings.documents.workbook import styles
from savings.documents.workbook.adjustments import AdjustmentTable
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Column, Formula, Table, Value
from savings.documents.workbook.charges import KINDS
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.savings import SavingsTable

COLUMNS = (
    Column("figure", "Figure of the statement", "text", 52, label=True),
    Column("paragraph", "Paragraph", "text", 11, label=True),
    Column("stored", "As closed", "money", 18),
    Column("worked", "By this workbook", "money", 18),
    Column("difference", "Difference", "money", 16),
    Column("verdict", "Agrees", "text", 10),
)
_TOTALS_ROW = 3


@dataclass(frozen=True, slots=True)
class Check:
    """A figure of the stored statement, and the formula that works it out here."""

    figure: str
    paragraph: str
    stored: Value
    formula: str
    style: str = "money"


def write_checks(
    book: Book,
    content: WorkbookContent,
    *,
    fee: Table,
    charges: Table,
    savings: SavingsTable,
    adjustments: AdjustmentTable,
) -> int:
    """One row a figure, and one cell over them all: zero where every figure agrees. Gives how many there are."""
    sheet = book.sheets["Checks"]
    sheet.title(
        "Checks",
        "Each figure of the statement as it was closed, beside what the formulas of this workbook make of the facts.",
    )
    document = content.stored()
    checks = [
        *_figures(document),
        *_charge_checks(document, charges),
        *_fee_checks(document, content, fee),
        *_line_checks(document, savings),
        *_adjustment_checks(document, adjustments),
    ]
    table = Table("Checks", _TOTALS_ROW + 4, COLUMNS, len(checks))
    sheet.headings(table)
    for index, check in enumerate(checks):
        _write_check(book, table, index, check)
    _write_verdict(book, table)
    sheet.freeze(table.top + 1, 1, repeat=(table.top, table.top))
    for key in ("difference", "verdict"):
        area = f"{table.here(key, 0)}:{table.here(key, len(checks) - 1)}"
        _colour(book, area, f"${table.here('difference', 0)}")
    return len(checks)


def _write_check(book: Book, table: Table, index: int, check: Check) -> None:
    sheet, row = book.sheets["Checks"], table.top + 1 + index
    stored, worked, difference = (table.here(key, index) for key in ("stored", "worked", "difference"))
    cells = {
        "figure": check.figure,
        "paragraph": check.paragraph,
        "stored": check.stored,
        "worked": Formula(check.formula, check.stored),
        "difference": Formula(f"ROUND({worked}-{stored},2)", 0),
        "verdict": Formula(f'IF({difference}=0,"yes","NO")', "yes"),
    }
    for column in table.columns:
        style = check.style if column.style == "money" else column.style
        sheet.put(row, table.place(column.key), cells[column.key], style, label=column.label)


def _write_verdict(book: Book, table: Table) -> None:
    sheet, row = book.sheets["Checks"], _TOTALS_ROW
    differences = table.column("difference").split("!")[1]
    lines = (
        ("All_checks", "Sum of all differences, whatever their sign", f"SUMPRODUCT(ABS({differences}))", 0, "money"),
        ("Failed_checks", "Figures that differ", f"SUMPRODUCT(--({differences}<>0))", 0, "count"),
        ("Checked", "Figures compared", f"ROWS({differences})", table.count, "count"),
    )
    for number, (name, label, formula, value, style) in enumerate(lines):
        sheet.line(row + number, name, label, "", Formula(formula, value), style)
    _colour(book, f"C{row + 1}:C{row + 2}", f"C{row + 1}")


def _colour(book: Book, area: str, first: str) -> None:
    sheet = book.sheets["Checks"]
    sheet.colour(area, f"IF(ISNUMBER({first}),{first}=0,FALSE)", styles.AGREES)
    sheet.colour(area, f"IF(ISNUMBER({first}),{first}<>0,TRUE)", styles.DIFFERS)


def _figures(document: Document) -> Iterator[Check]:
    for key, words, paragraph, formula in (
        ("savings_in_month", "Savings of the month", "2.7", "Savings_in_month"),
        ("savings_to_date", "Savings to date", "2.7", "Savings_to_date"),
        ("schedule_to_date", "Limit of the fixed fee to date", "3.1, 4.3", "Schedule_to_date"),
        ("run_rate", "Run rate", "6.1", "Run_rate"),
        ("total", "Charged by this statement", "4.5", "Total_charged"),
        ("charged_to_date", "Charged to date", "9.1", "Charged_to_date"),
        ("headroom", "Headroom", "9.1", "Headroom"),
    ):
        yield Check(words, paragraph, Decimal(document[key]), formula)


def _charge_checks(document: Document, charges: Table) -> Iterator[Check]:
    for index, (kind, words, paragraph) in enumerate(KINDS):
        yield Check(f"Charged: {words}", paragraph, Decimal(document["charges"][kind]), charges.cell("charge", index))


def _fee_checks(document: Document, content: WorkbookContent, fee: Table) -> Iterator[Check]:
    fees = document["fixed_fee_by_month"]
    yield Check("Months of the fixed fee", "4.2", len(fees), f"ROWS({fee.column('fee')})", "count")
    for month, amount in fees.items():
        index = content.months.index(Month.parse(month))
        yield Check(f"Fixed fee of {_month(month)}", "4.2", Decimal(amount), fee.cell("fee", index))


def _line_checks(document: Document, savings: SavingsTable) -> Iterator[Check]:
    lines = document["lines"]
    yield Check("Children with nights that count", "2.1", len(lines), 'COUNTIF(Savings_children_nights,">0")', "count")
    for line in lines:
        child = line["child"]
        yield Check(f"{child}: nights", "2.1", line["nights"], savings.nights(child), "count")
        saving = savings.saving(child, Month.parse(document["month"]))
        yield Check(f"{child}: saving", "2.6", Decimal(line["saving"]), saving)


def _adjustment_checks(document: Document, adjustments: AdjustmentTable) -> Iterator[Check]:
    entries = document["adjustments"]
    total = sum((Decimal(entry["saving"]) for entry in entries), Decimal(0))
    changed = "SUMPRODUCT(--(ISNUMBER(Adjusted_savings)),--(Adjusted_savings<>0))"
    yield Check("Adjustments", "5.1", len(entries), changed, "count")
    yield Check("Adjustments: sum", "5.1", total, "ROUND(SUM(Adjusted_savings),2)")
    for entry in entries:
        month, child = Month.parse(entry["month"]), entry["child"]
        saving = Decimal(entry["saving"])
        figure = f"{child}: adjustment of {month_shown(month)}"
        yield Check(figure, "5.1", saving, adjustments.adjustment(month, child))


def _month(text: str) -> str:
    return month_shown(Month.parse(text))
