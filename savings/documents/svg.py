"""Shapes of our own SVG, in whole tenths of a unit, and how amounts become heights."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from pbr_ledger.money import divide_rounding

INK = "#16202c"
TICKS_AT_MOST = 5


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


def units(tenths: int) -> str:
    """Tenths of a unit as SVG writes units: `12.5`."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f'.{rest}' if rest else ''}"


def box(x: int, y: int, width: int, height: int, fill: str, *, stroke: str = "none") -> str:
    """A filled rectangle."""
    return (
        f'<rect x="{units(x)}" y="{units(y)}" width="{units(width)}" height="{units(height)}" fill="{fill}" '
        f'stroke="{stroke}"/>'
    )


def line(x1: int, y1: int, x2: int, y2: int, stroke: str, width: str, *, dash: str = "") -> str:
    """A straight line."""
    return path(f"M{units(x1)} {units(y1)}L{units(x2)} {units(y2)}", stroke, width, dash=dash)


def path(path: str, stroke: str, width: str, *, dash: str = "") -> str:
    """A line through several points, given as SVG path data."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{stroke}" stroke-width="{width}"{dashes}/>'


def text(
    x: int, y: int, text: str, *, anchor: str = "start", weight: int = 400, size: str = "", fill: str = INK
) -> str:
    """A label; its text is escaped here."""
    sized = f' font-size="{size}"' if size else ""
    return (
        f'<text x="{units(x)}" y="{units(y)}" text-anchor="{anchor}" font-weight="{weight}"{sized} fill="{fill}">'
        f"{escape(text)}</text>"
    )
