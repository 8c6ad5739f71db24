"""The care of a cohort is every night of every child at its price: worked out again night by night, in fractions."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from math import floor

import pytest

from cohort.core.facts import Child, ExtraCost, KnownFacts, Placement, Rate
from pbr_ledger.periods import Month
from savings.core.care import CarePaid, care_paid
from savings.core.model import known_months
from tests.savings.ledger import SCENARIO_NAMES, scenario

Key = tuple[str, Month, str, bool]


def nights(child: Child, first: Month, last: Month) -> Iterator[date]:
    night = first.first_day
    while night <= last.last_day:
        if child.joined <= night and (child.left is None or night < child.left):
            yield night
        night += timedelta(days=1)


def by_hand(known: KnownFacts, first: Month, last: Month) -> dict[Key, tuple[int, int, int]]:
    """Nights, full price and the council's part, each night by itself."""
    sums: dict[Key, list[Fraction]] = defaultdict(lambda: [Fraction(0)] * 3)
    for child in known.children.values():
        homes = [each for each in known.placements.values() if each.child == child.id]
        beside = [each for each in known.extra_costs.values() if each.child == child.id]
        for night in nights(child, first, last):
            for home in homes:
                if home.start <= night and (home.until is None or night < home.until):
                    rate = max((each for each in home.costs if each.start <= night), key=lambda each: each.start)
                    added = (
                        Fraction(1),
                        Fraction(rate.weekly_pence, 7),
                        Fraction(rate.weekly_pence - rate.contribution_pence, 7),
                    )
                    key = (child.id, Month.of(night), home.setting, False)
                    sums[key] = [a + b for a, b in zip(sums[key], added, strict=True)]
            for cost in beside:
                if cost.start <= night < cost.until:
                    key = (child.id, Month.of(night), cost.category, True)
                    added = (Fraction(1), Fraction(cost.weekly_pence, 7), Fraction(cost.weekly_pence, 7))
                    sums[key] = [a + b for a, b in zip(sums[key], added, strict=True)]
    half = Fraction(1, 2)
    return {key: (int(n), floor(full + half), floor(council + half)) for key, (n, full, council) in sums.items()}


def as_rows(care: Iterator[CarePaid]) -> dict[Key, tuple[int, int, int]]:
    return {
        (each.child, each.month, each.what, each.is_beside): (each.nights, each.full_pence, each.council_pence)
        for each in care
    }


@pytest.mark.parametrize("name", SCENARIO_NAMES)
def test_care_is_every_night_at_its_price(name: str) -> None:
    *_, last = known_months(scenario(name))
    first = last.month.plus(-8)
    assert as_rows(care_paid(last.known, first=first, last=last.month)) == by_hand(last.known, first, last.month)


def test_nights_before_joining_and_from_leaving_on_are_nobodys_and_partners_pay_their_part() -> None:
    """20 nights at 700.00, of which health pays 70.00, 11 of them with 7.00 a week of support: 2,000.00 and 11.00."""
    march = Month(2026, 3)
    child = Child("C01", date(2026, 3, 2), date(2026, 3, 22), (Rate(date(2024, 1, 1), 700_00),))
    home = Placement(
        "H", "C01", "residential", date(2024, 1, 1), None, None, None, (Rate(date(2024, 1, 1), 700_00, 70_00),)
    )
    support = ExtraCost("S", "C01", "support", date(2026, 3, 11), date(2026, 5, 1), 7_00)
    known = KnownFacts(children={"C01": child}, placements={"H": home}, extra_costs={"S": support})
    assert as_rows(care_paid(known, first=march, last=march)) == {
        ("C01", march, "residential", False): (20, 2_000_00, 1_800_00),
        ("C01", march, "support", True): (11, 11_00, 11_00),
    }
    gone = replace(known, children={"C01": replace(child, left=date(2026, 3, 3))})
    assert as_rows(care_paid(gone, first=march, last=march.plus(2))) == {
        ("C01", march, "residential", False): (1, 100_00, 90_00)
    }
