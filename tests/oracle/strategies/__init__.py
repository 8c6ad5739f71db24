"""Random valid contracts: `contracts()` has every term and every kind of fact in play.

A contract is grown the way a real one is: day by day, each day recording a few events (a move, a claim, a corrected
price, a retraction …). An event that the refusal rules would not allow is dropped, so what comes out always loads.
"""

import datetime as dt

from hypothesis import strategies as st

from tests.oracle.day_by_day import day, last_day, month_of, months_between
from tests.oracle.strategies.events import EVENTS, EVENTS_ABOUT, add_child, household, settle
from tests.oracle.strategies.terms import FOCUSES, terms_versions, variations
from tests.oracle.strategies.world import World


@st.composite
def closings(draw, versions, recorded_days, horizon, focus):
    """Months in rising order from one that the programme surely has, with skips, and with cut-offs late or equal.

    Many a cut-off falls on a day on which something was recorded.
    """
    known_first = min(version["recorded"] for version in versions)
    sure = [version["phase2"]["from"] for version in versions if version["recorded"] <= known_first]
    months = months_between(month_of(day(min(sure))), month_of(horizon))
    step = draw(st.sampled_from([1, 2, 1, 3]))
    start = draw(st.integers(0, min(3 if focus == "anything" else 1, len(months) - 1)))
    rows = []
    cut_off = day(known_first)
    for month in months[start::step][: draw(st.sampled_from([5, 7, 9, 3, 1]))]:
        earliest = max(cut_off, last_day(month) + dt.timedelta(days=1))
        busy = [date for date in recorded_days if 0 <= (date - earliest).days <= 60]
        late = earliest + dt.timedelta(days=draw(st.sampled_from([0, 5, 5, 5, 40, 100])))
        cut_off = draw(st.sampled_from([late, late, *busy[:4]]))
        rows.append({"month": month, "as_known_on": str(cut_off)})
    return rows


@st.composite
def contracts(draw, *, unvaried_terms=False):
    """A valid scenario document."""
    focus = draw(st.sampled_from(sorted(FOCUSES)))
    begins = draw(st.dates(dt.date(2025, 6, 20), dt.date(2027, 11, 10)))
    recorded = begins - dt.timedelta(days=draw(st.sampled_from([3, 20])))
    effective = begins + dt.timedelta(days=draw(st.sampled_from([0, 0, -30, 20])))
    first = draw(terms_versions(recorded, effective, begins, focus))
    horizon = day(first["phase3"]["until"]) + dt.timedelta(days=70)
    versions = [first]
    if not unvaried_terms:
        count = draw(st.sampled_from([1, 2, 0, 3]))
        versions = draw(st.permutations([first, *(draw(variations(first, horizon, focus)) for _ in range(count))]))
    world = World(draw, versions, recorded, horizon)
    for _ in range(draw(st.sampled_from([2, 1, 3]))):
        add_child(world)
    household(world)
    settle(world)
    for _ in range(draw(st.sampled_from([8, 5, 11, 3]))):
        world.wake(world.today + dt.timedelta(days=draw(st.sampled_from([7, 1, 20, 31, 45]))))
        for event in draw(st.lists(st.sampled_from([*EVENTS, *EVENTS_ABOUT[focus]]), min_size=2, max_size=5)):
            event(world)
    recorded_days = sorted({day(row["recorded"]) for row in [*world.facts, *versions]})
    return {
        "contract": "RANDOM",
        "terms": versions,
        "facts": world.facts,
        "close": draw(closings(versions, recorded_days, horizon, focus)),
    }
