"""The contract's months as a picture: savings and the fee taken from them, and the fee against its schedule.

Our own SVG, the same in the PDF and on a page, told apart by lightness, dashes and labels and never by colour alone.
Coordinates are whole tenths of a unit, so that they are the same text everywhere; no amount of money passes through
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import NamedTuple

from pbr_ledger.money import divide_rounding, pounds_shown
from pbr_ledger.periods import Month
from pbr_ledger.words import MONTH_NAMES, month_shown
from savings.documents.svg import INK, Scale, box, line, panel_scale, path, text, ticks, units

WIDTH, HEIGHT = 720, 366
PLOT_LEFT, PLOT_RIGHT = 56, 560
TOP_PANEL = (50, 172)
LOW_PANEL = (224, 334)
LABELLED_MONTHS = 18
LABEL_GAP = 29
FEE, SAVED, GRID, QUIET = "#123c5e", "#c3d3e0", "#d5dae0", "#55606c"


@dataclass(frozen=True, slots=True)
class ChartMonth:
    """One month's figures in pence; `fee_charged` is the fixed fee that all statements have charged by then."""

    month: Month
    savings: int
    fee: int
    limit_to_date: int
    fee_charged: int


@dataclass(frozen=True, slots=True)
class Chart:
    """What the picture shows: months in order, the month up to which the axis runs, the cap, and what limits."""

    months: tuple[ChartMonth, ...]
    until: Month
    cap_pence: int
    limit_name: str = "Schedule"


def chart_svg(chart: Chart, *, font_family: str = "inherit") -> str:
    """The picture as an `<svg>` element, with its own title and description."""
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'font-family="{escape(font_family)}" font-size="11.5" fill="{INK}">'
    )
    parts = (
        opening,
        f"<title>{escape(_title(chart))}</title><desc>{escape(_description(chart))}</desc>",
        *_savings_panel(chart),
        *_schedule_panel(chart),
        "</svg>",
    )
    return "".join(parts)


def _title(chart: Chart) -> str:
    """What the picture shows, in figures: also its text alternative in a PDF."""
    last = chart.months[-1]
    saved = sum(month.savings for month in chart.months)
    named = f"{chart.limit_name.lower()} to date {pounds_shown(last.limit_to_date)}, "
    limit = "" if chart.limit_name == "Cap" else named
    return (
        f"Savings, fixed fee and {chart.limit_name.lower()} from {month_shown(chart.months[0].month)} to "
        f"{month_shown(last.month)}: savings of {pounds_shown(saved)} in all, fixed fee charged "
        f"{pounds_shown(last.fee_charged)}, {limit}cap {pounds_shown(chart.cap_pence)}. "
        "The table of months has every figure."
    )


def _description(chart: Chart) -> str:
    """How to read the picture."""
    return (
        "Above, a bar for the savings of each month; its dark foot is what the fixed fee of the month takes. Below, a "
        f"solid line for the fixed fee charged to date and a dashed one for the {chart.limit_name.lower()}, under the "
        "dotted line of the cap."
    )


def _savings_panel(chart: Chart) -> Iterator[str]:
    low, high = min(month.savings for month in chart.months), max(month.savings for month in chart.months)
    marks = ticks(low, high)
    scale = panel_scale(TOP_PANEL, low, marks)
    yield text(0, 110, "Savings of each month", weight=600, size="13")
    yield from _key(chart)
    if low == high == 0:
        yield text((PLOT_LEFT + PLOT_RIGHT) * 5, scale.y(0) - 550, "No savings yet", anchor="middle", fill=QUIET)
    yield from _axis(scale, marks if low or high else (0,))
    width = _column(chart) * 6 // 10
    for index, month in enumerate(chart.months):
        left = _centre(chart, index) - width // 2
        yield from _bar(scale, left, width, month)
    yield line(PLOT_LEFT * 10, scale.y(0), PLOT_RIGHT * 10, scale.y(0), INK, "1")


def _key(chart: Chart) -> Iterator[str]:
    yield box(PLOT_LEFT * 10, 220, 110, 110, FEE)
    yield text(PLOT_LEFT * 10 + 170, 320, "taken as the fixed fee of the month")
    yield box(PLOT_LEFT * 10 + 2200, 220, 110, 110, SAVED)
    yield text(PLOT_LEFT * 10 + 2370, 320, "stays with the council")
    total = sum(month.savings for month in chart.months)
    fees = sum(month.fee for month in chart.months)
    for row, (name, amount) in enumerate(
        (("Savings to date", total), ("of which fixed fee", fees), ("stays with the council", total - fees))
    ):
        top = 640 + row * 400
        yield text(PLOT_RIGHT * 10 + 160, top, name, fill=QUIET)
        yield text(PLOT_RIGHT * 10 + 160, top + 150, pounds_shown(amount), weight=600, size="13")


def _bar(scale: Scale, left: int, width: int, month: ChartMonth) -> Iterator[str]:
    zero, top = scale.y(0), scale.y(month.savings)
    if month.savings < 0:
        yield box(left, zero, width, max(top - zero, 10), "#ffffff", stroke=INK)
        yield text(
            left + width // 2, max(top, zero + 10) + 120, _thousands(month.savings), anchor="middle", size="10.5"
        )
        return
    if month.savings == 0:
        return
    fee = scale.y(min(month.fee, month.savings))
    yield box(left, top, width, zero - top, SAVED)
    yield box(left, fee, width, zero - fee, FEE)
    yield text(left + width // 2, top - 40, _thousands(month.savings), anchor="middle", size="10.5")


def _schedule_panel(chart: Chart) -> Iterator[str]:
    low = min(month.fee_charged for month in chart.months)
    marks = ticks(low, max(chart.cap_pence, *(month.fee_charged for month in chart.months)))
    scale = panel_scale(LOW_PANEL, low, marks)
    yield text(0, 2060, f"Fixed fee charged to date, against the {chart.limit_name.lower()}", weight=600, size="13")
    yield from _axis(scale, marks)
    yield from _month_names(chart)
    cap = scale.y(chart.cap_pence)
    yield line(PLOT_LEFT * 10, cap, PLOT_RIGHT * 10, cap, QUIET, "1", dash="1.5 3")
    yield path(_steps(chart, scale), QUIET, "1.8", dash="6 3")
    points = [(_centre(chart, index), scale.y(month.fee_charged)) for index, month in enumerate(chart.months)]
    yield path("M" + "L".join(f"{units(x)} {units(y)}" for x, y in points), FEE, "2.4")
    for x, y in points:
        yield f'<circle cx="{units(x)}" cy="{units(y)}" r="2.8" fill="{FEE}"/>'
    yield from _end_labels(chart, scale)


def _steps(chart: Chart, scale: Scale) -> str:
    half = _column(chart) // 2
    path = ""
    for index, month in enumerate(chart.months):
        y, centre = scale.y(month.limit_to_date), _centre(chart, index)
        path += f"{'L' if path else 'M'}{units(centre - half)} {units(y)}L{units(centre + half)} {units(y)}"
    return path


class _End(NamedTuple):
    """Where a line of the lower panel ends, and what it is called there; in order of height, then of rank."""

    y: int
    rank: int
    name: str
    amount_pence: int
    x: int


def _end_labels(chart: Chart, scale: Scale) -> Iterator[str]:
    """Name and amount of each line at its right end, pushed apart where lines meet."""
    ends = sorted(_ends(chart, scale))
    elbow = PLOT_RIGHT * 10 + 40
    for end, place in zip(ends, _apart([end.y for end in ends]), strict=True):
        if end.x < elbow:
            yield line(end.x, end.y, elbow, end.y, GRID, "1")
        yield line(elbow, end.y, elbow + 80, place, QUIET, "0.8")
        yield text(elbow + 120, place + 38, end.name, fill=QUIET)
        yield text(elbow + 120, place + 165, pounds_shown(end.amount_pence), weight=600)


def _ends(chart: Chart, scale: Scale) -> Iterator[_End]:
    last, centre = chart.months[-1], _centre(chart, len(chart.months) - 1)
    limit_name, limit, edge = f"{chart.limit_name} to date", last.limit_to_date, centre + _column(chart) // 2
    if limit == chart.cap_pence:
        together = "Cap" if chart.limit_name == "Cap" else f"Cap, and {limit_name.lower()}"
        yield _End(scale.y(limit), 0, together, limit, edge)
    else:
        yield _End(scale.y(chart.cap_pence), 0, "Cap", chart.cap_pence, PLOT_RIGHT * 10)
        yield _End(scale.y(limit), 1, limit_name, limit, edge)
    yield _End(scale.y(last.fee_charged), 2, "Charged to date", last.fee_charged, centre + 40)


def _apart(ends: Sequence[int]) -> list[int]:
    """Heights for labels in order from the top, no two closer than a label is high, none below the panel."""
    gap = LABEL_GAP * 10
    places: list[int] = []
    for y in ends:
        places.append(max(y, places[-1] + gap) if places else y)
    lowest = LOW_PANEL[1] * 10 - 100
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], lowest)
        lowest = places[index] - gap
    return places


def _axis(scale: Scale, marks: Sequence[int]) -> Iterator[str]:
    for pence in marks:
        y = scale.y(pence)
        yield line(PLOT_LEFT * 10, y, PLOT_RIGHT * 10, y, GRID, "0.8")
        yield text(PLOT_LEFT * 10 - 60, y + 38, _thousands(pence), anchor="end", fill=QUIET)


def _month_names(chart: Chart) -> Iterator[str]:
    every = -(-_columns(chart) // LABELLED_MONTHS)
    for index in range(0, _columns(chart), every):
        month, x = chart.months[0].month.plus(index), _centre(chart, index)
        yield text(x, 3490, MONTH_NAMES[month.number - 1][:3], anchor="middle", size="10.5")
        if index == 0 or month.number <= every:
            yield text(x, 3610, str(month.year), anchor="middle", fill=QUIET, size="10.5")


def _columns(chart: Chart) -> int:
    first, last = chart.months[0].month, max(chart.until, chart.months[-1].month)
    return (last.year - first.year) * 12 + last.number - first.number + 1


def _column(chart: Chart) -> int:
    return (PLOT_RIGHT - PLOT_LEFT) * 10 // max(_columns(chart), 6)


def _centre(chart: Chart, index: int) -> int:
    return PLOT_LEFT * 10 + index * _column(chart) + _column(chart) // 2


def _thousands(pence: int) -> str:
    """`£205k`: for an axis or above a bar, where the table beside it has the penny."""
    thousands = divide_rounding(abs(pence), 1000_00)
    if pence and abs(pence) < 100_000_00:
        tenths = divide_rounding(abs(pence), 100_00)
        return f"{'−' if pence < 0 else ''}£{tenths // 10}{f'.{tenths % 10}' if tenths % 10 else ''}k"
    return f"{'−' if pence < 0 else ''}£{thousands:,}{'k' if thousands else ''}"
