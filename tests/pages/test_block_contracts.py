"""Beds under block contracts on pages: recorded, corrected, told in histories, and kept when others report."""

import pytest

from cohort.queries import current_facts
from tests.pages.months import page_of
from tests.pages.test_recording import Desk, day
from tests.pages.world import World

SAYS_SO = "under a block contract"


@pytest.fixture
def desk(here: World) -> Desk:
    return Desk(here, "own council finance_officer")


def test_a_bed_is_said_to_be_under_a_block_contract_by_correction_and_stays_so_when_it_breaks_down(
    desk: Desk, here: World
) -> None:
    address = desk.address("placement", "C01-F0", "correct")
    said = {
        "setting": "fostering_in_house",
        **day("start", 12, 11, 2025),
        "household": "",
        **day("from_0", 12, 11, 2025),
        "weekly_0": "1,400.00",
    }
    checked = desk.record(address, {**said, "block_contract": "on"})
    assert "Under a block contract" in checked
    assert current_facts(desk.contract).placements["C01-F0"].block_contract is True

    provider = Desk(here, "own provider provider_staff")
    provider.record(provider.address("placement", "C01-F0", "breakdown"), day("until", 3, 2, 2026))
    after = current_facts(desk.contract).placements["C01-F0"]
    assert (after.ended, after.block_contract) == ("breakdown", True)

    (key,) = current_facts(desk.contract).children
    page = page_of(desk.client, desk.address("child", key, "").removesuffix("/"))
    assert page.count(f'<span class="ledger-note">{SAYS_SO}</span>') == 1
    assert "Under a block contract" in page

    ended = {**day("until", 3, 2, 2026), "ended": "breakdown"}
    desk.record(address, {**said, **ended})
    assert current_facts(desk.contract).placements["C01-F0"].block_contract is False


def test_a_move_and_a_new_child_say_it_of_the_place_that_they_record(desk: Desk) -> None:
    move = {**day("start", 2, 2, 2026), "setting": "residential", "weekly": "6,900", "block_contract": "on"}
    desk.record(desk.address("child", "C01", "move"), move)
    known = current_facts(desk.contract).placements
    assert {key: each.block_contract for key, each in known.items()} == {
        "C01-F0": False,
        "C01-R0": False,
        "C01-R1": True,
    }
    new = {"reference": "C02", **day("joined", 1, 12, 2025), "baseline": "7,100", "setting": "residential"}
    where = {**day("since", 1, 12, 2024), "block_contract": "on"}
    desk.record(f"/contracts/{desk.contract.pk}/cohort/add/", {**new, **where})
    assert current_facts(desk.contract).placements["C02-R0"].block_contract is True
