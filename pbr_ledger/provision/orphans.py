"""Ends what a command leaves behind: a web server, say, whose parent was terminated and did not pass it on.

On Linux alone: there a process may ask that orphans below it become its own children.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

SET_CHILD_SUBREAPER = 36  # of prctl(2)
LOOK_EVERY_SECONDS = 0.05


@contextmanager
def adopting_orphans() -> Iterator[Callable[[Collection[int], float], None]]:
    """Inside, a process below us that loses its parent becomes our child; the call that it gives ends those.

    The call takes the numbers of our own children to spare, and after how many seconds to kill instead of asking.
    """
    if sys.platform != "linux":
        yield lambda _spared, _seconds: None
        return
    before = _children()
    _adopt(yes=True)
    try:
        yield lambda spared, seconds: _end_all(before.union(spared), seconds)
    finally:
        _adopt(yes=False)


def _adopt(*, yes: bool) -> None:
    ctypes.CDLL(None).prctl(SET_CHILD_SUBREAPER, int(yes), 0, 0, 0)


def _children() -> set[int]:
    tasks = Path("/proc/self/task")
    try:
        return {int(number) for task in tasks.iterdir() for number in (task / "children").read_text().split()}
    except FileNotFoundError:  # a thread that has just ended, or a kernel without this list
        return set()


def _end_all(spared: set[int], seconds_to_end: float) -> None:
    """A parent that ends leaves its children to us in turn, so this looks until there are none."""
    kill_at = time.monotonic() + seconds_to_end
    asked: set[int] = set()
    while orphans := _children() - spared:
        for orphan in orphans:
            _signal(orphan, asked, kill_now=time.monotonic() > kill_at)
        time.sleep(LOOK_EVERY_SECONDS)


def _signal(orphan: int, asked: set[int], *, kill_now: bool) -> None:
    if os.waitpid(orphan, os.WNOHANG) != (0, 0):
        return
    if kill_now:
        os.kill(orphan, signal.SIGKILL)
    elif orphan not in asked:
        os.kill(orphan, signal.SIGTERM)
        asked.add(orphan)
