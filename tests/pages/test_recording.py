"""Recording facts in the browser: what each form records, what it refuses at which field, what it says beforehand."""

import html
import re
from collections.abc import Mapping
from datetime import date

import pytest
from django.test import Client

from cohort.core.facts import Child, Claim, ExtraCost, Placement, Rate
from cohort.models import Contract, PlacementVersion
from cohort.queries import current_facts, keys_of
from cohort.services import report_breakdown
from pbr_ledger.audit.models import AuditEvent
from pbr_ledger.clock import DATABASE_CLOCK
from pbr_ledger.periods import Month
from savings.queries import worked_statement
from savings.services import propose
from tests.pages.world import World
from tests.signing_in import signed_in

HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
BASELINE = (Rate(date(2024, 1, 1), 700_000),)
HOME_PRICE = (Rate(date(2024, 1, 1), 700_000),)
FAMILY = Placement(
    "C01-F0",
    "C01",
    "fostering_in_house",
    date(2025, 11, 12),
    None,
    None,
    None,
    (Rate(date(2025, 11, 12), 140_000),),
)


def day(name: str, day: int, month: int, year: int) -> dict[str, str]:
    return {f"{name}_0": str(day), f"{name}_1": str(month), f"{name}_2": str(year)}


def words_of(content: bytes) -> str:
    return " ".join(html.unescape(content.decode()).split())


class Desk:
    """A person at the pages of one contract, who fills in forms and presses buttons."""

    def __init__(self, here: World, who: str) -> None:
        self.contract: Contract = here.contract
        self.client: Client = signed_in(here.people[who])

    def address(self, kind: str, reference: str, action: str) -> str:
        key = keys_of(contract=self.contract, kind=kind)[reference]
        place = {"child": "cohort", "placement": "placements", "extra_cost": "extra-costs"}[kind]
        return f"/contracts/{self.contract.pk}/{place}/{key}/{action}/"

    def fill_in(self, address: str, said: Mapping[str, str]) -> str:
        """The page after *Continue*: the check, or the form with what is wrong."""
        shown = self.client.get(address).content.decode()
        seen = re.search(r'name="seen" value="([^"]+)"', shown)
        assert seen
        answer = self.client.post(address, {"seen": html.unescape(seen[1]), **said})
        assert answer.status_code == 200
        self.page = answer.content.decode()
        return words_of(answer.content)

    def press(self, address: str, step: str) -> tuple[int, str]:
        """The answer to a button of the check page, with everything that goes along hidden."""
        hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(self.page)}
        answer = self.client.post(address, {**hidden, "step": step})
        return answer.status_code, words_of(answer.content)

    def record(self, address: str, said: Mapping[str, str]) -> str:
        """The check page, from which it was recorded."""
        checked = self.fill_in(address, said)
        assert ": check</h1>" in checked
        assert self.press(address, "record") == (302, "")
        return checked


@pytest.fixture
def desk(here: World) -> Desk:
    return Desk(here, "own council finance_officer")


def test_child_is_added_with_its_home_at_the_price_of_the_baseline(desk: Desk):
    address = f"/contracts/{desk.contract.pk}/cohort/add/"
    said = {
        "reference": "C02",
        **day("joined", 1, 12, 2025),
        "baseline": "£6,500.00",
        "contribution": "100",
        "setting": "residential",
        **day("since", 5, 5, 2024),
        "weekly": "",
    }
    checked = desk.record(address, said)
    assert "Child C02 <strong" in checked
    assert "The savings of the closed months, up to November 2025, stay as they are." in checked
    assert "The next statement, of December 2025, comes to as much as without it: £24,800.00." in checked
    known = current_facts(desk.contract)
    assert known.children["C02"] == Child("C02", date(2025, 12, 1), None, (Rate(date(2025, 12, 1), 650_000, 10_000),))
    assert known.placements["C02-R0"] == Placement(
        "C02-R0", "C02", "residential", date(2024, 5, 5), None, None, None, (Rate(date(2024, 5, 5), 650_000, 10_000),)
    )


def test_child_can_be_added_without_saying_where_it_lives(desk: Desk):
    said = {"reference": "C02", **day("joined", 1, 12, 2025), "baseline": "6500", "setting": ""}
    desk.record(f"/contracts/{desk.contract.pk}/cohort/add/", said)
    assert "C02-R0" not in current_facts(desk.contract).placements


def test_next_reference_is_suggested_and_one_in_use_is_refused(desk: Desk):
    address = f"/contracts/{desk.contract.pk}/cohort/add/"
    assert 'name="reference" value="C02"' in desk.client.get(address).content.decode()
    said = {"reference": "C01", **day("joined", 1, 12, 2025), "baseline": "6500", "setting": ""}
    page = desk.fill_in(address, said)
    assert '<a href="#id_reference">C01 is in use already</a>' in page
    assert current_facts(desk.contract).children["C01"].joined == date(2025, 8, 6)


def test_empty_form_says_what_to_enter_in_words_of_its_own(desk: Desk):
    page = desk.fill_in(f"/contracts/{desk.contract.pk}/cohort/add/", {"setting": "residential"})
    for words in (
        "Enter the child’s reference",
        "Enter the date on which the child joined the cohort",
        "Enter the weekly price of residential care that savings are measured against",
        "Enter the date since which the child lives there",
    ):
        assert page.count(words) == 2
    assert "This field is required" not in page


def test_move_ends_one_placement_and_begins_the_next_with_its_claim_in_one_step(desk: Desk):
    address = desk.address("child", "C01", "move")
    said = {**day("start", 1, 12, 2025), "setting": "connected_carers", "weekly": "700.00", "agreed": "on"}
    checked = desk.record(address, said)
    assert "Placement C01-F1 <strong" in checked
    assert "Claim C01-T1 <strong" in checked
    assert "comes to £27,900.00 instead of £24,800.00: £3,100.00 more for the council to pay." in checked
    known = current_facts(desk.contract)
    assert (known.placements["C01-F0"].until, known.placements["C01-F0"].ended) == (date(2025, 12, 1), "planned")
    assert known.placements["C01-F1"] == Placement(
        "C01-F1", "C01", "connected_carers", date(2025, 12, 1), None, None, None, (Rate(date(2025, 12, 1), 70_000),)
    )
    assert known.claims["C01-T1"] == Claim("C01-T1", "C01-F1", "agreed")


def test_move_is_refused_at_its_fields(desk: Desk):
    address = desk.address("child", "C01", "move")
    late = {**day("start", 12, 11, 2025), "setting": "connected_carers", "weekly": "700.00"}
    page = desk.fill_in(address, late)
    assert "First night in the new place must be after 12 November 2025, when placement C01-F0 began" in page
    home = {**day("start", 1, 12, 2025), "setting": "residential", "weekly": "70", "contribution": "71", "agreed": "on"}
    page = desk.fill_in(address, home)
    assert '<a href="#id_contribution">Of which partners pay a week: is more than the weekly amount' in page
    page = desk.fill_in(address, {**home, "contribution": ""})
    assert '<a href="#id_agreed">The move is agreed with the provider as a transition: the setting of' in page
    assert len(current_facts(desk.contract).placements) == 2


def test_move_brings_no_agreed_claim_before_both_sides_agreed_the_baseline(desk: Desk):
    home = {"reference": "C02", **day("joined", 1, 12, 2025), "baseline": "6500", "setting": "residential"}
    desk.record(f"/contracts/{desk.contract.pk}/cohort/add/", {**home, **day("since", 5, 5, 2024)})
    moved = {**day("start", 8, 12, 2025), "setting": "connected_carers", "weekly": "700.00"}
    address = desk.address("child", "C02", "move")
    page = desk.fill_in(address, {**moved, "agreed": "on"})
    assert '<a href="#id_agreed">Leave this out for now: the baseline of child C02 is not agreed by both sides' in page
    desk.record(address, moved)
    known = current_facts(desk.contract)
    assert known.placements["C02-R0"].until == date(2025, 12, 8)
    assert [claim.id for claim in known.claims.values() if claim.placement == "C02-F0"] == []


def test_check_writes_nothing_and_change_brings_the_form_back(desk: Desk):
    address = desk.address("child", "C01", "move")
    before = (PlacementVersion.objects.count(), AuditEvent.objects.count())
    desk.fill_in(address, {**day("start", 1, 12, 2025), "setting": "connected_carers", "weekly": "700.00"})
    assert (PlacementVersion.objects.count(), AuditEvent.objects.count()) == before
    status, page = desk.press(address, "change")
    assert status == 200
    assert "Record a move of child C01</h1>" in page
    assert 'name="weekly" value="700.00"' in page
    assert "There is a problem" not in page


def test_late_breakdown_says_what_it_does_before_it_is_recorded_and_then_does_it(desk: Desk):
    address = desk.address("placement", "C01-F0", "breakdown")
    checked = desk.fill_in(address, day("until", 20, 11, 2025))
    assert (
        "The savings of November 2025, closed, fall by £8,800.00: all closed months together come to £6,400.00 instead "
        "of £15,200.00."
    ) in checked
    assert (
        "The next statement, of December 2025, comes to a credit of £8,800.00 instead of £24,800.00: £33,600.00 less "
        "for the council to pay."
    ) in checked
    assert desk.press(address, "record")[0] == 302
    now = DATABASE_CLOCK.read(after=None)
    worked = worked_statement(contract=desk.contract, month=Month(2025, 12), known_at=now)
    assert worked.result.charges.total == -880_000


def test_open_proposal_that_would_lapse_is_named(here: World, desk: Desk):
    officer = here.people["own council lead_accountant"]
    propose(contract=here.contract, month=Month(2025, 12), by=officer, clock=DATABASE_CLOCK)
    address = desk.address("placement", "C01-F0", "breakdown")
    lapses = "The open proposal of December 2025 then shows other figures, and agreements to it lapse."
    assert lapses in desk.fill_in(address, day("until", 20, 11, 2025))
    assert lapses not in desk.fill_in(address, day("until", 1, 1, 2026))


def test_provider_reports_a_breakdown_and_nothing_else(here: World):
    provider = Desk(here, "own provider provider_staff")
    provider.record(provider.address("placement", "C01-F0", "breakdown"), day("until", 20, 11, 2025))
    placement = current_facts(here.contract).placements["C01-F0"]
    assert (placement.until, placement.ended) == (date(2025, 11, 20), "breakdown")
    for action in ("price", "correct", "retract"):
        assert provider.client.get(provider.address("placement", "C01-F0", action)).status_code == 403


def test_breakdown_of_a_placement_that_has_ended_leads_back_to_the_child(desk: Desk):
    answer = desk.client.get(desk.address("placement", "C01-R0", "breakdown"), follow=True)
    assert "Placement C01-R0 has ended already, on 12 November 2025." in words_of(answer.content)


def test_breakdown_before_the_placement_began_is_refused_in_words(desk: Desk):
    page = desk.fill_in(desk.address("placement", "C01-F0", "breakdown"), day("until", 12, 11, 2025))
    assert "First night elsewhere must be after 12 November 2025, when the placement began" in page


def test_price_changes_from_a_date_on(desk: Desk):
    address = desk.address("placement", "C01-F0", "price")
    checked = desk.record(address, {**day("start", 24, 11, 2025), "weekly": "2,100", "contribution": ""})
    assert "fall by £700.00" in checked  # seven nights of November at 100.00 less
    assert current_facts(desk.contract).placements["C01-F0"].costs == (
        *FAMILY.costs,
        Rate(date(2025, 11, 24), 210_000),
    )
    page = desk.fill_in(address, {**day("start", 11, 11, 2025), "weekly": "2,100"})
    assert "From must be a night of the placement: it began on 12 November 2025" in page


def test_placement_is_corrected_in_every_field(desk: Desk):
    address = desk.address("placement", "C01-F0", "correct")
    said = {
        "setting": "fostering_external",
        **day("start", 13, 11, 2025),
        **day("until", 1, 2, 2026),
        "ended": "planned",
        "household": "",
        **day("from_0", 12, 11, 2025),
        "weekly_0": "1,500.00",
        "contribution_0": "10",
    }
    checked = desk.record(address, said)
    assert "1,400.00 from 12 November 2025" in checked
    assert current_facts(desk.contract).placements["C01-F0"] == Placement(
        "C01-F0",
        "C01",
        "fostering_external",
        date(2025, 11, 13),
        date(2026, 2, 1),
        "planned",
        None,
        (Rate(date(2025, 11, 12), 150_000, 1_000),),
    )


def test_first_price_goes_back_with_the_first_night(desk: Desk):
    home = {
        "setting": "residential",
        **day("start", 1, 12, 2023),
        **day("until", 12, 11, 2025),
        "ended": "planned",
        **day("from_0", 1, 1, 2024),
        "weekly_0": "7000",
    }
    desk.record(desk.address("placement", "C01-R0", "correct"), home)
    assert current_facts(desk.contract).placements["C01-R0"].costs == (Rate(date(2023, 12, 1), 700_000),)


def test_price_recorded_in_error_is_taken_out_and_refusals_stand_at_the_price_they_are_about(desk: Desk):
    desk.record(desk.address("placement", "C01-F0", "price"), {**day("start", 1, 12, 2025), "weekly": "900"})
    address = desk.address("placement", "C01-F0", "correct")
    said = {
        "setting": "fostering_in_house",
        **day("start", 12, 11, 2025),
        "ended": "",
        **day("from_0", 12, 11, 2025),
        "weekly_0": "1400",
        **day("from_1", 12, 11, 2025),
        "weekly_1": "900",
        "contribution_1": "901",
    }
    page = desk.fill_in(address, said)
    assert '<a href="#id_from_1_0">Price 2 from must be after 12 November 2025, when the price before began' in page
    page = desk.fill_in(address, {**said, **day("from_1", 1, 12, 2025)})
    assert '<a href="#id_contribution_1">Price 2, of which partners pay a week: is more' in page
    desk.record(address, {**said, "drop_1": "on"})
    assert current_facts(desk.contract).placements["C01-F0"] == FAMILY


def test_ending_and_its_date_are_asked_for_together(desk: Desk):
    address = desk.address("placement", "C01-F0", "correct")
    said = {"setting": "reunification", **day("start", 12, 11, 2025), **day("from_0", 12, 11, 2025), "weekly_0": "1"}
    assert "Choose how the placement ended" in desk.fill_in(address, {**said, **day("until", 1, 2, 2026)})
    assert "Enter the date of the first night elsewhere" in desk.fill_in(address, {**said, "ended": "breakdown"})


def test_child_is_corrected_and_its_baseline_stays(desk: Desk):
    address = desk.address("child", "C01", "correct")
    desk.record(address, {**day("joined", 7, 8, 2025), **day("left", 21, 11, 2025)})
    assert current_facts(desk.contract).children["C01"] == Child("C01", date(2025, 8, 7), date(2025, 11, 21), BASELINE)
    page = desk.fill_in(address, {**day("joined", 31, 12, 2023), **day("left", 31, 12, 2023)})
    assert "Joined the cohort on: the baseline is known only from 1 January 2024" in page
    assert "Left the cohort on must be after 31 December 2023, when the child joined" in page


def test_extra_cost_is_added_corrected_and_retracted(desk: Desk):
    address = desk.address("child", "C01", "extra-costs/add")
    notice = {"category": "notice", **day("start", 12, 11, 2025), **day("until", 19, 11, 2025), "weekly": "7000"}
    checked = desk.record(address, notice)
    assert "fall by £7,000.00" in checked
    assert current_facts(desk.contract).extra_costs == {
        "C01-N0": ExtraCost("C01-N0", "C01", "notice", date(2025, 11, 12), date(2025, 11, 19), 700_000)
    }
    desk.record(desk.address("extra_cost", "C01-N0", "correct"), {**notice, "category": "support", "weekly": "3500"})
    assert current_facts(desk.contract).extra_costs["C01-N0"].weekly_pence == 350_000
    retract = desk.address("extra_cost", "C01-N0", "retract")
    desk.page = desk.client.get(retract).content.decode()
    assert "rise by £3,500.00" in words_of(desk.page.encode())
    assert desk.press(retract, "record")[0] == 302
    assert current_facts(desk.contract).extra_costs == {}
    page = desk.fill_in(address, {**notice, **day("until", 12, 11, 2025)})
    assert "First night that is no longer paid must be after 12 November 2025, the first night that is paid" in page


def test_retraction_of_what_others_refer_to_is_refused_and_says_which(desk: Desk):
    page = words_of(desk.client.get(desk.address("placement", "C01-F0", "retract")).content)
    assert "Claim C01-T0 still refers to placement C01-F0" in page
    assert ": check</h1>" not in page
    page = words_of(desk.client.get(desk.address("child", "C01", "retract")).content)
    assert "Placement C01-F0 still refers to child C01" in page


def test_placement_is_retracted_after_a_confirmation(desk: Desk):
    address = desk.address("placement", "C01-R0", "retract")
    desk.page = desk.client.get(address).content.decode()
    assert "C01-R0" in current_facts(desk.contract).placements
    assert desk.press(address, "record")[0] == 302
    assert "C01-R0" not in current_facts(desk.contract).placements
    assert desk.client.get(address).status_code == 404


def test_what_somebody_else_recorded_meanwhile_is_not_overwritten(here: World, desk: Desk):
    address = desk.address("placement", "C01-F0", "price")
    checked = desk.fill_in(address, {**day("start", 24, 11, 2025), "weekly": "2,100"})
    assert ": check</h1>" in checked
    provider = here.people["own provider provider_staff"]
    report_breakdown(
        contract=here.contract, placement="C01-F0", until=date(2026, 1, 5), by=provider, clock=DATABASE_CLOCK
    )
    status, page = desk.press(address, "record")
    assert (status, "Somebody has recorded placement C01-F0 since this page was opened." in page) == (200, True)
    assert current_facts(here.contract).placements["C01-F0"].costs == FAMILY.costs


@pytest.mark.parametrize("seen", ["", "yesterday", "2026-01-01T00:00:00"])
def test_page_that_does_not_say_what_it_has_seen_is_out_of_date(desk: Desk, seen: str):
    address = desk.address("placement", "C01-F0", "price")
    answer = desk.client.post(
        address, {**day("start", 24, 11, 2025), "weekly": "2,100", "seen": seen, "step": "record"}
    )
    assert "This page is out of date. Open it again." in words_of(answer.content)
    assert current_facts(desk.contract).placements["C01-F0"] == FAMILY
