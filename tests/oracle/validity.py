"""The refusal rules between facts, read narrowly: what passes here must load under any fair reading of them.

The strategies use it to drop an event that would make a document invalid. Where the rules leave room (a claim
checked against the terms known that day, or against all of the file), a document has to satisfy both.
"""

import datetime as dt
from itertools import combinations

from tests.oracle.day_by_day import DEFAULT_FAMILY_SETTINGS, covers, day, month_of, version_of_month

REFERENCES = {
    "placement": [("child", "child"), ("household", "household")],
    "claim": [("placement", "placement")],
    "extra_cost": [("child", "child")],
}
HOMES_OF_A_TRANSITION = ("residential", "unregistered")


def is_valid(document):
    """Whether the facts of the document fit together at the end of each recorded day."""
    facts = document["facts"]
    recorded = [fact["recorded"] for fact in facts]
    if recorded != sorted(recorded):
        return False
    live = {}
    for date in sorted(set(recorded)):
        lines = [fact for fact in facts if fact["recorded"] == date]
        for fact in lines:
            key = (fact["type"], fact["id"])
            if not fact.get("void"):
                live[key] = fact
            elif live.pop(key, None) is None:
                return False
        if not day_is_valid(document["terms"], live, lines):
            return False
    return True


def day_is_valid(terms, live, lines):
    """Whether the live facts fit together after the given lines, all recorded on one day."""
    stated = [fact for fact in lines if not fact.get("void")]
    return (
        all(fact_is_sound(fact) for fact in stated)
        and all(references_are_live(fact, live) for fact in [*live.values(), *stated])
        and not placements_overlap(live)
        and all(claim_is_allowed(terms, live, fact) for fact in stated if fact["type"] == "claim")
    )


def fact_is_sound(fact):
    periods = {"child": ("joined", "left"), "placement": ("from", "until"), "extra_cost": ("from", "until")}
    if fact["type"] in periods:
        start, end = (fact[key] for key in periods[fact["type"]])
        if end is not None and end <= start:
            return False
    if fact["type"] == "child":
        return rates_are_sound(fact["baseline"], fact["joined"])
    if fact["type"] == "placement":
        return rates_are_sound(fact["costs"], fact["from"]) and (fact["until"] is None) == (fact["ended"] is None)
    return True


def rates_are_sound(rates, reach_back_to):
    starts = [rate["from"] for rate in rates]
    return bool(starts) and starts == sorted(set(starts)) and starts[0] <= reach_back_to


def references_are_live(fact, live):
    return all(fact.get(key) is None or (kind, fact[key]) in live for key, kind in REFERENCES.get(fact["type"], []))


def placements_overlap(live):
    placements = [fact for (kind, _), fact in live.items() if kind == "placement"]
    return any(
        one["child"] == other["child"]
        and (other["until"] is None or one["from"] < other["until"])
        and (one["until"] is None or other["from"] < one["until"])
        for one, other in combinations(placements, 2)
    )


def is_family(terms, setting, date, known_on):
    """Whether the setting is a family setting in the month of the date, by the terms known that day and by all."""
    known = [version for version in terms if version["recorded"] <= known_on]
    return all(
        setting in version_of_month(versions, month_of(date)).get("family_settings", DEFAULT_FAMILY_SETTINGS)
        for versions in (known, terms)
    )


def claim_is_allowed(terms, live, claim):
    placement = live["placement", claim["placement"]]
    began = day(placement["from"])
    if not is_family(terms, placement["setting"], began, claim["recorded"]):
        return False
    return claim["status"] != "agreed" or came_from_care(terms, live, claim, placement, began - dt.timedelta(days=1))


def came_from_care(terms, live, claim, placement, night_before):
    """Whether the child lived, that night, where a transition may start from."""
    for (kind, identity), earlier in live.items():
        if kind != "placement" or earlier["child"] != placement["child"]:
            continue
        if covers(earlier["from"], earlier["until"], night_before):
            return earlier["setting"] in HOMES_OF_A_TRANSITION or (
                is_family(terms, earlier["setting"], night_before, claim["recorded"])
                and is_family(terms, earlier["setting"], day(earlier["from"]), claim["recorded"])
                and has_agreed_claim(live, identity)
            )
    return False


def has_agreed_claim(live, placement):
    return any(
        kind == "claim" and fact["placement"] == placement and fact["status"] == "agreed"
        for (kind, _), fact in live.items()
    )
