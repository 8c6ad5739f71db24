"""The chart: what it says of itself, and where it puts things."""

from xml.etree import ElementTree as ET

import pytest

from pbr_ledger.periods import Month
from savings.documents.chart import Chart, ChartMonth, chart_svg
from savings.documents.reconciliation import chart_of
from savings.documents.svg import Scale, ticks
from tests.documents.samples import report

SVG = "{http://www.w3.org/2000/svg}"


def drawn(chart):
    return ET.fromstring(chart_svg(chart))


def texts(element):
    return [text.text for text in element.iter(f"{SVG}text")]


def test_the_picture_says_in_its_title_what_it_shows():
    title = drawn(chart_of(report("plymouth", "2026-04"))).find(f"{SVG}title")
    assert title.text == (
        "Savings, fixed fee and schedule from August 2025 to April 2026: savings of £419,046.42 in all, fixed fee "
        "charged £366,308.49, schedule to date £366,308.49, cap £599,800.00. The table of months has every figure."
    )


def test_every_line_is_labelled_with_its_name_and_amount():
    shown = texts(drawn(chart_of(report("plymouth", "2026-03"))))
    for label in ("Schedule to date", "£319,919.45", "Charged to date", "£217,705.01", "Cap", "£599,800.00"):
        assert label in shown


def test_the_axis_runs_to_the_end_of_the_programme():
    assert chart_of(report("plymouth", "2025-09")).until == Month.parse("2026-09")
    assert chart_of(report("plymouth", "2026-10")).until == Month.parse("2026-10")


def test_a_programme_without_savings_says_so():
    assert "No savings yet" in texts(drawn(chart_of(report("plymouth", "2025-09"))))


def test_no_picture_has_a_float_or_an_exponent_in_its_coordinates():
    picture = drawn(chart_of(report("plymouth", "2026-09")))
    places = [element.attrib[axis] for element in picture.iter() for axis in "xy" if axis in element.attrib]
    assert all(place.replace(".", "", 1).removeprefix("-").isdigit() for place in places)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0, 0, [0, 100_00]),
        (0, 59_980_000, [0, 20_000_000, 40_000_000, 60_000_000]),
        (-145_786, 20_476_999, [0, 5_000_000, 10_000_000, 15_000_000, 20_000_000, 25_000_000]),
        (-30_000_00, 10_000_00, [-30_000_00, -20_000_00, -10_000_00, 0, 10_000_00]),
    ],
)
def test_ticks_are_round_and_few_and_hold_zero(low, high, expected):
    assert list(ticks(low, high)) == expected


def test_a_scale_puts_its_ends_at_the_panels_edges():
    scale = Scale(top=50, bottom=150, low=0, high=1000)
    assert (scale.y(0), scale.y(1000), scale.y(500)) == (1500, 500, 1000)


def test_a_reference_cannot_bring_markup_into_the_picture():
    chart = Chart((ChartMonth(Month(2026, 4), 100, 50, 100, 50),), Month(2026, 4), 100, limit_name="<script>&")
    assert "<script>" not in chart_svg(chart)
    assert "Cap, and <script>& to date" in texts(drawn(chart))
