"""Savings by setting add up to what statements state, and each is about the bed that the child left last."""

from datetime import date
from decimal import Decimal

import pytest

from cohort.core.facts import KnownFacts, Placement, Rate
from pbr_ledger.money import pence_of
from savings.core.by_setting import left_for, savings_by_placement
from savings.core.model import known_months
from tests.savings.ledger import SCENARIO_NAMES, expected, scenario


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_placements_add_up_to_the_savings_to_date_of_the_last_statement(name: str) -> None:
    *_, last = known_months(scenario(name))
    savings = savings_by_placement(last.known, last=last.month)
    stated = expected(name)["statements"][-1]
    assert sum(each.saving_pence for each in savings) == pence_of(Decimal(stated["savings_to_date"]))
    of_month = [each for each in savings if each.month == last.month]
    assert sum(each.saving_pence for each in of_month) == pence_of(Decimal(stated["savings_in_month"]))
    assert sum(each.nights for each in of_month) == sum(line["nights"] for line in stated["lines"])


def placement(reference: str, setting: str, start: date, *, child: str = "C01") -> Placement:
    return Placement(reference, child, setting, start, None, None, None, (Rate(start, 1),))


def test_a_move_between_families_is_still_about_the_home_that_was_left() -> None:
    hotel = placement("C01-R0", "unregistered", date(2025, 1, 1))
    home = placement("C01-R1", "residential", date(2025, 3, 1))
    first = placement("C01-F0", "fostering_external", date(2025, 9, 1))
    second = placement("C01-F1", "connected_carers", date(2025, 12, 1))
    of_another = placement("C02-R0", "residential", date(2025, 10, 1), child="C02")
    known = KnownFacts(placements={each.id: each for each in (second, home, of_another, hotel, first)})
    assert [left_for(each, known) for each in (hotel, home, first, second)] == [None, hotel, home, home]
