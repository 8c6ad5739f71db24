"""The whole ledger as an operator runs it: PostgreSQL, Redis, two of each process, in a folder of the test."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psycopg

from pbr_ledger.provision.postgres import ROLES, EmbeddedPostgres
from tests.jobs.processes import PROJECT, wait_until

SCENARIOS = PROJECT / "tests" / "scenarios"
COUNTS = {"web": 2, "documents": 2, "mail": 0, "webhooks": 0, "beat": 2, "dispatcher": 2}
PATIENCE = 150.0
UNDONE = "SELECT count(*) FROM jobs_job WHERE state IN ('waiting', 'running')"
RUN_OUT = "UPDATE jobs_job SET leased_until = now() - interval '1 second' WHERE state = 'running'"
DUE_NOW = "UPDATE jobs_job SET run_after = now() WHERE state = 'waiting'"
TWICE = """
    SELECT statement_id, name FROM savings_statementreport GROUP BY 1, 2 HAVING count(*) > 1
    UNION ALL SELECT invoice_id, name FROM invoicing_invoicedocument GROUP BY 1, 2 HAVING count(*) > 1
"""
MISSING = """
    SELECT statement.id FROM savings_closedstatement statement
    WHERE (SELECT count(*) FROM savings_statementreport WHERE statement_id = statement.id) <> 2
"""


def free_port() -> int:
    """A port that nobody listens on, and the one behind it neither, most likely."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Redis:
    """A Redis server that is stopped, hangs, forgets; its messages survive a stop, as deployed."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.port = folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        kept = ("--appendonly", "yes", "--maxmemory-policy", "noeviction", "--save", "")
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), *kept]
        with (self.folder / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
        wait_until(lambda: self.say("PING").startswith(b"+PONG"))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        self.process.wait()

    @contextmanager
    def hanging(self) -> Iterator[None]:
        """Inside, it takes connections and says nothing."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    def say(self, *words: str) -> bytes:
        """Its answer; nothing if it does not listen."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=2) as connection:
                connection.sendall((" ".join(words) + "\r\n").encode())
                return connection.recv(1000)
        except OSError:
            return b""


class Running:
    """The ledger in a folder, and the faults that befall it."""

    def __init__(self, folder: Path, *, redis: Redis | None = None) -> None:
        self.var = folder / "var"
        self.var.mkdir(exist_ok=True)
        self.postgres = EmbeddedPostgres(self.var / "postgres")
        self.redis = redis
        self.port = free_port()
        unset = {*ROLES, "SECRET_KEY", "PBR_DEMO"}
        self.environ = {name: value for name, value in os.environ.items() if name not in unset} | {
            "PBR_VAR_DIR": str(self.var),
            "BROKER_URL": redis.url if redis else "redis://127.0.0.1:1/0",
            "SECRET_KEY": "for-fault-tests-only-0123456789-0123456789-0123456789",
            "DJANGO_SETTINGS_MODULE": "pbr_ledger.settings",
            "WEB_PROCESSES": "1",
            "LOG_FORMAT": "json",
        }
        self.urls = self.postgres.urls("pbr_ledger")
        self.acknowledged: list[str] = []
        self.served: subprocess.Popen[bytes] | None = None

    # What an operator does

    def make_tables(self) -> None:
        """As `provision run` does, on a server that stays up until `stop`."""
        self.postgres.start()
        self.postgres.make_database("pbr_ledger")
        self.manage("migrate", "--database", "owner", "--verbosity", "0")

    def serve(self) -> None:
        """Every process, two of each."""
        counts = [word for kind, count in COUNTS.items() for word in (f"--{kind}", str(count))]
        command = [sys.executable, "-m", "pbr_ledger.provision", "serve", *counts, "--port", str(self.port)]
        with (self.var / "serve.log").open("ab") as log:
            self.served = subprocess.Popen(
                command, cwd=PROJECT, env=self.environ | self.urls, stdout=log, stderr=subprocess.STDOUT
            )
        for port in (self.port, self.port + 1):
            wait_until(lambda port=port: self.status("/health/ready", port=port) == 200, patience=PATIENCE)

    def stop_serving(self) -> int:
        """Its exit status, after everything was asked to end."""
        assert self.served is not None
        self.served.terminate()
        status = self.served.wait(90)
        self.served = None
        return status

    def stop(self) -> None:
        """Everything."""
        if self.served is not None:
            self.stop_serving()
        self.postgres.stop()

    def manage(self, *arguments: str, check: bool = True) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=PROJECT, env=self.environ | self.urls, capture_output=True, text=True, check=False
        )
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def load(self, reference: str, scenario: str = "penny-rounding") -> bool:
        """Whether the ledger acknowledged a contract with its closed months; it is looked for ever after then."""
        file = SCENARIOS / f"{scenario}.json"
        done = self.manage("load_scenario", str(file), "--close", "--compact", "--as", reference, check=False)
        if done.returncode == 0:
            self.acknowledged.append(reference)
        return done.returncode == 0

    # What is seen of it

    def rows(self, question: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls["DATABASE_OWNER_URL"]) as connection:
            return connection.execute(question).fetchall()

    def change(self, statement: str) -> None:
        with psycopg.connect(self.urls["DATABASE_OWNER_URL"]) as connection:
            connection.execute(statement)

    def status(self, address: str, *, port: int | None = None) -> int:
        """The status of the answer; 0 if there is none."""
        connection = HTTPConnection("127.0.0.1", port or self.port, timeout=10)
        try:
            connection.request("GET", address)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def pid(self, name: str) -> int:
        """The number of a process that serves."""
        file = self.var / "serve" / f"{name}.pid"
        wait_until(lambda: file.exists() and file.read_text().strip(), patience=PATIENCE)
        return int(file.read_text())

    def kill(self, name: str) -> None:
        """Kill -9, and another takes its place."""
        before = self.pid(name)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: self.pid(name) != before, patience=PATIENCE)

    def log(self) -> list[dict[str, Any]]:
        """Its lines, of all processes."""
        lines = (self.var / "serve.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    # The judge

    def work_is_done(self) -> bool:
        """Whether nothing waits; leases and pauses are cut short, so that nobody has to wait for them here."""
        try:
            if self.rows(UNDONE) == [(0,)]:
                return True
            self.change(DUE_NOW)
        except psycopg.OperationalError:
            pass
        return False

    def judge(self) -> None:
        """Everything acknowledged is there, every document once, no job failed, and `check_ledger` finds nothing."""
        end = time.monotonic() + PATIENCE
        while not self.work_is_done():
            assert time.monotonic() < end, self.rows("SELECT kind, key, state, attempts, error FROM jobs_job")
            self.change(RUN_OUT)
            self.manage("dispatch", "--once", check=False)
            wait_until_or(self.work_is_done, 8)
        references = [reference for (reference,) in self.rows("SELECT reference FROM cohort_contract")]
        assert set(self.acknowledged) <= set(references)
        assert self.rows("SELECT kind, error FROM jobs_job WHERE state = 'failed'") == []
        assert (self.rows(TWICE), self.rows(MISSING)) == ([], [])
        assert self.manage("check_ledger").stdout.splitlines()[-1] == "Nothing found."


def wait_until_or(claim: Any, seconds: float) -> None:
    """Until the claim holds, or so long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and not claim():
        time.sleep(0.3)


@contextmanager
def private_folder() -> Iterator[Path]:
    """Not one of pytest's: it closes those to the database server's account again."""
    folder = Path(tempfile.mkdtemp(prefix="pbr-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def descendants(pid: int) -> Sequence[int]:
    """The processes that it began."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(number) for number in found.stdout.split()]
