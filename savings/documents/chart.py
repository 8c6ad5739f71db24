"""The contract's months as a picture: savings and the fee taken from them, and the fee against its schedule.

Our own SVG, the same in the PDF and on a page, told apart by lightness, dashes and labels and never by colour alone.
Coordinates are whole tenths of a unit, so that they are the same text everywhere; no amount of money passes through
them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from pbr_ledger.money import divide_rounding, pounds_shown
from pbr_ledger.periods import Month
from savings.documents.words import MONTH_NAMES, month_shown

WIDTH, HEIGHT = 720, 366
PLOT_LEFT, PLOT_RIGHT = 56, 560
TOP_PANEL = (50, 172)
LOW_PANEL = (224, 334)
TICKS_AT_MOST = 5
LABELLED_MONTHS = 18
LABEL_GAP = 29
INK, FEE, SAVED, GRID, QUIET = "#16202c", "#123c5e", "#c3d3e0", "#d5dae0", "#55606c"


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


@dataclass(frozen=True, slots=True)
class Scale:
    """Pence to heights: from `low` at the bottom of a panel to `high` at its top."""

    top: int
    bottom: int
    low: int
    high: int

    def y(self, pence: int) -> int:
        """The height of an amount, in tenths of a unit."""
        span = self.high - self.low
        return self.bottom * 10 - divide_rounding((pence - self.low) * (self.bottom - self.top) * 10, span)


def ticks(low: int, high: int) -> tuple[int, ...]:
    """Round amounts (pence) that an axis from `low` to `high` bears: zero among them, five steps at most.

    The last is at or above `high`; below zero there are only those that are not below `low`.
    """
    low, high = min(low, 0), max(high, 0)
    step = 100_00
    factors = (2, 5, 10)
    decade, index = step, 0
    while -(-high // step) + -low // step > TICKS_AT_MOST:
        step = decade * factors[index]
        index += 1
        if index == len(factors):
            decade, index = decade * 10, 0
    first, last = -(-low // step), max(-(-high // step), 1)
    return tuple(step * number for number in range(first, last + 1))


def panel_scale(panel: tuple[int, int], low: int, marks: Sequence[int]) -> Scale:
    """The scale of a panel that bears these ticks, with room below for a negative amount and its label."""
    room = (marks[-1] - marks[0]) // 8
    return Scale(*panel, marks[0] if low >= 0 else min(marks[0], low - room), marks[-1])


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
    return (
        f"Savings, fixed fee and {chart.limit_name.lower()} from {month_shown(chart.months[0].month)} to "
        f"{month_shown(last.month)}: savings of {pounds_shown(saved)} in all, fixed fee charged "
        f"{pounds_shown(last.fee_charged)}, {chart.limit_name.lower()} to date {pounds_shown(last.limit_to_date)}, "
        f"cap {pounds_shown(chart.cap_pence)}. The table of months has every figure."
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
    yield _text(0, 110, "Savings of each month", weight=600, size="13")
    yield from _key(chart)
    if low == high == 0:
        yield _text((PLOT_LEFT + PLOT_RIGHT) * 5, scale.y(0) - 550, "No savings yet", anchor="middle", fill=QUIET)
    yield from _axis(scale, marks if low or high else (0,))
    width = _column(chart) * 6 // 10
    for index, month in enumerate(chart.months):
        left = _centre(chart, index) - width // 2
        yield from _bar(scale, left, width, month)
    yield _line(PLOT_LEFT * 10, scale.y(0), PLOT_RIGHT * 10, scale.y(0), INK, "1")


def _key(chart: Chart) -> Iterator[str]:
    yield _box(PLOT_LEFT * 10, 220, 110, 110, FEE)
    yield _text(PLOT_LEFT * 10 + 170, 320, "taken as the fixed fee of the month")
    yield _box(PLOT_LEFT * 10 + 2200, 220, 110, 110, SAVED)
    yield _text(PLOT_LEFT * 10 + 2370, 320, "stays with the council")
    total = sum(month.savings for month in chart.months)
    fees = sum(month.fee for month in chart.months)
    for row, (name, amount) in enumerate(
        (("Savings to date", total), ("of which fixed fee", fees), ("stays with the council", total - fees))
    ):
        top = 640 + row * 400
        yield _text(PLOT_RIGHT * 10 + 160, top, name, fill=QUIET)
        yield _text(PLOT_RIGHT * 10 + 160, top + 150, pounds_shown(amount), weight=600, size="13")


def _bar(scale: Scale, left: int, width: int, month: ChartMonth) -> Iterator[str]:
    zero, top = scale.y(0), scale.y(month.savings)
    if month.savings < 0:
        yield _box(left, zero, width, max(top - zero, 10), "#ffffff", stroke=INK)
        yield _text(
            left + width // 2, max(top, zero + 10) + 120, _thousands(month.savings), anchor="middle", size="10.5"
        )
        return
    if month.savings == 0:
        return
    fee = scale.y(min(month.fee, month.savings))
    yield _box(left, top, width, zero - top, SAVED)
    yield _box(left, fee, width, zero - fee, FEE)
    yield _text(left + width // 2, top - 40, _thousands(month.savings), anchor="middle", size="10.5")


def _schedule_panel(chart: Chart) -> Iterator[str]:
    low = min(month.fee_charged for month in chart.months)
    marks = ticks(low, max(chart.cap_pence, *(month.fee_charged for month in chart.months)))
    scale = panel_scale(LOW_PANEL, low, marks)
    yield _text(0, 2060, f"Fixed fee charged to date, against the {chart.limit_name.lower()}", weight=600, size="13")
    yield from _axis(scale, marks)
    yield from _month_names(chart)
    cap = scale.y(chart.cap_pence)
    yield _line(PLOT_LEFT * 10, cap, PLOT_RIGHT * 10, cap, QUIET, "1", dash="1.5 3")
    yield _path(_steps(chart, scale), QUIET, "1.8", dash="6 3")
    points = [(_centre(chart, index), scale.y(month.fee_charged)) for index, month in enumerate(chart.months)]
    yield _path("M" + "L".join(f"{_units(x)} {_units(y)}" for x, y in points), FEE, "2.4")
    for x, y in points:
        yield f'<circle cx="{_units(x)}" cy="{_units(y)}" r="2.8" fill="{FEE}"/>'
    yield from _end_labels(chart, scale)


def _steps(chart: Chart, scale: Scale) -> str:
    half = _column(chart) // 2
    path = ""
    for index, month in enumerate(chart.months):
        y, centre = scale.y(month.limit_to_date), _centre(chart, index)
        path += f"{'L' if path else 'M'}{_units(centre - half)} {_units(y)}L{_units(centre + half)} {_units(y)}"
    return path


def _end_labels(chart: Chart, scale: Scale) -> Iterator[str]:
    """Name and amount of each line at its right end, pushed apart where lines meet."""
    last, end = chart.months[-1], _centre(chart, len(chart.months) - 1)
    half = _column(chart) // 2
    lines = [
        (scale.y(chart.cap_pence), 0, "Cap", chart.cap_pence, PLOT_RIGHT * 10),
        (scale.y(last.limit_to_date), 1, f"{chart.limit_name} to date", last.limit_to_date, end + half),
        (scale.y(last.fee_charged), 2, "Charged to date", last.fee_charged, end + 40),
    ]
    if last.limit_to_date == chart.cap_pence:
        lines = [
            (lines[1][0], 0, f"Cap, and {chart.limit_name.lower()} to date", chart.cap_pence, end + half),
            lines[2],
        ]
    for place, (y, _, name, amount, start) in zip(
        _apart([line[:2] for line in sorted(lines)]), sorted(lines), strict=True
    ):
        elbow = PLOT_RIGHT * 10 + 40
        if start < elbow:
            yield _line(start, y, elbow, y, GRID, "1")
        yield _line(elbow, y, elbow + 80, place, QUIET, "0.8")
        yield _text(elbow + 120, place + 38, name, fill=QUIET)
        yield _text(elbow + 120, place + 165, pounds_shown(amount), weight=600)


def _apart(ends: Sequence[tuple[int, int]]) -> list[int]:
    """Heights for labels in order from the top, no two closer than a label is high, none below the panel."""
    gap = LABEL_GAP * 10
    places: list[int] = []
    for y, _ in ends:
        places.append(max(y, places[-1] + gap) if places else y)
    lowest = LOW_PANEL[1] * 10 - 100
    for index in range(len(places) - 1, -1, -1):
        places[index] = min(places[index], lowest)
        lowest = places[index] - gap
    return places


def _axis(scale: Scale, marks: Sequence[int]) -> Iterator[str]:
    for pence in marks:
        y = scale.y(pence)
        yield _line(PLOT_LEFT * 10, y, PLOT_RIGHT * 10, y, GRID, "0.8")
        yield _text(PLOT_LEFT * 10 - 60, y + 38, _thousands(pence), anchor="end", fill=QUIET)


def _month_names(chart: Chart) -> Iterator[str]:
    every = -(-_columns(chart) // LABELLED_MONTHS)
    for index in range(0, _columns(chart), every):
        month, x = chart.months[0].month.plus(index), _centre(chart, index)
        yield _text(x, 3490, MONTH_NAMES[month.number - 1][:3], anchor="middle", size="10.5")
        if index == 0 or month.number <= every:
            yield _text(x, 3610, str(month.year), anchor="middle", fill=QUIET, size="10.5")


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


def _units(tenths: int) -> str:
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


def _box(x: int, y: int, width: int, height: int, fill: str, *, stroke: str = "none") -> str:
    return (
        f'<rect x="{_units(x)}" y="{_units(y)}" width="{_units(width)}" height="{_units(height)}" fill="{fill}" '
        f'stroke="{stroke}"/>'
    )


def _line(x1: int, y1: int, x2: int, y2: int, stroke: str, width: str, *, dash: str = "") -> str:
    return _path(f"M{_units(x1)} {_units(y1)}L{_units(x2)} {_units(y2)}", stroke, width, dash=dash)


def _path(path: str, stroke: str, width: str, *, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width}"{dashes}/>'


def _text(
    x: int, y: int, text: str, *, anchor: str = "start", weight: int = 400, size: str = "", fill: str = INK
) -> str:
    sized = f' font-size="{size}"' if size else ""
    return (
        f'<text x="{_units(x)}" y="{_units(y)}" text-anchor="{anchor}" font-weight="{weight}"{sized} fill="{fill}">'
        f"{escape(text)}</text>"
    )
