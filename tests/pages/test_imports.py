"""Facts out of a file: shown row by row with what they do to closed months, then recorded together or not at all."""

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from cohort.core.facts import Child, Claim, Expense, ExtraCost, Household, Placement, Rate, Retraction
from cohort.models import (
    BaselineProposal,
    ChildVersion,
    ClaimNote,
    ClaimVersion,
    ExpenseVersion,
    HouseholdVersion,
    PendingImport,
    PlacementVersion,
)
from cohort.queries import current_facts
from cohort.services import record
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.words import SETTING_NAMES
from tests.pages.sheets import FAMILY_OF_TWO, HEADINGS, Rows, chosen, csv_of, workbook
from tests.pages.world import World
from tests.signing_in import signed_in

SEEN = re.compile(r'name="seen" value="([0-9a-f]{64})"')


def words_of(content: bytes) -> str:
    text = re.sub(r"<[^>]+>", " ", content.decode())
    return " ".join(html.unescape(text).split())


class Importer:
    """A person who imports files into the own contract."""

    def __init__(self, here: World, who: str = "own council finance_officer") -> None:
        self.contract = here.contract
        self.person = here.people[who]
        self.client: Client = signed_in(self.person)
        self.address = f"/contracts/{here.contract.pk}/import/"

    def bring(self, content: bytes, name: str = "cohort.xlsx", **said: str) -> str:
        """The words of the page that comes: what is wrong, or what the file would do."""
        answer = self.client.post(self.address, {**chosen(content, name), **said}, follow=True)
        assert answer.status_code == 200
        self.page = answer
        return words_of(answer.content)

    def confirm(self, seen: str = "") -> str:
        """The words of the page after *Record all of it*."""
        found = SEEN.search(self.page.content.decode())
        said = {"step": "record", "seen": seen or (found[1] if found else "")}
        answer = self.client.post(self.page.request["PATH_INFO"], said, follow=True)
        assert answer.status_code == 200
        return words_of(answer.content)

    def record(self, content: bytes, name: str = "cohort.xlsx") -> str:
        """The check page's words, once it is confirmed."""
        words = self.bring(content, name)
        assert "recorded from the file" in self.confirm()
        return words


@pytest.fixture
def officer(here: World) -> Importer:
    return Importer(here)


def wrong(words: str) -> str:
    """What the page says is wrong in the file."""
    return words.partition("What is wrong in the file")[2].partition("Choose the mended file")[0]


def test_everything_in_the_file_is_recorded_together(officer: Importer):
    words = officer.record(workbook(FAMILY_OF_TWO))
    assert "cohort.xlsx, 7 rows: 6 new and 1 changed." in words
    assert "What shows it: The review of 5 January says so." in words
    known = current_facts(officer.contract)
    assert known.children["C02"] == Child("C02", date(2025, 11, 3), None, (Rate(date(2025, 11, 3), 710_050),))
    assert known.households["H02"] == Household("H02", "provider", date(2025, 12, 1))
    assert known.placements["C02-R0"].until == date(2026, 1, 12)
    assert known.placements["C02-F0"] == Placement(
        "C02-F0",
        "C02",
        "fostering_in_house",
        date(2026, 1, 12),
        None,
        None,
        "H02",
        (Rate(date(2026, 1, 12), 78_500), Rate(date(2026, 4, 1), 79_025, 10_000)),
    )
    assert known.claims["C02-T0"] == Claim("C02-T0", "C02-F0", "submitted")
    miles = "54.5 miles at 45p: visit to household H02"
    assert known.expenses["E100"] == Expense("E100", date(2026, 1, 9), "mileage", 2_453, miles)
    note = ClaimNote.objects.get(claim__reference="C02-T0")
    assert (note.text, note.status) == ("The review of 5 January says so.", "submitted")
    event = AuditEvent.objects.latest("pk")
    assert (event.action, event.subject) == ("facts.imported", "file of 7 rows")
    assert '"facts":6' in event.detail
    assert "cohort.xlsx" not in event.detail


def test_extra_costs_are_recorded_corrected_and_known_again(officer: Importer):
    rows = {
        "Children": [["C02", date(2025, 11, 3), None, 7_100, None]],
        "Extra costs": [
            ["C02-N1", "C02", "notice", "12/01/2026", "26/01/2026", "£5,200.00"],
            ["C01-S1", "C01", "Support", date(2025, 12, 1), date(2026, 3, 1), 150],
        ],
    }
    words = officer.record(workbook(rows))
    assert "3 rows: 3 new." in words
    assert "What for: Notice" in words
    known = current_facts(officer.contract).extra_costs
    notice = ExtraCost("C02-N1", "C02", "notice", date(2026, 1, 12), date(2026, 1, 26), 520_000)
    assert known["C02-N1"] == notice
    assert known["C01-S1"] == ExtraCost("C01-S1", "C01", "support", date(2025, 12, 1), date(2026, 3, 1), 15_000)
    assert "3 rows: 3 known already" in officer.bring(workbook(rows))
    longer = {"Extra costs": [["C02-N1", "C02", "Notice", "12/01/2026", "28/01/2026", 5_200]]}
    assert "1 row: 1 changed." in officer.record(workbook(longer))
    assert current_facts(officer.contract).extra_costs["C02-N1"] == replace(notice, until=date(2026, 1, 28))
    other = {"Extra costs": [["C02-N1", "C01", "Notice", "12/01/2026", "28/01/2026", 5_200]]}
    assert "Extra costs 2 Child extra cost C02-N1 is known as one of child C02" in wrong(officer.bring(workbook(other)))


def test_facts_are_stamped_now_in_their_order_and_not_after_what_was_last_recorded(officer: Importer):
    officer.bring(workbook(FAMILY_OF_TWO))
    before = DATABASE_CLOCK.read(after=None)
    officer.confirm()
    stamps = [
        versions.objects.get(fact__contract=officer.contract, fact__reference=reference).recorded_at
        for versions, reference in (
            (ChildVersion, "C02"),
            (HouseholdVersion, "H02"),
            (PlacementVersion, "C02-R0"),
            (PlacementVersion, "C02-F0"),
            (ClaimVersion, "C02-T0"),
            (ExpenseVersion, "E100"),
        )
    ]
    assert stamps[0] > before
    assert stamps == [stamps[0] + timedelta(microseconds=number) for number in range(6)]
    officer.contract.refresh_from_db()
    assert officer.contract.last_stamped_at == stamps[-1] + timedelta(microseconds=1)


def test_same_file_again_changes_nothing_and_says_so(officer: Importer):
    officer.record(workbook(FAMILY_OF_TWO))
    events = AuditEvent.objects.count()
    words = officer.bring(workbook(FAMILY_OF_TWO))
    assert "7 rows: 7 known already" in words
    assert "Everything in this file is known already" in words
    assert not SEEN.search(officer.page.content.decode())
    assert AuditEvent.objects.count() == events


def test_empty_cell_takes_nothing_away_and_a_filled_one_corrects(officer: Importer):
    officer.record(workbook(FAMILY_OF_TWO))
    rows = {"Placements": [["C02-R0", "C02", "Unregistered", "03/11/2025", None, None, None, "7100.50", None]]}
    words = officer.record(workbook(rows))
    assert "Setting: was Residential is now Unregistered" in words
    corrected = current_facts(officer.contract).placements["C02-R0"]
    assert (corrected.setting, corrected.until, corrected.ended) == ("unregistered", date(2026, 1, 12), "planned")


def test_effect_on_closed_months_is_that_of_all_rows_together(officer: Importer):
    words = officer.bring(workbook({"Prices": [["C01-F0", "20/11/2025", "1,500.00", None]]}))
    assert "The savings of November 2025, closed, fall by £157.14" in words
    assert current_facts(officer.contract).placements["C01-F0"].costs == (Rate(date(2025, 11, 12), 140_000),)
    assert "1 fact is recorded from the file." in officer.confirm()
    assert current_facts(officer.contract).placements["C01-F0"].costs[-1] == Rate(date(2025, 11, 20), 150_000)


WRONG: dict[str, tuple[dict[str, Rows], str]] = {
    "no such day": (
        {"Children": [["C02", "31/02/2026", None, 7_100, None]]},
        "Children 2 Joined “31/02/2026” is not a date. Write it like 12/03/2026 or 2026-03-12",
    ),
    "American day": (
        {"Children": [["C02", "03/25/2026", None, 7_100, None]]},
        "Children 2 Joined “03/25/2026” is not a date. Write it like 12/03/2026 or 2026-03-12",
    ),
    "two figures": (
        {"Children": [["C02", "12/03/26", None, 7_100, None]]},
        "Children 2 Joined “12/03/26”: write the year with four figures, like 12/03/2026",
    ),
    "number for a day": (
        {"Children": [["C02", 46_093, None, 7_100, None]]},
        "Children 2 Joined “46093” is not a date. Format the cell as a date",
    ),
    "comma for a point": (
        {"Children": [["C02", date(2026, 3, 12), None, "7100,50", None]]},
        "Children 2 Baseline a week “7100,50” is not an amount. Write it like 4,807.69, not below zero",
    ),
    "below zero": (
        {"Children": [["C02", date(2026, 3, 12), None, -1, None]]},
        "Children 2 Baseline a week “-1” is not an amount. Write it like 4,807.69, not below zero",
    ),
    "fraction of a penny": (
        {"Children": [["C02", date(2026, 3, 12), None, 7_100.123, None]]},
        "Children 2 Baseline a week “7100.123” has a fraction of a penny. Round it to two decimals",
    ),
    "formula": (
        {"Children": [["C02", date(2026, 3, 12), None, "=3550*2", None]]},
        "Children 2 Baseline a week holds a formula. Paste its value in place of it",
    ),
    "empty": (
        {"Children": [["C02", None, None, 7_100, None]]},
        "Children 2 Joined is empty, and has to be filled in",
    ),
    "partners pay more": (
        {"Children": [["C02", date(2026, 3, 12), None, 100, 101]]},
        "Children 2 Partners pay a week is more than the whole price a week",
    ),
    "left before joining": (
        {"Children": [["C02", "12/03/2026", "12/03/2026", 100, None]]},
        "Children 2 Left 12 March 2026 is not after 12 March 2026, in Joined",
    ),
    "twice": (
        {"Children": [["C02", "12/03/2026", None, 100, None], ["C02", "12/03/2026", None, 100, None]]},
        "Children 3 Child “C02” stands in row 2 already",
    ),
    "unknown child": (
        {"Placements": [["X", "C99", "Residential", "12/03/2026", None, None, None, 100, None]]},
        "Placements 2 Child “C99” is neither known nor on the sheet Children",
    ),
    "unknown setting": (
        {"Placements": [["X", "C01", "Foster", "12/03/2026", None, None, None, 100, None]]},
        f"Placements 2 Setting “Foster” is none of: {', '.join(SETTING_NAMES.values())}",
    ),
    "unknown household": (
        {"Placements": [["X", "C01", "Residential", "12/03/2026", None, None, "H9", 100, None]]},
        "Placements 2 Household “H9” is neither known nor on the sheet Households",
    ),
    "end without how": (
        {"Placements": [["X", "C01", "Residential", "12/03/2026", "13/03/2026", None, None, 100, None]]},
        "Placements 2 How it ended is empty: say how the placement ended, As planned or Broke down",
    ),
    "overlap": (
        {"Placements": [["X", "C01", "Residential", "12/03/2026", None, None, None, 100, None]]},
        "Placements 2 Moved in placement X overlaps placement C01-F0",
    ),
    "price before the placement": (
        {"Prices": [["C01-F0", "11/11/2025", 100, None]]},
        "Prices 2 From 11 November 2025 is no night of the placement: the placement runs from 12 November 2025",
    ),
    "another child's placement": (
        {
            "Children": [["C02", "12/03/2026", None, 100, None]],
            "Placements": [["C01-F0", "C02", "In-house fostering", "12/11/2025", None, None, None, 1_400, None]],
        },
        "Placements 2 Child placement C01-F0 is known as one of child C01",
    ),
    "extra cost of an unknown child": (
        {"Extra costs": [["C99-N1", "C99", "Notice", "12/11/2025", "26/11/2025", 5_200]]},
        "Extra costs 2 Child “C99” is neither known nor on the sheet Children",
    ),
    "extra cost of an unknown kind": (
        {"Extra costs": [["C01-N1", "C01", "Holiday", "12/11/2025", "26/11/2025", 5_200]]},
        "Extra costs 2 What for “Holiday” is none of: Notice, Retainer, Support",
    ),
    "extra cost that ends as it begins": (
        {"Extra costs": [["C01-N1", "C01", "Notice", "12/11/2025", "12/11/2025", 5_200]]},
        "Extra costs 2 Until 12 November 2025 is not after 12 November 2025, in From",
    ),
    "extra cost without an end": (
        {"Extra costs": [["C01-N1", "C01", "Notice", "12/11/2025", None, 5_200]]},
        "Extra costs 2 Until is empty, and has to be filled in",
    ),
    "claimed already": (
        {"Claims": [["C01-T9", "C01-F0", None, "It moved."]]},
        "Claims 2 Placement placement C01-F0 is claimed already, by claim C01-T0",
    ),
    "agreed without a baseline": (
        {
            "Children": [["C02", "12/03/2026", None, 100, None]],
            "Placements": [["X", "C02", "In-house fostering", "12/03/2026", None, None, None, 100, None]],
            "Claims": [["C02-T0", "X", "Agreed", "Known to both"]],
        },
        "Claims 2 Status the baseline of child C02 is not agreed by both sides yet. Agree it first, or write Claimed",
    ),
    "miles for a train": (
        {"Expenses": [["E9", "12/03/2026", "Travel", 5, None, "a train"]]},
        "Expenses 2 Amount is empty, and has to be filled in for this kind",
    ),
    "claim for a home": (
        {"Claims": [["C01-T9", "C01-R0", None, "It moved."]]},
        "Claims 2 Placement the setting of placement C01-R0 is no family setting then",
    ),
}


@pytest.mark.django_db
def test_what_is_wrong_is_named_by_sheet_row_and_column(officer: Importer, subtests: pytest.Subtests):
    before = current_facts(officer.contract)
    for name, (rows, said) in WRONG.items():
        with subtests.test(name):
            words = officer.bring(workbook(rows))
            assert wrong(words).removeprefix(" Sheet Row Column What is wrong ").strip() == (
                f"What is wrong, row by row Sheet Row Column What is wrong {said}"
            )
            assert "1 thing is wrong in “cohort.xlsx”. Nothing is recorded." in words
    assert current_facts(officer.contract) == before
    assert not PendingImport.objects.exists()


def test_headings_that_are_not_the_templates_are_named(officer: Importer):
    content = b"Child,Joined,Baseline a week,Notes\r\nC02,12/03/2026,100,x\r\n"
    assert "the headings are those of none of the templates" in officer.bring(content, "children.csv")
    book = load_workbook(BytesIO(workbook({"Children": []})))
    book["Children"]["B1"] = "Started"
    written = BytesIO()
    book.save(written)
    words = wrong(officer.bring(written.getvalue()))
    assert "Children 1 there is no column “Started” in the template. Take it out, or give it its heading" in words
    assert "Children 1 Joined there is no such column" in words


def test_hidden_and_merged_sheets_are_refused_and_others_named(officer: Importer):
    book = load_workbook(BytesIO(workbook({"Children": [["C02", "12/03/2026", None, 100, None]], "Prices": []})))
    book["Children"].sheet_state = "hidden"
    book["Prices"].merge_cells("A2:B3")
    book.create_sheet("Workings")
    written = BytesIO()
    book.save(written)
    words = wrong(officer.bring(written.getvalue()))
    assert "Children is a hidden sheet with rows in it. Show it, or delete it" in words
    assert "Prices has merged cells. Split them, so that each row stands for itself" in words
    book["Children"].sheet_state = "visible"
    book["Prices"].unmerge_cells("A2:B3")
    written = BytesIO()
    book.save(written)
    assert "Not read, as no sheet of the template is called so: Workings." in officer.bring(written.getvalue())


@pytest.mark.parametrize(
    ("separator", "encoding", "said"),
    [(",", "utf-8", ""), (";", "utf-8-sig", ""), ("\t", "utf-16", ""), (";", "cp1252", "windows")],
)
def test_csv_is_read_in_the_encodings_and_separators_there_are(
    officer: Importer, separator: str, encoding: str, said: str
):
    rows = [["E7", "12/03/2026", "Travel", None, "£4.50", "café for the family"]]
    content = csv_of("Expenses", rows, separator=separator).decode().encode(encoding)
    officer.bring(content, "expenses.csv", encoding=said)
    assert "1 fact is recorded" in officer.confirm()
    assert current_facts(officer.contract).expenses["E7"] == Expense(
        "E7", date(2026, 3, 12), "travel", 450, "café for the family"
    )


def test_windows_text_that_nobody_declares_is_refused(officer: Importer):
    content = csv_of("Expenses", [["E7", "12/03/2026", "Travel", None, "£4.50", "x"]]).decode().encode("cp1252")
    words = officer.bring(content, "expenses.csv")
    assert "“expenses.csv” is not in UTF-8. Save it as “CSV UTF-8”, or say below that it is in Windows-1252." in words


def test_agreed_baseline_is_proposed_and_not_overwritten(officer: Importer):
    uplift = workbook({"Baselines": [["C01", "01/04/2026", "7,210.00", None]]})
    words = officer.bring(uplift)
    assert "1 row: 1 proposed" in words
    assert "Both sides agreed the baseline of child C01. The new one is proposed, and counts once agreed." in words
    assert "1 baseline is proposed." in officer.confirm()
    assert current_facts(officer.contract).children["C01"].baseline == (Rate(date(2024, 1, 1), 700_000),)
    proposal = BaselineProposal.objects.get()
    assert proposal.rates[-1] == {"from": "2026-04-01", "weekly": "7210.00", "contribution": "0.00"}
    assert (proposal.proposed_side, proposal.proposed_by) == ("council", officer.person)
    assert "1 row: 1 proposed already" in officer.bring(uplift)
    other = officer.bring(workbook({"Baselines": [["C01", "01/04/2026", "7,300.00", None]]}))
    assert "another baseline of child C01 is proposed already. It has to be answered first" in wrong(other)


def test_what_was_recorded_in_between_is_noticed(officer: Importer, here: World):
    officer.bring(workbook({"Prices": [["C01-F0", "01/04/2026", "1,500.00", None]]}))
    known = current_facts(officer.contract).placements["C01-F0"]
    changed = Placement(**{**_parts(known), "costs": (Rate(date(2025, 11, 12), 139_900),)})
    second = here.people["own council lead_accountant"]
    record(contract=officer.contract, facts=[changed], by=second, clock=DATABASE_CLOCK)
    words = officer.confirm()
    assert "What is known has changed since you looked. Nothing was recorded. Look again." in words
    assert current_facts(officer.contract).placements["C01-F0"] == changed
    shown = officer.client.get(officer.page.request["PATH_INFO"])
    officer.page = shown
    assert "1 fact is recorded from the file." in officer.confirm()
    assert current_facts(officer.contract).placements["C01-F0"].costs[0].weekly_pence == 139_900


def _parts(placement: Placement) -> dict[str, object]:
    return {name: getattr(placement, name) for name in Placement.__slots__}


def test_file_chosen_in_another_window_replaces_the_first(officer: Importer):
    officer.bring(workbook({"Prices": [["C01-F0", "01/04/2026", "1,500.00", None]]}))
    first = officer.page
    officer.bring(workbook({"Prices": [["C01-F0", "01/04/2026", "1,600.00", None]]}))
    second, officer.page = officer.page, first
    assert "was replaced by another file" in officer.confirm()
    officer.page = second
    assert "1 fact is recorded" in officer.confirm()
    assert "What you brought is recorded" in officer.confirm()
    assert [rate.weekly_pence for rate in current_facts(officer.contract).placements["C01-F0"].costs] == [
        140_000,
        160_000,
    ]


def test_what_one_brought_is_not_for_another(officer: Importer, here: World):
    officer.bring(workbook({"Prices": [["C01-F0", "01/04/2026", "1,500.00", None]]}))
    other = Importer(here, "own council lead_accountant")
    answer = other.client.get(officer.page.request["PATH_INFO"])
    assert answer.status_code == 302
    assert PendingImport.objects.count() == 1


def test_file_that_is_put_aside_records_nothing(officer: Importer):
    officer.bring(workbook({"Prices": [["C01-F0", "01/04/2026", "1,500.00", None]]}))
    answer = officer.client.post(officer.page.request["PATH_INFO"], {"step": "discard"}, follow=True)
    assert "The file is put aside. Nothing was recorded." in words_of(answer.content)
    assert not PendingImport.objects.exists()


def test_provider_imports_what_it_records_one_by_one_and_nothing_else(here: World):
    provider = Importer(here, "own provider provider_staff")
    officers = Importer(here)
    officers.record(workbook({name: FAMILY_OF_TWO[name] for name in ("Children", "Placements", "Households")}))
    own = {"Claims": FAMILY_OF_TWO["Claims"], "Expenses": FAMILY_OF_TWO["Expenses"]}
    provider.record(workbook(own))
    assert current_facts(here.contract).claims["C02-T0"].status == "submitted"
    broken = ["C02-F0", "C02", "In-house fostering", "12/01/2026", "01/06/2026", "Broke down", "H02", 785, None]
    provider.record(workbook({"Placements": [broken]}))
    assert current_facts(here.contract).placements["C02-F0"].ended == "breakdown"
    for rows in (
        {"Children": [["C03", "12/03/2026", None, 100, None]]},
        {"Prices": [["C02-F0", "01/05/2026", 1, None]]},
        {"Extra costs": [["C02-N1", "C02", "Notice", "12/01/2026", "26/01/2026", 5_200]]},
        {"Households": [["H03", "Council", None]]},
    ):
        assert "is not yours to record" in wrong(provider.bring(workbook(rows)))


def test_retracted_reference_is_not_brought_back(officer: Importer):

    officer.record(workbook({"Expenses": FAMILY_OF_TWO["Expenses"]}))
    gone = Retraction("expense", "E100")
    record(contract=officer.contract, facts=[gone], by=officer.person, clock=DATABASE_CLOCK)
    words = wrong(officer.bring(workbook({"Expenses": FAMILY_OF_TWO["Expenses"]})))
    assert "Expenses 2 Expense “E100” was retracted. Take another reference, or restore it on its page" in words
    cost = {"Extra costs": [["C01-S1", "C01", "Support", "01/12/2025", "01/03/2026", 150]]}
    officer.record(workbook(cost))
    gone = Retraction("extra_cost", "C01-S1")
    record(contract=officer.contract, facts=[gone], by=officer.person, clock=DATABASE_CLOCK)
    assert "Extra costs 2 Extra cost “C01-S1” was retracted" in wrong(officer.bring(workbook(cost)))


def test_as_many_questions_for_many_rows_as_for_few(officer: Importer):
    def questions(count: int, first: int) -> list[int]:
        numbers = range(first, first + count)
        rows: dict[str, Rows] = {
            "Children": [[f"N{number}", "03/11/2025", None, 7_100, None] for number in numbers],
            "Placements": [
                [f"N{number}-F0", f"N{number}", "In-house fostering", "03/11/2025", None, None, None, 785, None]
                for number in numbers
            ],
            "Expenses": [[f"X{number}", "03/11/2025", "Travel", None, 1, "a train"] for number in numbers],
        }
        with CaptureQueriesContext(connection) as bringing:
            officer.bring(workbook(rows))
        with CaptureQueriesContext(connection) as confirming:
            assert f"{3 * count} facts are recorded" in officer.confirm()
        changed = {"Placements": [[*row[:-2], 786, None] for row in rows["Placements"]]}
        officer.bring(workbook(changed))
        with CaptureQueriesContext(connection) as correcting:
            assert "recorded from the file" in officer.confirm()
        return [len(bringing), len(confirming), len(correcting)]

    questions(1, 1)
    assert questions(2, 10) == questions(60, 100)


def test_template_is_read_back_as_it_was_handed_out(officer: Importer, here: World):
    answer = officer.client.get(f"{officer.address}template.xlsx")
    book = load_workbook(BytesIO(answer.content))
    assert book.sheetnames == ["Read me", *HEADINGS]
    assert [cell.value for cell in book["Placements"][1]] == HEADINGS["Placements"]
    assert "There are no rows in it." in officer.bring(answer.content)
    officer.record(workbook(FAMILY_OF_TWO, template=answer.content))
    assert current_facts(officer.contract).children["C02"].baseline[0].weekly_pence == 710_050
    provider = Importer(here, "own provider provider_staff")
    book = load_workbook(BytesIO(provider.client.get(f"{provider.address}template.xlsx").content))
    assert book.sheetnames == ["Read me", "Households", "Placements", "Claims", "Expenses"]
    assert provider.client.get(f"{provider.address}children.csv").status_code == 404


def test_each_csv_template_is_known_by_its_headings(officer: Importer, subtests: pytest.Subtests):
    for key in ("children", "baselines", "households", "placements", "prices", "claims", "expenses"):
        with subtests.test(key):
            content = officer.client.get(f"{officer.address}{key}.csv").content
            assert content.startswith(b"\xef\xbb\xbf")
            assert "There are no rows in it." in officer.bring(content, f"{key}.csv")


def test_file_is_asked_for(officer: Importer):
    answer = officer.client.post(officer.address, {})
    assert answer.status_code == 200
    assert "Choose a workbook (XLSX) or a CSV file" in words_of(answer.content)
