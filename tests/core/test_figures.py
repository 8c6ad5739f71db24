"""In which figures two statements of a month differ, each with its place."""

import json

from savings.core.document import Document, Figure, differences, figure_differences
from tests.core.test_worked_examples import SCENARIOS


def statements_of(name: str) -> list[Document]:
    found: list[Document] = json.loads((SCENARIOS / f"{name}.expected.json").read_bytes())["statements"]
    return found


def test_figures_say_which_child_and_which_month():
    [before, *_] = statements_of("mid-month-move")
    after = json.loads(json.dumps(before))
    after["lines"][0]["nights"], after["lines"][0]["saving"] = 18, "14400.00"
    after["adjustments"] = [{"child": "C02", "month": "2025-10", "saving": "-5.00"}]
    after["fixed_fee_by_month"]["2025-11"] = "14400.00"
    after["charges"]["fixed_fee"] = "14400.00"
    assert figure_differences(before, after) == [
        (Figure("nights", "C01"), "19", "18"),
        (Figure("saving", "C01"), "15200.00", "14400.00"),
        (Figure("fixed fee", month="2025-11"), "15200.00", "14400.00"),
        (Figure("charged: fixed_fee"), "15200.00", "14400.00"),
        (Figure("adjustment", "C02", "2025-10"), "—", "-5.00"),
    ]
    assert [place for place, _, _ in differences(before, after)] == [
        "C01: nights",
        "C01: saving",
        "fixed fee of 2025-11",
        "charged: fixed_fee",
        "C02: adjustment of 2025-10",
    ]


def test_day_of_the_cut_off_is_no_figure():
    [before, *_] = statements_of("mid-month-move")
    assert differences(before, {**before, "as_known_on": "2030-01-01"}) == []
