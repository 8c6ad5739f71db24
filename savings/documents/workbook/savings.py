"""The sheet *Savings*: what each child saved in each month, and the months’ sums (docs/contract.md 2.6, 2.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table, Value
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.runs import NightRun

_TOTALS = -1


@dataclass(frozen=True, slots=True)
class SavingsTable:
    """Where each child's months stand. The sums of all children stand in the first row, beneath the headings."""

    table: Table
    rows: Mapping[str, int]
    numbers: Mapping[str, int]

    @property
    def children(self) -> Sequence[str]:
        """The children, in the order of their rows."""
        return tuple(self.rows)

    def saving(self, child: str, month: Month) -> str:
        """The cell of the child's saving of the month."""
        return self.table.cell(str(month), self.rows[child])

    def nights(self, child: str) -> str:
        """The cell of the child's counted nights of the statement's month."""
        return self.table.cell("nights", self.rows[child])

    def total(self, key: str) -> str:
        """The cell of all children's sum in that column."""
        return self.table.cell(key, 0)


def write_savings(
    book: Book, content: WorkbookContent, *, facts: FactTables, schedule: Table, runs: Sequence[NightRun]
) -> SavingsTable:
    """A row a child with a claimed placement, a column a month.

    Children of whom earlier statements stated something have a row too, though nothing may be known of them now.
    """
    nights = {line.child: line.nights for line in content.statement.lines}
    savings = _table(content, facts, runs)
    sheet = book.sheets["Savings"]
    sheet.title(
        "Savings",
        "Each child's nights × weekly savings of a month, divided by 7 and rounded once to the penny (2.6). A month’s "
        "savings are the sum of its children’s (2.7).",
    )
    table = savings.table
    sheet.headings(table)
    for index, month in enumerate(content.months):
        place, heading = table.place(str(month)), Formula(schedule.cell("month", index), month)
        sheet.put_heading(table.top, place, heading)
    _write_totals(book, content, savings, nights)
    for child, row in savings.rows.items():
        cells = _row(savings, row, child, content, nights.get(child, 0))
        for column, cell in zip(table.columns, cells, strict=True):
            sheet.put_column(table.top + 1 + row, table.place(column.key), cell, column)
    sheet.freeze(table.top + 2, 2, repeat=(table.top, table.top + 1))
    book.name("Savings_in_month", savings.total(str(content.month)))
    book.name("Savings_children_nights", _children_range(table, "nights"))
    return savings


def _table(content: WorkbookContent, facts: FactTables, runs: Sequence[NightRun]) -> SavingsTable:
    stated = {child for earlier in content.earlier for _, child, _, _ in earlier.stated()}
    children = sorted(stated | {run.child.id for run in runs})
    numbers = dict(facts.child_numbers)
    for child in children:
        numbers.setdefault(child, len(numbers) + 1)
    columns = (
        Column("no", "Child no.", "key", 7, label=True),
        Column("child", "Child", "text", 14, label=True),
        Column("nights", "Nights in the month", "count", 11),
        *(Column(str(month), "", "money", 13) for month in content.months),
        Column("sum", "To date", "money", 15),
    )
    return SavingsTable(
        table=Table("Savings", 3, columns, len(children) + 1),
        rows={child: row for row, child in enumerate(children, start=1)},
        numbers=numbers,
    )


def _children_range(table: Table, key: str) -> str:
    return f"{table.cell(key, 1)}:{table.cell(key, max(table.count - 1, 1)).split('!')[1]}"


def _row(savings: SavingsTable, row: int, child: str, content: WorkbookContent, nights: int) -> tuple[Cell, ...]:
    table, stated = savings.table, content.statement.position.stated
    number = f"${table.here('no', row)}"
    by_month = [stated.get(month, {}).get(child, 0) for month in content.months]
    first, last = (table.here(str(month), row) for month in (content.months[0], content.months[-1]))
    return (
        savings.numbers[child],
        child,
        Formula(f"SUMIFS(Nights_counted,Nights_child,{number},Nights_month,Statement_month)", nights),
        *(
            Formula(_saving(number, table.here(str(month), _TOTALS)), pounds_of(pence))
            for month, pence in zip(content.months, by_month, strict=True)
        ),
        Formula(f"ROUND(SUM({first}:{last}),2)", pounds_of(sum(by_month))),
    )


def _saving(number: str, heading: str) -> str:
    month = heading.rstrip("0123456789")
    row = heading.removeprefix(month)
    return f"ROUND(SUMIFS(Nights_weighted,Nights_child,{number},Nights_month,{month}${row})/7,2)"


def _write_totals(book: Book, content: WorkbookContent, savings: SavingsTable, nights: dict[str, int]) -> None:
    table, sheet = savings.table, book.sheets["Savings"]
    sums = {str(fee.month): pounds_of(fee.savings_pence) for fee in content.statement.months}
    values: dict[str, Value] = {
        "nights": sum(nights.values()),
        **sums,
        "sum": pounds_of(content.statement.savings_to_date_pence),
    }
    for column in table.columns:
        place, cell = table.place(column.key), None
        if column.key in values:
            area = sheet.within(_children_range(table, column.key)).replace("$", "")
            cell = Formula(f"ROUND(SUM({area}),2)", values[column.key])
        text: Cell = "All children" if column.key == "child" else cell
        sheet.put(table.top + 1, place, text, column.style, label=True, total=True)
