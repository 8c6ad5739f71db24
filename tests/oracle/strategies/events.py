"""What happens to a cohort: moves, claims, breakdowns, corrections, retractions."""

import datetime as dt

from hypothesis import strategies as st

from tests.oracle.day_by_day import DEFAULT_FAMILY_SETTINGS as FAMILY
from tests.oracle.day_by_day import day
from tests.oracle.strategies.amounts import pounds, rates
from tests.oracle.validity import is_family

OTHER_SETTINGS = ["residential", "residential", "unregistered", "supported_living", "other"]
CHILDREN = ["b1", "C10", "C2", "É4", "C1"]
HOUSEHOLDS = ["H1", "C10"]
EXPENSES = ["E1", "E2", "E10"]
STATUSES = [*["agreed"] * 8, "submitted", "queried", "rejected", "withdrawn"]


def add_child(world):
    """A child with a baseline, and the home that it lives in."""
    free = [identity for identity in CHILDREN if ("child", identity) not in {**world.live, **world.retracted}]
    if not free:
        return
    joined = world.near(30, 10) if world.chance(3) else world.today
    left = joined + dt.timedelta(days=world.draw(st.integers(1, 400))) if world.chance(8) else None
    child = {
        "type": "child",
        "id": free[0],
        "joined": str(joined),
        "left": left and str(left),
        "baseline": world.draw(rates(joined, 1_000, 9_000, world.horizon)),
    }
    home_from = joined - dt.timedelta(days=world.draw(st.sampled_from([0, 100, 500])))
    setting = world.pick([*["residential"] * 5, "unregistered", "fostering_in_house", "other"])
    world.record(child, new_placement(world, free[0], setting, home_from))


def new_placement(world, child, setting, begins):
    taken = [key for key in {**world.live, **world.retracted} if key[0] == "placement" and key[1].startswith(child)]
    households = [None, *(fact["id"] for fact in world.of("household"))]
    family = setting in FAMILY
    return {
        "type": "placement",
        "id": f"{child}-{len(taken)}",
        "child": child,
        "setting": setting,
        "from": str(begins),
        "until": None,
        "ended": None,
        "household": world.pick(households[1:] * 3 + [None]) if family else None,
        "costs": world.draw(rates(begins, 100, 3_000, world.horizon) if family else rates(begins, 500, 9_000, begins)),
    }


def last_placement(world, child):
    """Where the child lives, or lived last."""
    chain = [fact for fact in world.of("placement") if fact["child"] == child]
    return max(chain, key=lambda fact: fact["from"], default=None)


def move(world, child=None, moved=None, setting=None, home=None, status=None):
    """The child's last placement ends and another begins, with a claim when it is a step down."""
    child = child or world.pick([fact["id"] for fact in world.of("child")] or [None])
    if child is None:
        return
    moved = moved or world.near()
    last = last_placement(world, child)
    lines = []
    was_family = last is not None and last["setting"] in FAMILY
    if last is not None and last["until"] is None:
        ended = world.pick(["planned", "breakdown"]) if was_family else "planned"
        lines.append({**last, "until": str(moved), "ended": ended})
    elif last is not None:
        moved = max(moved, day(last["until"]))
    settings = [*OTHER_SETTINGS[:3] * 2, *FAMILY] if was_family else [*FAMILY[:3] * 3, *FAMILY, *OTHER_SETTINGS]
    begins = moved + dt.timedelta(days=5) if world.chance(12) else moved
    placement = new_placement(world, child, setting or world.pick(settings), begins)
    if home is not None:
        placement["household"] = home
    world.record(*lines, placement)
    if ("placement", placement["id"]) in world.live:
        claim(world, world.live["placement", placement["id"]], status)
        if world.chance(4):
            extra_cost(world, child, moved)


def move_together(world):
    """Every child that can be goes to one household on one day."""
    households = world.of("household")
    moved = world.near(30, 0)
    for child in world.of("child"):
        if households:
            move(world, child["id"], moved, FAMILY[0], households[-1]["id"])


def break_down(world):
    """A family placement ends unplanned after so many nights, and the child goes back into residential care."""
    families = [fact for fact in world.of("placement") if fact["setting"] in FAMILY and fact["until"] is None]
    if families:
        broken = world.pick(families)
        began = day(broken["from"])
        nights = world.pick([20, 27, 28, 29, 56, 83, 84, 120, max(1, (world.near() - began).days)])
        back = new_placement(world, broken["child"], "residential", began + dt.timedelta(days=nights))
        world.record({**broken, "until": back["from"], "ended": "breakdown"}, back)


def settle(world):
    """Early on, children step down with agreed claims, so that most contracts have savings."""
    world.wake(world.today + dt.timedelta(days=world.pick([20, 5, 40])))
    for child in world.of("child"):
        move(world, child["id"], world.near(10, 20), world.pick(FAMILY[:3]), status="agreed")


def set_back(world):
    """All claims that are agreed turn out not to be."""
    if world.chance(4):
        for line in world.of("claim"):
            world.record({**line, "status": "withdrawn"})


def claim(world, placement=None, status=None):
    """A claim for a placement, in any status; a second claim for the same one now and then."""
    if placement is None:
        families = [
            fact
            for fact in world.of("placement")
            if is_family(world.terms, fact["setting"], day(fact["from"]), str(world.today))
        ]
        if not families:
            return
        placement = world.pick(families)
    identity = f"T-{placement['id']}" + ("-again" if world.chance(8) else "")
    line = {"type": "claim", "id": identity, "placement": placement["id"], "status": status or world.pick(STATUSES)}
    if is_family(world.terms, placement["setting"], day(placement["from"]), str(world.today)):
        world.record(line)


def extra_cost(world, child=None, begins=None):
    if not world.of("child"):
        return
    begins = begins or world.near()
    world.record(
        {
            "type": "extra_cost",
            "id": f"X{world.draw(st.integers(1, 6))}",
            "child": child or world.pick(world.of("child"))["id"],
            "kind": world.pick(["notice", "retainer", "support"]),
            "from": str(begins),
            "until": str(begins + dt.timedelta(days=world.pick([1, 14, 28, 90]))),
            "weekly": world.draw(pounds(0, 9_000)),
        }
    )


def household(world):
    world.record(
        {
            "type": "household",
            "id": world.pick(HOUSEHOLDS),
            "assessed_by": world.pick(["provider", "provider", "provider", "council"]),
            "panel_approved": world.pick([str(world.near(90, 40)), str(world.near(20, 5)), None]),
        }
    )


def expense(world):
    world.record(
        {
            "type": "expense",
            "id": world.pick(EXPENSES),
            "date": str(world.near(90, 40)),
            "kind": world.pick(["mileage", "travel"]),
            "amount": world.draw(pounds(0, 400)),
            "description": "Visits",
        }
    )


def correct(world):
    """Something live is recorded again with one thing changed."""
    if world.live:
        fact = dict(world.live[world.pick(sorted(world.live))])
        world.record(CORRECTIONS[fact["type"]](world, fact))


def corrected_child(world, child):
    joined = day(child["joined"]) + dt.timedelta(days=world.pick([0, 0, -10, 16]))
    left = world.pick([None, child["left"], child["left"], str(world.near(20, 90))])
    baseline = world.draw(rates(joined, 1_000, 9_000, world.horizon)) if world.chance(2) else child["baseline"]
    return {**child, "joined": str(joined), "left": left, "baseline": baseline}


def corrected_membership(world):
    """A child turns out to have joined, or left, on a day that something hinges on."""
    for child in world.of("child")[:1]:
        dates = {"joined": str(world.near())} if world.chance(2) else {"left": str(world.near())}
        world.record({**child, **dates})


def corrected_placement(world, placement):
    begins = day(placement["from"])
    change = world.pick(["costs", "costs", "from", "until", "until", "setting", "household", "ended"])
    if change == "costs":
        return {**placement, "costs": world.draw(rates(begins, 100, 9_000, world.horizon))}
    if change == "from":
        return {**placement, "from": str(begins + dt.timedelta(days=world.pick([-7, -1, 1, 7])))}
    if change == "setting":
        return {**placement, "setting": world.pick([*FAMILY, *OTHER_SETTINGS])}
    if change == "household":
        return {**placement, "household": world.pick([None, *(fact["id"] for fact in world.of("household"))])}
    if change == "ended" and placement["ended"]:
        return {**placement, "ended": world.pick(["planned", "breakdown"])}
    until = world.pick([None, str(world.near())])
    return {**placement, "until": until, "ended": until and world.pick(["planned", "breakdown"])}


def corrected_claim(world, line):
    return {**line, "status": world.pick(STATUSES)}


def corrected_household(world, line):
    if world.chance(3):
        return {**line, "assessed_by": world.pick(["provider", "council"])}
    return {**line, "panel_approved": world.pick([None, str(world.near(90, 40))])}


def corrected_extra_cost(world, line):
    return {**line, "until": str(world.near(30, 60)), "weekly": world.draw(pounds(0, 9_000))}


def corrected_expense(world, line):
    if world.chance(2):
        return {**line, "date": str(world.near(90, 40))}
    return {**line, "amount": world.draw(pounds(0, 400))}


CORRECTIONS = {
    "child": corrected_child,
    "placement": corrected_placement,
    "claim": corrected_claim,
    "household": corrected_household,
    "extra_cost": corrected_extra_cost,
    "expense": corrected_expense,
}


def retract(world):
    if world.live:
        kind, identity = world.pick(sorted(world.live))
        world.record({"type": kind, "id": identity, "void": True})


def restore(world):
    if world.retracted:
        world.record(world.retracted[world.pick(sorted(world.retracted))])


def record_again(world):
    """The same fact once more, unchanged."""
    if world.live:
        world.record(world.live[world.pick(sorted(world.live))])


EVENTS = [
    *[move] * 6,
    *[break_down] * 2,
    *[claim] * 3,
    *[correct] * 5,
    *[household] * 2,
    *[expense] * 3,
    move_together,
    set_back,
    add_child,
    extra_cost,
    retract,
    restore,
    record_again,
]

# More of what a contract is about.
EVENTS_ABOUT = {
    "anything": [],
    "success fee": [move, correct] * 3,
    "households": [*[move_together, break_down, household] * 4, *[corrected_membership] * 3],
    "expenses": [*[expense] * 10, *[set_back] * 6],
    "fixed fee": [extra_cost, correct] * 3,
}
