"""What is withheld from the public cannot be worked out from what is shown."""

import os
from collections.abc import Mapping

from hypothesis import given, settings
from hypothesis import strategies as st

from invoicing.core.withholding import FEWEST_SHOWN, Line, PublicFigure, derivable, total_line, withheld

EXAMPLES = int(os.environ.get("PBR_WITHHELD", "60"))
"""Tables: `PBR_WITHHELD=20000` for a long run."""
Figures = Mapping[str, PublicFigure]


def of(amount: int, children: int, first: int = 0, *, is_total: bool = False) -> PublicFigure:
    return PublicFigure(amount, frozenset(f"C{number}" for number in range(first, first + children)), is_total)


def total(amount: int, children: int) -> PublicFigure:
    return of(amount, children, is_total=True)


def test_a_figure_of_four_children_is_withheld_and_one_of_five_is_shown() -> None:
    assert withheld({"a": of(1, 4), "b": of(1, 5)}, []) == {"a"}


def test_nobody_is_fewer_than_five() -> None:
    assert withheld({"a": of(0, 0)}, []) == {"a"}


def test_a_second_figure_is_withheld_where_the_first_would_follow_from_the_total() -> None:
    """Of the two others, which rest on as many, the greater one: 30,000 beside 700 would be told by its size."""
    figures = {"carers": of(30_000, 3), "fee": of(217_000, 7), "travel": of(700, 7), "all": total(247_700, 7)}
    assert withheld(figures, [total_line("all", ("carers", "fee", "travel"))]) == {"carers", "fee"}


def test_two_that_rest_on_too_few_together_are_not_alone_withheld() -> None:
    """The total less the third is the sum of two children and one: a figure of three."""
    figures = {"a": of(10, 2), "b": of(20, 1, 2), "c": of(70, 9, 3), "all": total(100, 12)}
    assert withheld(figures, [total_line("all", "abc")]) == {"a", "b", "c"}


def test_the_same_children_twice_are_not_more_children() -> None:
    figures = {"a": of(10, 3), "b": of(20, 4), "c": of(70, 9, 4), "all": total(100, 13)}
    assert withheld(figures, [total_line("all", "abc")]) == {"a", "b", "c"}


def test_what_follows_by_way_of_two_totals_is_withheld_too() -> None:
    """Net is savings less charged, and charged the sum of two: each of them gives the other away."""
    figures = {
        "savings": of(500, 9),
        "fee": of(200, 9),
        "carers": of(20, 2),
        "charged": total(220, 9),
        "net": total(280, 9),
    }
    lines = [total_line("charged", ("fee", "carers")), total_line("net", ("savings",), ("charged",))]
    hidden = withheld(figures, lines)
    assert hidden == {"carers", "fee"}
    assert derivable(lines, {"carers"}) == {"carers"}
    assert derivable(lines, {"carers", "charged"}) == {"carers", "charged"}


def test_where_all_rest_on_too_few_nothing_is_shown() -> None:
    figures = {"a": of(10, 2), "b": of(20, 1, 2), "all": total(30, 3)}
    assert withheld(figures, [total_line("all", "ab")]) == set(figures)


@st.composite
def tables(draw: st.DrawFn) -> tuple[Figures, list[Line], int, int]:
    """A table with the totals of its rows and columns; each cell rests on children of its own, some shared."""
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    children = st.frozensets(st.integers(0, 30).map("C{}".format), max_size=9)
    cells = {
        (row, column): PublicFigure(draw(st.integers(-99, 999)), draw(children))
        for row in range(rows)
        for column in range(columns)
    }
    figures: dict[str, PublicFigure] = {f"{row} {column}": cell for (row, column), cell in cells.items()}

    def totalled(key: str, parts: list[str]) -> Line:
        found = [figures[part] for part in parts]
        rests_on = frozenset().union(*(each.rests_on for each in found))
        figures[key] = PublicFigure(sum(each.amount for each in found), rests_on, is_total=True)
        return total_line(key, parts)

    lines = [totalled(f"{row} all", [f"{row} {column}" for column in range(columns)]) for row in range(rows)]
    keys = [*map(str, range(columns)), "all"]
    lines += [totalled(f"all {key}", [f"{row} {key}" for row in range(rows)]) for key in keys]
    return figures, lines, rows, columns


@settings(max_examples=EXAMPLES, deadline=None)
@given(tables())
def test_no_withheld_cell_follows_from_the_totals_of_its_row_and_column(
    table: tuple[Figures, list[Line], int, int],
) -> None:
    """Another table with the same shown figures differs in it: the withheld cells have a ring through it.

    Rows and columns are the knots and withheld cells the cords between them. Adding one to a cell and taking it off the
    next, round a ring, changes no total. A cord that lies on no ring can be worked out, and only such a one.
    """
    figures, lines, _, _ = table
    hidden = withheld(figures, lines)
    cords = {key: tuple(key.split(" ")) for key in hidden}
    for key, (row, column) in cords.items():
        others = [(f"r{a}", f"c{b}") for other, (a, b) in cords.items() if other != key]
        assert reached(f"r{row}", others) >= {f"c{column}"}, key
    for line in lines:
        found = [key for key in line if key in hidden]
        children = frozenset().union(*(figures[key].rests_on for key in found))
        assert not found or len(children) >= FEWEST_SHOWN or len(found) == len(line)
    assert all(len(figure.rests_on) >= FEWEST_SHOWN for key, figure in figures.items() if key not in hidden)


def reached(start: str, cords: list[tuple[str, str]]) -> set[str]:
    """Every knot that hangs together with the first."""
    found = {start}
    while more := {b for a, b in cords if a in found} | {a for a, b in cords if b in found}:
        if more <= found:
            break
        found |= more
    return found
