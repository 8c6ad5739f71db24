"""A world that takes long to make, made once for this process and put back for each test that wants it."""

import pickle
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connections

from tests.pages.world import World
from tests.pristine import Pristine


class Kept:
    """The rows and the files of evidence that a world consists of, and the world itself."""

    def __init__(self, make: Callable[[], World]) -> None:
        self._world = pickle.dumps(make())
        self._rows = Pristine.photograph()
        self._folder = TemporaryDirectory(prefix="world-")
        _copy(settings.EVIDENCE_DIR, Path(self._folder.name))

    def put_back(self) -> World:
        """The world as it was made, in a database that holds nothing else; for tests that commit."""
        for connection in connections.all(initialized_only=True):
            connection.close()
        self._rows.restore()
        _copy(Path(self._folder.name), settings.EVIDENCE_DIR)
        world: World = pickle.loads(self._world)  # noqa: S301 - our own, from above
        return world


@cache
def kept(make: Callable[[], World]) -> Kept:
    """What `make` makes in an empty database: made at the first call, kept from then on."""
    return Kept(make)


def _copy(found: Path, to: Path) -> None:
    if found.exists():
        shutil.copytree(found, to, dirs_exist_ok=True)
