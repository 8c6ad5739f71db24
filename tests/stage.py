"""What tests begin from, built once in each process and put back for whoever begins from it next.

Whatever the services build in a second is the same every time. So the first test builds it, in the transaction that
is rolled back behind it; before the next the rows are put into the test database as the owner, and stay there as long
as the tests that follow begin from them. A test that begins from nothing finds nothing: what stood is taken away.
"""

import pickle
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar, cast

from django.conf import settings

from tests.pristine import Pristine

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that was made: itself, the rows of the database, and its files of evidence by their place."""

    made: bytes
    rows: Pristine
    files: dict[Path, bytes]


class Stage:
    """The test database between tests, and everything that has stood there before."""

    def __init__(self) -> None:
        self._empty = Pristine.photograph()
        self._stands = self._empty
        self._kept: dict[tuple[Hashable, ...], Kept] = {}
        self._begun = False

    def for_a_test(self) -> Self:
        """The stage, of which the test has asked nothing yet."""
        self._begun = False
        return self

    def of(self, make: Callable[..., Made], *arguments: Hashable) -> Made:
        """What `make` makes of the arguments in an empty database; a copy, if it has been made before."""
        assert not self._begun, "a test begins once: what it has in its transaction keeps others from putting rows back"
        self._begun = True
        wanted = (make, *arguments)
        if wanted not in self._kept:
            self.clear()
            before = _evidence()
            made = make(*arguments)
            files = {place: content for place, content in _evidence().items() if place not in before}
            self._kept[wanted] = Kept(pickle.dumps(made), Pristine.seen_by_the_test(), files)
            return made
        kept = self._kept[wanted]
        if self._stands is not kept.rows:
            kept.rows.restore()
            self._stands = kept.rows
        for place, content in kept.files.items():
            (settings.EVIDENCE_DIR / place).parent.mkdir(parents=True, exist_ok=True)
            (settings.EVIDENCE_DIR / place).write_bytes(content)
        return cast("Made", pickle.loads(kept.made))  # noqa: S301 - our own, from above

    def clear(self) -> None:
        """Takes away what stands there by our hand."""
        if self._stands is not self._empty:
            self.empty()

    def empty(self) -> None:
        """Leaves the database as the migrations did, whoever wrote there."""
        self._empty.restore()
        self._stands = self._empty


def _evidence() -> dict[Path, bytes]:
    folder = Path(settings.EVIDENCE_DIR)
    return {file.relative_to(folder): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
