"""Keeps the ledger's processes running on one host without containers: what ends is started again, later each time.

A process is ended as a container is: asked, given half a minute, then killed with all that it began. When one dies,
what it began dies with it, so that no orphan works on beside its successor.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from pbr_ledger.provision.processes import PROJECT, Process
from pbr_ledger.provision.supervise import die_with_parent

LOOK_EVERY_SECONDS = 0.2
SECONDS_TO_END = 30
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_AFTER_SECONDS = 60.0


class _Kept:
    """One process, started again for as long as nobody says otherwise. Its number stands in a file."""

    def __init__(self, process: Process, environ: Mapping[str, str], folder: Path) -> None:
        self.name = process.name
        self._command = process.command
        self._environ = {**environ, **process.environ}
        self._file = folder / f"{process.name}.pid"
        self._pause = FIRST_PAUSE_SECONDS
        self._start_at = 0.0
        self._running: subprocess.Popen[bytes] | None = None
        self._began = 0.0

    def look(self) -> None:
        """Start it if it is not running and its time has come; note it if it has ended."""
        now = time.monotonic()
        if self._running is None:
            if now >= self._start_at:
                self._start(now)
        elif (status := self._running.poll()) is not None:
            self._note_end(status, now)

    def ask_to_end(self) -> None:
        """Let it finish what it has begun."""
        if self._running is not None:
            with suppress(ProcessLookupError):
                self._running.terminate()

    def end(self, *, by: float) -> None:
        """Wait for its end until then, and kill whatever is left."""
        if self._running is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self._running.wait(max(0.1, by - time.monotonic()))
        self._kill_group()
        self._running.wait()
        self._file.unlink(missing_ok=True)

    def _start(self, now: float) -> None:
        self._running = subprocess.Popen(
            self._command,
            env=self._environ,
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # a group of its own, to be killed with all that it began
            preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have no threads
        )
        self._began = now
        self._file.write_text(f"{self._running.pid}\n", encoding="ascii")

    def _note_end(self, status: int, now: float) -> None:
        self._kill_group()
        if now - self._began > STEADY_AFTER_SECONDS:
            self._pause = FIRST_PAUSE_SECONDS
        say(f"{self.name} ended with status {status}; it is started again in {self._pause:.0f} s.")
        self._running, self._start_at = None, now + self._pause
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
        self._file.unlink(missing_ok=True)

    def _kill_group(self) -> None:
        if self._running is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._running.pid, signal.SIGKILL)


def keep_running(processes: Sequence[Process], environ: Mapping[str, str], folder: Path) -> None:
    """Keeps the processes running until a signal is raised as `Stopped` (see `stop_on_signals`), and ends them then.

    `folder` gets a file with the number of each running process: `web-1.pid`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept = [_Kept(process, environ, folder) for process in processes]
    say(f"Running {', '.join(each.name for each in kept)}.")
    try:
        while True:
            for each in kept:
                each.look()
            time.sleep(LOOK_EVERY_SECONDS)
    finally:
        for each in kept:
            each.ask_to_end()
        by = time.monotonic() + SECONDS_TO_END
        for each in kept:
            each.end(by=by)


def say(sentence: str) -> None:
    """On standard error, between the lines of the processes."""
    print(sentence, file=sys.stderr, flush=True)
