"""What rows do to what is known: facts to record, rows that say nothing new, and what stands against any (11.3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cohort.core.facts import Child, Fact, Placement
from cohort.core.sheets.building import BUILDERS
from cohort.core.sheets.desk import Desk, Key, Rates, Refusal, Standing
from cohort.core.sheets.kinds import SHEETS, SheetKind
from cohort.core.sheets.rows import MOST_PROBLEMS, GivenRow, GivenRows, Place, Wrong

_ORDER = ("child", "household", "placement", "extra_cost", "claim", "expense")
_MAIN_SHEET = {
    "child": "children",
    "household": "households",
    "placement": "placements",
    "extra_cost": "extra-costs",
    "claim": "claims",
    "expense": "expenses",
}
_COLUMN_OF = {
    "id": "",
    "from": "start",
    "costs": "weekly",
    "baseline": "weekly",
    "kind": "category",
}
"""The key of the column for a part of a fact, where it is another word."""


KNOWN, NEW, CHANGED, PROPOSED, PROPOSED_ALREADY = "known", "new", "changed", "proposed", "proposed already"
"""What a row comes to."""


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What one row comes to, and the fact before it and after it."""

    place: Place
    what: str
    before: Fact | None
    after: Fact


@dataclass(frozen=True, slots=True)
class Plan:
    """What recording the rows would do, and whatever stands against it.

    `proposals` are the baselines to put to the other side, by child: one that both sides agreed changes in no other
    way. `texts` holds what is said for new claims.
    """

    facts: tuple[Fact, ...]
    proposals: Mapping[str, Rates]
    outcomes: tuple[RowOutcome, ...]
    texts: Mapping[str, str]
    wrong: tuple[Wrong, ...]
    desk: Desk

    @property
    def changes_nothing(self) -> bool:
        """Everything the rows say is known."""
        return not self.facts and not self.proposals

    def place_of(self, fact: Fact, part: str = "") -> Place:
        """Where a part of a fact was given, in the rules' names: `costs[1].weekly`, `until` (docs/contract.md 11.3)."""
        key = (fact.kind, fact.id)
        place, rest = self.desk.places[key], part
        if part.startswith(("costs[", "baseline[")):
            position, _, rest = part.partition("[")[2].partition("].")
            place = self._place_of_rate(fact, int(position))
        kind = next(each for each in SHEETS if each.name == place.sheet)
        return Place(place.sheet, place.row, _heading(kind, rest))

    def _place_of_rate(self, fact: Fact, position: int) -> Place:
        rates = fact.baseline if isinstance(fact, Child) else fact.costs if isinstance(fact, Placement) else ()
        found = self.desk.rates.get(((fact.kind, fact.id), rates[position].start))
        return found[0] if found else self.desk.places[fact.kind, fact.id]


def _heading(kind: SheetKind, part: str) -> str:
    """The heading of the column for a part of a fact; the first one's where no other says it."""
    key = _COLUMN_OF.get(part, part)
    return next((column.heading for column in kind.columns if column.key == key), kind.columns[0].heading)


def planned(rows: GivenRows, standing: Standing) -> Plan:
    """What the rows do to what is known, sheet by sheet (docs/contract.md 11.3)."""
    desk = Desk(standing)
    outcomes: list[RowOutcome] = []
    wrong: list[Wrong] = []
    for kind in SHEETS:
        seen: dict[object, int] = {}
        for row in rows.get(kind.key, ()):
            try:
                _require_once(row, kind, seen)
                outcomes.append(_outcome(row, kind, desk))
            except Refusal as refusal:
                wrong.append(Wrong(Place(kind.name, row.number, _heading(kind, refusal.column)), str(refusal)))
    proposals = _proposals(desk, wrong)
    facts = tuple(_facts(desk))
    return Plan(facts, proposals, tuple(outcomes), desk.texts, tuple(wrong[: MOST_PROBLEMS + 1]), desk)


def _facts(desk: Desk) -> list[Fact]:
    """The facts that differ from what is known, in an order in which each refers to those before it."""
    changed = []
    for key, fact in desk.facts.items():
        recorded = desk.recorded(*key)
        found = _with_its_baseline(fact, recorded, desk)
        if found != recorded:
            changed.append(found)
    return sorted(changed, key=lambda fact: _ORDER.index(fact.kind))


def _with_its_baseline(fact: Fact, recorded: Fact | None, desk: Desk) -> Fact:
    """The child as recorded by itself: an agreed baseline stays until both sides agree another one."""
    if isinstance(fact, Child) and isinstance(recorded, Child) and fact.id in desk.standing.agreed:
        return replace(fact, baseline=recorded.baseline)
    return fact


def _proposals(desk: Desk, wrong: list[Wrong]) -> dict[str, Rates]:
    """The baselines to propose; another one than is proposed already is refused until that is answered."""
    found: dict[str, Rates] = {}
    for fact in desk.facts.values():
        if not isinstance(fact, Child) or not _is_to_be_agreed(fact, desk):
            continue
        before = desk.standing.proposed.get(fact.id)
        if before is None:
            found[fact.id] = fact.baseline
        elif before != fact.baseline:
            message = f"another baseline of child {fact.id} is proposed already. It has to be answered first"
            wrong.append(Wrong(desk.places["child", fact.id], message))
    return found


def _is_to_be_agreed(child: Child, desk: Desk) -> bool:
    """Its baseline would change, and is one that both sides agreed."""
    recorded = desk.recorded("child", child.id)
    return isinstance(recorded, Child) and child.id in desk.standing.agreed and recorded.baseline != child.baseline


def _outcome(row: GivenRow, kind: SheetKind, desk: Desk) -> RowOutcome:
    place = Place(kind.name, row.number)
    after = BUILDERS[kind.key](row, place, desk)
    key: Key = (after.kind, after.id)
    before = desk.fact(*key)
    if kind.key == _MAIN_SHEET[after.kind]:
        desk.places[key] = place
    else:
        desk.places.setdefault(key, place)
    desk.facts[key] = after
    return RowOutcome(place, _what(before, after, desk), before, after)


def _what(before: Fact | None, after: Fact, desk: Desk) -> str:
    if before is None:
        return NEW
    if before == after:
        return KNOWN
    if isinstance(before, Child) and isinstance(after, Child) and before.baseline != after.baseline:
        if desk.standing.proposed.get(after.id) == after.baseline:
            return PROPOSED_ALREADY
        return PROPOSED if _is_to_be_agreed(after, desk) else CHANGED
    return CHANGED


def _require_once(row: GivenRow, kind: SheetKind, seen: dict[object, int]) -> None:
    """Refuse a second row about the same fact, or about its price from the same night."""
    first = kind.columns[0].key
    about = (row.values[first], row.values["start"] if kind.key in ("prices", "baselines") else None)
    before = seen.setdefault(about, row.number)
    if before != row.number:
        raise Refusal(first, f"“{row.values[first]}” stands in row {before} already")
