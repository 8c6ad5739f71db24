"""The sheet *Terms*: every version known, one column each (docs/contract.md 11)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from cohort.core.facts import SETTINGS
from cohort.core.terms import Terms
from pbr_ledger.money import pounds_of
from pbr_ledger.periods import Month
from pbr_ledger.words import setting_shown
from savings.documents.workbook import styles
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Formula, block
from savings.documents.workbook.content import WorkbookContent

OWN_ROWS = "own rows"
BY_DAY = "by day"
YES = "yes"
NO = "no"
FIRST_VERSION_COLUMN = 2
_STATEMENT_TOP = 4
_VERSIONS_TOP = 12


@dataclass(frozen=True, slots=True)
class Term:
    """A row of the sheet: its name in formulas, what people call it, its paragraph, and each version's cell."""

    name: str
    label: str
    paragraph: str
    style: str
    cells: Sequence[Cell]


def write_terms(book: Book, content: WorkbookContent) -> None:
    """The statement's dates, then the terms in versions. Formulas reach every term by its name."""
    sheet = book.sheets["Terms"]
    sheet.title(
        "Terms",
        "One column a version, in the order of recording. The version in force for a month is found on the sheet "
        "Schedule (docs/contract.md 11.1).",
    )
    sheet.widen(0, 44)
    sheet.widen(1, 11)
    _write_statement(sheet, content)
    row = _write_versions(sheet, content)
    row = _write_refunds(sheet, content, row + 2)
    row = _write_settings(sheet, content, row + 1)
    _write_own_schedule(sheet, content, row + 1)
    sheet.freeze(3, FIRST_VERSION_COLUMN, repeat=(0, 0))


def _write_statement(sheet: Sheet, content: WorkbookContent) -> None:
    """The month that is stated, and the days that follow from it."""
    month = content.month
    first = content.months[0]
    begins = "MIN(Phase_2_from)"
    version = content.version_number(content.terms_of(month))
    rows: tuple[tuple[str, str, str, str, Cell], ...] = (
        ("Statement_month", "Month of the statement", "13.1", "month", month),
        ("Month_end", "Its last night", "1.4", "date", Formula("EOMONTH(Statement_month,0)", month.last_day)),
        ("Known_on", "Facts as known on", "11.4", "date", content.statement.as_known_on),
        (
            "First_month",
            "First month of the programme",
            "4.2",
            "month",
            Formula(f"DATE(YEAR({begins}),MONTH({begins}),1)", first),
        ),
        (
            "Statement_version",
            "Version of the terms in force for the month",
            "11.1",
            "number",
            Formula("INDEX(Month_version,MATCH(Statement_month,Months,0))", version),
        ),
    )
    sheet.section(_STATEMENT_TOP - 1, "The statement")
    _write_headings(sheet, _STATEMENT_TOP, ("What", "Paragraph", "Value"))
    for row, (name, label, paragraph, style, cell) in enumerate(rows, start=_STATEMENT_TOP + 1):
        sheet.line(row, name, label, paragraph, cell, style)


def _write_headings(sheet: Sheet, row: int, headings: Sequence[str]) -> None:
    for place, heading in enumerate(headings):
        properties = styles.AMOUNT_HEADING if place >= FIRST_VERSION_COLUMN else styles.HEADING
        sheet.put_text(row, place, heading, properties)


def _write_label(sheet: Sheet, row: int, label: str, paragraph: str) -> None:
    sheet.put(row, 0, label, "text", label=True)
    sheet.put(row, 1, paragraph, "text", label=True)


def _version_headings(content: WorkbookContent) -> list[str]:
    return [f"Version {number}" for number, _ in enumerate(content.versions, start=1)]


def _write_versions(sheet: Sheet, content: WorkbookContent) -> int:
    """The terms that have one value a version; gives the last row written."""
    sheet.section(_VERSIONS_TOP - 1, "The terms in versions")
    _write_headings(sheet, _VERSIONS_TOP, ("Term", "Paragraph", *_version_headings(content)))
    for place, _ in enumerate(content.versions, start=FIRST_VERSION_COLUMN):
        sheet.widen(place, 16)
    row = _VERSIONS_TOP
    for term in _terms(sheet, content.versions):
        row += 1
        _write_term(sheet, row, term)
        sheet.book.name(term.name, _across(sheet, row, row, len(content.versions)))
    return row


def _write_term(sheet: Sheet, row: int, term: Term) -> None:
    _write_label(sheet, row, term.label, term.paragraph)
    for place, cell in enumerate(term.cells, start=FIRST_VERSION_COLUMN):
        sheet.put(row, place, cell, term.style, align="right")


def _across(sheet: Sheet, top: int, bottom: int, versions: int) -> str:
    return block(sheet.name, top, FIRST_VERSION_COLUMN, bottom, FIRST_VERSION_COLUMN + versions - 1)


_ROWS: tuple[tuple[str, str, str, str, Callable[[Terms], Cell]], ...] = (
    ("Recorded_on", "Recorded on", "11.1", "date", lambda terms: terms.recorded),
    ("Effective_from", "Effective from", "11.1", "date", lambda terms: terms.effective_from),
    ("Phase_2_from", "Phase 2: from", "1.3", "date", lambda terms: terms.phase2.start),
    ("Phase_2_until", "Phase 2: until (not included)", "1.3", "date", lambda terms: terms.phase2.until),
    ("Phase_2_fee", "Phase 2: fee", "4.1", "money", lambda terms: pounds_of(terms.phase2.fee_pence)),
    ("Phase_3_from", "Phase 3: from", "1.3", "date", lambda terms: terms.phase3.start),
    ("Phase_3_until", "Phase 3: until (not included)", "1.3", "date", lambda terms: terms.phase3.until),
    ("Phase_3_fee", "Phase 3: fee", "4.1", "money", lambda terms: pounds_of(terms.phase3.fee_pence)),
    (
        "Schedule_kind",
        "Schedule accrues",
        "3.1, 3.2",
        "text",
        lambda terms: BY_DAY if terms.schedule is None else OWN_ROWS,
    ),
    ("Fixed_fee_limit", "Limit of the fixed fee", "4.3", "text", lambda terms: terms.fixed_fee_limit),
    ("Fixed_fee_savings", "Savings that the fixed fee follows", "4.4", "text", lambda terms: terms.fixed_fee_savings),
    ("Negative_savings", "Nights that cost more than before", "2.5", "text", lambda terms: terms.negative_savings),
    ("Annual_days", "Days of a year for the run rate", "6.1", "number", lambda terms: terms.annual_days),
    ("Success_basis", "Success fee: basis", "6.2, 6.3", "text", lambda terms: terms.success_fee.basis),
    (
        "Success_threshold",
        "Success fee: threshold",
        "6.2",
        "money",
        lambda terms: pounds_of(terms.success_fee.threshold_pence),
    ),
    ("Success_rate", "Success fee: rate", "6.2", "percent", lambda terms: rate(terms.success_fee.rate)),
    ("Carer_fee", "Fee for a carer household", "7.1", "money", lambda terms: pounds_of(terms.carer_fee_pence)),
    ("Carer_fee_trigger", "A carer fee falls due once", "7.1, 7.4", "text", lambda terms: terms.carer_fee_trigger),
    (
        "Expenses_wait",
        "Expenses wait for savings",
        "8.2",
        "text",
        lambda terms: YES if terms.expenses_wait_for_savings else NO,
    ),
    ("Maximum_value", "Maximum contract value", "9.1", "money", lambda terms: pounds_of(terms.maximum_value_pence)),
)


def rate(ten_thousandths: int) -> Decimal:
    """A rate or share as a fraction of one."""
    return Decimal(ten_thousandths).scaleb(-4)


def _terms(sheet: Sheet, versions: Sequence[Terms]) -> Iterator[Term]:
    yield Term("Version_number", "Version", "11.1", "number", tuple(range(1, len(versions) + 1)))
    row = _VERSIONS_TOP + 2
    for name, label, paragraph, style, read in _ROWS:
        yield Term(name, label, paragraph, style, [read(terms) for terms in versions])
        row += 1
        if name == "Phase_3_fee":
            yield Term("Fee_cap", "Cap of the fixed fee", "4.1", "money", _caps(sheet, row, versions))
            row += 1


def _caps(sheet: Sheet, row: int, versions: Sequence[Terms]) -> list[Formula]:
    """The two fees together. The cap's row follows that of Phase 3's fee, and Phase 2's stands three above."""
    return [
        Formula(
            f"ROUND({sheet.within(sheet.at(row - 4, place))}+{sheet.within(sheet.at(row - 1, place))},2)",
            pounds_of(terms.cap_pence),
        )
        for place, terms in enumerate(versions, start=FIRST_VERSION_COLUMN)
    ]


def _write_refunds(sheet: Sheet, content: WorkbookContent, row: int) -> int:
    """The shares of a carer fee that come back, by nights: first all limits, then all shares (7.3)."""
    versions = content.versions
    lines = max(1, *(len(terms.carer_fee_refund) for terms in versions))
    sheet.section(row, "Carer fees given back after a breakdown")
    limits = [[_refund(terms, line, "within_nights") for terms in versions] for line in range(lines)]
    shares = [[_refund(terms, line, "share") for terms in versions] for line in range(lines)]
    _write_block(sheet, row + 1, "Refund_within", "Row {}: in fewer nights than", "7.3", "number", limits)
    _write_block(sheet, row + 1 + lines, "Refund_share", "Row {}: share that comes back", "7.3", "percent", shares)
    return row + 1 + 2 * lines


def _refund(terms: Terms, line: int, part: str) -> Cell:
    if line >= len(terms.carer_fee_refund):
        return None
    row = terms.carer_fee_refund[line]
    return row.within_nights if part == "within_nights" else rate(row.share)


def _write_block(
    sheet: Sheet, top: int, name: str, label: str, paragraph: str, style: str, lines: Sequence[Sequence[Cell]]
) -> None:
    """Rows that belong together under one name."""
    for number, cells in enumerate(lines):
        _write_term(sheet, top + number, Term(name, label.format(number + 1), paragraph, style, cells))
    sheet.book.name(name, _across(sheet, top, top + len(lines) - 1, len(lines[0])))


def _write_settings(sheet: Sheet, content: WorkbookContent, row: int) -> int:
    """Which settings are family settings (1.1)."""
    sheet.section(row, "Family settings")
    for number, setting in enumerate(SETTINGS, start=row + 1):
        cells = [YES if setting in terms.family_settings else NO for terms in content.versions]
        _write_term(sheet, number, Term("", setting_shown(setting), "1.1", "text", cells))
    last = row + len(SETTINGS)
    sheet.book.name("Settings", block(sheet.name, row + 1, 0, last, 0))
    sheet.book.name("Family_settings", _across(sheet, row + 1, last, len(content.versions)))
    return last + 1


def _write_own_schedule(sheet: Sheet, content: WorkbookContent, row: int) -> None:
    """The Lead Accountant's own rows of the schedule, where a version has them (3.2)."""
    sheet.section(row, "The schedule in rows of its own")
    months = sorted({line.month for terms in content.versions for line in terms.schedule or ()})
    if not months:
        _write_term(sheet, row + 1, Term("", "No version has such rows", "3.2", "text", [None] * len(content.versions)))
    for number, month in enumerate(months, start=row + 1):
        sheet.put(number, 0, month, "month")
        sheet.put(number, 1, "3.2", "text", label=True)
        for place, terms in enumerate(content.versions, start=FIRST_VERSION_COLUMN):
            sheet.put(number, place, _own_amount(terms, month), "money")
    last = row + max(1, len(months))
    sheet.book.name("Own_schedule_months", block(sheet.name, row + 1, 0, last, 0))
    sheet.book.name("Own_schedule", _across(sheet, row + 1, last, len(content.versions)))


def _own_amount(terms: Terms, month: Month) -> Cell:
    amounts = [line.amount_pence for line in terms.schedule or () if line.month == month]
    return pounds_of(sum(amounts)) if amounts else None
