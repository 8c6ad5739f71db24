"""A lifecycle as a table.

`{(status, action): next status}`. Services, buttons, documents and tests read the same table, so that what a
page offers is what a service does.
"""

from collections.abc import Mapping

from pbr_ledger.errors import LedgerError


class ActionNotPossible(LedgerError):
    """The thing is not in a status from which this action leads anywhere."""


class Lifecycle:
    """A status machine over plain strings."""

    def __init__(self, name: str, table: Mapping[tuple[str, str], str]) -> None:
        self.name = name
        self.table = dict(table)

    def after(self, status: str, action: str) -> str:
        """The status that `action` leads to. Raises `ActionNotPossible` where the table has no such step."""
        try:
            return self.table[status, action]
        except KeyError:
            readable = status.replace("_", " ")
            raise ActionNotPossible(f"A {self.name} that is {readable} cannot be changed by “{action}”.") from None

    def actions_from(self, status: str) -> tuple[str, ...]:
        """What can be done in this status, in the table's order."""
        return tuple(action for (source, action) in self.table if source == status)

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every status, in order of first mention."""
        return tuple(dict.fromkeys([*(source for source, _ in self.table), *self.table.values()]))
