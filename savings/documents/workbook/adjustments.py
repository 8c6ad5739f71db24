"""The sheet *Adjustments*: savings of earlier months as now known, less all that was stated (docs/contract.md 5.1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.runs import NightRun
from savings.documents.workbook.savings import SavingsTable

Entry = tuple[Month, str]
"""An earlier month and a child."""

COLUMNS = (
    Column("month", "Month", "month"),
    Column("child", "Child", "text", 16, label=True),
    Column("no", "Child no.", "key", 7, label=True),
    Column("now", "Saving as now known", "money", 16),
    Column("stated", "Stated so far", "money", 16),
    Column("adjustment", "Adjustment", "money", 16),
)
STATED = (
    Column("statement", "Statement of", "month"),
    Column("month", "About", "month"),
    Column("child", "Child", "text", 16, label=True),
    Column("no", "Child no.", "key", 7, label=True),
    Column("as", "Stated as", "text", 12),
    Column("saving", "Saving", "money", 16),
)
_GAP = 1


@dataclass(frozen=True, slots=True)
class AdjustmentTable:
    """Where the adjustment of each earlier month and child stands."""

    table: Table
    rows: Mapping[Entry, int]

    def adjustment(self, month: Month, child: str) -> str:
        """The cell of the adjustment."""
        return self.table.cell("adjustment", self.rows[month, child])


def write_adjustments(
    book: Book, content: WorkbookContent, *, schedule: Table, savings: SavingsTable, runs: Sequence[NightRun]
) -> AdjustmentTable:
    """On the left what is now known against what was stated; on the right every figure that was stated, as a value."""
    sheet = book.sheets["Adjustments"]
    sheet.title(
        "Adjustments",
        "For each earlier month and child: the saving as now known, less all that earlier statements have stated for "
        "it (5.1). It is a change of savings; what it does to the fee stands on the sheet Fee.",
    )
    stated = _stated_rows(content, savings)
    entries = _entries(content, runs)
    table = Table("Adjustments", 4, COLUMNS, len(entries))
    _write_stated(sheet, Table("Adjustments", 4, STATED, len(stated), len(COLUMNS) + _GAP), stated)
    values = _values(content, entries)
    months = {month: schedule.cell("month", row) for row, month in enumerate(content.months)}
    rows = [
        _row(table, index, months[entry[0]], entry, value, savings)
        for index, (entry, value) in enumerate(zip(entries, values, strict=True))
    ]
    sheet.section(table.top - 1, "Now known, less stated")
    sheet.table(table, rows)
    sums = {"now": sum(now for now, _ in values), "stated": sum(stated for _, stated in values)}
    sums["adjustment"] = sums["now"] - sums["stated"]
    sheet.put_totals(table.last + 1, table, {key: pounds_of(pence) for key, pence in sums.items()})
    book.name("Adjusted_savings", table.column("adjustment"))
    area = f"A{table.top + 2}:{table.here('adjustment', table.last - table.top - 1)}"
    changed = f"AND(ISNUMBER(${table.here('adjustment', 0)}),${table.here('adjustment', 0)}<>0)"
    sheet.colour(area, changed, styles.CHANGED)
    sheet.freeze(table.top + 1, 0, repeat=(table.top, table.top))
    return AdjustmentTable(table, {entry: row for row, entry in enumerate(entries)})


def _entries(content: WorkbookContent, runs: Sequence[NightRun]) -> list[Entry]:
    """Every earlier month and child with nights or with something stated, in order of month, then of the child's id."""
    found = {(run.month, run.child.id) for run in runs if run.month < content.month}
    found |= {(month, child) for earlier in content.earlier for _, child, month, _ in earlier.stated()}
    return sorted(found)


def _values(content: WorkbookContent, entries: Sequence[Entry]) -> list[tuple[int, int]]:
    """What is now known and what was stated so far, for each entry, in pence."""
    stated: dict[Entry, int] = {}
    for earlier in content.earlier:
        for _, child, month, pence in earlier.stated():
            stated[month, child] = stated.get((month, child), 0) + pence
    now = content.statement.position.stated
    return [(now.get(month, {}).get(child, 0), stated.get((month, child), 0)) for month, child in entries]


def _row(
    table: Table, index: int, month_cell: str, entry: Entry, values: tuple[int, int], savings: SavingsTable
) -> tuple[Cell, ...]:
    (month, child), (now, stated) = entry, values
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    return (
        Formula(month_cell, month),
        child,
        savings.numbers[child],
        Formula(savings.saving(child, month), pounds_of(now)),
        Formula(
            f"ROUND(SUMIFS(Stated_saving,Stated_child,{here['no']},Stated_month,{here['month']}),2)", pounds_of(stated)
        ),
        Formula(f"ROUND({here['now']}-{here['stated']},2)", pounds_of(now - stated)),
    )


def _stated_rows(content: WorkbookContent, savings: SavingsTable) -> list[tuple[Cell, ...]]:
    return [
        (earlier.month, month, child, savings.numbers[child], stated_as, pounds_of(pence))
        for earlier in content.earlier
        for stated_as, child, month, pence in earlier.stated()
    ]


def _write_stated(sheet: Sheet, table: Table, rows: Sequence[Sequence[Cell]]) -> None:
    sheet.section(table.top - 1, "What earlier statements stated, as their stored documents say", table.left)
    sheet.widen(table.left - _GAP, 3)
    sheet.table(table, rows)
    for name, key in (("Stated_month", "month"), ("Stated_child", "no"), ("Stated_saving", "saving")):
        sheet.book.name(name, table.column(key))
