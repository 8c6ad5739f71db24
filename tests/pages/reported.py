"""Reports as they come out of their addresses: the page, the PDF and the workbook, each read back as tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from urllib.parse import quote

import page as pdf
from django.test import Client
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.documents.reading import printed_text
from tests.pages.formulas import worked_out

Tables = dict[str, list[list[str]]]
"""Each table by its title: its headings, then its rows, as they are written."""


@dataclass(frozen=True)
class Reported:
    """A report in its three forms."""

    tables: Tables
    page: str
    pdf: bytes
    workbook: bytes

    def row(self, table: str, name: str) -> list[str]:
        """The cells of the row with that name."""
        (found,) = [row[1:] for row in self.tables[table][1:] if row[0] == name]
        return found

    def column(self, table: str, name: str) -> list[str]:
        """The cells of the column with that heading."""
        headings, *rows = self.tables[table]
        return [row[headings.index(name)] for row in rows]


def reported(client: Client, contract_id: int, kind: str, period: str) -> Reported:
    """The report of the period, in its three forms."""
    address, query = f"/contracts/{contract_id}/reports/{kind}/", f"?period={quote(period)}"
    forms = [client.get(f"{address}{form}{query}") for form in ("", "report.pdf", "report.xlsx")]
    assert [form.status_code for form in forms] == [200, 200, 200]
    page = forms[0].content.decode()
    return Reported(tables_of(page), page, forms[1].content, forms[2].content)


def seen(client: Client, contract_id: int, kind: str, period: str) -> Reported:
    """The report of the period as a page alone, which is quicker."""
    answer = client.get(f"/contracts/{contract_id}/reports/{kind}/", {"period": period})
    assert answer.status_code == 200
    page = answer.content.decode()
    return Reported(tables_of(page), page, b"", b"")


def tables_of(page: str) -> Tables:
    """The tables of a page."""
    reader = _Reader()
    reader.feed(page)
    return reader.tables


def assert_forms_agree(report: Reported) -> None:
    """The PDF, archival and accessible, prints every row of the page; the workbook holds each cell, sums anew."""
    assert [pdf.validate_pdf_bytes(report.pdf, profile=profile).failures for profile in ("3a", "ua1")] == [[], []]
    printed = printed_text(report.pdf)
    book = load_workbook(BytesIO(report.workbook))
    assert {title[:31] for title in report.tables} < set(book.sheetnames)
    for title, rows in report.tables.items():
        for row in rows[1:]:
            assert "".join("".join(row).split()) in printed, row
        assert _written(book[title[:31]], len(rows)) == rows


def _written(sheet: Worksheet, count: int) -> list[list[str]]:
    """The sheet's last rows as pages write them, with what each formula comes to."""
    rows = list(sheet.iter_rows())[-count:]
    headings = ["" if cell.value is None else str(cell.value) for cell in rows[0]]
    return [headings, *([shown(worked_out(sheet, cell), cell.number_format) for cell in row] for row in rows[1:])]


def shown(value: object, number_format: str) -> str:
    """A value of the workbook as the page writes it."""
    if value is None or isinstance(value, str):
        return value or ""
    if hasattr(value, "strftime"):
        return f"{value.day} {value:%B %Y}"
    number = Decimal(str(value))
    if number_format.startswith("£"):
        return f"{'−' if number < 0 else ''}£{abs(number):,.2f}"
    return f"{number * 100:.1f}%" if "%" in number_format else f"{number:,}"


class _Reader(HTMLParser):
    """Reads the tables that stand under a heading each."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: Tables = {}
        self._heading = ""
        self._text: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:  # noqa: ARG002 - as the parser calls it
        if tag in ("h2", "th", "td"):
            self._text = []
        elif tag == "table":
            self.tables[self._heading] = []
        elif tag == "tr":
            self.tables[self._heading].append([])

    def handle_endtag(self, tag: str) -> None:
        if tag in ("h2", "th", "td") and self._text is not None:
            text, self._text = " ".join("".join(self._text).split()), None
            if tag == "h2":
                self._heading = text
            else:
                self.tables[self._heading][-1].append(text)

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.append(data)
