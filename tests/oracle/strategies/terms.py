"""Versions of the terms: a first one, and variations of it recorded and in effect on any day."""

import copy
import datetime as dt

from hypothesis import strategies as st

from tests.oracle.day_by_day import (
    DEFAULT_FAMILY_SETTINGS as FAMILY,
)
from tests.oracle.day_by_day import (
    cap_of,
    day,
    first_day,
    month_of,
    months_between,
    next_month,
)
from tests.oracle.strategies.amounts import pounds


@st.composite
def phases(draw, begins, focus):
    """Both phases with their fees; now and then with days between them, often ending with a month."""
    middle = begins + dt.timedelta(days=draw(st.sampled_from([56, 17, 70, 1])))
    resumes = middle + dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 9])))
    lengths = [62, 150, 240, 92, 365, 1] if focus == "anything" else [62, 92, 30]
    ends = resumes + dt.timedelta(days=draw(st.sampled_from(lengths)))
    if draw(st.booleans()):
        ends = first_day(next_month(month_of(ends)))
    return {
        "phase2": {"from": str(begins), "until": str(middle), "fee": draw(pounds(0, 9_000))},
        "phase3": {"from": str(resumes), "until": str(ends), "fee": draw(pounds(1, 150_000))},
    }


@st.composite
def schedules(draw, terms):
    """Explicit monthly rows that add up to the two fees."""
    left = int(cap_of(terms) * 100)
    months = months_between(month_of(day(terms["phase2"]["from"])), month_of(day(terms["phase3"]["until"])))
    chosen = draw(st.lists(st.sampled_from(months), min_size=1, max_size=4, unique=True))
    rows = []
    for month in chosen[:-1]:
        amount = draw(st.integers(0, left))
        left -= amount
        rows.append({"month": month, "amount": f"{amount // 100}.{amount % 100:02d}"})
    return [*rows, {"month": chosen[-1], "amount": f"{left // 100}.{left % 100:02d}"}]


@st.composite
def refund_rows(draw):
    row = st.fixed_dictionaries(
        {
            "within_nights": st.sampled_from([28, 56, 84, 400, 1]),
            "share": st.sampled_from(["0.5", "0.25", "1", "0.3333", "1.0000", "0"]),
        }
    )
    return draw(st.lists(row, min_size=1, max_size=3))


OPTIONAL_TERMS = {
    "fixed_fee_limit": st.sampled_from(["schedule", "cap"]),
    "fixed_fee_savings": st.sampled_from(["month", "to_date", "to_date"]),
    "negative_savings": st.sampled_from(["net", "zero", "zero"]),
    "annual_days": st.sampled_from([365, 364, 366, 360]),
    "carer_fee_refund": refund_rows(),
    "carer_fee_trigger": st.sampled_from(["placed", "approved", "approved"]),
    "expenses_wait_for_savings": st.booleans(),
    "family_settings": st.lists(st.sampled_from(FAMILY[:3] * 2 + FAMILY[3:]), min_size=1, max_size=4, unique=True),
}


# What a contract may be about: the optional terms that it then always spells out.
FOCUSES = {
    "anything": [],
    "success fee": ["annual_days", "negative_savings"],
    "households": ["carer_fee_refund", "carer_fee_trigger", "family_settings"],
    "expenses": ["expenses_wait_for_savings"],
    "fixed fee": ["fixed_fee_savings", "fixed_fee_limit"],
}


@st.composite
def terms_versions(draw, recorded, effective_from, begins, focus):
    """One version of the terms; what is optional is often left out, but not what the contract is about."""
    terms = {"recorded": str(recorded), "effective_from": str(effective_from), **draw(phases(begins, focus))}
    thresholds = ["0", "999.99", "20000.01", "0.01", "150000.55", "3000000.00"]
    terms["success_fee"] = {
        "threshold": draw(st.sampled_from(thresholds[:4] if focus == "success fee" else thresholds)),
        "rate": draw(st.sampled_from(["0.10", "0.05", "0.5", "0.1234", "1", "0"])),
    }
    if draw(st.booleans()):
        terms["success_fee"]["basis"] = draw(st.sampled_from(["run_rate", "realised"]))
    terms["carer_fee"] = draw(st.sampled_from(["10000.00", "3333.33", "0.01", "0"]))
    terms["maximum_value"] = draw(st.sampled_from(["1000000.00", "5000.50", "0"]))
    others = draw(st.lists(st.sampled_from(sorted(OPTIONAL_TERMS)), max_size=4, unique=True))
    for name in dict.fromkeys([*FOCUSES[focus], *others]):
        terms[name] = draw(OPTIONAL_TERMS[name])
    if draw(st.sampled_from([False, False, True])):
        terms["schedule"] = draw(st.one_of(st.none(), schedules(terms)))
    return terms


@st.composite
def variations(draw, first, horizon, focus):
    """A later version: one made afresh, or the first with little changed, recorded and in effect on any day."""
    recorded = draw(st.one_of(st.just(day(first["recorded"])), st.dates(day(first["recorded"]), horizon)))
    months = months_between(month_of(day(first["phase2"]["from"])), month_of(horizon))
    middle = draw(st.sampled_from(["01", "01", "02", "15", "28"]))
    effective = draw(st.sampled_from([first["effective_from"], *(f"{month}-{middle}" for month in months)]))
    begins = day(first["phase2"]["from"]) + dt.timedelta(days=draw(st.sampled_from([0, 0, -40, -1, 3, 40])))
    afresh = draw(terms_versions(recorded, effective, begins, focus))
    if draw(st.booleans()):
        return afresh
    changed = {**copy.deepcopy(first), "recorded": str(recorded), "effective_from": str(effective)}
    for name in draw(st.lists(st.sampled_from(["carer_fee", "success_fee", "maximum_value"]), max_size=3, unique=True)):
        changed[name] = afresh[name]
    for name in OPTIONAL_TERMS:
        if name in afresh:
            changed[name] = afresh[name]
    days = draw(st.sampled_from([0, 31, -31, -60, 7, 0]))
    until = day(changed["phase3"]["until"]) + dt.timedelta(days=days)
    changed["phase3"]["until"] = str(max(until, day(changed["phase3"]["from"]) + dt.timedelta(days=1)))
    return changed
