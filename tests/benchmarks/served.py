"""The ledger's own processes beside a benchmark, on the benchmark's database, with a Redis as deployed."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings

from pbr_ledger.provision.processes import ARGUMENTS, PROJECT
from tests.operations.running import Redis, descendants, free_port

PATIENCE_SECONDS = 120


@contextmanager
def redis() -> Iterator[Redis]:
    """A Redis server that keeps its messages, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="pbr-bench-"))
    server = Redis(folder / "redis")
    try:
        server.start()
        yield server
    finally:
        if server.process is not None:
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def environment(broker: Redis, **more: str) -> Mapping[str, str]:
    """The environment of a process of the ledger, on the database of this one."""
    return {**os.environ, "BROKER_URL": broker.url, "LOG_FORMAT": "json", **more}


@contextmanager
def serving(broker: Redis, **counts: int) -> Iterator[str]:
    """The address of a web server of two processes, as gunicorn's settings have it, and so many of the others."""
    port = free_port()
    none = {"web": 1, "documents": 0, "mail": 0, "webhooks": 0, "beat": 0, "dispatcher": 0}
    chosen = [word for kind, count in (none | counts).items() for word in (f"--{kind}", str(count))]
    command = [sys.executable, "-m", "pbr_ledger.provision", "serve", *chosen, "--port", str(port)]
    with _running(command, broker, settings.VAR_DIR / "serve.log") as process:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"


@contextmanager
def working(broker: Redis, *, name: str, app: str = "pbr_ledger.celery", more: Sequence[str] = ()) -> Iterator[int]:
    """The number of a documents worker that does one job at a time, ready to work; the rest is as deployed."""
    words = list(ARGUMENTS["documents"])
    words[words.index("--concurrency") + 1] = "1"
    words[words.index("--hostname") + 1] = f"{name}@%h"
    words[words.index("--app") + 1] = app
    log = settings.VAR_DIR / f"{name}.log"
    with _running([sys.executable, *words, "--loglevel", "info", *more], broker, log) as process:
        end = time.monotonic() + PATIENCE_SECONDS
        while " ready." not in log.read_text(encoding="utf-8"):
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The worker does not start; see {log}.")
            time.sleep(0.1)
        yield process.pid


@contextmanager
def dispatching(broker: Redis) -> Iterator[None]:
    """The dispatcher, which sends to the workers what waits, at once and every 30 s."""
    with _running([sys.executable, "manage.py", "dispatch"], broker, settings.VAR_DIR / "dispatcher.log"):
        yield


def postgres_seconds() -> float:
    """Seconds of a core that the benchmarks' PostgreSQL has had since its start, all of its processes together."""
    first = (settings.VAR_DIR / "postgres" / "postmaster.pid").read_text(encoding="ascii").split("\n", 1)[0]
    ticks = _ticks(int(first), ended_too=True) + sum(_ticks(pid) for pid in descendants(int(first)))
    return ticks / os.sysconf("SC_CLK_TCK")


def _ticks(pid: int, *, ended_too: bool = False) -> int:
    """Of the process in the kernel's and its own code, with those that it began and that have ended if asked."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
    except FileNotFoundError:
        return 0
    return sum(int(field) for field in fields[11 : 15 if ended_too else 13])


@contextmanager
def _running(command: Sequence[str], broker: Redis, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """The process, which is asked to end afterwards."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=PROJECT, env=environment(broker), stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        finally:
            connection.close()
        time.sleep(0.2)
    raise RuntimeError(f"The web server does not answer; see {settings.VAR_DIR / 'serve.log'}.")
