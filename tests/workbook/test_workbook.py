"""The workbook as a file: the same bytes, no text that turns into a formula, and the look that accountants expect."""

import json
import re
import zipfile
from datetime import datetime
from functools import cache
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from pbr_ledger.periods import Month
from savings.core.scenario import read_scenario
from savings.documents import sentences
from savings.documents.workbook.book import SHEETS
from savings.documents.workbook.reconciliation import workbook_xlsx
from tests.workbook import recalculation, samples

MONEY = "£#,##0.00;[Red]-£#,##0.00"
COMPUTED = ("Nights", "Savings", "Schedule", "Fee", "Adjustments")
EARLY_FUNCTIONS = {
    *("ABS", "AND", "COUNTIF", "COUNTIFS", "DATE", "EDATE", "EOMONTH", "IF", "IFERROR", "INDEX", "ISNUMBER", "MATCH"),
    *("MAX", "MIN", "MONTH", "N", "OR", "ROUND", "ROWS", "SUM", "SUMIFS", "SUMPRODUCT", "YEAR"),
}
"""Known to every spreadsheet program since 2007, and the same whenever and wherever they are worked out."""


@cache
def april() -> bytes:
    """The workbook of the sample contract's April 2026."""
    return workbook_xlsx(samples.content("plymouth", "2026-04"))


@cache
def opened() -> Workbook:
    """The same, as openpyxl reads it."""
    return load_workbook(BytesIO(april()))


def renamed(name: str, references: dict[str, str]) -> bytes:
    """The last workbook of a worked example whose references have become other texts."""
    text = (samples.SCENARIOS / f"{name}.json").read_text(encoding="utf-8")
    for old, new in references.items():
        text = text.replace(json.dumps(old), json.dumps(new))
    return workbook_xlsx(list(samples.contents(read_scenario(text.encode())))[-1])


class TestFile:
    def test_is_the_same_bytes_whenever_it_is_made_again(self):
        assert workbook_xlsx(samples.content("plymouth", "2026-04")) == april()

    def test_is_dated_at_the_closing_and_nowhere_else(self):
        closed_at = samples.content("plymouth", "2026-04").report.closed_at
        properties = opened().properties
        assert properties.created == properties.modified == closed_at.replace(tzinfo=None)
        with zipfile.ZipFile(BytesIO(april())) as parts:
            assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}

    def test_has_its_sheets_in_order_and_opens_with_the_first(self):
        assert tuple(opened().sheetnames) == SHEETS
        assert opened().active.title == "Read me"

    def test_has_no_macros_no_links_and_only_functions_that_every_program_knows(self):
        with zipfile.ZipFile(BytesIO(april())) as parts:
            names = " ".join(parts.namelist())
        assert not any(word in names for word in ("vba", "externalLink", "hyperlink", "connections", "activeX"))
        texts = " ".join(recalculation.formulas(april()).values())
        assert set(re.findall(r"([A-Za-z_.]+)\(", texts)) == EARLY_FUNCTIONS
        assert "[" not in texts


class TestText:
    def test_references_that_look_like_formulas_stay_text(self, tmp_path):
        odd = {"C01": "=1+1", "C01-R0": "+1", "C01-F0": "-2+3", "C01-T0": "@SUM(A1)"}
        workbook = renamed("mid-month-move", odd)
        assert not set(odd.values()) & set(recalculation.formulas(workbook).values())
        [recalculated] = recalculation.recalculated({"odd": workbook}, tmp_path).values()
        found = recalculation.values(recalculated)
        assert [found["Nights", f"{column}6"] for column in "BCD"] == ["=1+1", "-2+3", "@SUM(A1)"]
        assert found[recalculation.named(workbook, "All_checks")] == 0

    def test_text_that_begins_like_a_formula_is_marked_as_text(self):
        book = load_workbook(BytesIO(renamed("mid-month-move", {"C01": "=1+1"})))
        cells = [cell for row in book["Facts"].iter_rows() for cell in row if cell.value == "=1+1"]
        assert cells
        assert all(cell.quotePrefix and cell.data_type == "s" for cell in cells)

    def test_references_are_never_read_as_conditions_or_numbers(self, tmp_path):
        sets = (("C*", "c?1", "<>", ">5"), ("~C", "007", "1e3", "TRUE"), ("É\t&<b>", "''", "{=1}", "#REF!"))
        originals = ("C01", "C01-F0", "C01-T0", "C01-R0")
        workbooks = {
            str(number): renamed("mid-month-move", dict(zip(originals, each, strict=True)))
            for number, each in enumerate(sets)
        }
        recalculated = recalculation.recalculated(workbooks, tmp_path)
        for number, each in enumerate(sets):
            found = recalculation.values(recalculated[str(number)])
            assert tuple(found["Nights", f"{column}6"] for column in "BCD") == each[:3]
            assert found[recalculation.named(workbooks[str(number)], "All_checks")] == 0


class TestLook:
    def test_inputs_are_blue_and_formulas_black(self):
        sheet = opened()["Facts"]
        weekly, net = sheet["D30"], sheet["F30"]
        assert (weekly.value, weekly.font.color.rgb) == (7515, "FF0000FF")
        assert (net.value, net.font.color.rgb) == ("=ROUND(D30-E30,2)", "FF000000")

    def test_amounts_and_dates_are_written_as_the_council_writes_them(self):
        assert opened()["Facts"]["D30"].number_format == MONEY
        assert opened()["Facts"]["C30"].number_format == "dd mmm yyyy"
        assert opened()["Facts"]["C30"].value == datetime(2024, 10, 3)  # noqa: DTZ001 - a spreadsheet's day

    @pytest.mark.parametrize("name", SHEETS)
    def test_every_sheet_prints_on_a4_landscape_with_its_headings_and_a_footer(self, name):
        sheet: Worksheet = opened()[name]
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
        assert sheet.print_title_rows
        assert sheet.oddFooter.left.text.strip() == "L04 25/26 · April 2026"
        assert sheet.oddFooter.right.text == "Page &P of &N"

    @pytest.mark.parametrize("name", [name for name in SHEETS if name != "Read me"])
    def test_every_long_sheet_keeps_its_headings_in_sight(self, name):
        assert opened()[name].freeze_panes is not None

    @pytest.mark.parametrize("name", COMPUTED)
    def test_what_is_computed_is_a_formula(self, name):
        """Of amounts, only what earlier statements stated stands as a value, on the right of Adjustments."""
        amounts = [cell for row in opened()[name].iter_rows() for cell in row if cell.number_format == MONEY]
        values = [cell for cell in amounts if cell.value is not None and cell.data_type != "f"]
        assert {cell.column_letter for cell in values} == ({"M"} if name == "Adjustments" else set())
        assert len(amounts) > len(values)

    def test_every_name_points_to_a_cell(self):
        names = opened().defined_names
        assert len(names) > 60
        for name, defined in names.items():
            [(sheet, cells)] = defined.destinations
            assert opened()[sheet][cells], name


class TestWhy:
    def test_says_every_figure_in_the_words_of_the_report(self):
        rows = {row[0].value: (row[1].value, row[2].value) for row in opened()["Why"].iter_rows(min_row=5)}
        statement = samples.content("plymouth", "2026-04").statement
        assert rows["Fixed fee"][1].startswith(
            sentences.month_fee_sentence(statement.months[-1], terms=statement.terms)
        )
        assert rows["Success fee"][1] == sentences.success_fee_sentence(statement)
        assert rows["Net benefit to the council"][1] == sentences.net_benefit_sentence(statement)
        assert rows["Fixed fee of September 2025"] == (
            "£0.00",
            "No savings counted in September 2025. Its fee is £0.00.",
        )


class TestWhatIsEmpty:
    def test_a_contract_before_its_first_placement_has_a_workbook(self, tmp_path):
        content = samples.content("plymouth", "2025-08")
        assert (content.statement.lines, content.earlier, content.months) == ((), (), (Month(2025, 8),))
        workbook = workbook_xlsx(content)
        [found] = recalculation.recalculated({"first": recalculation.spoilt(workbook)}, tmp_path).values()
        assert recalculation.values(found)[recalculation.named(workbook, "All_checks")] == 0
        assert recalculation.values(found)["Read me", "B3"].endswith("all agree.")
