"""Real processes for the tests: a worker, a Redis server, and a broker that accepts and never answers."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.db import connection, connections

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 60

BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"

# Workers need no news of each other: rows tell them everything.
OPTIONS = ("--loglevel", "info", "--concurrency", "1", "--without-gossip", "--without-mingle")


def wait_until(claim: Callable[[], object], *, patience: float = PATIENCE_SECONDS) -> None:
    """Returns as soon as the claim holds."""
    end = time.monotonic() + patience
    while not claim():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.03)


def blocked_connections() -> int:
    """How many connections to the test database wait for a lock that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # else the first look would be repeated
        cursor.execute(BLOCKED)
        return int(cursor.fetchone()[0])


def url_of(alias: str) -> str:
    """The address of the test database under that role, as the environment would name it."""
    known = connections[alias].settings_dict
    host = str(known["HOST"])
    place = f":{known['PORT']}" if known["PORT"] else ""
    role = quote(known["USER"]) + (f":{quote(known['PASSWORD'])}" if known["PASSWORD"] else "")
    if host.startswith("/"):
        return f"postgresql://{role}@{place}/{known['NAME']}?host={quote(host)}"
    return f"postgresql://{role}@{host}{place}/{known['NAME']}"


def environment(*, var: Path, broker_url: str) -> dict[str, str]:
    """The environment of a process that works on the test database."""
    return os.environ | {
        "DATABASE_URL": url_of("default"),
        "DATABASE_OWNER_URL": url_of("owner"),
        "DATABASE_AGENT_URL": url_of("agent"),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "pbr_ledger.settings"),
        "SECRET_KEY": settings.SECRET_KEY,
        "PBR_VAR_DIR": str(var),
        "BROKER_URL": broker_url,
    }


@contextmanager
def worker(*, var: Path, broker_url: str = "") -> Iterator[subprocess.Popen[str]]:
    """A running worker with the kinds of the tests. Killed at the end if the test has not stopped it."""
    command = [sys.executable, "-m", "celery", "-A", "tests.jobs.worker_app", "worker", *OPTIONS]
    log = var / "worker.log"
    with log.open("a") as output:
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=environment(var=var, broker_url=broker_url),
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
    try:
        said_before = log.read_text().count(" ready.")
        wait_until(lambda: process.poll() is not None or log.read_text().count(" ready.") > said_before)
        assert process.poll() is None, log.read_text()
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


@contextmanager
def beat(*, var: Path, broker_url: str = "") -> Iterator[subprocess.Popen[str]]:
    """A running scheduler. It writes nothing but its sign of life."""
    process = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "pbr_ledger.celery", "beat"],
        cwd=PROJECT,
        env=environment(var=var, broker_url=broker_url),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


@contextmanager
def dispatcher(*, var: Path) -> Iterator[subprocess.Popen[str]]:
    """A running dispatcher over the folder, which looks five times a second. It knows none of the tests' kinds."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "dispatch", "--every", "0.2"],
        cwd=PROJECT,
        env=environment(var=var, broker_url=""),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def redis_server(*, folder: Path, password: str = "") -> Iterator[str]:
    """The address of a Redis server of the test's own, which asks for the password if there is one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    command += ["--requirepass", password] if password else []
    with (folder / "redis.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: _answers(port))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as caller:
        return caller.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def hanging_broker() -> Iterator[str]:
    """The address of a server that accepts a connection and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
