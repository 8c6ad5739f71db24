"""Random valid contracts: `contracts()` has every term and every kind of fact in play.

A contract is grown the way a real one is: day by day, each day recording a few events (a move, a claim, a corrected
price, a retraction …). An event that the refusal rules would not allow is dropped, so what comes out always loads.
"""

import copy
import datetime as dt

from hypothesis import strategies as st

from tests.oracle.day_by_day import DEFAULT_FAMILY_SETTINGS, cap_of, day, last_day, month_of, months_between, next_month
from tests.oracle.validity import day_is_valid, is_family

FAMILY = DEFAULT_FAMILY_SETTINGS
OTHER_SETTINGS = ["residential", "residential", "unregistered", "supported_living", "other"]
CHILDREN = ["C1", "C10", "C2", "c3", "É4"]
HOUSEHOLDS = ["H1", "C1", "h02"]
EXPENSES = ["E1", "E2", "E10"]
STATUSES = [*["agreed"] * 8, "submitted", "queried", "rejected", "withdrawn"]


# Amounts


@st.composite
def pounds(draw, low, high):
    """An amount between two sums in pounds, in any of the ways that the format allows to write it."""
    pence = draw(st.integers(low * 100, high * 100))
    if pence % 100 == 0 and draw(st.booleans()):
        return str(pence // 100)
    return f"{pence // 100}.{pence % 100:02d}"


@st.composite
def rates(draw, reach_back_to, low, high, latest):
    """Dated weekly rates, the first of them in force on the given day, the later ones uplifts or falls."""
    shape = draw(st.sampled_from(["plain", "plain", "uplift", "contribution", "both"]))
    dates = {reach_back_to - dt.timedelta(days=draw(st.sampled_from([0, 0, 1, 400])))}
    if shape in ("uplift", "both"):
        dates |= set(draw(st.lists(st.dates(min(dates), max(latest, *dates)), min_size=1, max_size=2)))
    rows = []
    for date in sorted(dates):
        row = {"from": str(date), "weekly": draw(pounds(low, high))}
        if shape in ("contribution", "both"):
            part = f"{draw(st.integers(0, int(row['weekly'].split('.')[0])))}.00"
            row["contribution"] = draw(st.sampled_from([part, "0.00", row["weekly"]]))
        rows.append(row)
    return rows


# Terms


@st.composite
def phases(draw, begins):
    """Both phases with their fees; now and then with days between them."""
    middle = begins + dt.timedelta(days=draw(st.sampled_from([56, 17, 70, 1])))
    resumes = middle + dt.timedelta(days=draw(st.sampled_from([0, 0, 0, 9])))
    ends = resumes + dt.timedelta(days=draw(st.sampled_from([150, 365, 240, 365, 62, 1])))
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
            "within_nights": st.sampled_from([1, 28, 56, 84, 400]),
            "share": st.sampled_from(["0", "0.25", "0.5", "0.3333", "1", "1.0000"]),
        }
    )
    return draw(st.lists(row, max_size=3))


OPTIONAL_TERMS = {
    "fixed_fee_limit": st.sampled_from(["schedule", "cap"]),
    "fixed_fee_savings": st.sampled_from(["month", "to_date", "to_date"]),
    "negative_savings": st.sampled_from(["net", "zero", "zero"]),
    "annual_days": st.sampled_from([365, 364, 366, 360]),
    "carer_fee_refund": refund_rows(),
    "expenses_wait_for_savings": st.booleans(),
    "family_settings": st.lists(st.sampled_from([*FAMILY, "supported_living"]), min_size=3, max_size=6, unique=True),
}


@st.composite
def terms_versions(draw, recorded, effective_from, begins):
    """One version of the terms; what is optional is often left out."""
    terms = {"recorded": str(recorded), "effective_from": str(effective_from), **draw(phases(begins))}
    terms["success_fee"] = {
        "threshold": draw(st.sampled_from(["0", "999.99", "20000.01", "150000.55", "3000000.00"])),
        "rate": draw(st.sampled_from(["0.10", "0.05", "0.5", "0.1234", "1", "0"])),
    }
    if draw(st.booleans()):
        terms["success_fee"]["basis"] = draw(st.sampled_from(["run_rate", "realised"]))
    terms["carer_fee"] = draw(st.sampled_from(["10000.00", "3333.33", "0.01", "0"]))
    terms["maximum_value"] = draw(st.sampled_from(["1000000.00", "5000.50", "0"]))
    for name in draw(st.lists(st.sampled_from(sorted(OPTIONAL_TERMS)), max_size=4, unique=True)):
        terms[name] = draw(OPTIONAL_TERMS[name])
    if draw(st.sampled_from([False, False, True])):
        terms["schedule"] = draw(st.one_of(st.none(), schedules(terms)))
    return terms


@st.composite
def variations(draw, first, horizon):
    """A later version: one made afresh, or the first with little changed, recorded and in effect on any day."""
    recorded = draw(st.one_of(st.just(day(first["recorded"])), st.dates(day(first["recorded"]), horizon)))
    effective = draw(st.one_of(st.just(day(first["effective_from"])), st.dates(recorded - dt.timedelta(200), horizon)))
    begins = day(first["phase2"]["from"]) + dt.timedelta(days=draw(st.sampled_from([0, 0, -40, -1, 3, 40])))
    afresh = draw(terms_versions(recorded, effective, begins))
    if draw(st.booleans()):
        return afresh
    changed = {**copy.deepcopy(first), "recorded": str(recorded), "effective_from": str(effective)}
    for name in draw(st.lists(st.sampled_from(["carer_fee", "success_fee", "maximum_value"]), max_size=2)):
        changed[name] = afresh[name]
    for name in OPTIONAL_TERMS:
        if name in afresh:
            changed[name] = afresh[name]
    days = draw(st.sampled_from([0, 31, -31, -60, 7]))
    until = day(changed["phase3"]["until"]) + dt.timedelta(days=days)
    changed["phase3"]["until"] = str(max(until, day(changed["phase3"]["from"]) + dt.timedelta(days=1)))
    return changed


# Facts


class World:
    """The facts recorded so far, and what is live of them; takes only events that keep the file valid."""

    def __init__(self, draw, terms, today, horizon):
        self.draw = draw
        self.terms = terms
        self.today = today
        self.horizon = horizon
        self.facts = []
        self.live = {}
        self.retracted = {}
        self.recorded_today = []

    def wake(self, today):
        self.today = today
        self.recorded_today = []

    def record(self, *lines):
        """Records the lines together today, or none of them if the day would no longer be valid."""
        live, retracted, stamped = dict(self.live), dict(self.retracted), []
        for line in copy.deepcopy(lines):
            fact = {**line, "recorded": str(self.today)}
            key = (fact["type"], fact["id"])
            if any((each["type"], each["id"]) == key for each in self.recorded_today if fact["type"] == "claim"):
                return
            if fact.get("void"):
                retracted[key] = live.pop(key)
            else:
                live[key] = fact
                retracted.pop(key, None)
            stamped.append(fact)
        if day_is_valid(self.terms, live, self.recorded_today + stamped):
            self.live, self.retracted = live, retracted
            self.recorded_today += stamped
            self.facts += stamped

    def of(self, kind):
        return [fact for (each, _), fact in self.live.items() if each == kind]

    def near(self, before=60, after=20):
        """A day about today, more often past than to come."""
        return self.today + dt.timedelta(days=self.draw(st.integers(-before, after)))

    def pick(self, values):
        return self.draw(st.sampled_from(values))

    def chance(self, one_in):
        return self.draw(st.integers(1, one_in)) == one_in


def add_child(world):
    """A child with a baseline, and the home that it lives in."""
    free = [identity for identity in CHILDREN if ("child", identity) not in {**world.live, **world.retracted}]
    if not free:
        return
    joined = world.near(30, 10) if world.chance(3) else world.today
    left = joined + dt.timedelta(days=world.draw(st.integers(1, 400))) if world.chance(5) else None
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
        "household": world.pick(households[-1:] * 2 + households) if family else None,
        "costs": world.draw(rates(begins, 100, 3_000, world.horizon) if family else rates(begins, 500, 9_000, begins)),
    }


def move(world):
    """The child's last placement ends and another begins, with a claim when it is a step down."""
    children = world.of("child")
    if not children:
        return
    child = world.pick(children)["id"]
    chain = sorted((fact for fact in world.of("placement") if fact["child"] == child), key=lambda fact: fact["from"])
    moved = world.near()
    lines = []
    was_family = False
    if chain and chain[-1]["until"] is None:
        was_family = chain[-1]["setting"] in FAMILY
        ended = world.pick(["planned", "breakdown"]) if was_family else "planned"
        lines.append({**chain[-1], "until": str(moved), "ended": ended})
    elif chain:
        moved = max(moved, day(chain[-1]["until"]))
    settings = [*OTHER_SETTINGS[:3] * 2, *FAMILY] if was_family else [*FAMILY, *FAMILY, *OTHER_SETTINGS]
    begins = moved + dt.timedelta(days=5) if world.chance(12) else moved
    placement = new_placement(world, child, world.pick(settings), begins)
    world.record(*lines, placement)
    if ("placement", placement["id"]) in world.live:
        claim(world, world.live["placement", placement["id"]])
        if world.chance(3):
            extra_cost(world, child, moved)


def claim(world, placement=None):
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
    line = {"type": "claim", "id": identity, "placement": placement["id"], "status": world.pick(STATUSES)}
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
    left = world.pick([None, child["left"], str(world.near(20, 90))])
    baseline = world.draw(rates(joined, 1_000, 9_000, world.horizon)) if world.chance(2) else child["baseline"]
    return {**child, "joined": str(joined), "left": left, "baseline": baseline}


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
    *[claim] * 3,
    *[correct] * 5,
    *[household] * 2,
    *[expense] * 2,
    add_child,
    extra_cost,
    retract,
    restore,
    record_again,
]


# Contracts


@st.composite
def closings(draw, versions, horizon):
    """Months in rising order from one that the programme surely has, with skips and with cut-offs late or equal."""
    known_first = min(version["recorded"] for version in versions)
    sure = [version["phase2"]["from"] for version in versions if version["recorded"] <= known_first]
    month = month_of(day(min(sure)))
    for _ in range(draw(st.sampled_from([1, 0, 2, 4]))):
        month = next_month(month)
    rows = []
    cut_off = day(known_first)
    for _ in range(draw(st.sampled_from([4, 6, 3, 2, 8, 1]))):
        lag = draw(st.sampled_from([1, 6, 6, 40, 100]))
        cut_off = max(cut_off, last_day(month) + dt.timedelta(days=lag))
        rows.append({"month": month, "as_known_on": str(cut_off)})
        for _ in range(draw(st.sampled_from([1, 1, 1, 2, 4]))):
            month = next_month(month)
        if month > month_of(horizon):
            break
    return rows


@st.composite
def contracts(draw, *, unvaried_terms=False):
    """A valid scenario document."""
    begins = draw(st.dates(dt.date(2025, 6, 20), dt.date(2027, 11, 10)))
    recorded = begins - dt.timedelta(days=draw(st.sampled_from([3, 20])))
    effective = begins + dt.timedelta(days=draw(st.sampled_from([0, 0, -30, 20])))
    first = draw(terms_versions(recorded, effective, begins))
    horizon = day(first["phase3"]["until"]) + dt.timedelta(days=70)
    versions = [first]
    if not unvaried_terms:
        versions = draw(st.permutations([first, *draw(st.lists(variations(first, horizon), max_size=3))]))
    world = World(draw, versions, recorded, horizon)
    for _ in range(draw(st.sampled_from([1, 2, 2, 3]))):
        add_child(world)
    household(world)
    for _ in range(draw(st.sampled_from([9, 6, 12, 3]))):
        world.wake(world.today + dt.timedelta(days=draw(st.sampled_from([7, 1, 20, 31, 45]))))
        for event in draw(st.lists(st.sampled_from(EVENTS), min_size=2, max_size=5)):
            event(world)
    return {
        "contract": "RANDOM",
        "terms": versions,
        "facts": world.facts,
        "close": draw(closings(versions, horizon)),
    }
