"""Writes the second sample contract, of a council that does not exist: `python -m tests.scenarios.make_westmoor`.

Forty children, seventeen months, a fixed fee of 970,000.00, and a fee for each carer household that panel approves,
whether or not a child is ever placed there. Every name, date and amount is made up; prices follow from the child's
number alone. What is published of such a contract says no more than those four figures.
"""

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "westmoor.json"
BEGINS = "2025-10-01"
CHILDREN = 40
UNREGISTERED = (12, 34)
OF_HEALTH = (5, 21, 38)
"""Whose home health pays a part of."""
TURNS_EIGHTEEN = {40: "2026-02-11"}
WHY = (
    "An invented council pays for 40 children over 17 months: Phase 2 from October to December 2025 for 97,000.00, "
    "Phase 3 from January 2026 to February 2027 for 873,000.00. Each household that panel approves earns 9,000.00 on "
    "that day: WH01 in November with nobody ever placed, WH02 for the siblings W07 and W08 once, WH03 in January; its "
    "first placement breaks down after 35 nights, and half of the fee comes back in March, when that is reported. WH04 "
    "was approved before the programme and WH05 is the council's own: none."
)
TERMS = {
    "recorded": "2025-09-09",
    "effective_from": BEGINS,
    "phase2": {"from": BEGINS, "until": "2026-01-01", "fee": "97000.00"},
    "phase3": {"from": "2026-01-01", "until": "2027-03-01", "fee": "873000.00"},
    "success_fee": {"threshold": "4500000.00", "rate": "0.08"},
    "carer_fee": "9000.00",
    "carer_fee_trigger": "approved",
    "carer_fee_refund": [{"within_nights": 28, "share": "1"}, {"within_nights": 84, "share": "0.5"}],
    "maximum_value": "1600000.00",
    "expenses_wait_for_savings": False,
}
CLOSE = (
    ("2025-10", "2025-11-10"),
    ("2025-11", "2025-12-08"),
    ("2025-12", "2026-01-12"),
    ("2026-01", "2026-02-09"),
    ("2026-02", "2026-03-09"),
    ("2026-03", "2026-04-08"),
)


@dataclass(frozen=True)
class Move:
    """A step down: which child, when, into what, at which weekly price, to whom, and what became of its claim."""

    number: int
    on: str
    setting: str
    weekly: str
    household: str | None = None
    claimed: Sequence[tuple[str, str]] = ()


MOVES = (
    Move(
        3, "2025-11-17", "fostering_external", "1385.00", None, (("2025-11-18", "submitted"), ("2025-11-27", "agreed"))
    ),
    Move(7, "2025-12-08", "fostering_in_house", "742.50", "WH02", (("2025-12-09", "agreed"),)),
    Move(8, "2025-12-08", "fostering_in_house", "742.50", "WH02", (("2025-12-09", "agreed"),)),
    Move(
        12, "2025-12-15", "connected_carers", "618.25", "WH05", (("2025-12-16", "submitted"), ("2026-01-06", "agreed"))
    ),
    Move(19, "2026-01-12", "reunification", "210.00", None, (("2026-01-13", "agreed"),)),
    Move(21, "2026-01-19", "fostering_in_house", "815.00", "WH03", (("2026-01-20", "agreed"),)),
    Move(
        26, "2026-02-02", "fostering_external", "1460.75", None, (("2026-02-03", "submitted"), ("2026-02-20", "agreed"))
    ),
    Move(30, "2026-02-16", "fostering_in_house", "790.00", "WH06", (("2026-02-17", "agreed"),)),
    Move(31, "2026-02-23", "special_guardianship", "455.00", None, (("2026-02-24", "agreed"),)),
    Move(5, "2026-03-02", "fostering_external", "1412.00", None, (("2026-03-03", "agreed"),)),
    Move(
        33,
        "2026-03-09",
        "fostering_in_house",
        "805.00",
        "WH07",
        (("2026-03-10", "submitted"), ("2026-03-23", "queried")),
    ),
    Move(38, "2026-03-16", "fostering_in_house", "805.00", "WH07", (("2026-03-17", "submitted"),)),
)
HOUSEHOLDS = (
    ("WH01", "provider", "2025-10-06", "2025-11-13"),
    ("WH02", "provider", "2025-10-13", "2025-11-27"),
    ("WH03", "provider", "2025-11-03", "2026-01-08"),
    ("WH04", "provider", "2025-10-01", "2025-09-18"),
    ("WH05", "council", "2025-11-17", "2025-12-04"),
    ("WH06", "provider", "2025-12-01", "2026-02-12"),
    ("WH07", "provider", "2026-01-12", "2026-02-26"),
    ("WH08", "provider", "2026-02-02", "2026-03-26"),
    ("WH09", "provider", "2026-03-16", None),
)
"""Who assessed each, when that was recorded first, and when panel approved it: a Thursday."""
BROKEN_DOWN, BROKE_DOWN_ON, REPORTED_ON = 21, "2026-02-23", "2026-03-12"
EXPENSES = (
    ("2025-10-31", "mileage", "193.50", "430 miles at 45p"),
    ("2025-12-19", "travel", "148.20", "Two return journeys by rail"),
    ("2026-02-27", "mileage", "266.85", "593 miles at 45p"),
    ("2026-03-25", "mileage", "121.05", "269 miles at 45p"),
)


def document() -> dict[str, Any]:
    """The whole scenario document, its facts in the order of recording."""
    facts = sorted(
        (*_children(), *_households(), *_moves(), *_breakdown(), *_others()), key=lambda fact: fact["recorded"]
    )
    close = [{"month": month, "as_known_on": known_on} for month, known_on in CLOSE]
    return {"why": WHY, "contract": "WM 7/25", "terms": [TERMS], "facts": facts, "close": close}


def _id(number: int) -> str:
    return f"W{number:02d}"


def _price(number: int) -> dict[str, str]:
    """What the child's home costs a week: between 5,200.00 and 9,100.00, or 12,400.00 where it is not registered."""
    pence = 1_240_000 if number in UNREGISTERED else 520_000 + number * 61_785 % 390_000
    since = dt.date(2023, 1, 2) + dt.timedelta(days=number * 97 % 900)
    share = {"contribution": "1850.00"} if number in OF_HEALTH else {}
    return {"from": str(since), "weekly": f"{pence // 100}.{pence % 100:02d}", **share}


def _home(number: int, recorded: str, until: str | None = None) -> dict[str, Any]:
    return {
        "recorded": recorded,
        "type": "placement",
        "id": f"{_id(number)}-R0",
        "child": _id(number),
        "setting": "unregistered" if number in UNREGISTERED else "residential",
        "from": _price(number)["from"],
        "until": until,
        "ended": "planned" if until else None,
        "household": None,
        "costs": [_price(number)],
    }


def _children() -> Iterator[dict[str, Any]]:
    for number in range(1, CHILDREN + 1):
        child = {"type": "child", "id": _id(number), "joined": BEGINS, "left": None, "baseline": [_price(number)]}
        yield {"recorded": BEGINS, **child}
        yield _home(number, BEGINS)
        if number in TURNS_EIGHTEEN:
            yield {"recorded": "2026-01-26", **child, "left": TURNS_EIGHTEEN[number]}


def _households() -> Iterator[dict[str, Any]]:
    """Each as its assessment begins, and again on the day after panel."""
    for reference, assessor, recorded, approved in HOUSEHOLDS:
        household = {"type": "household", "id": reference, "assessed_by": assessor}
        before = approved if approved and approved < recorded else None
        yield {"recorded": recorded, **household, "panel_approved": before}
        if approved and not before:
            day_after = dt.date.fromisoformat(approved) + dt.timedelta(days=1)
            yield {"recorded": str(day_after), **household, "panel_approved": approved}


def _family(move: Move, recorded: str, until: str | None = None) -> dict[str, Any]:
    return {
        "recorded": recorded,
        "type": "placement",
        "id": f"{_id(move.number)}-F0",
        "child": _id(move.number),
        "setting": move.setting,
        "from": move.on,
        "until": until,
        "ended": "breakdown" if until else None,
        "household": move.household,
        "costs": [{"from": move.on, "weekly": move.weekly}],
    }


def _moves() -> Iterator[dict[str, Any]]:
    """On the day of each move one placement ends and the other begins; claims follow."""
    for move in MOVES:
        yield _home(move.number, move.on, until=move.on)
        yield _family(move, move.on)
        child = _id(move.number)
        for recorded, status in move.claimed:
            claim = {"type": "claim", "id": f"{child}-T0", "placement": f"{child}-F0", "status": status}
            yield {"recorded": recorded, **claim}


def _breakdown() -> Iterator[dict[str, Any]]:
    """Reported after February is closed: the child went back into residential care."""
    (move,) = (each for each in MOVES if each.number == BROKEN_DOWN)
    yield _family(move, REPORTED_ON, until=BROKE_DOWN_ON)
    weekly = _price(BROKEN_DOWN)["weekly"]
    again = {
        "id": f"{_id(BROKEN_DOWN)}-R1",
        "from": BROKE_DOWN_ON,
        "costs": [{"from": BROKE_DOWN_ON, "weekly": weekly}],
    }
    yield {**_home(BROKEN_DOWN, REPORTED_ON), **again}


def _others() -> Iterator[dict[str, Any]]:
    """Notice that the first home is paid, help for a foster family, and what the family support workers travelled."""
    for number, kind, begins, until, weekly in (
        (3, "notice", "2025-11-17", "2025-12-01", "2600.00"),
        (30, "support", "2026-02-16", "2026-05-11", "340.00"),
    ):
        extra = {"type": "extra_cost", "id": f"{_id(number)}-X0", "child": _id(number), "kind": kind}
        yield {"recorded": begins, **extra, "from": begins, "until": until, "weekly": weekly}
    for number, (date, kind, amount, description) in enumerate(EXPENSES, start=1):
        spent = {"date": date, "kind": kind, "amount": amount, "description": description}
        yield {"recorded": date, "type": "expense", "id": f"WE{number:02d}", **spent}


if __name__ == "__main__":
    FILE.write_text(json.dumps(document(), indent=1, ensure_ascii=False), encoding="utf-8")
