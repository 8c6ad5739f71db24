"""The sheet *Why*: every figure of the statement in the sentences of the report and the pages."""

from math import ceil

from savings.documents.explanations import all_explained
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Column, Table
from savings.documents.workbook.content import WorkbookContent

WHY_WIDTH = 110
LINE_HEIGHT = 14
COLUMNS = (
    Column("figure", "Figure", "words", 34, label=True),
    Column("amount", "As closed", "words", 16, label=True),
    Column("why", "Why", "words", WHY_WIDTH, label=True),
    Column("paragraph", "Paragraph", "text", 12, label=True),
)


def write_why(book: Book, content: WorkbookContent) -> None:
    """A row a figure: charges, the other figures, then the fixed fee of each month."""
    sheet = book.sheets["Why"]
    sheet.title(
        "Why",
        "Each figure as it was closed, in words. These sentences are no formulas: they stay when a price is changed on "
        "another sheet.",
    )
    rows = list(
        all_explained(content.statement, expenses=content.known.expenses, versions=content.known.terms),
    )
    table = Table("Why", 3, COLUMNS, len(rows))
    sheet.table(table, rows)
    for row, (_, _, why, _) in enumerate(rows, start=table.top + 1):
        sheet.worksheet.set_row(row, LINE_HEIGHT * ceil(len(why) / WHY_WIDTH))
    sheet.freeze(table.top + 1, 1)
