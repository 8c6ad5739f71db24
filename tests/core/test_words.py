"""Dates, amounts, periods and shares as people read them."""

from datetime import UTC, date, datetime

import pytest

from pbr_ledger.periods import Month
from pbr_ledger.words import (
    count_shown,
    day_shown,
    digest_short,
    instant_shown,
    listed,
    more_or_less,
    nights_span,
    period_shown,
    rate_shown,
    share_shown,
    shortened,
    signed_shown,
)


def test_a_day_is_written_without_a_leading_zero():
    assert day_shown(date(2026, 3, 2)) == "2 March 2026"


def test_an_instant_is_told_by_the_clock_in_london():
    assert instant_shown(datetime(2026, 7, 6, 23, 30, tzinfo=UTC)) == "7 July 2026, 00:30"
    assert instant_shown(datetime(2026, 1, 6, 23, 30, tzinfo=UTC)) == "6 January 2026, 23:30"


@pytest.mark.parametrize(
    ("month", "written"),
    [
        ("2026-02", "2025/26, period 11 (February 2026)"),
        ("2026-03", "2025/26, period 12 (March 2026)"),
        ("2026-04", "2026/27, period 1 (April 2026)"),
        ("1999-12", "1999/00, period 9 (December 1999)"),
    ],
)
def test_the_financial_year_begins_in_april(month, written):
    assert period_shown(Month.parse(month)) == written


def test_nights_are_named_by_their_first_and_last():
    assert nights_span(date(2026, 4, 1), date(2026, 5, 1)) == "1–30 Apr"
    assert nights_span(date(2026, 3, 28), date(2026, 4, 3)) == "28 Mar–2 Apr"
    assert nights_span(date(2026, 4, 3), date(2026, 4, 4)) == "3 Apr"


def test_a_share_is_never_rounded_up():
    assert share_shown(40_703_569, 100_000_000) == "40.7%"
    assert share_shown(99_999_999, 100_000_000) == "99.9%"
    assert share_shown(100_000_000, 100_000_000) == "100.0%"
    assert share_shown(-5_000_000, 100_000_000) == "−5.0%"
    assert share_shown(1, 0) == "–"


def test_rates_drop_the_decimals_that_say_nothing():
    assert [rate_shown(rate) for rate in (1000, 1250, 1, 10_000)] == ["10%", "12.5%", "0.01%", "100%"]


def test_differences_bear_their_sign_or_say_it_in_words():
    assert [signed_shown(pence) for pence in (197_072, -960_000, 0)] == ["+£1,970.72", "−£9,600.00", "£0.00"]
    assert [more_or_less(pence) for pence in (197_072, -960_000)] == ["£1,970.72 more", "£9,600.00 less"]


def test_a_list_reads_as_a_sentence_and_a_long_one_says_how_many_more():
    assert listed(["C01"]) == "C01"
    assert listed(["C01", "C02", "C03"]) == "C01, C02 and C03"
    assert listed(["C01", "C02", "C03"], at_most=2) == "C01, C02 and 1 more"
    assert listed([]) == "none"


def test_counts_references_and_hashes():
    assert [count_shown(1, "night"), count_shown(1234, "night"), count_shown(2, "child", "children")] == [
        "1 night",
        "1,234 nights",
        "2 children",
    ]
    assert shortened("L04 25/26", 48) == "L04 25/26"
    assert shortened("abcdef", 4) == "abc…"
    assert digest_short("bbf8c7edd82b72ed66c1") == "bbf8c7ed d82b72ed"
