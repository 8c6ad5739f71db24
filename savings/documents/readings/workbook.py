"""How a contract is read, as a workbook: the charges of each reading, with sums and differences as live formulas."""

from collections.abc import Iterator, Sequence
from math import ceil

from pbr_ledger.money import pounds_of
from pbr_ledger.words import instant_shown, month_short
from savings.documents.readings.content import ReadingsContent, ReadingShown, RowShown
from savings.documents.sections import CHARGE_NAMES
from savings.documents.workbook.book import Book, Sheet
from savings.documents.workbook.cells import Cell, Column, Formula, Table

CHARGED, BY_MONTH, WORDS, SET_BY = "Charged", "By month", "Words", "Set by"
LINE_HEIGHT = 14
WORDS_WIDTH = 100
SOURCE_WIDTH = 60
SET_TO_WIDTH = 60
_KINDS = tuple(kind for kind, _ in CHARGE_NAMES)
_CHARGED = (
    Column("name", "Clause", "words", 34, label=True),
    Column("clause", "Paragraph", "text", 11, label=True),
    Column("reading", "Reading", "words", 30, label=True),
    Column("status", "Status", "text", 14, label=True),
    *(Column(kind, name, "money", 15) for kind, name in CHARGE_NAMES),
    Column("total", "Total", "money", 15),
    Column("difference", "Difference to what was charged", "money", 17),
    Column("over_time", "On the way", "words", 40, label=True),
)
_WORDS = (
    Column("name", "Clause", "words", 34, label=True),
    Column("clause", "Paragraph", "text", 11, label=True),
    Column("what", "What", "words", 28, label=True),
    Column("words", "Words", "words", WORDS_WIDTH, label=True),
    Column("source", "Source", "words", SOURCE_WIDTH, label=True),
)
_SET_BY = (
    Column("name", "Clause", "words", 34, label=True),
    Column("value", "Set to", "words", SET_TO_WIDTH, label=True),
    Column("effective", "Effective from", "text", 18, label=True),
    Column("by", "Recorded by", "words", 26, label=True),
    Column("at", "Recorded", "text", 24, label=True),
    Column("holds", "Holds now", "text", 12, label=True),
)


def readings_xlsx(content: ReadingsContent) -> bytes:
    """The workbook: what each reading charged or would have charged, the words it rests on, and who set what.

    It has no macros and no links, and text from the ledger stays text.
    """
    book = Book(
        title=f"How we read the contract, {content.contract_reference}",
        author=content.council,
        footer=f"{content.contract_reference} · {instant_shown(content.known_at)}",
        made_at=content.known_at,
        sheets=(CHARGED, BY_MONTH, WORDS, SET_BY),
    )
    _write_charged(book.sheets[CHARGED], content)
    _write_by_month(book.sheets[BY_MONTH], content)
    _write_words(book.sheets[WORDS], content)
    _write_set_by(book.sheets[SET_BY], content)
    return book.finished()


def _write_charged(sheet: Sheet, content: ReadingsContent) -> None:
    rows = _compared_rows(content)
    notes = [f"As of {instant_shown(content.known_at)}, London time.", *_sentences(content.compared)]
    table = Table(CHARGED, len(notes) + 2, _CHARGED, len(rows))
    sheet.title("How we read the contract", *notes)
    sheet.table(table, _charged_rows(table, rows))
    sheet.freeze(table.top + 1, 1)


def _compared_rows(content: ReadingsContent) -> list[tuple[ReadingShown, RowShown]]:
    """Every row that has amounts: none while no month is closed."""
    return [(reading, row) for reading in content.readings for row in reading.rows] if content.months else []


def _sentences(text: str) -> list[str]:
    """One a line, since a note runs across its sheet."""
    return [f"{each.removesuffix('.')}." for each in text.split(". ")]


def _charged_rows(table: Table, rows: list[tuple[ReadingShown, RowShown]]) -> Iterator[list[Cell]]:
    """Each reading's charges; its difference is to the first row of its clause, which is what was charged."""
    charged_at = 0
    for index, (reading, row) in enumerate(rows):
        if row is reading.rows[0]:
            charged_at = index
        amounts = [pounds_of(getattr(row.charges, kind)) for kind in _KINDS]
        area = f"{table.here(_KINDS[0], index)}:{table.here(_KINDS[-1], index)}"
        difference = f"ROUND({table.here('total', index)}-{table.here('total', charged_at)},2)"
        yield [
            reading.name,
            reading.clause,
            row.name,
            row.status,
            *amounts,
            Formula(f"ROUND(SUM({area}),2)", pounds_of(row.charges.total)),
            Formula(difference, pounds_of(row.difference.total)),
            row.over_time,
        ]


def _write_by_month(sheet: Sheet, content: ReadingsContent) -> None:
    """What all charges together come to by the end of each closed month, reading by reading."""
    rows = _compared_rows(content)
    months = rows[0][1].totals if rows else ()
    columns = (*_CHARGED[:4], *(Column(str(month), month_short(month), "money", 14) for month, _ in months))
    table = Table(BY_MONTH, 2, columns, len(rows))
    sheet.title("All charges together, to date by the end of each month")
    sheet.table(table, [_by_month(reading, row) for reading, row in rows])
    sheet.freeze(table.top + 1, 4)


def _by_month(reading: ReadingShown, row: RowShown) -> list[Cell]:
    return [reading.name, reading.clause, row.name, row.status, *(pounds_of(total) for _, total in row.totals)]


def _write_words(sheet: Sheet, content: ReadingsContent) -> None:
    rows = list(_words_rows(content))
    table = Table(WORDS, 2, _WORDS, len(rows))
    sheet.title("The words, and what each reading does")
    sheet.table(table, rows)
    _make_room(sheet, table, [_lines(words, source) for *_, words, source in rows])
    sheet.freeze(table.top + 1, 1)


def _words_rows(content: ReadingsContent) -> Iterator[tuple[str, str, str, str, str]]:
    for reading in content.readings:
        yield reading.name, reading.clause, "What is open", reading.open, ""
        for quotation in reading.quotations:
            yield reading.name, reading.clause, "Quotation", quotation.text, quotation.source
        for row in reading.rows:
            yield reading.name, reading.clause, row.name, row.does, row.status
        if reading.remark:
            yield reading.name, reading.clause, "To date", reading.remark, ""
    for settled in content.settled:
        yield settled.name, settled.clause, "What is open", settled.open, ""
        for quotation in settled.quotations:
            yield settled.name, settled.clause, "Quotation", quotation.text, quotation.source
        yield settled.name, settled.clause, "Decided", settled.decided, settled.kept_in
        yield settled.name, settled.clause, "To date", settled.to_date, ""


def _write_set_by(sheet: Sheet, content: ReadingsContent) -> None:
    rows: list[tuple[str, str, str, str, str, str]] = []
    for reading in content.readings:
        for each in reading.settings:
            value = f"Version {each.version}: {each.value}"
            holds = "yes" if each.is_in_force else ""
            rows.append((reading.name, value, each.effective_from, each.recorded_by, each.recorded_at, holds))
    rows += [(settled.name, words, "", "", "", "") for settled in content.settled for words in settled.set_by]
    table = Table(SET_BY, 2, _SET_BY, len(rows))
    sheet.title("Who set each reading, and when")
    sheet.table(table, rows)
    _make_room(sheet, table, [ceil(len(cells[1]) / SET_TO_WIDTH) for cells in rows])
    sheet.freeze(table.top + 1, 1)


def _lines(words: str, source: str) -> int:
    return max(ceil(len(words) / WORDS_WIDTH), ceil(len(source) / SOURCE_WIDTH))


def _make_room(sheet: Sheet, table: Table, lines: Sequence[int]) -> None:
    """Rows as high as the lines of their longest text."""
    for row, count in enumerate(lines, start=table.top + 1):
        sheet.worksheet.set_row(row, LINE_HEIGHT * max(1, count))
