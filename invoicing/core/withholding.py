"""Figures for the public: which are withheld, so that none tells of fewer than five children (docs/reports.md).

A figure rests on children, or on households where it is about carers. Withheld is whatever rests on too few, and then
as much more as it takes that nothing withheld can be worked out from the figures that are shown.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

FEWEST_SHOWN = 5
"""A figure that rests on fewer than so many is not shown."""

Line = Mapping[str, int]
"""Figures of which everybody knows that they come to nothing together: parts with 1, their total with -1."""


@dataclass(frozen=True, slots=True)
class PublicFigure:
    """An amount or count, and on which children or households it rests, by reference; totals are withheld last."""

    amount: int
    rests_on: frozenset[str]
    is_total: bool = False

    @property
    def rests_on_too_few(self) -> bool:
        """Whether it tells of fewer than five; nobody at all is fewer than five too."""
        return len(self.rests_on) < FEWEST_SHOWN


def total_line(total: str, parts: Iterable[str], minus: Iterable[str] = ()) -> Line:
    """That the total is the sum of the parts, some of them taken off."""
    return {total: -1, **dict.fromkeys(parts, 1), **dict.fromkeys(minus, -1)}


def withheld(figures: Mapping[str, PublicFigure], lines: Sequence[Line]) -> frozenset[str]:
    """The figures that are not shown.

    None of them can be worked out from the lines, and those withheld of a line rest together on five or more, since
    their sum can be. Of several that would do, the one that rests on the fewest is taken, and of these the greatest
    amount: a small one would say nearly everything about the one it stands beside.
    """
    hidden = {key for key, figure in figures.items() if figure.rests_on_too_few}
    while (exposed := _exposed(figures, lines, hidden)) is not None:
        shown = [key for key in exposed if key not in hidden] or [key for key in figures if key not in hidden]
        if not shown:
            break
        hidden.add(min(shown, key=lambda key: _precedence(key, figures[key])))
    return frozenset(hidden)


def _precedence(key: str, figure: PublicFigure) -> tuple[bool, int, int, str]:
    return figure.is_total, len(figure.rests_on), -abs(figure.amount), key


def _exposed(
    figures: Mapping[str, PublicFigure], lines: Sequence[Line], hidden: Collection[str]
) -> Collection[str] | None:
    """The line that gives something away, or everything beside a figure that can be worked out; None if none does."""
    for line in lines:
        found = [key for key in line if key in hidden]
        if found and len(found) < len(line) and _too_few_together(figures, found):
            return line
    for key in sorted(derivable(lines, hidden)):
        return [other for line in lines if key in line for other in line]
    return None


def _too_few_together(figures: Mapping[str, PublicFigure], keys: Iterable[str]) -> bool:
    return len(frozenset().union(*(figures[key].rests_on for key in keys))) < FEWEST_SHOWN


def derivable(lines: Sequence[Line], hidden: Collection[str]) -> frozenset[str]:
    """The hidden figures that follow from the lines and the figures that are shown.

    One does where, the lines solved for the hidden figures, it stands in a row alone.
    """
    columns = sorted(hidden)
    rows = [[Fraction(line.get(key, 0)) for key in columns] for line in lines]
    solved = 0
    for column in range(len(columns)):
        pivot = next((row for row in range(solved, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[solved], rows[pivot] = rows[pivot], rows[solved]
        rows[solved] = [value / rows[solved][column] for value in rows[solved]]
        for row in range(len(rows)):
            if row != solved and (factor := rows[row][column]):
                rows[row] = [value - factor * top for value, top in zip(rows[row], rows[solved], strict=True)]
        solved += 1
    alone = ([key for key, value in zip(columns, row, strict=True) if value] for row in rows)
    return frozenset(keys[0] for keys in alone if len(keys) == 1)
