"""Planned changes for tests of what ifs: one of each kind, that fits whatever is known."""

from dataclasses import replace
from datetime import date

from cohort.core.facts import KnownFacts
from cohort.core.moves import running_placement
from cohort.core.terms import FAMILY_SETTINGS, terms_for_month
from pbr_ledger.periods import Month
from savings.core.what_if.changes import Breakdown, Change, Joining, Leaving, Move, OtherTerms, Price


def plans_for(known: KnownFacts, today: date) -> list[Change]:
    """In the month after the day: a breakdown, a move and its new price, a baseline, a child more and less, terms."""
    children = sorted(known.children)
    start = date(today.year + (today.month == 12), today.month % 12 + 1, 9)
    changes: list[Change] = [
        *_first_breakdown(known, start),
        *_first_move(known, start),
        Price("baseline", children[0], start, 812_345, 10_000),
        Joining("Z99", start, 700_007, 0, "Z99-R"),
        Move("Z99", start.replace(day=15), "connected_carers", 50_000, 0, None, False, "Z99-F", "Z99-T"),
        Leaving(children[-1], start.replace(day=25)),
    ]
    in_force = terms_for_month(known.terms, Month.of(start))
    return [*changes, OtherTerms(replace(in_force, effective_from=start, carer_fee_pence=12_345_67))]


def _first_breakdown(known: KnownFacts, start: date) -> list[Change]:
    for child in sorted(known.children):
        running = running_placement(known, child)
        if running and running.setting in FAMILY_SETTINGS and running.start < start:
            return [Breakdown(running.id, start)]
    return []


def _first_move(known: KnownFacts, start: date) -> list[Change]:
    for child in sorted(known.children):
        running = running_placement(known, child)
        if running and running.setting == "residential" and running.start < start:
            new, claim = f"{child}-WF", f"{child}-WT"
            return [
                Move(child, start, "fostering_in_house", 90_001, 1_500, "H-NEW", True, new, claim),
                Price("placement", new, start.replace(day=20), 95_003, 0),
            ]
    return []
