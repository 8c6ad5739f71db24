"""A small valid scenario with every kind of fact and every term spelt out, for tests that break it in one place."""

import copy
import json
from typing import Any

from pbr_ledger.errors import Problem, Refused
from savings.core.scenario import read_scenario

RATE = {"from": "2024-01-01", "weekly": "7000.00"}
HOME = {"type": "placement", "child": "C01", "setting": "residential", "from": "2024-01-01", "household": None}

# Where the facts of the small contract stand.
CHILD, HOME_OPEN, HOUSEHOLD, HOME_ENDED, FAMILY, CLAIM, NOTICE, EXPENSE = range(8)

SMALL: dict[str, Any] = {
    "contract": "SMALL",
    "terms": [
        {
            "recorded": "2025-07-29",
            "effective_from": "2025-08-06",
            "phase2": {"from": "2025-08-06", "until": "2025-10-01", "fee": "35400.00"},
            "phase3": {"from": "2025-10-01", "until": "2026-10-01", "fee": "564400.00"},
            "success_fee": {"threshold": "3000000.00", "rate": "0.10", "basis": "run_rate"},
            "carer_fee": "10000.00",
            "maximum_value": "1000000.00",
            "schedule": [{"month": "2025-09", "amount": "35400.00"}, {"month": "2026-09", "amount": "564400.00"}],
            "fixed_fee_limit": "schedule",
            "fixed_fee_savings": "month",
            "negative_savings": "net",
            "annual_days": 365,
            "carer_fee_refund": [{"within_nights": 28, "share": "1"}, {"within_nights": 84, "share": "0.5"}],
            "carer_fee_trigger": "placed",
            "expenses_wait_for_savings": True,
            "family_settings": ["fostering_in_house", "fostering_external", "connected_carers"],
        }
    ],
    "facts": [
        {
            "recorded": "2025-08-06",
            "type": "child",
            "id": "C01",
            "joined": "2025-08-06",
            "left": None,
            "baseline": [{**RATE, "contribution": "100.00"}, {"from": "2026-04-01", "weekly": "7200.00"}],
        },
        {"recorded": "2025-08-06", **HOME, "id": "C01-R0", "until": None, "ended": None, "costs": [RATE]},
        {
            "recorded": "2026-01-10",
            "type": "household",
            "id": "H01",
            "assessed_by": "provider",
            "panel_approved": "2026-01-10",
        },
        {"recorded": "2026-03-02", **HOME, "id": "C01-R0", "until": "2026-03-02", "ended": "planned", "costs": [RATE]},
        {
            "recorded": "2026-03-02",
            "type": "placement",
            "id": "C01-F0",
            "child": "C01",
            "setting": "fostering_in_house",
            "from": "2026-03-02",
            "until": None,
            "ended": None,
            "household": "H01",
            "costs": [{"from": "2026-03-02", "weekly": "1400.00"}, {"from": "2026-04-16", "weekly": "1540.00"}],
        },
        {"recorded": "2026-03-02", "type": "claim", "id": "C01-T0", "placement": "C01-F0", "status": "agreed"},
        {
            "recorded": "2026-03-02",
            "type": "extra_cost",
            "id": "C01-N",
            "child": "C01",
            "kind": "notice",
            "from": "2026-03-02",
            "until": "2026-03-16",
            "weekly": "7000.00",
        },
        {
            "recorded": "2026-03-15",
            "type": "expense",
            "id": "E01",
            "date": "2026-03-10",
            "kind": "mileage",
            "amount": "185.40",
            "description": "412 miles at 45p",
        },
    ],
    "close": [{"month": "2026-03", "as_known_on": "2026-04-06"}, {"month": "2026-04", "as_known_on": "2026-05-06"}],
}


def small(**changes):
    """A fresh copy, with whole sections replaced if asked."""
    return {**copy.deepcopy(SMALL), **changes}


def problems_of(data):
    """The problems for which the document (or the very bytes) is refused; an empty list when it is taken."""
    try:
        read_scenario(data if isinstance(data, bytes) else json.dumps(data).encode())
    except Refused as refused:
        return refused.problems or [Problem("", "refused without naming a problem")]
    return []


def places_of(data):
    """The places of all problems, in text order, each as often as it is named."""
    return sorted(problem.place for problem in problems_of(data))


def place(path):
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def at(document, path):
    for step in path:
        document = document[step]
    return document


def with_value(path, value):
    document = small()
    at(document, path[:-1])[path[-1]] = value
    return document


def with_facts(*added):
    document = small()
    document["facts"] += [{"recorded": "2026-06-01", **fact} for fact in added]
    return document


def placement(identity, begins, until=None, ended=None, setting="fostering_in_house", **other):
    costs = [{"from": begins, "weekly": "900.00"}]
    return {
        "type": "placement",
        "id": identity,
        "child": "C01",
        "setting": setting,
        "from": begins,
        "until": until,
        "ended": ended,
        "household": None,
        "costs": costs,
        **other,
    }


def agreed(placement_id, identity="T", status="agreed"):
    return {"type": "claim", "id": identity, "placement": placement_id, "status": status}


def void(kind, identity):
    return {"type": kind, "id": identity, "void": True}
