"""The sheet *Nights*: which nights count, and what each of them saves (docs/contract.md 2.1 to 2.5)."""

from collections.abc import Sequence
from datetime import date

from pbr_ledger.money import pounds_of
from pbr_ledger.words import setting_shown
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book
from savings.documents.workbook.cells import Cell, Column, Formula, Table
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import FactTables
from savings.documents.workbook.runs import NightRun, night_runs
from savings.documents.workbook.terms import NO, YES

COLUMNS = (
    Column("no", "Child no.", "key", 7, label=True),
    Column("child", "Child", "text", 10, label=True),
    Column("placement", "Placement", "text", 13, label=True),
    Column("claim", "Claim", "text", 13, label=True),
    Column("month", "Month", "month", 10),
    Column("version", "Terms version", "number", 8),
    Column("setting", "Setting", "text", 19),
    Column("family", "Family setting", "text", 8),
    Column("from", "From", "date"),
    Column("until", "Until (not included)", "date"),
    Column("nights", "Nights that count", "count", 8),
    Column("baseline", "Baseline a week", "money"),
    Column("cost", "Cost a week", "money"),
    Column("extra", "Extra costs a week", "money"),
    Column("saving", "Saving a week", "money", 13),
    Column("counted", "Saving that counts", "money", 13),
    Column("weighted", "Nights × saving", "money", 15),
    Column("phase3_nights", "Nights for 6.3", "count", 8),
    Column("phase3", "Nights × saving for 6.3", "money", 15),
)
_NAMES = {
    "Nights_child": "no",
    "Nights_month": "month",
    "Nights_from": "from",
    "Nights_until": "until",
    "Nights_counted": "nights",
    "Nights_saving": "counted",
    "Nights_weighted": "weighted",
    "Nights_phase_3": "phase3",
}


def write_nights(
    book: Book, content: WorkbookContent, *, facts: FactTables, schedule: Table, realised: tuple[date, date]
) -> Sequence[NightRun]:
    """One row for each placement with an agreed claim, month and price; gives the runs as they stand in the rows.

    `realised` are the first and the last night of the savings over Phase 3 (6.3).
    """
    runs = night_runs(content)
    sheet = book.sheets["Nights"]
    sheet.title(
        "Nights",
        "One row for each placement with an agreed claim, month and price. A night counts inside the placement, the "
        "cohort, the programme and the month (2.1); grey rows have none that does.",
        "The weekly saving is the baseline less cost and extra costs, each net of what partners pay (2.2 to 2.5).",
    )
    table = Table("Nights", 4, COLUMNS, len(runs))
    sheet.table(table, [_row(table, index, run, content, facts, schedule, realised) for index, run in enumerate(runs)])
    sheet.freeze(table.top + 1, 3, repeat=(table.top, table.top))
    sheet.filter(table)
    area = f"A{table.top + 2}:{table.here('phase3', table.last - table.top - 1)}"
    sheet.colour(area, f'AND($A{table.top + 2}<>"",${table.here("nights", 0)}=0)', styles.WITHOUT_EFFECT)
    for name, column in _NAMES.items():
        book.name(name, table.column(column))
    return runs


def _row(
    table: Table,
    index: int,
    run: NightRun,
    content: WorkbookContent,
    facts: FactTables,
    schedule: Table,
    realised: tuple[date, date],
) -> tuple[Cell, ...]:
    here = {column.key: table.here(column.key, index) for column in COLUMNS}
    number = facts.child_numbers[run.child.id]
    row = content.months.index(run.month)
    version = content.version_number(run.terms)
    return (
        number,
        run.child.id,
        run.placement.id,
        run.claim,
        Formula(schedule.cell("month", row), run.month),
        Formula(schedule.cell("version", row), version),
        Formula(facts.placement("setting", run.placement.id), setting_shown(run.placement.setting)),
        Formula(
            f"INDEX(Family_settings,MATCH({here['setting']},Settings,0),{here['version']})",
            YES if run.is_family else NO,
        ),
        Formula(_from(run, facts, schedule, row), run.start),
        Formula(_until(run, facts, schedule, row), run.until),
        Formula(
            f'IF(AND({here["family"]}="yes",{facts.placement("claims", run.placement.id)}>0),'
            f"MAX(0,{here['until']}-{here['from']}),0)",
            run.nights,
        ),
        *_prices(run, facts, here),
        *_savings(run, here, realised),
    )


def _from(run: NightRun, facts: FactTables, schedule: Table, row: int) -> str:
    """The latest of all the days from which this run can begin."""
    child, placement = run.child.id, run.placement.id
    days = [
        schedule.cell("month", row),
        schedule.cell("from", row),
        facts.child("joined", child),
        facts.placement("from", placement),
        facts.baseline("from", child, run.baseline),
        facts.cost("from", placement, run.cost),
    ]
    if run.begins:
        days.append(facts.extra_cost(run.begins.side, run.begins.extra))
    return f"MAX({','.join(days)})"


def _until(run: NightRun, facts: FactTables, schedule: Table, row: int) -> str:
    """The earliest of all the days on which it can end; an empty cell is no day, and `MIN` passes over it."""
    child, placement = run.child.id, run.placement.id
    days = [
        f"{schedule.cell('last', row)}+1",
        schedule.cell("until", row),
        facts.child("left", child),
        facts.placement("until", placement),
    ]
    if run.baseline + 1 < len(run.child.baseline):
        days.append(facts.baseline("from", child, run.baseline + 1))
    if run.cost + 1 < len(run.placement.costs):
        days.append(facts.cost("from", placement, run.cost + 1))
    if run.ends:
        days.append(facts.extra_cost(run.ends.side, run.ends.extra))
    return f"MIN({','.join(days)})"


def _prices(run: NightRun, facts: FactTables, here: dict[str, str]) -> tuple[Formula, ...]:
    child, placement = run.child.id, run.placement.id
    extras = (
        f'ROUND(SUMIFS(Extra_weekly,Extra_child,{here["no"]},Extra_from,"<="&{here["from"]},'
        f'Extra_until,">"&{here["from"]}),2)'
    )
    return (
        Formula(facts.baseline("net", child, run.baseline), pounds_of(run.child.baseline[run.baseline].net_pence)),
        Formula(facts.cost("net", placement, run.cost), pounds_of(run.placement.costs[run.cost].net_pence)),
        Formula(extras, pounds_of(run.extra_pence)),
        Formula(f"ROUND({here['baseline']}-{here['cost']}-{here['extra']},2)", pounds_of(run.saving_pence)),
    )


def _savings(run: NightRun, here: dict[str, str], realised: tuple[date, date]) -> tuple[Formula, ...]:
    nights = run.nights_within(*realised)
    return (
        Formula(
            f'IF(AND(INDEX(Negative_savings,{here["version"]})="zero",{here["saving"]}<0),0,{here["saving"]})',
            pounds_of(run.counted_pence),
        ),
        Formula(f"ROUND({here['nights']}*{here['counted']},2)", pounds_of(run.weighted_pence)),
        Formula(
            f"IF({here['nights']}=0,0,MAX(0,MIN({here['until']},Success_night+1)-MAX({here['from']},Success_from)))",
            nights,
        ),
        Formula(f"ROUND({here['phase3_nights']}*{here['counted']},2)", pounds_of(nights * run.counted_pence)),
    )
