"""The order of a list: by which column and which way, as the address says with `?sort=due` or `?sort=-due`.

Lists that the database pages are sorted there, by what each column names and by nothing else; lists of rows that are
worked out are sorted by what their rows show. What is empty stands last either way, and what is equal stays in the
list's own order. An order that the list does not know is its own.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Case, F, IntegerField, Model, Q, QuerySet, Value, When
from django.db.models.expressions import Expression, OrderBy
from django.http import HttpRequest

from pbr_ledger.listing import cell_of

TEXT, NUMBER, DAY = "text", "number", "day"
WAYS = {
    TEXT: ("A to Z", "Z to A"),
    NUMBER: ("lowest first", "highest first"),
    DAY: ("earliest first", "latest first"),
}
"""What rising and falling mean for what stands in a column."""
OF_NO_LIST = frozenset({"sort", "page", "export", "looks", "stage"})
"""Of an address, what narrows nothing: a new order begins on the first page."""

Row = TypeVar("Row")
Rows = TypeVar("Rows", bound=Model)


@dataclass(frozen=True, slots=True)
class Sort:
    """A column that a list can be sorted by: its `key` in the address, and the `words` at its head.

    `by` is what the database sorts by, or of a list in memory what a row shows there.
    """

    key: str
    words: str
    by: str | Expression | F | Callable[[Any], Any]
    kind: str = TEXT


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a sorted column: how it is sorted now, and what the address says for the other way."""

    words: str
    aria: str
    other: str


@dataclass(frozen=True, slots=True)
class Choice:
    """An order in the list of all orders."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Sorting:
    """How a list can be sorted and how it is. `asked` is empty where it stands in its own order.

    `own` is the column of its own order, empty where that is no column's; `chosen` the column by which it is sorted.
    `kept` is what else the address says that narrows the list.
    """

    columns: tuple[Sort, ...]
    own: str
    chosen: Sort | None
    is_falling: bool
    asked: str
    kept: tuple[tuple[str, str], ...]

    @property
    def heads(self) -> dict[str, Head]:
        """The heads of the columns, by key."""
        return {each.key: self._head(each) for each in self.columns}

    @property
    def choices(self) -> list[Choice]:
        """Every order, for where no heads are shown."""
        own = [] if self.own else [Choice("", "Usual order", is_chosen=not self.asked)]
        return own + [
            Choice(f"{sign}{each.key}", f"{each.words}: {way}", self.chosen is each and self.is_falling == bool(sign))
            for each in self.columns
            for sign, way in zip(("", "-"), WAYS[each.kind], strict=True)
        ]

    def in_database(self, rows: "QuerySet[Rows, Any]") -> "QuerySet[Rows, Any]":
        """The rows in this order. Their own order has to be given."""
        if not self.asked or self.chosen is None:
            return rows
        by = F(self.chosen.by) if isinstance(self.chosen.by, str) else self.chosen.by
        if not isinstance(by, Expression | F):
            raise TypeError(f"{self.chosen.key} is sorted in memory.")
        wanted = OrderBy(by, descending=self.is_falling, nulls_last=True)
        return rows.order_by(wanted, *rows.query.order_by, "pk")

    def in_memory(self, rows: Iterable[Row]) -> list[Row]:
        """The rows in this order."""
        found = list(rows)
        if not self.asked or self.chosen is None:
            return found
        values = [(_value(self.chosen, row), row) for row in found]
        filled = sorted((pair for pair in values if pair[0] is not None), key=_first, reverse=self.is_falling)
        return [row for _, row in filled] + [row for value, row in values if value is None]

    def _head(self, column: Sort) -> Head:
        is_rising = column is self.chosen and not self.is_falling
        aria = "none" if column is not self.chosen else "descending" if self.is_falling else "ascending"
        return Head(column.words, aria, f"-{column.key}" if is_rising else column.key)


def sorting_of(request: HttpRequest, columns: Sequence[Sort], *, own: str = "") -> Sorting:
    """The order that the address asks for; the list's `own`, which may be a column's, where it asks for none of it."""
    by_key = {each.key: each for each in columns}
    asked = request.GET.get("sort", "")
    asked = asked if asked.removeprefix("-") in by_key and not asked.startswith("--") else ""
    order = asked or own
    kept = tuple((name, str(value)) for name, value in request.GET.items() if name not in OF_NO_LIST)
    return Sorting(
        tuple(columns),
        own,
        by_key[order.removeprefix("-")] if order else None,
        order.startswith("-"),
        asked if asked != own else "",
        kept,
    )


def keys_of(columns: Iterable[Sort]) -> frozenset[str]:
    """What the address may say of these columns."""
    return frozenset(each.key for each in columns)


def by_words(cases: Iterable[tuple[Q, str]]) -> Case:
    """Sorts by the words that stand on the page in each case, of which the first that holds counts."""
    found = list(cases)
    in_order = sorted({words for _, words in found}, key=str.casefold)
    whens = [When(case, then=Value(in_order.index(words))) for case, words in found]
    return Case(*whens, default=Value(None), output_field=IntegerField())


def _value(column: Sort, row: Any) -> Any:
    """What the row is sorted by; None where nothing stands there, or no amount or day in a column of these."""
    if not callable(column.by):
        raise TypeError(f"{column.key} is sorted in the database.")
    value = column.by(row)
    if isinstance(value, str) and column.kind != TEXT:
        value = cell_of(value)
        return value if isinstance(value, Decimal | date) else None
    if isinstance(value, str):
        return value.casefold() or None
    return value


def _first(pair: tuple[Any, Any]) -> Any:
    return pair[0]
