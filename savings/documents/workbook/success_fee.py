"""On the sheet *Charges*: the run rate, and the success fee on it (docs/contract.md 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from cohort.core.terms import Terms
from pbr_ledger.money import divide_rounding, pounds_of
from pbr_ledger.periods import Month
from savings.core.nights import DAYS_A_WEEK
from savings.core.run_rate import last_night
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Column, Formula, Table, Value
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.runs import NightRun
from savings.documents.workbook.savings import SavingsTable
from savings.documents.workbook.terms import NO, YES, rate

COLUMNS = (
    Column("child", "Child", "text", 40, label=True),
    Column("no", "Child no.", "key", 12, label=True),
    Column("saving", "Saving a week that night", "money", 15),
    Column("run_rate", "Run rate a year", "money", 15),
    Column("realised", "Saved over Phase 3", "money", 15),
)
_FEE = (
    'IF(Success_due="yes",ROUND(ROUND(100*MAX(0,Success_base-Success_above),0)'
    "*ROUND(10000*Success_share,0)/10000,0)/100,0)"
)


@dataclass(frozen=True, slots=True)
class NightValues:
    """By child, in pence: the weekly saving on the night of the run rate, and what was saved over Phase 3."""

    weekly: Mapping[str, int]
    realised: Mapping[str, int]


def realised_nights(content: WorkbookContent) -> tuple[date, date]:
    """The first and the last night of the savings over Phase 3 (6.3)."""
    return _terms_of_night(content).phase3.start, last_night(content.statement.terms)


def _terms_of_night(content: WorkbookContent) -> Terms:
    return content.terms_of(Month.of(content.statement.run_rate.night))


def write_success_fee(
    book: Book, content: WorkbookContent, *, top: int, savings: SavingsTable, runs: Sequence[NightRun]
) -> int:
    """The nights and terms that the fee turns on, its base child by child, and the fee; gives the last row written."""
    sheet = book.sheets["Charges"]
    values = _night_values(content, runs)
    sheet.section(top, "The run rate and the success fee (6.1 to 6.3)")
    lines = [*_night_lines(content), *_fee_lines(content, values)]
    for row, (name, label, paragraph, style, cell) in enumerate(lines, start=top + 1):
        sheet.line(row, name, label, paragraph, cell, style)
    table = Table("Charges", top + len(lines) + 2, COLUMNS, len(savings.children))
    sheet.table(
        table, [_row(table, row, child, content, savings, values) for row, child in enumerate(savings.children)]
    )
    _write_totals(sheet, table, content, values)
    return table.last + 1


def _night_values(content: WorkbookContent, runs: Sequence[NightRun]) -> NightValues:
    night = content.statement.run_rate.night
    nights = realised_nights(content)
    weekly: dict[str, int] = {}
    sums: dict[str, int] = {}
    for run in runs:
        child = run.child.id
        sums[child] = sums.get(child, 0) + run.nights_within(*nights) * run.counted_pence
        if run.nights and run.start <= night < run.until:
            weekly[child] = run.counted_pence
    return NightValues(weekly, {child: divide_rounding(each, DAYS_A_WEEK) for child, each in sums.items()})


def _night_lines(content: WorkbookContent) -> list[tuple[str, str, str, str, Cell]]:
    statement, terms = content.statement, _terms_of_night(content)
    night, end = statement.run_rate.night, last_night(statement.terms)
    version = "INDEX(Month_version,MATCH(DATE(YEAR(Run_rate_night),MONTH(Run_rate_night),1),Months,0))"
    number = content.version_number(terms)
    return [
        (
            "Success_night",
            "Last night of Phase 3",
            "6.2",
            "date",
            Formula("INDEX(Phase_3_until,Statement_version)-1", end),
        ),
        ("Run_rate_night", "Night of the run rate", "6.1", "date", Formula("MIN(Month_end,Success_night)", night)),
        ("Success_version", "Version of the terms of that night’s month", "11.2", "number", Formula(version, number)),
        ("Run_rate_days", "Days of a year", "6.1", "number", _term("Annual_days", terms.annual_days)),
        ("Success_from", "First night of Phase 3", "6.3", "date", _term("Phase_3_from", terms.phase3.start)),
    ]


def _fee_lines(content: WorkbookContent, values: NightValues) -> list[tuple[str, str, str, str, Cell]]:
    statement, fee = content.statement, _terms_of_night(content).success_fee
    due = statement.success_fee
    base = sum(values.realised.values()) if fee.basis == "realised" else statement.run_rate.total_pence
    return [
        ("Success_follows", "Basis", "6.2, 6.3", "text", _term("Success_basis", fee.basis)),
        (
            "Success_base",
            "Base",
            "6.2, 6.3",
            "money",
            Formula('IF(Success_follows="realised",Realised,Run_rate)', pounds_of(base)),
        ),
        ("Success_above", "Threshold", "6.2", "money", _term("Success_threshold", pounds_of(fee.threshold_pence))),
        ("Success_share", "Rate", "6.2", "percent", _term("Success_rate", rate(fee.rate))),
        (
            "Success_due",
            "Due by the month’s end",
            "6.2",
            "text",
            Formula('IF(Success_night<=Month_end,"yes","no")', YES if due else NO),
        ),
        (
            "Success_fee_to_date",
            "Success fee",
            "6.2",
            "money",
            Formula(_FEE, pounds_of(due.amount_pence if due else 0)),
        ),
    ]


def _term(name: str, value: Value) -> Formula:
    return Formula(f"INDEX({name},Success_version)", value)


def _row(
    table: Table, row: int, child: str, content: WorkbookContent, savings: SavingsTable, values: NightValues
) -> tuple[Cell, ...]:
    number = table.here("no", row)
    saving = (
        f'SUMIFS(Nights_saving,Nights_child,{number},Nights_counted,">0",'
        'Nights_from,"<="&Run_rate_night,Nights_until,">"&Run_rate_night)'
    )
    run_rate = content.statement.run_rate.by_child.get(child, 0)
    return (
        child,
        savings.numbers[child],
        Formula(saving, pounds_of(values.weekly.get(child, 0))),
        Formula(f"ROUND({table.here('saving', row)}*Run_rate_days/7,2)", pounds_of(run_rate)),
        Formula(f"ROUND(SUMIFS(Nights_phase_3,Nights_child,{number})/7,2)", pounds_of(values.realised.get(child, 0))),
    )


def _write_totals(sheet: Sheet, table: Table, content: WorkbookContent, values: NightValues) -> None:
    row = table.last + 1
    sums = {
        "saving": sum(values.weekly.values()),
        "run_rate": content.statement.run_rate.total_pence,
        "realised": sum(values.realised.values()),
    }
    sheet.put_totals(row, table, {key: pounds_of(pence) for key, pence in sums.items()})
    sheet.book.name("Run_rate", sheet.at(row, table.place("run_rate")))
    sheet.book.name("Realised", sheet.at(row, table.place("realised")))
