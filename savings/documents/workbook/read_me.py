"""The sheet *Read me*: which statement this is, whether the workbook agrees with it, and how to read the others."""

from math import ceil

from pbr_ledger.money import pounds_of
from pbr_ledger.words import day_shown, digest_grouped, instant_shown, month_shown, period_shown
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Formula
from savings.documents.workbook.content import WorkbookContent

LINE_LENGTH = 112
LINE_HEIGHT = 14
_SHEETS = (
    ("Terms", "The versions of the terms known, one column each, and the dates of the statement."),
    ("Facts", "Children, prices, placements, claims, households, extra costs and expenses, as known at the cut-off."),
    (
        "Nights",
        "Which nights count and what each saves: a row for each placement with an agreed claim, month and price.",
    ),
    ("Savings", "Each child’s saving in each month, rounded once, and the sums of the months."),
    ("Schedule", "Which version governs each month, and how much of the fixed fee has accrued by its end."),
    ("Fee", "The fixed fee month by month: the smaller of savings and what the limit leaves."),
    ("Charges", "Due to date less charged before, for each kind; the run rate, success fee, carer fees and expenses."),
    ("Adjustments", "Savings of earlier months as now known, against what statements have stated for them."),
    ("Why", "Every figure in words, as the report and the pages explain it."),
    ("Checks", "Each figure of the closed statement beside this workbook’s own. Every difference is zero."),
)
_COLOURS = (
    "Blue cells are values: facts and terms as recorded, and what the stored documents of earlier statements say. "
    "Black cells are formulas or labels. From a price or a date on the sheet Facts everything follows, down to the "
    "charges: change one, and Checks turns red."
)
_LIMITS = (
    "Which facts were known at the cut-off: the ledger chose them, of each fact the latest version recorded by then, "
    "and nothing later (11.4). The rows of the sheet Nights were laid out for these facts, so a date moved beyond "
    "them finds no new row."
)
_ROUNDING = (
    "The contract’s own roundings (1.5) are the ROUND with a division inside. Every other ROUND(…,2) stands around a "
    "sum of whole pence, and only takes away what spreadsheets cannot hold exactly."
)
_NOTES = (
    ("Colours", _COLOURS),
    ("What formulas cannot show", _LIMITS),
    ("Rounding", _ROUNDING),
    ("Paragraphs", "Numbers such as 4.2 are those of the contract as the ledger reads it (docs/contract.md)."),
    ("From and until", "The night of “until” no longer belongs to a period (1.3)."),
)


def write_read_me(book: Book, content: WorkbookContent, *, checked: int) -> None:
    """The first sheet that is opened. `checked` figures are compared."""
    sheet, report = book.sheets["Read me"], content.report
    sheet.title(f"Reconciliation workbook: {month_shown(content.month)}")
    sheet.widen(0, 30)
    sheet.widen(1, 110)
    row = 2
    _write_verdict(book, row, checked)
    for label, cell, style in _lines(content):
        row += 1
        _line(sheet, row, label, cell, style)
    row = _list(sheet, row + 2, "The sheets", _SHEETS)
    row = _list(sheet, row + 2, "How to read them", _NOTES)
    if report.remarks:
        _list(sheet, row + 2, "Recorded on closing", tuple(("Remark", remark) for remark in report.remarks))
    sheet.worksheet.repeat_rows(0)


def _write_verdict(book: Book, row: int, checked: int) -> None:
    """The first figure to look at: whether everything agrees."""
    sheet = book.sheets["Read me"]
    agree = " figures compared with the closed statement: all agree."
    formula = (
        f'IF(ISNUMBER(All_checks),IF(All_checks=0,Checked&"{agree}",'
        f'Failed_checks&" of "&Checked&" figures differ: see Checks."),'
        '"A formula could not be worked out: see Checks.")'
    )
    sheet.put(row, 0, "Checks", "text", label=True, total=True)
    sheet.put(row, 1, Formula(formula, f"{checked}{agree}"), "words", total=True)
    sheet.colour(f"B{row + 1}", "IF(ISNUMBER(All_checks),All_checks=0,FALSE)", styles.AGREES)
    sheet.colour(f"B{row + 1}", "IF(ISNUMBER(All_checks),All_checks<>0,TRUE)", styles.DIFFERS)


def _lines(content: WorkbookContent) -> tuple[tuple[str, Cell, str], ...]:
    report, statement = content.report, content.statement
    return (
        ("Contract", report.contract_reference, "words"),
        ("About", report.contract_title, "words"),
        ("Decision", report.decision, "words"),
        ("Council", report.council, "words"),
        ("Provider", report.provider, "words"),
        ("Paid through", report.paying_agent, "words"),
        ("Month", period_shown(content.month), "words"),
        ("This statement charges", Formula("Total_charged", pounds_of(statement.charges.total)), "money"),
        ("Fixed fee to date", Formula("Fixed_fee_to_date", pounds_of(statement.to_date.fixed_fee)), "money"),
        ("Net benefit to date", Formula("Net_benefit", pounds_of(statement.net_benefit_pence)), "money"),
        ("Facts as known", f"{instant_shown(report.known_at)} ({day_shown(statement.as_known_on)})", "words"),
        ("Closed", f"{instant_shown(report.closed_at)} by {report.closed_by.name}, {report.closed_by.role}", "words"),
        ("Digest agreed", digest_grouped(report.digest), "words"),
        ("Head of the activity log", digest_grouped(report.audit_head), "words"),
        ("Made by release", report.release, "words"),
    )


def _line(sheet: Sheet, row: int, label: str, cell: Cell, style: str) -> None:
    sheet.put(row, 0, label, "text", label=True)
    sheet.put(row, 1, cell, style, label=True, align="left")
    if isinstance(cell, str):
        sheet.worksheet.set_row(row, LINE_HEIGHT * ceil(len(cell) / LINE_LENGTH))


def _list(sheet: Sheet, top: int, heading: str, lines: tuple[tuple[str, str], ...]) -> int:
    """Names and sentences beneath a heading; gives the last row written."""
    sheet.section(top, heading)
    for row, (label, text) in enumerate(lines, start=top + 1):
        _line(sheet, row, label, text, "words")
    return top + len(lines)
