"""Where children have lived, as a picture: one row a child, a bar a placement, and the statements' cut-offs.

Coordinates are whole tenths of a unit, written by `units`. Settings are told apart by the words in and under the bars
and by light and dark as well as by colour: light for residential care, dark for families.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cohort.core.facts import Child, KnownFacts, Placement
from cohort.core.moves import claim_statuses, placements_of_child
from pbr_ledger.periods import Month
from pbr_ledger.words import MONTH_NAMES, count_shown, day_shown, setting_shown, shortened
from savings.documents.svg import units

WIDTH, LEFT, RIGHT, TOP = 9600, 1000, 100, 640
ROW, BAR, FOOT = 420, 240, 40
LETTER = 66
"""About how wide a letter of a label is, in tenths of a unit."""
SHORT_SETTINGS = {
    "residential": "Res.",
    "unregistered": "Unreg.",
    "fostering_in_house": "In-h.",
    "fostering_external": "Ext.",
    "connected_carers": "Conn.",
    "special_guardianship": "S.G.",
    "reunification": "Reun.",
    "supported_living": "Supp.",
    "other": "Other",
}
CLAIM_MARKS = {"agreed": "agreed", "submitted": "open", "queried": "open"}
"""How the foot of a bar is drawn for a claim's status: a full line, a broken one, or none."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A placement within the picture; `foot` is `agreed`, `open` or empty, as its claim stands."""

    x: str
    width: str
    setting: str
    label: str
    label_x: str
    title: str
    foot: str
    breakdown_x: str


@dataclass(frozen=True, slots=True)
class Row:
    """One child: the heights of its parts, its bars, where it joined and left; `gone` is how wide the rest is."""

    child: str
    top: str
    text_y: str
    middle: str
    foot_y: str
    bars: tuple[Bar, ...]
    joined_x: str
    left_x: str
    gone: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A line down the picture with its label."""

    x: str
    label: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture, ready to be placed."""

    width: str
    height: str
    bottom: str
    bar: str
    title: str
    description: str
    rows: tuple[Row, ...]
    months: tuple[Tick, ...]
    cut_offs: tuple[Tick, ...]
    today: Tick | None
    key: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Axis:
    """Days to places across: from the first day of a month to the last of another."""

    first: Month
    last: Month

    @property
    def start(self) -> date:
        """The first day shown."""
        return self.first.first_day

    @property
    def until(self) -> date:
        """The first day that is no longer shown."""
        return self.last.last_day + timedelta(days=1)

    def x(self, day: date) -> int:
        """The place of a day, in tenths of a unit; days outside stand at the edge."""
        inside = min(max(day, self.start), self.until)
        return LEFT + (inside - self.start).days * (WIDTH - LEFT - RIGHT) // (self.until - self.start).days

    def shows(self, day: date) -> bool:
        """Whether the day lies within the picture."""
        return self.start <= day < self.until


def timeline(
    known: KnownFacts, children: Sequence[Child], *, axis: Axis, cut_offs: Sequence[tuple[Month, date]], today: date
) -> Timeline:
    """The children's journeys as known, with the cut-off of each month's statement, and today where it is shown."""
    claims = claim_statuses(known)
    rows = tuple(_row(known, child, number, axis, claims, today) for number, child in enumerate(children))
    settings = {bar.setting for row in rows for bar in row.bars}
    bottom = TOP + ROW * len(rows)
    return Timeline(
        width=units(WIDTH),
        height=units(bottom + 80),
        bottom=units(bottom),
        bar=units(BAR),
        title=f"Where {count_shown(len(rows), 'child', 'children')} lived, from {_span(axis)}",
        description="One row a child, a bar a placement, named by its setting: light bars for residential and "
        "unregistered care, dark ones for other settings. A line under a bar is its claim: full where agreed, broken "
        "where not decided. A cross is a breakdown. The table that follows says the same in words.",
        rows=rows,
        months=tuple(_month_ticks(axis)),
        cut_offs=tuple(
            Tick(units(axis.x(day)), "", f"Cut-off of the statement of {MONTH_NAMES[month.number - 1]} {month.year}")
            for month, day in cut_offs
            if axis.shows(day)
        ),
        today=Tick(units(axis.x(today)), "Today", day_shown(today)) if axis.shows(today) else None,
        key=tuple((setting, setting_shown(setting)) for setting in SHORT_SETTINGS if setting in settings),
    )


def _span(axis: Axis) -> str:
    return f"{day_shown(axis.start)} to {day_shown(axis.last.last_day)}"


def _month_ticks(axis: Axis) -> Iterator[Tick]:
    months = tuple(axis.first.through(axis.last))
    step = -(-len(months) // 16)
    for index, month in enumerate(months):
        name = MONTH_NAMES[month.number - 1][:3] if index % step == 0 else ""
        year = str(month.year) if index == 0 or month.number == 1 else ""
        yield Tick(units(axis.x(month.first_day)), name, year)


def _row(known: KnownFacts, child: Child, number: int, axis: Axis, claims: Mapping[str, str], today: date) -> Row:
    top = TOP + ROW * number + (ROW - BAR - FOOT) // 2
    placements = placements_of_child(known, child.id)
    shown = [each for each in placements if each.start < axis.until and (not each.until or each.until > axis.start)]
    return Row(
        child=shortened(child.id, 14),
        top=units(top),
        text_y=units(top + BAR * 68 // 100),
        middle=units(top + BAR // 2),
        foot_y=units(top + BAR + FOOT * 3 // 4),
        bars=tuple(_bar(each, child, axis, claims.get(each.id, ""), today) for each in shown),
        joined_x=units(axis.x(child.joined)) if child.joined > axis.start and axis.shows(child.joined) else "",
        left_x=units(axis.x(child.left)) if child.left and axis.shows(child.left) else "",
        gone=units(WIDTH - RIGHT - axis.x(child.left)) if child.left and axis.shows(child.left) else "",
    )


def _bar(placement: Placement, child: Child, axis: Axis, claim: str, today: date) -> Bar:
    """The placement; one that runs ends today, or with the picture."""
    until = placement.until or max(today, placement.start)
    x, end = axis.x(placement.start), axis.x(until)
    width = max(end - x - 15, 20)
    broke = placement.ended == "breakdown" and axis.shows(until)
    return Bar(
        x=units(x),
        width=units(width),
        setting=placement.setting,
        label=_label(placement.setting, width - (160 if broke else 0)),
        label_x=units(max(x, axis.x(child.joined) if child.joined < until else x) + 70),
        title=_bar_title(placement, claim),
        foot=CLAIM_MARKS.get(claim, ""),
        breakdown_x=units(end - 15) if broke else "",
    )


def _label(setting: str, width: int) -> str:
    """The setting's name if it has room in the bar, else its short form, else nothing: its title has it."""
    names = (setting_shown(setting), SHORT_SETTINGS.get(setting, ""))
    return next((name for name in names if len(name) * LETTER + 120 <= width), "")


def _bar_title(placement: Placement, claim: str) -> str:
    until = f" to {day_shown(placement.until)}" if placement.until else " on"
    ended = ", broke down" if placement.ended == "breakdown" else ""
    claimed = f", claim {claim}" if claim else ""
    return (
        f"{setting_shown(placement.setting)}, {placement.id}: from {day_shown(placement.start)}{until}{ended}{claimed}"
    )
