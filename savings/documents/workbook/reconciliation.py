"""The reconciliation workbook of a closed statement: the same bytes whenever it is made again by the same release."""

from pbr_ledger.words import month_shown
from savings.documents.workbook.adjustments import write_adjustments
from savings.documents.workbook.book import Book
from savings.documents.workbook.charges import write_charges
from savings.documents.workbook.checks import write_checks
from savings.documents.workbook.content import WorkbookContent
from savings.documents.workbook.facts import write_facts
from savings.documents.workbook.fee import write_fee
from savings.documents.workbook.nights import write_nights
from savings.documents.workbook.read_me import write_read_me
from savings.documents.workbook.savings import write_savings
from savings.documents.workbook.schedule import write_schedule
from savings.documents.workbook.success_fee import realised_nights
from savings.documents.workbook.terms import write_terms
from savings.documents.workbook.why import write_why


def workbook_xlsx(content: WorkbookContent) -> bytes:
    """The workbook: facts and terms as values, everything worked out from them as live formulas down to the charges.

    Its checks compare each figure of the stored statement with the formulas' own. It has no macros and no links, and
    text from the ledger stays text.
    """
    book = _book(content)
    write_terms(book, content)
    facts = write_facts(book, content)
    schedule = write_schedule(book, content)
    runs = write_nights(book, content, facts=facts, schedule=schedule, realised=realised_nights(content))
    savings = write_savings(book, content, facts=facts, schedule=schedule, runs=runs)
    fee = write_fee(book, content, schedule=schedule, savings=savings)
    charges = write_charges(book, content, facts=facts, savings=savings, runs=runs)
    adjustments = write_adjustments(book, content, schedule=schedule, savings=savings, runs=runs)
    write_why(book, content)
    checked = write_checks(book, content, fee=fee, charges=charges, savings=savings, adjustments=adjustments)
    write_read_me(book, content, checked=checked)
    return book.finished()


def _book(content: WorkbookContent) -> Book:
    report, month = content.report, month_shown(content.month)
    return Book(
        title=f"Reconciliation workbook, {report.contract_reference}, {month}",
        author=report.council,
        footer=f"{report.contract_reference} · {month}",
        made_at=report.closed_at,
    )
