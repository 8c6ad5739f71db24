"""Runs a command and the processes beside it as one: what ends one of them ends them all."""

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from pbr_ledger.provision.orphans import adopting_orphans

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
LOOK_EVERY_SECONDS = 0.1
SECONDS_TO_END = 10  # then it is killed
SECONDS_AFTER_INTERRUPT = 2  # the terminal has sent Ctrl-C to the command too
LAST_LINES = 15
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


class Stopped(Exception):
    """Somebody asked us to stop, by this signal."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@dataclass(frozen=True, slots=True)
class Companion:
    """A process that runs for as long as the command does, writing to a log of its own."""

    name: str
    command: Sequence[str]
    log: Path


class _Running:
    def __init__(self, companion: Companion, environ: Mapping[str, str]) -> None:
        self.companion = companion
        companion.log.parent.mkdir(parents=True, exist_ok=True)
        with companion.log.open("wb") as log:
            self.process = subprocess.Popen(
                companion.command,
                env=dict(environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a Ctrl-C is for the command; this one ends after it
                preexec_fn=die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - we have no threads
            )

    def last_words(self) -> str:
        lines = self.companion.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:]
        return "\n".join(f"    {line}" for line in lines)


def run(command: Sequence[str], companions: Sequence[Companion], environ: Mapping[str, str]) -> int:
    """Runs the command to its end and gives its exit status, 128 + n if signal n ended it.

    If a companion ends first, the command is stopped, and the status is 1. Inside `stop_on_signals`, a signal stops
    the command, then the companions in reverse, and is raised on as `Stopped`.
    """
    running: list[_Running] = []
    with adopting_orphans() as end_orphans:
        try:
            running.extend(_Running(companion, environ) for companion in companions)
            main = subprocess.Popen(command, env=dict(environ))
            try:
                return _watch(main, running)
            finally:  # what the command began ends before the worker does
                end_orphans([each.process.pid for each in running], SECONDS_TO_END)
        except OSError as error:
            print(f"{error.filename or command[0]} could not be started: {error.strerror}.", file=sys.stderr)
            return 127
        finally:
            for each in reversed(running):
                _end(each.process)
            end_orphans([], SECONDS_TO_END)


def _watch(main: "subprocess.Popen[bytes]", running: Sequence[_Running]) -> int:
    try:
        while (status := main.poll()) is None:
            for each in running:
                if each.process.poll() is not None:
                    _tell_of_death(each)
                    return 1
            time.sleep(LOOK_EVERY_SECONDS)
    except Stopped as stop:
        if stop.number == signal.SIGINT:
            _wait(main, SECONDS_AFTER_INTERRUPT)
        raise
    finally:
        _end(main)
    return status if status >= 0 else 128 - status


def _tell_of_death(each: _Running) -> None:
    print(
        f"The {each.companion.name} ended with exit status {each.process.returncode}, so everything else is stopped. "
        f"Its last lines ({each.companion.log}):\n{each.last_words()}",
        file=sys.stderr,
    )


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Asks it to end, waits, then kills it."""
    if process.poll() is not None:
        return
    process.terminate()
    if not _wait(process, SECONDS_TO_END):
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", seconds: float) -> bool:
    """Whether the process ended in that time."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def die_with_parent() -> None:
    """In the child, before its program: no worker outlives a supervisor that was killed."""
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGTERM)


@contextmanager
def stop_on_signals() -> Iterator[None]:
    """Inside, the first signal to stop raises `Stopped`. Later ones are ignored: stopping is not stopped."""

    def stop(number: int, _frame: FrameType | None) -> None:
        for each in STOP_SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    before = {each: signal.signal(each, stop) for each in STOP_SIGNALS}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
